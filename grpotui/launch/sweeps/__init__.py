"""Sweeps and probes: many runs of one preset, launched together, repeated, stopped, promoted."""
