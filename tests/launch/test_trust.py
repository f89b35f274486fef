"""Code that a preset brings along runs only after somebody said yes to it as it stands."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from grpotui.errors import UserError
from grpotui.launch import trust
from grpotui.launch.control import resume
from grpotui.launch.trust import UntrustedError
from grpotui.presets import CodeFile
from grpotui.presets.code import code_files
from grpotui.records import Status
from grpotui.stream import read_json
from grpotui.workspace import Workspace
from tests.launch.lab import PRESET, Lab


def files(workspace: Workspace) -> list[CodeFile]:
    return code_files({"rewards": [{"name": "mine.py:good"}]}, workspace.root)


@pytest.fixture
def mine(workspace: Workspace) -> Path:
    path = workspace.root / "mine.py"
    path.write_text("def good(): ...\n")
    return path


def refused(workspace: Workspace) -> str:
    with pytest.raises(UntrustedError) as raised:
        trust.require(files(workspace), workspace.root)
    return str(raised.value)


def test_new_trusted_changed(workspace: Workspace, mine: Path) -> None:
    assert re.fullmatch(
        r"mine\.py is new here \(sha256 [0-9a-f]{12}…\): read it, then --trust-code", refused(workspace)
    )
    trust.trust(files(workspace))
    trust.require(files(workspace), workspace.root)
    mine.write_text("def good(): import os\n")
    assert "mine.py changed since you trusted it" in refused(workspace)
    trust.require([], workspace.root)


def test_a_copy_elsewhere_is_new(workspace: Workspace, mine: Path, tmp_path: Path) -> None:
    trust.trust(files(workspace))
    other = Workspace(tmp_path / "other")
    other.create()
    (other.root / "mine.py").write_bytes(mine.read_bytes())
    assert "is new here" in refused(other)


def test_what_is_trusted_is_the_users_alone(workspace: Workspace, mine: Path) -> None:
    trust.trust(files(workspace))
    store = trust.store()
    assert store.stat().st_mode & 0o777 == 0o600 and store.parent.stat().st_mode & 0o777 == 0o700
    assert not store.is_relative_to(workspace.root)
    store.chmod(0o666)
    assert "is new here" in refused(workspace)


@pytest.mark.parametrize("content", ["", "[]", '{"files": 5}', '{"files": {"PATH": 5}}', "\0"])
def test_a_broken_store_trusts_nothing(workspace: Workspace, mine: Path, content: str) -> None:
    trust.trust(files(workspace))
    trust.store().write_text(content.replace("PATH", str(mine)))
    refused(workspace)
    trust.trust(files(workspace))
    trust.require(files(workspace), workspace.root)


def test_a_folder_that_cannot_be_written_is_said(
    workspace: Workspace, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)
    with pytest.raises(UserError, match="cannot write /dev/null"):
        trust.trust(files(workspace))


def test_what_is_shown_is_harmless(workspace: Workspace, mine: Path) -> None:
    mine.write_text("\x1b]52;c;aGk=\x07\n" + "x = 1\n" * 50)
    with pytest.raises(UntrustedError) as raised:
        trust.require(files(workspace), workspace.root)
    head = raised.value.files[0].head()
    assert head[:3] == [str(mine), f"sha256 {raised.value.files[0].file.sha256}", "  ␛]52;c;aGk=␇"]
    assert len(head) == 2 + trust.LINES + 1 and head[-1] == "  … 40 more lines"


# Launching


@pytest.fixture
def own(lab: Lab, mine: Path) -> Lab:
    """A lab whose preset names a reward of its own."""
    lab.workspace.presets.joinpath("fake.toml").write_text(PRESET.replace('"exact"', '"mine.py:good"'))
    return lab


def test_a_launch_is_refused_until_the_code_is_trusted(own: Lab, mine: Path) -> None:
    with pytest.raises(UntrustedError):
        own.launch()
    assert list(own.workspace.runs()) == []
    trust.trust(files(own.workspace))
    run = own.launch("steps=3")
    assert own.ended(run) is Status.FINISHED
    asked = read_json(run.run_json) or {}
    assert asked["code"] == [file.to_json() for file in files(own.workspace)]


def test_a_resume_takes_the_code_of_the_launch_or_none(own: Lab, mine: Path) -> None:
    trust.trust(files(own.workspace))
    draft = own.launch(draft=True)
    run = own.launch("steps=6", "crash=3")
    assert own.ended(run) is Status.FAILED
    old = mine.read_text()
    mine.write_text("other")
    trust.trust(files(own.workspace))
    for one in (run, draft):
        with pytest.raises(UserError, match="changed since this run was launched"):
            resume(own.workspace, one.id)
    mine.write_text(old)
    with pytest.raises(UntrustedError):
        resume(own.workspace, run.id)
    trust.trust(files(own.workspace))
    resume(own.workspace, run.id)
    assert own.ended(run) is Status.FINISHED
