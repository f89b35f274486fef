"""From before the trouble, with the change that the verdict suggests."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.launch.journal import events
from grpotui.launch.lineage import Changes
from grpotui.launch.rescue import plan, rescue
from grpotui.records import Status
from grpotui.stream import read_json
from grpotui.workspace import RunDir
from tests.launch.lab import Lab
from tests.writing import RunWriter

BETA = {"grpo": {"beta": 0.0, "temperature": 0.3}, "model": "tiny", "task": {"name": "arithmetic"}}


def broken(
    lab: Lab, *verdicts: tuple[int, str, str], checkpoints: tuple[int, ...] = (), **more: Any
) -> RunDir:
    """Write an ended run with such verdicts: (step, verdict, cause)."""
    writer = RunWriter(lab.workspace.run("broken-ab2c"))
    writer.asked(config=BETA)
    writer.attempt(1)
    for step in checkpoints:
        writer.checkpoint(step)
    for step, to, cause in verdicts:
        writer.verdict(step, to, f"{to} since", cause, **more)
    writer.ended("stopped")
    return writer.close()


def test_it_begins_at_the_last_checkpoint_before_the_onset(lab: Lab) -> None:
    run = broken(
        lab, (60, "warning", "template"), (65, "collapsed", "template"), checkpoints=(25, 50, 65, 75)
    )
    planned = plan(lab.workspace, run.id)
    assert (planned.verdict, planned.onset, planned.checkpoint) == ("collapsed (template)", 65, 50)
    assert planned.lines == ["grpo.beta: 0.0 → 0.1", "grpo.temperature: 0.3 → 1.0"]
    assert planned.start == "begins with the weights of step 50, before the onset at step 65"


def test_the_verdict_tells_when_it_began_and_what_to_try(lab: Lab) -> None:
    run = broken(lab, (65, "collapsed", "template"), checkpoints=(25, 50), since=40, next=["grpo.beta=0.02"])
    planned = plan(lab.workspace, run.id)
    assert (planned.onset, planned.checkpoint, planned.overrides) == (40, 25, ("grpo.beta=0.02",))


def test_trouble_that_changed_its_name_began_with_the_first_one(lab: Lab) -> None:
    run = broken(
        lab,
        (20, "collapsed", "kl"),
        (30, "recovered", ""),
        (50, "collapsed", "template"),
        (60, "no-signal", "floor"),
        checkpoints=(40, 55),
    )
    planned = plan(lab.workspace, run.id, ["grpo.learning_rate=1e-6"])
    assert (planned.verdict, planned.onset, planned.checkpoint) == ("no-signal (floor)", 50, 40)
    assert planned.lines == ["grpo.learning_rate: default → 1e-06"]


def test_without_an_older_checkpoint_it_begins_anew(lab: Lab) -> None:
    run = broken(lab, (10, "collapsed", "low-temperature"), checkpoints=(10, 20))
    planned = plan(lab.workspace, run.id)
    assert planned.checkpoint is None
    assert planned.start == "begins anew: no checkpoint is older than the onset at step 10"


@pytest.mark.parametrize(
    ("verdicts", "message"),
    [
        ([], "is warming-up: there is nothing to rescue"),
        ([(9, "collapsed", "kl"), (20, "recovered", "")], "is recovered: there is nothing to rescue"),
        (
            [(9, "no-signal", "constant-reward")],
            r"is no-signal \(constant-reward\), which no setting is known",
        ),
    ],
)
def test_what_cannot_be_rescued_is_said(lab: Lab, verdicts: list[tuple[int, str, str]], message: str) -> None:
    run = broken(lab, *verdicts)
    with pytest.raises(UserError, match=message):
        plan(lab.workspace, run.id)


def test_a_higher_penalty_is_never_lowered(lab: Lab) -> None:
    run = broken(lab, (9, "collapsed", "template"))
    planned = plan(lab.workspace, run.id, ["grpo.beta=0.5"])
    assert planned.lines == ["grpo.beta: 0.0 → 0.5", "grpo.temperature: 0.3 → 1.0"]


def test_a_stopped_collapse_is_rescued_from_its_weights(lab: Lab) -> None:
    stop = ("health.on_collapsed=stop", "health.grace=4")
    run = lab.launch("steps=1000", "delay=0.02", "collapse=12", "save=4", overrides=stop)
    assert lab.ended(run) is Status.STOPPED
    for folder in run.checkpoints.iterdir():
        (folder / "config.json").write_text("{}")
    planned = plan(lab.workspace, run.id)
    made = rescue(lab.workspace, planned, Changes(tags=("steps=3",)))
    child = lab.workspace.run(made.run_id)
    assert lab.ended(child) is Status.FINISHED
    asked = read_json(child.run_json) or {}
    assert asked["parent"] == {"run": run.id, "relation": "fork", "step": planned.checkpoint}
    assert asked["config"]["health"]["on_collapsed"] == "stop"
    changed = {field: now for field, _, now in planned.changes}
    assert {f"grpo.{key}": str(value) for key, value in asked["config"]["grpo"].items()}.items() >= (
        changed.items()
    )
    assert planned.checkpoint is not None and planned.checkpoint < planned.onset
    assert [event for event in events(child) if event["type"] == "status"][-1]["status"] == "finished"
