"""Charts of the evaluation as SVG, readable in grey print and without seeing colours."""
