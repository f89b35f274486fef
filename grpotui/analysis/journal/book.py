"""The file ``logs/journal.md``: replaced so that neither a crash nor an editor loses a line."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from grpotui.analysis.journal import marks
from grpotui.errors import UserError
from grpotui.launch.machine.locks import locked
from grpotui.stream import write_bytes
from grpotui.workspace import Workspace

PATIENCE = 10.0
"""Seconds to wait for another process that writes the journal."""
ROUNDS = 5
"""Times that the work is done anew because somebody saved the file meanwhile."""
MOST = 64 * 1024 * 1024
"""Bytes; a larger file is none that people write."""


def read(workspace: Workspace) -> str:
    """Return the journal as it stands, bytes that are no UTF-8 as surrogates; empty when there is none yet.

    Raises UserError for what is no plain file.
    """
    return _read(workspace.journal)[0]


def shown(text: str) -> list[str]:
    """Return the lines of a journal without the marks around what the tool wrote."""
    lines = [line.removesuffix("\r") for line in text.split("\n") if not marks.is_mark(line)]
    blank_twice = {at for at in range(1, len(lines)) if not lines[at].strip() and not lines[at - 1].strip()}
    return [line for at, line in enumerate(lines) if at not in blank_twice]


def parts(text: str) -> list[tuple[str, list[str]]]:
    """Return each block's id with its lines and all that follows up to the next block, in the file's order.

    What stands before the first block has an empty id. Of copies only the first is a part.
    """
    found: dict[str, list[str]] = {"": []}
    lines = found[""]
    for line in text.split("\n"):
        mark = marks.read_begin(line)
        if mark is not None and mark.id not in found:
            lines = found.setdefault(mark.id, [])
        elif not marks.is_mark(line):
            lines.append(line.removesuffix("\r"))
    return list(found.items())


def _read(path: Path) -> tuple[str, os.stat_result | None]:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return "", None
    except OSError as error:
        raise UserError(
            f"cannot read {path}: {'it is a link' if path.is_symlink() else error.strerror}"
        ) from error
    seen = os.fstat(fd)
    if not stat.S_ISREG(seen.st_mode):
        os.close(fd)
        what = "a folder" if stat.S_ISDIR(seen.st_mode) else "no file"
        raise UserError(f"{path} is {what}: move it away, and a new log book begins")
    with os.fdopen(fd, "rb") as file:
        if seen.st_size > MOST:
            raise UserError(f"{path} is larger than {MOST // 1024**2} MB: move it away, and a new one begins")
        return file.read().decode("utf-8", "surrogateescape"), seen


def renew(workspace: Workspace, change: Callable[[str], str]) -> None:
    """Replace the journal's text by what ``change`` makes of it.

    ``change`` is called again when somebody saved the file meanwhile. What was there before stays beside it
    until the next time. Raises UserError, and OSError for a full disk.
    """
    path = workspace.journal
    workspace.require_writable()
    with locked(workspace.journal_lock, PATIENCE) as lock:
        if lock is None:
            raise UserError(f"another process writes {path}: try again")
        for _ in range(ROUNDS):
            text, seen = _read(path)
            if seen is not None and not seen.st_mode & 0o222:
                raise UserError(f"{path} is read-only: 'chmod u+w' it first")
            changed = change(text)
            if changed == text or _replace(path, changed, seen):
                return
    raise UserError(f"{path} is being saved by somebody else again and again: try later")


def _replace(path: Path, text: str, seen: os.stat_result | None) -> bool:
    """Put the new text in place of the file that was read; False when it is not the same any more."""
    data = text.encode("utf-8", "surrogateescape")
    if seen is None:
        return write_bytes(path, data, ready=lambda: _stat(path) is None)
    before = path.with_name(f".{path.name}.before")

    def unchanged() -> bool:
        before.unlink(missing_ok=True)
        try:
            os.link(path, before, follow_symlinks=False)
        except OSError:  # a file system without links
            shutil.copyfile(path, before, follow_symlinks=False)
        return _same(os.lstat(path), seen)

    if not write_bytes(path, data, stat.S_IMODE(seen.st_mode), unchanged):
        return False
    # An editor that had the old file open may have written into it in the very moment of the exchange.
    kept = os.lstat(before)
    if kept.st_ino == seen.st_ino and not _same(kept, seen):
        os.replace(before, path)
        return False
    return True


def _stat(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_ino, one.st_size, one.st_mtime_ns) == (other.st_ino, other.st_size, other.st_mtime_ns)
