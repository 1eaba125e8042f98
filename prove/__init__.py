"""Attempts to break what the collection promises: `make prove` runs them all and writes build/prove/report.md."""
