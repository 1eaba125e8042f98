"""New rows for a table from where its numbers are published; one module a table."""
