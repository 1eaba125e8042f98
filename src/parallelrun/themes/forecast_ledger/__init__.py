"""Forecast ledger: every forecast frozen with what it saw, and set beside what came."""
