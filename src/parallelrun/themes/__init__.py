"""The science: one package a theme, by the stem of its notebook, with its parameters, models, plots and words."""
