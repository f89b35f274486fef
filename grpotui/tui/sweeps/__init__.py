"""Sweeps and probes: what is read of them, and what their screens show."""
