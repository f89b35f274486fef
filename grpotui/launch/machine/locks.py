"""Locks that the kernel frees when their last holder dies (flock)."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.003  # seconds; longer than the moment for which `is_held` takes a shared lock


def try_lock(path: Path, patience: float = 0.01) -> int | None:
    """Lock a file, which is made if need be; return its descriptor, or None when another holds it.

    The lock lives until every copy of the descriptor is closed, in whatever process. ``patience`` is in
    seconds. Raises OSError when the file cannot be opened for writing.
    """
    deadline = time.monotonic() + patience
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_same_file(fd, path):
                return fd
        except BlockingIOError:
            pass
        os.close(fd)
        if time.monotonic() >= deadline:
            return None
        time.sleep(_PAUSE)


def _is_same_file(fd: int, path: Path) -> bool:
    """False when the file was removed or replaced while we waited for its lock."""
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False


def is_held(path: Path) -> bool:
    """True while any process holds the lock; a missing file is free."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


@contextmanager
def locked(path: Path, patience: float = 0.01) -> Iterator[int | None]:
    """Hold a lock for a block; yields its descriptor, or None when another held it all the time."""
    fd = try_lock(path, patience)
    try:
        yield fd
    finally:
        if fd is not None:
            os.close(fd)
