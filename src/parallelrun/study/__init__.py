"""What a notebook holds in its hand: parameters, estimates, figures, results, and where they came from."""
