"""Preset to registry through the real trainer, cut to a few steps."""

from __future__ import annotations

import time

from grpotui.workspace import Workspace
from tests.support import Cli

SHORT = ("--device", "cpu", "--set", "grpo.save_steps=2")


def wait_for(cli: Cli, run_id: str, *statuses: str, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while cli("show", run_id, "--json").json["status"] not in statuses:
        assert time.monotonic() < deadline, cli("show", run_id).out
        time.sleep(0.2)


def test_a_run_from_preset_to_registry(cli: Cli, workspace: Workspace) -> None:
    done = cli(
        "launch", "demo-collapse", "--wait", "--seed", "5", "--set", "grpo.max_steps=3", *SHORT, "--tag", "t"
    )
    assert done.code == 0, done.err
    run_id = done.out.strip()
    run = cli("show", run_id, "--json").json
    assert (run["status"], run["step"], run["max_steps"], run["seed"]) == ("finished", 3, 3, 5)
    assert run["exit"] == {"code": 0, "signal": None, "reason": run["exit"]["reason"]}
    assert run["tags"] == ["demo", "t"]
    assert run["config"]["grpo"]["seed"] == 5
    assert run["config"]["grpo"]["epsilon"] == 0.2
    assert run["config"]["task"]["name"] == "stories"
    groups = cli("completions", run_id, "--json").json
    grpo = run["config"]["grpo"]
    per_step = grpo["generation_batch_size"] // grpo["num_generations"]
    assert len(groups) == 3 * per_step
    metrics = cli("metrics", run_id, "--json").json
    for key in ("reward", "grpotui/zero_std", "grpotui/jaccard_cross", "entropy"):
        assert [step for step, _ in metrics[key]] == [1, 2, 3], key


def test_stop_saves_and_resume_goes_on(cli: Cli, workspace: Workspace) -> None:
    run_id = cli("launch", "demo-collapse", *SHORT).out.strip()
    wait_for(cli, run_id, "running")
    assert cli("stop", run_id, "--reason", "seen enough").code == 0
    wait_for(cli, run_id, "stopped")
    stopped = cli("show", run_id, "--json").json
    assert stopped["reason"] == "seen enough"
    assert 0 < stopped["step"] < stopped["max_steps"]
    assert cli("resume", run_id).code == 0
    wait_for(cli, run_id, "running")
    deadline = time.monotonic() + 300
    while cli("show", run_id, "--json").json["step"] < stopped["step"] + 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    cli("stop", run_id)
    wait_for(cli, run_id, "stopped")
    steps = [step for step, _ in cli("metrics", run_id, "--key", "reward", "--json").json["reward"]]
    assert steps == list(range(1, len(steps) + 1))
    assert cli("show", run_id, "--json").json["attempt"] == 2


def test_the_ending_run_starts_the_next(cli: Cli, workspace: Workspace) -> None:
    cut = ("--set", "grpo.max_steps=2", *SHORT)
    first = cli("launch", "demo-collapse", *cut).out.strip()
    second = cli("launch", "demo-happy", *cut).out.strip()
    assert cli("show", second, "--json").json["status"] == "queued"
    assert f"{second} waits: " in cli("ls").out
    assert first in cli("ls").out.splitlines()[-1]
    events = workspace.run(second).events
    deadline = time.monotonic() + 300
    while '"finished"' not in events.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert cli("show", second, "--json").json["status"] == "finished"
