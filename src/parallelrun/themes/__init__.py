"""One module a theme, by the stem of its notebook: parameters, models and plots."""
