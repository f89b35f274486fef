"""Pruning takes what no resume needs, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grpotui.launch.journal import events
from grpotui.launch.pruning import PRUNED, checkpoints, disk, of_run, prune, short_of_space
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.workspace import RunDir, Workspace
from tests.support import write_run


def put(run: RunDir, step: int, size: int = 1000, whole: bool = True, best: int | None = None) -> Path:
    folder = run.checkpoints / f"checkpoint-{step}"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "model.bin").write_bytes(b"x" * size)
    if whole:
        state = {} if best is None else {"best_model_checkpoint": f"/elsewhere/checkpoint-{best}"}
        (folder / "trainer_state.json").write_text(json.dumps(state))
    return folder


@pytest.fixture
def run(workspace: Workspace) -> RunDir:
    return write_run(workspace, steps=2)


def test_the_largest_runs_come_first(workspace: Workspace, run: RunDir) -> None:
    put(run, 5, 100)
    large = write_run(workspace, "large-ab2c", steps=1)
    put(large, 5, 5000)
    write_run(workspace, "none-ab2c", steps=1)
    (large.path / "checkpoints" / "checkpoint-link").symlink_to("/")
    (large.path / "checkpoints" / "checkpoint-7").symlink_to(run.checkpoints)
    found = checkpoints(workspace)
    assert [(r.run_id, len(r.checkpoints)) for r in found] == [("large-ab2c", 1), (run.id, 1)]
    assert found[0].size == 5000 + len("{}")


def test_the_last_whole_one_stays_and_what_is_newer(workspace: Workspace, run: RunDir) -> None:
    for step in (100, 900, 1000):
        put(run, step)
    put(run, 1100, whole=False)
    assert [c.step for c in of_run(run).spare] == [100, 900]
    freed = prune(workspace, run.id)
    assert freed == 2 * 1002
    assert sorted(os.listdir(run.checkpoints)) == ["checkpoint-1000", "checkpoint-1100"]
    assert run.last_checkpoint() == run.checkpoints / "checkpoint-1000"
    event = events(run)[-1]
    assert (event["type"], event["checkpoints"], event["bytes"]) == ("pruned", [100, 900], 2004)
    assert prune(workspace, run.id) == 0
    assert len([e for e in events(run) if e["type"] == "pruned"]) == 1


def test_the_best_one_stays(workspace: Workspace, run: RunDir) -> None:
    put(run, 10)
    put(run, 20)
    put(run, 30, best=10)
    prune(workspace, run.id)
    assert sorted(os.listdir(run.checkpoints)) == ["checkpoint-10", "checkpoint-30"]


def test_nothing_goes_while_none_is_whole(workspace: Workspace, run: RunDir) -> None:
    put(run, 10, whole=False)
    put(run, 20, whole=False)
    assert prune(workspace, run.id) == 0
    assert len(os.listdir(run.checkpoints)) == 2


def test_what_a_kill_left_half_removed_goes_the_next_time(workspace: Workspace, run: RunDir) -> None:
    put(run, 10)
    put(run, 20).rename(run.checkpoints / f"{PRUNED}checkpoint-20")
    assert run.last_checkpoint() == run.checkpoints / "checkpoint-10"
    prune(workspace, run.id)
    assert os.listdir(run.checkpoints) == ["checkpoint-10"]


def test_a_link_is_not_followed(workspace: Workspace, run: RunDir, tmp_path: Path) -> None:
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "keep").write_text("me")
    put(run, 10)
    (put(run, 5) / "link").symlink_to(treasure)
    prune(workspace, run.id)
    assert (treasure / "keep").read_text() == "me"


def test_the_event_is_indexed(workspace: Workspace, run: RunDir) -> None:
    put(run, 1)
    put(run, 2)
    conn = connect(workspace)
    sync(conn, workspace)
    prune(workspace, run.id)
    sync(conn, workspace)
    found = Registry(conn, workspace).events(run.id, ["pruned"])
    assert [event["kept"] for event in found] == [[2]]


def test_two_checkpoints_must_fit(workspace: Workspace, run: RunDir) -> None:
    put(run, 1, 1000)
    found = checkpoints(workspace)
    assert short_of_space(2100, found) == 0
    assert short_of_space(2000, found) == 1002
    assert short_of_space(0, []) == 0
    assert 0 < disk(workspace).free <= disk(workspace).total
