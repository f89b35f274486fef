"""A runner that acts by itself, with no app open: on verdicts that last, and on the contract."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.launch.control import resume
from grpotui.launch.journal import events
from grpotui.launch.policy import Policy, read_policy, write_policy
from grpotui.launch.runner.pledge import rescore, standing
from grpotui.records import Status
from grpotui.registry import connect, rebuild
from grpotui.registry.desk import write_pin
from grpotui.stream import read_json
from grpotui.workspace import RunDir
from tests.launch.lab import Lab, until

STOP = ("health.on_collapsed=stop", "health.grace=6")


def acts(run: RunDir) -> list[dict[str, Any]]:
    return [event for event in events(run) if event["type"] == "act"]


def collapsed_at(run: RunDir) -> int:
    said = (event for event in events(run) if event["type"] == "verdict")
    return int(next(event["step"] for event in said if event["to"] == "collapsed"))


def score(run: RunDir) -> dict[str, Any]:
    return [event for event in events(run) if event["type"] == "contract"][-1]


def test_a_collapsing_run_is_stopped_without_a_further_checkpoint(lab: Lab) -> None:
    run = lab.launch("steps=1000", "delay=0.02", "collapse=20", "save=4", overrides=STOP)
    assert lab.ended(run) is Status.STOPPED
    (act,) = acts(run)
    assert (act["by"], act["save"], act["attempt"]) == ("policy", False, 1)
    assert act["step"] - collapsed_at(run) >= 6
    assert act["reason"].startswith("policy: collapsed (") and act["reason"].endswith(" steps")
    assert lab.summary(run).reason == act["reason"]
    saved = run.last_checkpoint()
    assert saved is not None and int(saved.name.removeprefix("checkpoint-")) % 4 == 0
    assert lab.statuses(run)[-2:] == ["stopping", "stopped"]


def test_checkpoint_and_stop_saves(lab: Lab) -> None:
    wanted = ("health.on_collapsed=checkpoint-and-stop", "health.grace=0")
    run = lab.launch("steps=1000", "delay=0.02", "collapse=20", overrides=wanted)
    assert lab.ended(run) is Status.STOPPED
    assert (read_json(run.request_json) or {})["save"] is True
    saved, last = run.last_checkpoint(), (read_json(run.result_json) or {})["step"]
    assert saved is not None and saved.name == f"checkpoint-{last}"


def test_a_flag_stops_nothing(lab: Lab) -> None:
    run = lab.launch("steps=60", "collapse=20")
    assert lab.ended(run) is Status.FINISHED
    assert collapsed_at(run) and not acts(run)


def test_a_run_that_recovers_within_the_grace_goes_on(lab: Lab) -> None:
    wanted = ("health.on_collapsed=stop", "health.grace=90")
    run = lab.launch("steps=150", "collapse=20", "recover=40", overrides=wanted)
    assert lab.ended(run) is Status.FINISHED
    said = [event["to"] for event in events(run) if event["type"] == "verdict"]
    assert "collapsed" in said and "recovered" in said[said.index("collapsed") :]
    assert not acts(run)


def test_the_policy_of_a_running_run_can_be_changed_and_is_kept(lab: Lab) -> None:
    run = lab.launch("steps=2000", "delay=0.02", "collapse=20")
    until(lambda: any(e["type"] == "verdict" and e["to"] == "collapsed" for e in events(run)))
    assert not acts(run)
    changed = write_policy(lab.workspace, run.id, {"on_collapsed": "stop", "grace": 5})
    assert changed == Policy(on_collapsed="stop", grace=5)
    assert lab.ended(run) is Status.STOPPED
    rebuild(lab.workspace)
    with lab.registry() as registry:
        (kept,) = registry.events(run.id, ["policy"])
    assert (kept["on_collapsed"], kept["grace"]) == ("stop", 5)
    assert read_policy(run) == changed


def test_a_new_runner_reads_the_policy_and_acts(lab: Lab) -> None:
    run = lab.launch("steps=2000", "delay=0.02", "hold=24", "collapse=20")
    lab.until_judged(run, 23)
    lab.kill(run, "runner")
    write_policy(lab.workspace, run.id, {"on_collapsed": "stop", "grace": 1})
    lab.summary(run)
    from grpotui.launch.queue import tick

    tick(lab.workspace)
    lab.go(run, 24)
    assert lab.ended(run) is Status.STOPPED
    assert len(acts(run)) == 1


def test_a_resumed_run_has_its_grace_again(lab: Lab) -> None:
    run = lab.launch("steps=1000", "delay=0.02", "collapse=20", "save=10", overrides=STOP)
    lab.ended(run)
    first = acts(run)[0]["step"]
    resume(lab.workspace, run.id)
    assert lab.ended(run) is Status.STOPPED
    again = acts(run)[1]
    begun = int(lab.steps(run)[lab.steps(run).index(again["step"], first - 1)])
    assert again["attempt"] == 2 and begun
    resumed_at = first - first % 10
    assert again["step"] >= resumed_at + 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"on_collapsed": "halt"},
            "on-collapsed: expected one of flag, stop, checkpoint-and-stop, got 'halt'",
        ),
        ({"grace": -1}, "grace: expected steps, 0 or more, got -1"),
        ({"kill": "rewrad < 1"}, "kill: at 1: no metric rewrad; nearest: reward"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(lab: Lab, changes: dict[str, object], message: str) -> None:
    run = lab.launch("steps=1")
    with pytest.raises(UserError, match=message.replace("(", r"\(")):
        write_policy(lab.workspace, run.id, changes)
    lab.ended(run)
    assert not [event for event in events(run) if event["type"] == "policy"]


def test_hostile_policy_events_change_nothing(lab: Lab) -> None:
    run = lab.launch("steps=1")
    lab.ended(run)
    for bad in ({"grace": "x"}, {"on_collapsed": ["stop"]}, {"kill": 5}, {"grace": 10**30}, {"kill": "(("}):
        run.append_event({"time": 1.0, "type": "policy", **bad})
    assert read_policy(run) == Policy()


def test_a_kill_criterion_stops_a_run_and_saves(lab: Lab) -> None:
    kill = "step > 6 and mean(reward, last=4) < 0"
    run = lab.launch(
        "steps=1000", "delay=0.02", overrides=(f"contract.kill={kill}", "contract.primary=step > 900")
    )
    assert lab.ended(run) is Status.STOPPED
    (act,) = acts(run)
    assert (act["by"], act["save"], act["step"]) == ("kill", True, 7)
    assert act["reason"] == f"kill: {kill} (mean(reward, last=4) = -0.1)"
    assert run.last_checkpoint() is not None
    said = score(run)
    assert said["outcome"] == "not met"
    assert [mark["state"] for mark in said["marks"]] == ["not met", "fired"]


def test_a_kill_criterion_that_was_changed_counts_from_now_on(lab: Lab) -> None:
    run = lab.launch("steps=60", "delay=0.02", "hold=9")
    lab.until_judged(run, 8)
    write_policy(lab.workspace, run.id, {"kill": "step < 5"})
    until(lambda: standing(run).get("marks"))
    write_policy(lab.workspace, run.id, {"kill": "step >= 12"})
    until(lambda: [mark["text"] for mark in standing(run)["marks"]] == ["step >= 12"])
    lab.go(run, 9)
    assert lab.ended(run) is Status.STOPPED
    assert [act["step"] for act in acts(run)] == [12]


CONTRACT = (
    'contract.forecast={ "mean(reward, last=5)" = [-0.2, 0.0], "zero_std" = [0.5, 1.0] }',
    "contract.secondary=mean(jaccard, last=5) < 0.5 and verdict != 'collapsed'",
    "contract.tertiary=first(step >= 4) == 4",
)


@pytest.mark.parametrize(
    ("primary", "state"),
    [
        ("mean(reward, last=10) > -0.5", "met"),
        ("mean(reward, last=10) > 0.5", "not met"),
        ("mean(reward, last=500) > -0.5", "inconclusive"),
    ],
)
def test_contracts_end_met_not_met_or_inconclusive(lab: Lab, primary: str, state: str) -> None:
    run = lab.launch("steps=12", overrides=(f"contract.primary={primary}", *CONTRACT))
    assert lab.ended(run) is Status.FINISHED
    said = score(run)
    assert (said["outcome"], said["attempt"], said["step"]) == (state, 1, 12)
    states = {mark["text"]: mark["state"] for mark in said["marks"]}
    assert list(states.values()) == [state, "met", "met", "inside", "outside"]
    assert said["marks"][-1]["off"] == -0.5
    kept = {key: value for key, value in said.items() if key not in ("time", "type", "attempt", "status")}
    assert rescore(lab.workspace, run, 1, Status.FINISHED) == kept
    assert standing(run) == kept
    rebuild(lab.workspace)
    with lab.registry() as registry:
        assert registry.events(run.id, ["contract"])[-1] == said


def test_a_resumed_run_is_scored_as_its_files_say(lab: Lab) -> None:
    asked = (
        "contract.primary=first(mean(jaccard, last=3) > 0.5) > 12",
        "contract.secondary=first(verdict == 'collapsed') < 20",
        "contract.tertiary=mean(reward) < -0.09",
    )
    run = lab.launch("steps=24", "crash=12", "save=5", "collapse=4@1", "collapse=15@2", overrides=asked)
    assert lab.ended(run) is Status.FAILED
    first = score(run)
    assert first["outcome"] == "inconclusive" and first["marks"][0]["why"] == "failed at step 12 of 24"
    resume(lab.workspace, run.id)
    assert lab.ended(run) is Status.FINISHED
    said = score(run)
    assert (said["attempt"], said["step"]) == (2, 24)
    kept = {key: value for key, value in said.items() if key not in ("time", "type", "attempt", "status")}
    assert rescore(lab.workspace, run, 2, Status.FINISHED) == kept


def test_a_run_that_a_person_stopped_is_inconclusive(lab: Lab) -> None:
    from grpotui.launch.control import stop

    run = lab.launch("steps=1000", "delay=0.02", overrides=("contract.primary=step > 1",))
    lab.until_step(run, 5)
    stop(lab.workspace, run.id, "enough")
    lab.ended(run)
    said = score(run)
    assert said["outcome"] == "inconclusive"
    assert said["marks"][0]["why"] == f"stopped at step {said['step']} of 1000"


def test_the_pinned_run_is_the_baseline(lab: Lab) -> None:
    before = lab.launch("steps=6")
    lab.ended(before)
    write_pin(lab.workspace, before.id)
    run = lab.launch("steps=4", overrides=("contract.primary=reward >= baseline.reward",))
    lab.ended(run)
    said = score(run)
    assert (said["outcome"], said["baseline"]) == ("met", before.id)
    assert said["marks"][0]["values"] == {"reward": -0.1, "baseline.reward": -0.1}


def test_marks_can_be_read_while_the_run_goes_on(lab: Lab) -> None:
    run = lab.launch("steps=20", "hold=6", overrides=("contract.primary=mean(reward, last=10) < 0",))
    until(lambda: standing(run).get("step") == 5, lambda: lab.story(run))
    (mark,) = standing(run)["marks"]
    assert (mark["state"], mark["why"]) == ("too early", "5 of 10 values of reward")
    lab.go(run, 6)
    lab.ended(run)
    assert standing(run)["outcome"] == "met"


def test_a_run_without_contract_has_no_score(lab: Lab) -> None:
    run = lab.launch("steps=3")
    lab.ended(run)
    assert standing(run) == {} and not [e for e in events(run) if e["type"] == "contract"]
    connect(lab.workspace).close()
