"""Append and tail JSON lines; write small JSON files atomically.

A writer sends each line with one ``os.write`` to an O_APPEND descriptor; a reader takes whole lines only.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_LINE = 16 * 1024 * 1024
"""Bytes; a longer line is skipped and counted as bad."""
MAX_DEPTH = 64
"""Objects and lists within each other; whoever walks a line must not run out of stack."""
_CHUNK = 1024 * 1024


def _finite(value: object) -> Any:
    """Return ``value`` with every non-finite float in it replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return value


_encode = json.JSONEncoder(allow_nan=False, default=str).encode


def encode_line(data: Mapping[str, Any]) -> bytes:
    """Return ``data`` as one JSON line; keys whose value is NaN or infinite stand in ``nonfinite``."""
    try:
        text = _encode(data)
    except ValueError:
        bad = [k for k, v in data.items() if isinstance(v, float) and not math.isfinite(v)]
        data = _finite(data)
        text = _encode({**data, "nonfinite": bad} if bad else data)
    return text.encode() + b"\n"


class LineWriter:
    """Appends JSON lines to one file; a failing disk costs lines, never the caller.

    ``dropped`` counts the lines that could not be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dropped = 0
        self._fd: int | None = None

    def append(self, *data: Mapping[str, Any]) -> bool:
        """Append lines with one write; return False (and count it) when the system refuses."""
        try:
            if self._fd is None:
                self._fd = self._open()
            elif os.fstat(self._fd).st_nlink == 0:
                self._reopen()
            line = b"".join(map(encode_line, data))
            written = os.write(self._fd, line)
            if written < len(line):
                self.close()
                raise OSError("short write")
        except OSError:
            self.dropped += 1
            return False
        return True

    def _open(self) -> int:
        """Open for appending, and end a torn last line of an earlier writer first."""
        fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            size = os.fstat(fd).st_size
            if size and os.pread(fd, 1, size - 1) != b"\n":
                os.write(fd, b"\n")
        except OSError:  # a disk that stays full for hours must not cost a descriptor per line
            os.close(fd)
            raise
        return fd

    def _reopen(self) -> None:
        """Begin a new file where somebody removed ours: what goes into that is seen by nobody.

        The old one goes last, so that the new one cannot get its inode and be taken for it.
        """
        new = self._open()
        self.close()
        self._fd = new

    def close(self) -> None:
        """Close the file; a later append opens it again."""
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = None


@dataclass(frozen=True, slots=True)
class Line:
    """One parsed line and where it stands in its file (bytes)."""

    offset: int
    length: int
    data: dict[str, Any]


@dataclass(slots=True)
class Tail:
    """A place in a growing JSONL file. Save ``inode`` and ``offset`` to go on later."""

    path: Path
    inode: int = 0
    offset: int = 0
    bad_lines: int = 0

    def changed(self) -> bool:
        """True when the file holds something that was not read yet (one ``stat``)."""
        try:
            now = os.stat(self.path)
        except OSError:
            return False
        return now.st_ino != self.inode or now.st_size != self.offset

    def read(self, max_bytes: int = 64 * 1024 * 1024) -> list[Line]:
        """Return the whole lines that came since the last call, at most about ``max_bytes`` of them.

        A file that was replaced or shrank is read from its start. Lines that are no JSON object, too long
        or too deep are skipped and counted in ``bad_lines``; a last line without newline waits.
        """
        fd = _open_regular(self.path)
        if fd is None:
            return []
        try:
            now = os.fstat(fd)
            if now.st_ino != self.inode or now.st_size < self.offset:
                self.inode, self.offset = now.st_ino, 0
            return list(self._lines(fd, max_bytes))
        finally:
            os.close(fd)

    def _lines(self, fd: int, max_bytes: int) -> Iterator[Line]:
        start = self.offset
        pending = bytearray()
        position = start
        # Only the rest of a line that is too long does not begin after a newline.
        skipping = start > 0 and _pread(fd, 1, start - 1) != b"\n"
        while position < start + max_bytes or self.offset == start:
            chunk = _pread(fd, _CHUNK, position)
            if not chunk:
                break
            position += len(chunk)
            pending += chunk
            *whole, rest = pending.split(b"\n")
            for raw in whole:
                if skipping or len(raw) > MAX_LINE:
                    self.bad_lines += 1
                elif raw.strip():
                    data = parse_line(raw)
                    if data is None:
                        self.bad_lines += 1
                    else:
                        yield Line(self.offset, len(raw), data)
                skipping = False
                self.offset += len(raw) + 1
            if len(rest) > MAX_LINE:
                self.offset += len(rest)
                rest, skipping = bytearray(), True
            pending = bytearray(rest)


def _open_regular(path: Path) -> int | None:
    """Open for reading; None for a link, a folder, a pipe (which would block) or what cannot be opened."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    return None


def _pread(fd: int, length: int, offset: int) -> bytes:
    """Read at a place; nothing when the disk refuses or the place cannot be."""
    try:
        return os.pread(fd, length, offset)
    except OSError:
        return b""


_decode = json.JSONDecoder(parse_constant=lambda _: None).decode


def parse_line(raw: bytes | bytearray) -> dict[str, Any] | None:
    """Parse one JSON object; None for anything else (torn, binary, too deep, not an object).

    NaN and Infinity, which are no JSON but which Python writes, become None.
    """
    try:
        data = _decode(raw.decode("utf-8", "surrogatepass").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    deep = raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(data) > MAX_DEPTH
    return None if deep else data


def _depth(value: object) -> int:
    """Return how many objects and lists stand within each other."""
    deepest, open_ = 0, [(value, 0)]
    while open_:
        item, level = open_.pop()
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else None
        if inner is not None:
            deepest = max(deepest, level + 1)
            open_ += [(value, level + 1) for value in inner if isinstance(value, (dict, list))]
    return deepest


def read_line(path: Path, offset: int, length: int) -> dict[str, Any] | None:
    """Read one line at a known place; None when it is not there (any more)."""
    fd = _open_regular(path)
    if fd is None:
        return None
    try:
        return parse_line(_pread(fd, min(length, MAX_LINE), offset))
    finally:
        os.close(fd)


def read_bytes(path: Path, offset: int, length: int) -> bytes:
    """Read a part of a file, as much of it as there is; nothing when it is no regular file."""
    fd = _open_regular(path)
    if fd is None:
        return b""
    try:
        return _pread(fd, length, offset)
    finally:
        os.close(fd)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write a JSON file so that a reader sees the old or the new one, never half of it.

    Raises OSError when the file system refuses; the old file is then still there.
    """
    text = json.dumps(_finite(data), indent=2, default=str)
    write_bytes(path, f"{text}\n".encode("utf-8", "surrogateescape"))


def write_bytes(path: Path, data: bytes, mode: int = 0o600, ready: Callable[[], bool] | None = None) -> bool:
    """Write a file so that a reader sees the old or the new one, never half of it.

    ``ready`` is asked when all is on the disk; where it says no, the old file stays and False is returned.
    Raises OSError when the file system refuses; the old file is then still there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_native_id()}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            if mode != 0o600:
                os.fchmod(fd, mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if ready is not None and not ready():
            temporary.unlink(missing_ok=True)
            return False
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return True


def read_json(path: Path) -> dict[str, Any] | None:
    """Read a JSON object; None when the file is missing, unreadable, over MAX_LINE or something else."""
    fd = _open_regular(path)
    if fd is None:
        return None
    try:
        raw = _pread(fd, MAX_LINE + 1, 0)
    finally:
        os.close(fd)
    return parse_line(raw) if len(raw) <= MAX_LINE else None
