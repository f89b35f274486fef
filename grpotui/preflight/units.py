"""What a parameter takes, and sizes for people."""

from __future__ import annotations

WEIGHTS, GRADIENTS, ADAM = 4, 4, 8
"""Bytes of a parameter: TRL loads 32-bit weights when a model is named."""


def gigabytes(size: int) -> str:
    """Return a size for people: ``5.9 GB``."""
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB"
