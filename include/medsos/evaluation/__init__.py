"""From what happened to what it means: durations per SOP step, tables, and the report."""
