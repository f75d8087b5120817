"""The figures of a period that reports and the page show, aggregated by the database."""
