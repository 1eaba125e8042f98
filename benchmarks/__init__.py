"""What a build and a sweep cost, beside other ways to run the same notebooks; written to docs/benchmarks.md."""
