from __future__ import annotations

import json
from typing import Any

import pytest

from grpotui.records.lineage import Parent, Relation, StageMark, parent_of
from grpotui.registry import connect, sync
from grpotui.registry.filters import functions, parse
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace
from tests.writing import RunWriter


def writer(workspace: Workspace, run_id: str, **asked: Any) -> RunWriter:
    made = RunWriter(workspace.run(run_id))
    made.asked(**asked)
    return made


def read(workspace: Workspace) -> Registry:
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)


def test_parents_and_children_know_each_other(workspace: Workspace) -> None:
    writer(workspace, "base-aaaa", parent=None).close()
    fork = {"run": "base-aaaa", "relation": "fork", "step": 40}
    writer(workspace, "fork-bbbb", parent=fork, created_at=2.0).close()
    writer(workspace, "copy-cccc", parent={"run": "base-aaaa", "relation": "clone"}, created_at=3.0).close()
    registry = read(workspace)
    assert parent_of(registry.run("base-aaaa")) is None
    assert parent_of(registry.run("fork-bbbb")) == Parent("base-aaaa", Relation.FORK, 40)
    assert [(c.id, c.relation, c.parent_step) for c in registry.children("base-aaaa")] == [
        ("fork-bbbb", "fork", 40),
        ("copy-cccc", "clone", None),
    ]
    assert registry.children("fork-bbbb") == []


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("kind:eval", {"eval-cccc"}),
        ("kind:train base-aaaa", {"base-aaaa", "fork-bbbb"}),
        ("base-aaaa", {"base-aaaa", "fork-bbbb", "eval-cccc"}),
    ],
)
def test_the_filter_finds_kinds_and_children(workspace: Workspace, text: str, ids: set[str]) -> None:
    writer(workspace, "base-aaaa").close()
    writer(workspace, "fork-bbbb", parent={"run": "base-aaaa", "relation": "fork", "step": 4}).close()
    evaluation = {"run": "base-aaaa", "relation": "evaluation", "step": 4}
    writer(workspace, "eval-cccc", kind="eval", parent=evaluation).close()
    registry = read(workspace)
    functions(registry.connection)
    found = parse(text)
    query = f"SELECT id FROM runs WHERE {found.where}"  # noqa: S608
    rows = registry.connection.execute(query, found.values)
    assert {run_id for (run_id,) in rows} == ids


@pytest.mark.parametrize(
    "data",
    [
        None,
        "x",
        [],
        {},
        {"run": 5},
        {"run": "a"},
        {"run": "a", "relation": []},
        {"run": "", "relation": "fork"},
    ],
)
def test_what_names_no_parent_is_none(workspace: Workspace, data: Any) -> None:
    assert Parent.from_json(data) is None
    writer(workspace, "odd-aaaa", parent=data).close()
    assert parent_of(read(workspace).run("odd-aaaa")) is None


def test_the_stage_is_that_of_the_step_that_is_made(workspace: Workspace) -> None:
    made = writer(workspace, "staged-aaaa")
    for step, number, name in ((1, 1, "plus"), (4, 2, "minus"), (4, 2, "minus")):
        made.event("stage", 1.0, step=step, stage=number, stages=2, name=name)
    for step in (1, 2):
        made.metrics.append({"step": step, "time": float(step), "reward": 0.1})
    registry = read(workspace)
    assert registry.run("staged-aaaa").stage == "1/2 plus"
    assert registry.stages("staged-aaaa") == [StageMark(1, 1, 2, "plus"), StageMark(4, 2, 2, "minus")]
    for step in (3, 4):
        made.metrics.append({"step": step, "time": float(step), "reward": 0.1})
    registry = read(workspace)
    assert registry.run("staged-aaaa").stage == "2/2 minus"
    made.metrics.append({"step": 2, "time": 9.0, "reward": 0.1})  # a resumed attempt
    assert read(workspace).run("staged-aaaa").stage == "1/2 plus"
    made.close()


def test_an_extended_run_has_its_new_end_before_it_starts(workspace: Workspace) -> None:
    made = writer(workspace, "long-aaaa", planned_steps=5)
    made.attempt(max_steps=5)
    assert read(workspace).run("long-aaaa").max_steps == 5
    made.event("extended", 1.0, step=5, max_steps=9)
    assert read(workspace).run("long-aaaa").max_steps == 9
    made.attempt(2, max_steps=9)
    assert read(workspace).run("long-aaaa").max_steps == 9
    made.close()


def test_the_time_of_evaluations_is_no_step_time(workspace: Workspace) -> None:
    made = writer(workspace, "timed-aaaa")
    now = 100.0
    for step in range(1, 9):
        now += 2.0
        made.metrics.append({"step": step, "time": now, "reward": 0.1})
        if step % 2 == 0:
            now += 30.0
            made.metrics.append({"step": step, "time": now, "eval_accuracy": 0.5, "eval_runtime": 30.0})
    made.close()
    run = read(workspace).run("timed-aaaa")
    assert run.step_time == pytest.approx(2.0)
    assert run.eval_accuracy == 0.5


def test_hostile_stages_and_parents_are_taken_in(workspace: Workspace) -> None:
    made = writer(workspace, "bad-aaaa", parent={"run": "\ud800x" * 200, "relation": "fork", "step": 10**30})
    made.run.events.write_text(
        json.dumps({"type": "stage", "step": "x", "stage": None, "name": ["\ud800"]}) + "\n"
    )
    made.close()
    registry = read(workspace)
    assert registry.run("bad-aaaa").parent_step == 0
    assert [mark.step for mark in registry.stages("bad-aaaa")] == [0]
