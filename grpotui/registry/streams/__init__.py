"""How the lines of each stream become rows."""

from __future__ import annotations


def storable(text: object, limit: int) -> str:
    """Return ``text`` as SQLite can hold it: no lone surrogates, at most ``limit`` characters."""
    return str(text)[:limit].encode("utf-8", "replace").decode()
