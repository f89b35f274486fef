"""Runs as a log book tells them: what was tried, what came of it, what may be concluded."""
