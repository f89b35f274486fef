"""Numbers and times as short as they can be read, on the screen and in what verbs print."""

from __future__ import annotations

import math
import time

MINUTE, HOUR, DAY = 60, 3600, 86400


_SIZES = ("B", "kB", "MB", "GB", "TB")
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def number(value: float | None) -> str:
    """Return a number in at most 7 characters or so: ``0.31``, ``5e-06``, ``1.2k``, ``-``.

    Three significant digits; a value that is not there or not finite is ``-``.
    """
    if value is None or not math.isfinite(value):
        return "-"
    size = abs(value)
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 9.995e14:
        return _shortest(f"{value:.2e}")
    for unit, letter in _UNITS:
        if size >= unit * 0.9995:
            return _trimmed(f"{value / unit:.{_decimals(size / unit)}f}") + letter
    if value == int(value):
        return str(int(value))
    return _trimmed(f"{value:.{_decimals(size)}f}")


def _decimals(size: float) -> int:
    return max(0, 2 - math.floor(math.log10(size))) if size < 1 else 2 if size < 9.995 else int(size < 99.95)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shortest(text: str) -> str:
    mantissa, exponent = text.split("e")
    return f"{_trimmed(mantissa)}e{exponent}"


def percent(share: float) -> str:
    """Return a share as percent: 93.75 %."""
    return f"{_trimmed(f'{share * 100:.2f}')} %"


def figure(value: float | None, digits: int = 2) -> str:
    """Return a number in at most six characters or so; ``digits`` decimals, so that columns line up.

    ``-`` for none.
    """
    if value is None:
        return "-"
    size = abs(value)
    if size >= 100_000 or (0 < size < 10 ** -(digits + 1)):
        return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    if size >= 100:
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.{digits}f}"


def duration(seconds: float | None) -> str:
    """Return ``41s``, ``11m``, ``2h05``, ``3d04``; empty for none."""
    if seconds is None or seconds < 0:
        return ""
    if seconds < MINUTE:
        return f"{seconds:.0f}s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f}m"
    if seconds < DAY:
        return f"{seconds // HOUR:.0f}h{seconds % HOUR // MINUTE:02.0f}"
    if seconds < 100 * DAY:
        return f"{seconds // DAY:.0f}d{seconds % DAY // HOUR:02.0f}"
    return f"{seconds // DAY:.0f}d"


def age(seconds: float | None) -> str:
    """Return ``41s``, ``11m``, ``5h``, ``3d``: one unit is enough to tell how old something is."""
    if seconds is None:
        return ""
    for unit, sign in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds >= unit:
            return f"{seconds // unit:.0f}{sign}"
    return f"{max(seconds, 0):.0f}s"


def moment(then: float, now: float) -> str:
    """Return ``23:40``, ``Fri 23:40`` or ``12 Nov``, as much as one needs to know which one is meant."""
    at = time.localtime(then)
    if 0 <= now - then < DAY * 3 / 4:
        return time.strftime("%H:%M", at)
    return time.strftime("%a %H:%M" if 0 <= now - then < 6 * DAY else "%d %b %Y", at)


def part_of(done: float | None, whole: float | None, digits: int = 0) -> str:
    """Return ``1284/2000``; only what is known of it."""
    if done is None:
        return ""
    left = f"{done:.{digits}f}"
    if whole is None:
        return left
    return f"{left}/{whole:.0f}" if whole == int(whole) else f"{left}/{whole:g}"


def size(number: float) -> str:
    """Return bytes as ``512 B``, ``3.4 MB``, ``81 GB``."""
    power = 0
    while number >= 1000 and power < len(_SIZES) - 1:
        number, power = number / 1000, power + 1
    return f"{number:.0f} {_SIZES[power]}" if not power or number >= 9.95 else f"{number:.1f} {_SIZES[power]}"


def device(text: str) -> str:
    """Return ``cpu``, ``GPU0`` or ``fake 0`` for a device as the trainer names it.

    That is ``cpu``, ``cuda:0 NVIDIA H200`` or ``cpu (fake 0)``.
    """
    first, _, rest = text.partition(" ")
    if first == "cpu" and rest.startswith("(fake"):
        return rest.strip("()")
    return f"GPU{first[5:]}" if first.startswith("cuda:") else first


def middle(text: str, most: int) -> str:
    """Return text in at most ``most`` characters: names that begin alike differ at their end."""
    if len(text) <= most or most < 8:
        return text
    head = (most - 1) * 2 // 5
    return f"{text[:head]}…{text[head + 1 - most :]}"


def tail(path: str, most: int) -> str:
    """Return the end of a path in at most ``most`` characters."""
    return path if len(path) <= most else f"…{path[-(most - 1) :]}"
