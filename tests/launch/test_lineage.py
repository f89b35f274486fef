"""Extend, fork, clone, evaluate: what is asked of the new run, and what is refused."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.launch.control import resume, stop
from grpotui.launch.journal import events
from grpotui.launch.lineage import Changes, clone, evaluate, extend, fork
from grpotui.launch.pruning import prune
from grpotui.records import Status
from grpotui.stream import read_json, write_json
from grpotui.workspace import RunDir
from tests.launch.lab import Lab

DRAFT = Changes(draft=True)


def checkpoint(run: RunDir, step: int) -> Path:
    """Write a checkpoint as TRL leaves it."""
    folder = run.checkpoints / f"checkpoint-{step}"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "model.safetensors", "tokenizer.json", "optimizer.pt", "rng_state.pth"):
        (folder / name).write_text(f"{name} of {step}")
    write_json(folder / "trainer_state.json", {})
    return folder


@pytest.fixture
def ended(lab: Lab) -> RunDir:
    """A finished run of 5 steps with checkpoints of steps 2 and 5."""
    run = lab.launch("steps=5", "mine", overrides=("grpo.beta=0.1", "task.held_out=20"), seed=3)
    assert lab.ended(run) is Status.FINISHED
    checkpoint(run, 2)
    checkpoint(run, 5)
    return run


def asked(lab: Lab, run_id: str) -> dict[str, Any]:
    return read_json(lab.workspace.run(run_id).run_json) or {}


def test_a_finished_run_is_extended_in_its_next_attempt(lab: Lab, ended: RunDir) -> None:
    with pytest.raises(UserError, match=f"'grpotui extend {ended.id} --steps N' goes on past its end"):
        resume(lab.workspace, ended.id)
    made = extend(lab.workspace, ended.id, steps=4)
    assert made.run_id == ended.id
    assert made.notes[0] == "goes on from step 5 to step 9; it was planned to end at 5"
    assert lab.ended(ended) is Status.FINISHED
    assert ended.attempts() == [1, 2]
    extend(lab.workspace, ended.id, steps=1)
    assert lab.ended(ended) is Status.FINISHED
    told = [(e["from"], e["max_steps"]) for e in events(ended) if e["type"] == "extended"]
    assert told == [(5, 9), (9, 10)]


def test_a_cancelled_extension_leaves_the_run_finished_where_it_was(lab: Lab, ended: RunDir) -> None:
    other = lab.launch("hold=1")
    lab.until(other, Status.RUNNING)
    extend(lab.workspace, ended.id, steps=4)
    stop(lab.workspace, ended.id, "changed my mind")
    known = lab.summary(ended)
    assert (known.status, known.step, known.max_steps) == (Status.FINISHED, 5, 5)
    lab.go(other)
    lab.ended(other)
    made = extend(lab.workspace, ended.id, steps=2)
    assert made.notes[0] == "goes on from step 5 to step 7; it was planned to end at 5"
    assert lab.ended(ended) is Status.FINISHED


def test_epochs_become_steps(lab: Lab, ended: RunDir) -> None:
    effective = read_json(ended.attempt_json(1)) or {}
    write_json(ended.attempt_json(1), {**effective, "max_steps": 5, "max_epochs": 2.0})
    extend(lab.workspace, ended.id, epochs=1)
    assert [e["max_steps"] for e in events(ended) if e["type"] == "extended"] == [8]
    lab.ended(ended)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "either --steps N or --epochs N"),
        ({"steps": 1, "epochs": 1.0}, "either --steps N or --epochs N"),
        ({"steps": 0}, "expected more than 0"),
        ({"epochs": -1.0}, "expected more than 0"),
        ({"epochs": math.nan}, "expected more than 0"),
        ({"epochs": math.inf}, "at most 1,000,000,000"),
    ],
)
def test_an_extension_needs_a_length(lab: Lab, ended: RunDir, more: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        extend(lab.workspace, ended.id, **more)


def test_without_a_checkpoint_nothing_goes_on(lab: Lab, ended: RunDir) -> None:
    shutil.rmtree(ended.checkpoints)
    deeds: list[Callable[[], object]] = [
        lambda: extend(lab.workspace, ended.id, steps=1),
        lambda: fork(lab.workspace, ended.id, None, DRAFT),
        lambda: evaluate(lab.workspace, ended.id),
    ]
    for deed in deeds:
        with pytest.raises(UserError, match=f"{ended.id} has no checkpoint"):
            deed()
    assert [e for e in events(ended) if e["type"] == "extended"] == []


def test_a_fork_begins_with_the_weights_and_changes_what_it_is_told(lab: Lab, ended: RunDir) -> None:
    made = fork(lab.workspace, ended.id, 2, Changes(("grpo.beta=0.5",), draft=True))
    new = asked(lab, made.run_id)
    assert new["parent"] == {"run": ended.id, "relation": "fork", "step": 2}
    assert new["overrides"] == ["grpo.beta=0.1", "task.held_out=20", "grpo.seed=3", "grpo.beta=0.5"]
    assert (new["config"]["grpo"]["beta"], new["seed"], new["kind"]) == (0.5, 3, "train")
    start = lab.workspace.run(made.run_id).start
    assert sorted(path.name for path in start.iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    assert "optimizer, schedule and steps begin anew" in made.notes[0]
    prune(lab.workspace, ended.id)
    assert not (ended.checkpoints / "checkpoint-2").exists()
    assert (start / "model.safetensors").read_text() == "model.safetensors of 2"


def test_a_fork_of_another_model_is_refused(lab: Lab, ended: RunDir) -> None:
    with pytest.raises(UserError, match="set model in a clone"):
        fork(lab.workspace, ended.id, 2, Changes(("model=tiny",), draft=True))
    assert len(list(lab.workspace.runs())) == 1


def test_a_fork_of_the_last_checkpoint_is_the_default(lab: Lab, ended: RunDir) -> None:
    made = fork(lab.workspace, ended.id, None, DRAFT)
    assert asked(lab, made.run_id)["parent"]["step"] == 5


def test_a_step_without_checkpoint_names_those_there_are(lab: Lab, ended: RunDir) -> None:
    with pytest.raises(UserError, match="no checkpoint of step 3: there are 2, 5"):
        fork(lab.workspace, ended.id, 3, DRAFT)
    (ended.checkpoints / "checkpoint-2" / "config.json").unlink()
    with pytest.raises(UserError, match=r"holds no model: it has no config\.json"):
        fork(lab.workspace, ended.id, 2, DRAFT)
    assert len(list(lab.workspace.runs())) == 1


def test_a_clone_asks_for_the_same_and_of_a_fork_takes_the_weights_too(lab: Lab, ended: RunDir) -> None:
    changes = Changes(("grpo.max_steps=2",), tags=("again",), draft=True)
    new = asked(lab, clone(lab.workspace, ended.id, changes).run_id)
    old = asked(lab, ended.id)
    assert new["parent"] == {"run": ended.id, "relation": "clone", "step": None}
    assert new["config"] == {**old["config"], "grpo": {**old["config"]["grpo"], "max_steps": 2}}
    assert new["tags"] == ["steps=5", "mine", "again"]
    assert new["device"] == "cpu"
    forked = fork(lab.workspace, ended.id, 2, DRAFT).run_id
    copy = clone(lab.workspace, forked, DRAFT).run_id
    weights = [lab.workspace.run(run).start / "model.safetensors" for run in (forked, copy)]
    assert weights[0].samefile(weights[1])


def test_a_mistake_in_a_change_makes_no_run(lab: Lab, ended: RunDir) -> None:
    with pytest.raises(UserError, match=r"grpo\.beta: expected a number"):
        fork(lab.workspace, ended.id, 2, Changes(("grpo.beta=abc",)))
    assert len(list(lab.workspace.runs())) == 1


def test_an_evaluation_is_a_run_of_its_own_kind(lab: Lab, ended: RunDir) -> None:
    made = evaluate(lab.workspace, ended.id, 2, n=30, changes=DRAFT)
    new = asked(lab, made.run_id)
    assert (new["kind"], new["parent"]) == ("eval", {"run": ended.id, "relation": "evaluation", "step": 2})
    assert (new["config"]["eval"]["n"], new["config"]["task"]["held_out"]) == (30, 30)
    assert new["planned_steps"] is None
    assert made.notes == ()


def test_an_evaluation_has_no_descent_of_its_own(lab: Lab, ended: RunDir) -> None:
    measured = evaluate(lab.workspace, ended.id, 2, changes=DRAFT).run_id
    checkpoint(lab.workspace.run(measured), 2)
    deeds: list[Callable[[], object]] = [
        lambda: fork(lab.workspace, measured, None, DRAFT),
        lambda: clone(lab.workspace, measured, DRAFT),
        lambda: extend(lab.workspace, measured, steps=1),
    ]
    for deed in deeds:
        with pytest.raises(UserError, match=f"{measured} trains nothing"):
            deed()


def test_a_task_that_holds_out_no_more_says_so(lab: Lab, ended: RunDir) -> None:
    made = evaluate(lab.workspace, ended.id, n=90_000, changes=DRAFT)
    assert asked(lab, made.run_id)["config"]["task"]["held_out"] == 20
    assert made.notes == ("asks 20 held-out prompts: the task has no more beside those that it trains on",)


def test_another_task_can_be_asked_and_what_a_run_began_with(lab: Lab, ended: RunDir) -> None:
    made = evaluate(lab.workspace, ended.id, 0, task="counting", n=12, changes=DRAFT)
    new = asked(lab, made.run_id)
    assert (new["config"]["task"]["name"], new["config"]["task"]["held_out"]) == ("counting", 12)
    assert new["config"]["eval"]["n_train"] == 0
    assert not lab.workspace.run(made.run_id).start.exists()
    with pytest.raises(UserError, match="exact compares with an answer"):
        evaluate(lab.workspace, ended.id, 0, task="stories", changes=DRAFT)


def test_a_run_that_was_not_made_here_has_nothing_to_start_from(lab: Lab) -> None:
    foreign = lab.workspace.run("foreign")
    foreign.path.mkdir()
    write_json(foreign.run_json, {"created_at": 1.0})
    with pytest.raises(UserError, match="it has no config to start from"):
        clone(lab.workspace, "foreign", DRAFT)
