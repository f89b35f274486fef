"""A search over sampling by rollouts of the real model, confirmed and promoted; a sweep of real trainings."""

from __future__ import annotations

import re
import tomllib

from grpotui.presets import load
from grpotui.workspace import Workspace
from tests.support import Cli

PROBE = """
extends = "demo-happy"
kind = "rollouts"
summary = "How long may stories be?"
[grpo]
num_generations = 4
[rollouts]
n = 64
batch = 64
[sweep]
grid."grpo.max_completion_length" = [4, 24]
baseline = { "grpo.max_completion_length" = 4 }
metric = "mean(reward)"
[confirm]
top = 1
repeat = 1
[contract]
hypothesis = "Longer stories have the word more often."
primary = "best - baseline >= 0.01"
[promote]
into = "mine"
[launch]
device = "cpu"
"""


def test_a_probe_is_confirmed_and_promoted_into_a_training(cli: Cli, workspace: Workspace) -> None:
    (workspace.presets / "search.toml").write_text(PROBE)
    (workspace.presets / "mine.toml").write_text(
        'extends = "demo-happy"  # as it ships\n\n[grpo]\nbeta = 0.05  # more\n'
    )
    begun = cli("probe", "search", "--wait", "--json")
    assert begun.code == 0, begun.err
    sweep = begun.json["id"]
    found = cli("sweep", "show", sweep, "--json").json
    assert (found["kind"], found["measured"], found["over"]) == ("rollouts", 2, True)
    assert len({tuple(point["values"].items()) for point in found["points"]}) == 2
    prompts = []
    for run_id in begun.json["runs"]:
        groups = cli("completions", run_id, "--json").json
        assert sum(len(group["completions"]) for group in groups) == 64
        prompts.append({group["prompt"] for group in groups})
    assert all(asked == prompts[0] for asked in prompts)
    assert found["contract"][0]["values"]["best"] == max(point["value"] for point in found["points"])

    assert cli("confirm", sweep, "--wait").code == 0
    found = cli("sweep", "show", sweep, "--json").json
    assert found["confirmed"]
    (best,) = [point for point in found["points"] if point["best"]]
    fresh = [run for run in best["runs"] if run["role"] == "confirm"]
    assert [run["seed"] for run in fresh] == [43]
    assert best["value"] == best["confirmed"]["value"] and best["searched"]["value"] is not None

    written = cli("promote", sweep, "--yes")
    assert written.code == 0, written.err
    text = (workspace.presets / "mine.toml").read_text()
    own = tomllib.loads(text)
    expected = {"beta": 0.05, "max_completion_length": best["values"]["grpo.max_completion_length"]}
    assert own["grpo"] == expected and own["extends"] == "demo-happy"
    assert "beta = 0.05  # more" in text and "# as it ships" in text and sweep in text
    assert load("mine", workspace).data["grpo"]["max_steps"] == 80

    log = cli("report", "--sweep", sweep).out
    assert "- **Hypothesis:** " not in log and "Longer stories have the word more often." in log
    assert "**Rollouts per experiment:** 64, of 16 prompts" in log
    assert len(re.findall(r"^max_completion_length=\d+: reward=[\d.]+ .*% nonzero\)$", log, re.M)) == 2
    assert re.search(r"^max_completion_length=\d+, run 1: reward=", log, re.M)
    assert "**Promoted into:** preset mine on " in log and "pending" not in log


def test_a_sweep_of_trainings_is_shown_as_it_was_asked(cli: Cli, workspace: Workspace) -> None:
    grid = ("--grid", "grpo.beta=0.0,0.1", "--seed", "7", "--set", "grpo.max_steps=3", "--device", "cpu")
    begun = cli("sweep", "demo-happy", *grid, "--wait", "--json")
    assert begun.code == 0, begun.err
    assert cli("rebuild").code == 0
    found = cli("sweep", "show", "@last", "--json").json
    assert found["runs"]["done"] == found["runs"]["planned"] == 2
    assert sorted(run["seed"] for point in found["points"] for run in point["runs"]) == [7, 7]
    kl = [point["columns"].get("kl") for point in found["points"]]
    assert kl[0] is None and kl[1] is not None
    for run_id in begun.json["runs"]:
        run = cli("show", run_id, "--json").json
        assert (run["step"], run["config"]["task"]["seed"], run["sweep"]["role"]) == (3, 0, "point")
        assert run["policy"]["on_collapsed"] == "checkpoint-and-stop"

    told = cli("report", "--sweep", "@last", "--format", "json").json
    assert [run["differs"] for run in told["runs"]] == [{"grpo.beta": 0.0}, {"grpo.beta": 0.1}]
    assert all(run["reward"]["steps"] == [1, 3] and run["degenerate"] == "N/A" for run in told["runs"])
    assert cli("journal", "--write").code == 0
    assert f"Sweep {begun.json['id']}" in cli("journal").out
