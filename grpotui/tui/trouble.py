"""What may go wrong while data is fetched or something is done, and how it is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from grpotui.errors import UserError
from grpotui.text import clean

T = TypeVar("T")

TROUBLE = (UserError, sqlite3.Error, OSError)
"""What a disk, a registry or a request may raise; the app says so and lives on."""


def one_line(error: Exception) -> str:
    """Return what went wrong as one harmless line for people."""
    if isinstance(error, sqlite3.Error):
        return clean(f"runs.db: {error}: if it stays, run 'grpotui rebuild'")
    if isinstance(error, OSError) and error.filename:
        return clean(f"{error.strerror}: {error.filename}")
    return clean(str(error) or type(error).__name__)


def tried(read: Callable[[], T], otherwise: T) -> tuple[T, str]:
    """Return what was read and no error, or ``otherwise`` and the error in one line."""
    try:
        return read(), ""
    except TROUBLE as error:
        return otherwise, one_line(error)
