"""A probe from launch to its score: stopped in a batch, and gone on with as if it had not been."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.launch.journal import events
from grpotui.launch.machine.locks import is_held
from grpotui.stream import Tail, read_json
from grpotui.workspace import RunDir, Workspace
from tests.launch.lab import until
from tests.support import Cli

PRESET = """
summary = "what the toy tells, untrained"
kind = "rollouts"
model = "tiny"
[task]
name = "stories"
n = 32
[[rewards]]
name = "happy_binary"
[grpo]
num_generations = 4
temperature = 0.7
max_completion_length = 256
generation_kwargs = { min_new_tokens = 256 }
seed = 5
[rollouts]
batch = 16
[contract]
hypothesis = "The toy is happy now and then."
forecast = { "rollouts/reward" = [0.0, 1.0] }
primary = "nonzero > 0.01"
secondary = "rollouts/reward > 2"
tertiary = "mean(reward) > 0.01 and learnable >= 0"
[launch]
device = "cpu"
"""


def texts(run: RunDir) -> dict[tuple[int, int], Any]:
    """Prompt and texts of each group, as it was written last."""
    return {
        (line.data["step"], line.data["group"]): (
            line.data["prompt"],
            [completion["text"] for completion in line.data["completions"]],
        )
        for line in Tail(run.completions).read()
    }


def lines(run: RunDir) -> int:
    return len(Tail(run.metrics).read())


@pytest.mark.xdist_group("probe")
def test_a_probe_is_stopped_goes_on_and_is_scored(cli: Cli, workspace: Workspace) -> None:
    (workspace.presets / "happy-probe.toml").write_text(PRESET)
    whole = workspace.run(cli("launch", "happy-probe", "--wait").out.splitlines()[-1])
    cut = workspace.run(cli("launch", "happy-probe").out.splitlines()[-1])
    assert (read_json(cut.run_json) or {})["planned_steps"] == 8
    until(lambda: lines(cut) >= 2, lambda: cut.output_log.read_text(), seconds=120)
    cli("stop", cut.id, "--reason", "enough for now")
    until(lambda: events(cut)[-1].get("status") == "stopped", lambda: str(events(cut)[-3:]), seconds=60)
    until(lambda: not is_held(cut.runner_lock))
    result = read_json(cut.result_json) or {}
    assert (result["status"], result["reason"]) == ("stopped", "enough for now")
    done = lines(cut)
    assert result["step"] == done < 8
    cli("resume", cut.id)
    until(lambda: events(cut)[-1].get("status") == "finished", lambda: str(events(cut)[-3:]), seconds=180)

    assert texts(cut) == texts(whole)
    assert [line.data["attempt"] for line in Tail(cut.metrics).read()] == [1] * done + [2] * (8 - done)
    for run in (whole, cut):
        shown = cli("show", run.id, "--json").json
        assert (shown["kind"], shown["status"], shown["step"]) == ("rollouts", "finished", 8)
        assert shown["verdict"] is None
        assert not [event for event in events(run) if event["type"] in ("verdict", "flag")]
        marks = {mark["name"]: mark["state"] for mark in shown["contract"]["marks"]}
        assert marks["primary"] == marks["tertiary"] == "met"
        assert marks["secondary"] == "not met"
        assert marks["forecast"] == "inside"
        assert shown["contract"]["outcome"] == "met"
    assert cli("show", whole.id, "--json").json["rollouts"] is not None
    assert "not 0" in cli("show", whole.id).out
    found = cli("completions", whole.id, "--step", "3", "--mode", "rollout", "--json").json
    assert len(found) == 4
