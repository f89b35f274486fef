"""The preflight before a launch: facts of machine, model and data, and a trial; and what `doctor` checks."""
