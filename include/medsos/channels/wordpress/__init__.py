"""The website: WordPress."""
