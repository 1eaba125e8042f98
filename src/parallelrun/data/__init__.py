"""The curated tables: read, checked, described."""
