"""Runs of kind ``rollouts``: a model generates and is scored, and nothing is trained."""
