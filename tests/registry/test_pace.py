"""How long runs take, from what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from grpotui.registry import connect, sync
from grpotui.registry.pace import Pace
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace
from tests.writing import RunWriter


def write(workspace: Workspace, run_id: str, status: str, pace: float = 0.0, **asked: Any) -> None:
    """A run with steps of ``pace`` seconds; none are made for 0."""
    writer = RunWriter(workspace.run(run_id))
    writer.asked(**{"planned_steps": 100, **asked})
    for number in range(5 if pace else 0):
        writer.log_step(1000.0 + number * pace, reward=0.5)
    writer.status(status)
    writer.close()


@contextmanager
def opened(workspace: Workspace) -> Iterator[Registry]:
    connection = connect(workspace)
    sync(connection, workspace)
    yield Registry(connection, workspace)
    connection.close()


def seconds(workspace: Workspace, run_id: str) -> float | None:
    with opened(workspace) as registry:
        return Pace(registry.connection).seconds(registry.run(run_id))


def test_by_its_own_steps_else_those_of_its_preset_else_of_its_model(workspace: Workspace) -> None:
    write(workspace, "new-aaaa", "queued", preset="mine", config={"model": "org/a"})
    assert seconds(workspace, "new-aaaa") is None
    write(workspace, "other-aaaa", "finished", 7.0, preset="other", config={"model": "org/b"})
    assert seconds(workspace, "new-aaaa") is None
    write(workspace, "kin-aaaa", "finished", 4.0, preset="other", config={"model": "org/a"})
    assert seconds(workspace, "new-aaaa") == pytest.approx(400)
    write(workspace, "same-aaaa", "failed", 2.0, preset="mine", config={"model": "org/c"})
    assert seconds(workspace, "new-aaaa") == pytest.approx(200)
    write(workspace, "half-aaaa", "queued", 3.0, preset="mine")
    assert seconds(workspace, "half-aaaa") == pytest.approx(3 * 95)


def test_without_steps_by_how_long_its_kind_took(workspace: Workspace) -> None:
    write(workspace, "new-aaaa", "queued", kind="eval", preset="mine", planned_steps=None)
    assert seconds(workspace, "new-aaaa") is None
    for name, kind in (("a-aaaa", "eval"), ("b-aaaa", "train")):
        write(workspace, name, "finished", kind=kind, preset="mine", planned_steps=None)
    with opened(workspace) as registry:
        registry.connection.execute("UPDATE runs SET started_at = 100, ended_at = 160 WHERE id = 'a-aaaa'")
        registry.connection.execute("UPDATE runs SET started_at = 100, ended_at = 900 WHERE id = 'b-aaaa'")
        assert Pace(registry.connection).seconds(registry.run("new-aaaa")) == 60
