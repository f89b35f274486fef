"""A run that learns ten sums by heart, and what can be made of it: longer, forked, measured."""

from __future__ import annotations

from grpotui.workspace import Workspace
from tests.support import Cli

PRESET = """
extends = "demo-arithmetic"
[task]
n = 10
held_out = 60
[grpo]
per_device_train_batch_size = 80
max_steps = 12
save_steps = 6
learning_rate = 1e-3
[eval]
every = 12
n = 60
n_train = 10
watch = 2
[launch]
device = "cpu"
"""


def test_overfitted_flagged_extended_forked_and_measured(cli: Cli, workspace: Workspace) -> None:
    (workspace.presets / "byheart.toml").write_text(PRESET)
    run_id = cli("launch", "byheart", "--wait").out.strip()
    run = cli("show", run_id, "--json").json
    (flag,) = [flag for flag in run["flags"] if flag["signal"] == "gap"]
    assert (flag["kind"], flag["level"], flag["step"]) == ("threshold", "bad", 12)
    assert run["last"]["eval_train_accuracy"] > run["last"]["eval_accuracy"] + 0.4
    points = cli("metrics", run_id, "--key", "eval_accuracy", "--json").json["eval_accuracy"]
    assert [step for step, _ in points] == [0, 12]
    assert points[0][1] > 0.5 > points[1][1]
    watched = cli("completions", run_id, "--mode", "watch", "--step", "12", "--json").json
    assert [len(group["completions"]) for group in watched] == [4, 4]

    longer = cli("extend", run_id, "--steps", "2", "--wait")
    assert longer.code == 0, longer.err
    assert f"{run_id}: goes on from step 12 to step 14; it was planned to end at 12" in longer.err
    fork = cli(
        "fork", run_id, "--step", "12", "--set", "grpo.beta=0.1", "--set", "grpo.max_steps=2", "--wait"
    )
    assert fork.code == 0, fork.err
    measured = cli("evaluate", run_id, "--checkpoint", "12", "--wait", "--json")
    assert measured.json["result"]["eval_accuracy"] == points[1][1]

    run = cli("show", run_id, "--json").json
    assert (run["step"], run["max_steps"], run["attempt"]) == (14, 14, 2)
    rewards = cli("metrics", run_id, "--key", "reward", "--json").json["reward"]
    assert [step for step, _ in rewards] == list(range(1, 15))
    told = [(child["run"], child["kind"], child["relation"], child["step"]) for child in run["children"]]
    forked = fork.out.strip()
    assert told == [(forked, "train", "fork", 12), (measured.json["id"], "eval", "evaluation", 12)]
    child = cli("show", forked, "--json").json
    assert child["parent"] == {"run": run_id, "relation": "fork", "step": 12}
    assert (child["step"], child["config"]["grpo"]["beta"]) == (2, 0.1)
    assert "kl" in child["last"]
