"""Numbers out of whatever a stream may hold."""

from __future__ import annotations

import math


def as_float(value: object) -> float | None:
    """Return ``value`` as a finite float, or None when it is no number that a chart could show."""
    if type(value) is float:  # asked millions of times
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def as_int(value: object, default: int = 0) -> int:
    """Return ``value`` as an int that fits SQLite's 64 bits, else ``default``."""
    if type(value) is int and -(2**63) < value < 2**63:
        return value
    number = as_float(value)
    if number is None or abs(number) >= 2**63:
        return default
    return int(number)
