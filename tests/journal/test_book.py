"""The file of the journal: whole at every moment, and nobody's saving is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grpotui.analysis.journal import book
from grpotui.errors import UserError
from grpotui.workspace import Workspace

ADD = """
import sys
from pathlib import Path
from grpotui.analysis.journal import book
from grpotui.workspace import Workspace
for n in range(20):
    book.renew(Workspace(Path(sys.argv[1])), lambda text: text + f"{sys.argv[2]}{n}\\n")
"""


def test_two_writers_at_once_lose_nothing(workspace: Workspace) -> None:
    argv = [sys.executable, "-c", ADD, str(workspace.root)]
    writers = [subprocess.Popen([*argv, name]) for name in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert sorted(book.read(workspace).split()) == sorted(f"{name}{n}" for name in "abc" for n in range(20))
    assert workspace.journal.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("in_place", [True, False])
def test_what_an_editor_saves_meanwhile_is_not_lost(workspace: Workspace, in_place: bool) -> None:
    workspace.journal.write_text("first\n")
    saved: list[bool] = []

    def change(text: str) -> str:
        if not saved:
            saved.append(True)
            if in_place:
                workspace.journal.write_text("first\nhand\n")
            else:
                other = workspace.logs / "swap"
                other.write_text("first\nhand\n")
                os.replace(other, workspace.journal)
        return text + "tool\n"

    book.renew(workspace, change)
    assert book.read(workspace) == "first\nhand\ntool\n"


def test_what_an_editor_writes_into_the_old_file_at_the_last_moment_is_not_lost(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.journal.write_text("first\n")
    once: list[bool] = []
    replace = os.replace

    def late(source: Path, target: Path) -> None:
        if not once:
            once.append(True)
            workspace.journal.write_text("first\nhand\n")
        replace(source, target)

    monkeypatch.setattr(os, "replace", late)
    book.renew(workspace, lambda text: text + "tool\n")
    assert book.read(workspace) == "first\nhand\ntool\n"


def test_the_version_before_stays_beside_it_and_the_mode_stays(workspace: Workspace) -> None:
    workspace.journal.write_text("first\n")
    workspace.journal.chmod(0o644)
    book.renew(workspace, lambda text: "second\n")
    assert (workspace.logs / ".journal.md.before").read_text() == "first\n"
    assert workspace.journal.stat().st_mode & 0o777 == 0o644
    book.renew(workspace, lambda text: text)
    assert (workspace.logs / ".journal.md.before").read_text() == "first\n"


def test_bytes_that_are_no_text_are_kept(workspace: Workspace) -> None:
    workspace.journal.write_bytes(b"\xff\x00 mine \xe9\n")
    book.renew(workspace, lambda text: text + "tool\n")
    assert workspace.journal.read_bytes() == b"\xff\x00 mine \xe9\ntool\n"


def test_what_cannot_be_written_is_said_in_one_line(workspace: Workspace, tmp_path: Path) -> None:
    workspace.journal.write_text("mine\n")
    workspace.journal.chmod(0o400)
    with pytest.raises(UserError, match="read-only: 'chmod u"):
        book.renew(workspace, lambda text: text + "x")
    assert workspace.journal.read_text() == "mine\n"
    workspace.journal.unlink()
    workspace.journal.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="it is a link"):
        book.renew(workspace, lambda text: "x")
    workspace.journal.unlink()
    os.mkfifo(workspace.journal)
    with pytest.raises(UserError, match="is no file"):
        book.read(workspace)
