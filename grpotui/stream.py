"""Append and tail JSON lines; write small JSON files atomically.

A writer sends each line with one ``os.write`` to an O_APPEND descriptor; a reader takes whole lines only.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_LINE = 16 * 1024 * 1024
"""Bytes; a longer line is skipped and counted as bad."""
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


def encode_line(data: Mapping[str, Any]) -> bytes:
    """Return ``data`` as one JSON line; keys whose value is NaN or infinite stand in ``nonfinite``."""
    try:
        text = json.dumps(data, allow_nan=False)
    except ValueError:
        bad = [k for k, v in data.items() if isinstance(v, float) and not math.isfinite(v)]
        data = _finite(data)
        text = json.dumps({**data, "nonfinite": bad} if bad else data, allow_nan=False)
    return text.encode() + b"\n"


class LineWriter:
    """Appends JSON lines to one file; a failing disk costs lines, never the caller.

    ``dropped`` counts the lines that could not be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dropped = 0
        self._fd: int | None = None

    def append(self, data: Mapping[str, Any]) -> bool:
        """Append one line; return False (and count it) when the system refuses."""
        try:
            if self._fd is None:
                self._fd = self._open()
            line = encode_line(data)
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
        size = os.fstat(fd).st_size
        if size and os.pread(fd, 1, size - 1) != b"\n":
            os.write(fd, b"\n")
        return fd

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
            stat = os.stat(self.path)
        except OSError:
            return False
        return stat.st_ino != self.inode or stat.st_size != self.offset

    def read(self, max_bytes: int = 64 * 1024 * 1024) -> list[Line]:
        """Return the whole lines that came since the last call, at most about ``max_bytes`` of them.

        A file that was replaced or shrank is read from its start. Lines that are no JSON object, too long
        or too deep are skipped and counted in ``bad_lines``; a last line without newline waits.
        """
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            return []
        try:
            stat = os.fstat(fd)
            if stat.st_ino != self.inode or stat.st_size < self.offset:
                self.inode, self.offset = stat.st_ino, 0
            return list(self._lines(fd, max_bytes))
        finally:
            os.close(fd)

    def _lines(self, fd: int, max_bytes: int) -> Iterator[Line]:
        end = self.offset + max_bytes
        pending = bytearray()
        position = self.offset
        skipping = False
        while position < end and (chunk := os.pread(fd, _CHUNK, position)):
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


def parse_line(raw: bytes | bytearray) -> dict[str, Any] | None:
    """Parse one JSON object; None for anything else (torn, binary, too deep, not an object)."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def read_line(path: Path, offset: int, length: int) -> dict[str, Any] | None:
    """Read one line at a known place; None when it is not there (any more)."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        return parse_line(os.pread(fd, length, offset))
    finally:
        os.close(fd)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write a JSON file so that a reader sees the old or the new one, never half of it.

    Raises OSError when the file system refuses; the old file is then still there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    text = json.dumps(_finite(data), indent=2, default=str)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any] | None:
    """Read a JSON object; None when the file is missing, unreadable or something else."""
    try:
        return parse_line(path.read_bytes())
    except OSError:
        return None
