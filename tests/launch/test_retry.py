"""After memory ran out the next attempt follows by itself, in smaller parts; nothing of it is lost."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from grpotui.launch.control import stop
from grpotui.launch.journal import events, state
from grpotui.launch.queue import tick
from grpotui.launch.runner.ending import decide
from grpotui.launch.runner.retry import next_try
from grpotui.launch.runner.stop import Request
from grpotui.launch.runner.supervise import Outcome
from grpotui.records import Status
from grpotui.records.retries import Retry
from grpotui.registry.rebuilding import rebuild
from grpotui.stream import read_json, write_json
from grpotui.workspace import RunDir
from tests.launch.lab import PRESET, Lab

LADDER = 'on_oom = { per_device_train_batch_size = "/2", gradient_accumulation_steps = "*2" }'


@pytest.fixture(autouse=True)
def _ladder(lab: Lab) -> None:
    (lab.workspace.presets / "fake.toml").write_text(f"{PRESET}[launch]\n{LADDER}\n")


def retries(run: RunDir) -> list[Retry]:
    return [retry for event in events(run) if (retry := Retry.from_json(event))]


def test_the_next_attempt_follows_with_half_the_batch_and_twice_the_passes(lab: Lab) -> None:
    run = lab.launch("memory=3@1", "memory=3@2", "save=2")
    assert lab.ended(run) is Status.FINISHED
    told = [status for status in lab.statuses(run) if status not in ("starting", "running")]
    assert told == ["queued", "failed", "queued", "failed", "queued", "finished"]
    first, second = retries(run)
    assert first.changes == {
        "grpo.per_device_train_batch_size": (16, 8),
        "grpo.gradient_accumulation_steps": (1, 2),
    }
    assert second.grpo == {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 4}
    assert (first.attempt, first.step, first.reason) == (1, 2, "no memory")
    assert (second.attempt, second.step) == (2, 2)


def test_what_happened_is_flagged_and_survives_the_steps_that_are_made_again(lab: Lab) -> None:
    run = lab.launch("memory=3@1", "save=2")
    lab.ended(run)
    rebuild(lab.workspace)
    with lab.registry() as registry:
        flags = [flag for flag in registry.flags(run.id) if flag.signal == "out-of-memory"]
    assert [(flag.step, flag.level) for flag in flags] == [(2, "warn")]
    assert flags[0].message == (
        "attempt 1 ran out of memory: the next one goes on from step 2 with per_device_train_batch_size "
        "16 -> 8, gradient_accumulation_steps 1 -> 2"
    )


def test_a_batch_that_cannot_be_halved_ends_it(lab: Lab) -> None:
    run = lab.launch("memory=1", overrides=("grpo.per_device_train_batch_size=4",))
    assert lab.ended(run) is Status.FAILED
    assert [retry.grpo["per_device_train_batch_size"] for retry in retries(run)] == [2, 1]
    assert events(run)[-1]["reason"] == (
        "no memory; not tried with less: per_device_train_batch_size 1 cannot be divided by 2"
    )


def test_five_further_attempts_are_enough(lab: Lab) -> None:
    run = lab.launch("memory=1", overrides=("grpo.per_device_train_batch_size=128", "task.n=64"))
    assert lab.ended(run) is Status.FAILED
    assert len(retries(run)) == 5
    assert (
        events(run)[-1]["reason"] == "no memory; not tried with less: 5 attempts were made with less already"
    )


def test_whoever_asked_it_to_end_gets_no_further_attempt(lab: Lab) -> None:
    run = lab.launch("memory=2", "hold=2")
    lab.until_step(run, 1)
    write_json(run.request_json, {"action": "stop", "reason": "enough"})
    lab.go(run, 2)
    assert lab.ended(run).is_ended
    assert retries(run) == []


def test_without_the_setting_it_fails_as_ever(lab: Lab) -> None:
    (lab.workspace.presets / "fake.toml").write_text(PRESET)
    run = lab.launch("memory=1")
    assert lab.ended(run) is Status.FAILED
    assert events(run)[-1]["reason"] == "no memory"
    assert retries(run) == []


def test_a_run_whose_runner_and_trainer_are_gone_goes_on_too(lab: Lab) -> None:
    """The trainer has said that memory ran out, and both are killed before its runner has seen it."""
    run = lab.launch("hold=2", "steps=3")
    lab.until_step(run, 1)
    write_json(run.result_json, _failed())
    lab.kill(run, "runner", "trainer")
    lab.go(run, 2)
    tick(lab.workspace, 15)
    assert lab.ended(run) is Status.FINISHED
    assert [retry.attempt for retry in retries(run)] == [1]


def test_an_ending_that_was_recorded_and_not_announced_is_followed_by_the_same(lab: Lab) -> None:
    run = lab.launch("hold=2", "steps=3")
    lab.until_step(run, 1)
    write_json(run.exit_json, {**_failed(), "code": 1, "signal": None})
    lab.kill(run, "runner", "trainer")
    lab.go(run, 2)
    tick(lab.workspace, 15)
    assert lab.ended(run) is Status.FINISHED
    assert [retry.attempt for retry in retries(run)] == [1]


def _failed(**more: Any) -> dict[str, Any]:
    told = {"attempt": 1, "status": "failed", "step": 1, "reason": "no memory", "out_of_memory": True}
    return {**told, **more}


@pytest.mark.parametrize(
    ("outcome", "oom", "launched", "expected"),
    [
        (Outcome(signal=signal.SIGKILL), True, False, True),
        (Outcome(signal=signal.SIGKILL), False, False, False),
        (Outcome(signal=signal.SIGSEGV), True, False, False),
        (Outcome(code=1), True, False, False),
        (Outcome(code=1), True, True, True),
    ],
)
def test_the_kernels_kill_counts_as_memory_that_ran_out(
    lab: Lab, outcome: Outcome, oom: bool, launched: bool, expected: bool
) -> None:
    run = lab.launch(draft=True)
    found = decide(run, 1, outcome, asked=None, killed=False, oom=oom, log_start=0, launched=launched)
    assert (found.status, found.out_of_memory) == (Status.FAILED, expected)


def test_a_trainers_word_counts_unless_it_was_asked_to_end(lab: Lab) -> None:
    run = lab.launch(draft=True)
    write_json(run.result_json, _failed())
    ways = dict.fromkeys(("killed", "oom"), False)
    assert decide(run, 1, Outcome(code=1), asked=None, log_start=0, **ways).out_of_memory
    asked = Request("enough")
    assert not decide(run, 1, Outcome(code=1), asked=asked, log_start=0, **ways).out_of_memory
    write_json(run.result_json, _failed(out_of_memory=False))
    assert not decide(run, 1, Outcome(code=1), asked=None, log_start=0, **ways).out_of_memory


def test_a_further_attempt_that_waits_can_be_taken_out_of_the_queue(lab: Lab) -> None:
    run = lab.launch("memory=1", "hold=1")
    other = lab.launch("hold=1")
    lab.go(run)
    lab.until(other, Status.RUNNING)
    assert state(run).status is Status.QUEUED
    stop(lab.workspace, run.id)
    assert state(run).status is Status.FAILED
    lab.go(other)
    lab.ended(other)
    tick(lab.workspace, 15)
    assert lab.ended(run) is Status.FAILED
    assert len(retries(run)) == 1


def test_probes_halve_by_themselves(lab: Lab) -> None:
    run = lab.launch(draft=True)
    asked = read_json(run.run_json) or {}
    assert next_try(run).changes
    write_json(run.run_json, {**asked, "kind": "rollouts"})
    assert not next_try(run).changes
