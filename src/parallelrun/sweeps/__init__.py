"""One notebook under many sets of parameters."""
