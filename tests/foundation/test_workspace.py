from __future__ import annotations

import os
from pathlib import Path

import pytest

from grpotui.errors import UserError
from grpotui.workspace import RunDir, Workspace, is_run_id, slug


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "ws")
    made.create()
    return made


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_create_makes_private_folders_and_may_be_repeated(workspace: Workspace) -> None:
    workspace.create()
    assert workspace.exists()
    assert [mode(p) for p in (workspace.root, workspace.presets, workspace.logs)] == [0o700] * 3


def test_find_goes_upward(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    below = workspace.root / "a" / "b"
    below.mkdir(parents=True)
    assert Workspace.find(below) == workspace
    monkeypatch.chdir(below)
    assert Workspace.find() == workspace


def test_the_nearest_workspace_wins(workspace: Workspace) -> None:
    inner = Workspace(workspace.root / "inner")
    inner.create()
    assert Workspace.find(inner.logs) == inner


def test_no_workspace_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    with pytest.raises(UserError, match="grpotui init"):
        Workspace.find(tmp_path)


def test_a_removed_current_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(UserError, match="was removed"):
        Workspace.find()


def test_create_where_a_file_stands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/none")):
        with pytest.raises(UserError, match="cannot make a workspace"):
            Workspace(root).create()


def test_an_unwritable_workspace_is_refused() -> None:
    workspace = Workspace(Path("/proc"))
    with pytest.raises(UserError, match="cannot write to /proc/logs"):
        workspace.require_writable()
    with pytest.raises(UserError, match="cannot write"):
        workspace.new_run("a")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_permissions_are_respected(workspace: Workspace) -> None:
    workspace.logs.chmod(0o500)
    try:
        with pytest.raises(UserError, match="cannot write"):
            workspace.new_run("a")
    finally:
        workspace.logs.chmod(0o700)


@pytest.mark.parametrize(
    "name", ["../../etc", "a/b", "\x1b[31m", "", "   ", "ÄÖ", "x" * 500, "A.B_c", "-rf", ".hidden", "con\n"]
)
def test_any_name_makes_a_safe_folder(workspace: Workspace, name: str) -> None:
    run = workspace.new_run(name)
    assert is_run_id(run.id)
    assert run.path.parent == workspace.logs
    assert mode(run.path) == 0o700
    assert len(run.id) <= 53


def test_equal_names_make_different_runs(workspace: Workspace) -> None:
    ids = {workspace.new_run("same").id for _ in range(50)}
    assert len(ids) == 50
    assert all(run_id.startswith("same-") for run_id in ids)


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".bin", "a/b", "A", "a b", "a\n", "\x1b", "x" * 81, "-a", "ä"]
)
def test_unsafe_folder_names_are_no_ids(name: str) -> None:
    assert not is_run_id(name)


def test_slug_is_short_and_never_empty() -> None:
    assert slug("Arithmetic KL / 0.1!") == "arithmetic-kl-0-1"
    assert slug("…") == "run"
    assert len(slug("long " * 40)) <= 48
    assert not slug("x" * 47 + " y").endswith("-")


def test_runs_are_folders_with_run_json_and_no_links(workspace: Workspace, tmp_path: Path) -> None:
    run = workspace.new_run("b")
    run.run_json.write_text("{}")
    workspace.new_run("empty")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "run.json").write_text("{}")
    (workspace.logs / "linked").symlink_to(outside)
    (workspace.logs / "Bad Name").mkdir()
    (workspace.logs / "Bad Name" / "run.json").write_text("{}")
    workspace.bin.mkdir()
    workspace.log.write_text("")
    assert [found.id for found in workspace.runs()] == [run.id]
    assert list(Workspace(tmp_path / "none").runs()) == []


def test_last_checkpoint_is_the_newest_complete_one(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    assert run.last_checkpoint() is None
    for name, complete in (("9", True), ("10", True), ("11", False), ("best", True)):
        folder = run.checkpoints / f"checkpoint-{name}"
        folder.mkdir(parents=True)
        if complete:
            (folder / "trainer_state.json").write_text("{}")
    last = run.last_checkpoint()
    assert last is not None
    assert last.name == "checkpoint-10"


def test_attempts_count_their_files(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    for name in (
        "attempt-2.json",
        "attempt-10.json",
        "attempt-x.json",
        "attempt-.json",
        "attempt-1.json.tmp",
    ):
        (tmp_path / name).write_text("{}")
    assert run.attempts() == [2, 10]


def test_events_are_appended(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    assert run.append_event({"type": "note", "text": "a"})
    assert run.append_event({"type": "note", "text": "b"})
    assert run.events.read_bytes().count(b"\n") == 2
    assert not RunDir(tmp_path / "none").append_event({"type": "note"})
