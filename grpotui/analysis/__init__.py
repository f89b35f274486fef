"""Series, reductions and tables for people to look at; pure functions."""
