"""The three demos, whole, on their default seeds: what the README promises of them."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.workspace import Workspace
from tests.support import Cli


def run_demo(
    cli: Cli, workspace: Workspace, preset: str
) -> tuple[dict[str, Any], dict[str, list[list[float]]]]:
    done = cli("launch", preset, "--wait", "--device", "cpu", timeout=900)
    assert done.code == 0, done.err
    run_id = done.out.splitlines()[-1]
    return cli("show", run_id, "--json").json, cli("metrics", run_id, "--json").json


@pytest.mark.xdist_group("demos")
def test_collapse_is_flagged_before_the_end(cli: Cli, workspace: Workspace) -> None:
    run, metrics = run_demo(cli, workspace, "demo-collapse")
    verdicts = [f for f in run["flags"] if f["kind"] == "verdict" and f["level"] == "bad"]
    assert run["verdict"] == "collapsed"
    assert verdicts[0]["step"] < run["max_steps"]
    rewards = [value for _, value in metrics["reward"]]
    similar = [value for _, value in metrics["grpotui/jaccard_cross"]]
    assert rewards[-1] > rewards[0]
    assert similar[-1] > 0.7 > similar[0]
    last = cli("completions", run["id"], "--step", str(run["step"]), "--json").json
    openings = [c["text"].split()[:3] for group in last for c in group["completions"]]
    commonest = max(openings.count(opening) for opening in openings)
    assert commonest > len(openings) / 2


@pytest.mark.xdist_group("demos")
def test_happy_ends_solved_with_a_harmless_threshold_flag(cli: Cli, workspace: Workspace) -> None:
    run, metrics = run_demo(cli, workspace, "demo-happy")
    assert run["verdict"] == "solved"
    threshold = [f for f in run["flags"] if f["kind"] == "threshold" and f["signal"] == "zero_std"]
    assert any("harmless" in f["message"] for f in threshold)
    assert not [f for f in run["flags"] if f["kind"] == "verdict" and f["level"] == "bad"]
    assert max(value for _, value in metrics["grpotui/zero_std"]) > 0.5


@pytest.mark.xdist_group("demos")
def test_arithmetic_learns(cli: Cli, workspace: Workspace) -> None:
    run, metrics = run_demo(cli, workspace, "demo-arithmetic")
    rewards = [value for _, value in metrics["reward"]]
    assert sum(rewards[:3]) / 3 < 0
    assert run["reward"] > 0.6
    assert run["verdict"] in ("healthy", "solved", "warning")
