"""Which code a person has read and trusts: by path and hash, in the user's own folder.

Not in the workspace: that may have come from somebody else, with its word that all is well.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.machine.locks import locked
from grpotui.presets.code import CodeFile
from grpotui.stream import read_json, write_json
from grpotui.text import clean_lines

LINES = 12
"""Lines of a file that are shown before a person is asked."""
_PATIENCE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Untrusted:
    """A file that nobody said yes to as it stands."""

    file: CodeFile
    changed: bool
    """True when another version of it was trusted."""
    name: str
    """As it is named in the workspace."""

    @property
    def summary(self) -> str:
        """``my_rewards.py is new here (sha256 ab12…)``."""
        what = "changed since you trusted it" if self.changed else "is new here"
        return f"{self.name} {what} (sha256 {self.file.sha256[:12]}…)"

    def head(self) -> list[str]:
        """Return path, hash and first lines, harmless on any terminal."""
        if self.file.command:
            return [*clean_lines(self.file.command), "is run whenever the verdict of the run changes"]
        try:
            text = self.file.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        lines = clean_lines(text, 200)
        rest = [f"… {len(lines) - LINES} more lines"] if len(lines) > LINES else []
        facts = [*clean_lines(str(self.file.path)), f"sha256 {self.file.sha256}"]
        return [*facts, *(f"  {line}" for line in (*lines[:LINES], *rest))]


class UntrustedError(UserError):
    """Code that would run, and that nobody said yes to yet."""

    def __init__(self, files: Sequence[Untrusted]) -> None:
        self.files = tuple(files)
        more = f", and {len(files) - 1} more" if len(files) > 1 else ""
        read = "them" if more else "it"
        super().__init__(f"{files[0].summary}{more}: read {read}, then --trust-code")


def store() -> Path:
    """Return the file of trusted hashes: ``$XDG_STATE_HOME/grpotui/trusted.json`` (``~/.local/state``)."""
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "grpotui" / "trusted.json"


def require(files: Sequence[CodeFile], root: Path) -> None:
    """Raise UntrustedError when a file is new, or another than the one that was trusted."""
    known = _known() if files else {}
    found = []
    for file in files:
        entry = known.get(file.key)
        if not isinstance(entry, dict) or entry.get("sha256") != file.sha256:
            found.append(Untrusted(file, entry is not None, file.shown(root)))
    if found:
        raise UntrustedError(found)


def trust(files: Sequence[CodeFile]) -> None:
    """Keep that a person said yes to these versions. Raises UserError when that cannot be written."""
    path = store()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path.with_name("trusted.lock"), _PATIENCE) as mine:
            if mine is None:
                raise UserError(f"{path} is being written by another process: try again")
            now = {file.key: {"sha256": file.sha256, "time": time.time()} for file in files}
            write_json(path, {"files": {**_known(), **now}})
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error


def _known() -> dict[str, Any]:
    """Return what is trusted; nothing when somebody else may have written it."""
    path = store()
    try:
        info = os.lstat(path)
    except OSError:
        return {}
    if not stat.S_ISREG(info.st_mode) or info.st_uid != os.getuid() or info.st_mode & 0o022:
        return {}
    files = (read_json(path) or {}).get("files")
    return files if isinstance(files, dict) else {}
