"""Runs one notebook or many, and does not ask why."""
