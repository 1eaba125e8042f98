"""Is a printed figure true? Claims and checks, judged by computation."""
