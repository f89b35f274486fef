"""Sweeps: their lines, their runs, and what is left when the lines are lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.records import RunKind
from grpotui.records.sweeps import Place, Role, Sweep
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.registry.sweeps import write_sweep
from grpotui.workspace import Workspace
from tests.writing import write_run

AXES = {"grpo.beta": (0, 0.02), "grpo.seed": (1, 2)}
POINTS: tuple[dict[str, Any], ...] = ({"grpo.beta": 0, "grpo.seed": 1}, {"grpo.beta": 0.02, "grpo.seed": 2})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.create()
    return workspace


def opened(workspace: Workspace) -> Registry:
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)


def test_a_sweep_is_read_as_it_was_written(workspace: Workspace) -> None:
    sweep = Sweep(
        "s-abcd", "words", RunKind.ROLLOUTS, 5.0, AXES, POINTS, (1, 2), ("a.b=c",), "mean(reward)",
        POINTS[0], 2, {"hypothesis": "more"}, {"top": 1}, {"into": "verse"},
    )  # fmt: skip
    write_sweep(workspace, sweep)
    registry = opened(workspace)
    assert registry.sweeps() == [sweep]
    assert registry.sweep("abcd") == registry.sweep("@last") == sweep


def test_the_last_line_of_a_sweep_counts(workspace: Workspace) -> None:
    registry = opened(workspace)
    write_sweep(workspace, Sweep("s-abcd", max_parallel=1))
    assert registry.sweep("s-abcd").max_parallel == 1
    write_sweep(workspace, Sweep("s-abcd", max_parallel=3))
    assert [sweep.max_parallel for sweep in registry.sweeps()] == [3]


def test_runs_know_their_sweep_and_tell_of_one_whose_line_is_lost(workspace: Workspace) -> None:
    for number, point in enumerate(POINTS, 1):
        place = Place("s-abcd", number, point, Role.POINT if number == 1 else Role.CONFIRM)
        write_run(workspace, f"run-{number}", sweep=place.to_json())
    write_run(workspace, "alone")
    registry = opened(workspace)
    assert [(run.id, run.point, run.role) for run in registry.members("s-abcd")] == [
        ("run-1", 1, "point"),
        ("run-2", 2, "confirm"),
    ]
    assert registry.run("alone").sweep == ""
    assert registry.place("run-2") == Place("s-abcd", 2, POINTS[1], Role.CONFIRM)
    assert registry.place("alone") is None
    (sweep,) = registry.sweeps()
    assert (sweep.id, sweep.axes, sweep.points) == ("s-abcd", AXES, POINTS)


@pytest.mark.parametrize(
    "data",
    [{}, {"sweep": 3}, {"sweep": ""}, {"sweep": "a", "axes": [1], "points": 7, "seeds": "x", "kind": {}}],
)
def test_whatever_a_line_holds_is_read_without_an_error(data: dict[str, object]) -> None:
    found = Sweep.from_json(data)
    assert found is None or (found.axes, found.points, found.seeds) == ({}, (), ())


def test_an_unknown_sweep_is_named(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="no sweep 'x': there are none yet, 'grpotui sweep"):
        opened(workspace).sweep("x")
    write_sweep(workspace, Sweep("beta-abcd"))
    with pytest.raises(UserError, match="no sweep 'bete-abcd'; the nearest: beta-abcd"):
        opened(workspace).sweep("bete-abcd")
