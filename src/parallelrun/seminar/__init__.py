"""A seminar on the notebooks: sessions, exercises whose answers are computed, handouts and slides."""
