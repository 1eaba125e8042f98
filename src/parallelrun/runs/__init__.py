"""What is run, and what came of it: builds, single runs, scenarios, comparisons."""
