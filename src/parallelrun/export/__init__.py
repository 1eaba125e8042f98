"""Figures and numbers for other people's reports, and the way back from a figure to its run."""
