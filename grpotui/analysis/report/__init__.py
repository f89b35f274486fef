"""A set of runs as a log book tells it: what was tried, what came of it, what may be concluded, how to repeat it."""
