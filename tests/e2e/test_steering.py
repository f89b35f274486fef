"""With the real trainer and no app open: a collapse is stopped and rescued; a kill criterion ends that."""

from __future__ import annotations

import pytest

from grpotui.workspace import Workspace
from tests.support import Cli

STOP = (
    *("--set", "health.on_collapsed=stop", "--set", "health.grace=6", "--set", "grpo.save_steps=4"),
    *("--set", "grpo.save_total_limit=50", "--set", "contract.primary=mean(reward, last=5) >= 0.3"),
    *("--set", "contract.secondary=mean(jaccard, last=5) < 0.5"),
    *("--set", "contract.tertiary=mean(reward, last=500) > 0.5"),
)


@pytest.mark.xdist_group("demos")
def test_stopped_by_policy_rescued_and_killed_by_contract(cli: Cli, workspace: Workspace) -> None:
    done = cli("launch", "demo-collapse", *STOP, "--wait", "--device", "cpu", timeout=900)
    assert done.code == 1, done.err
    run = cli("show", done.out.splitlines()[-1], "--json").json
    assert (run["status"], run["verdict"]) == ("stopped", "collapsed")
    assert run["reason"].startswith("policy: collapsed (") and run["step"] < run["max_steps"]
    folder = workspace.run(run["id"])
    saved = folder.last_checkpoint()
    assert saved is not None and int(saved.name.removeprefix("checkpoint-")) % 4 == 0
    marks = {mark["name"]: mark["state"] for mark in run["contract"]["marks"]}
    assert run["contract"]["outcome"] == marks["primary"] == "met"
    assert (marks["secondary"], marks["tertiary"]) == ("not met", "inconclusive")

    kill = ("--set", "contract.kill=step >= 3 and reward >= 0", "--yes", "--wait")
    done = cli("rescue", run["id"], *kill, timeout=900)
    assert done.code == 1 and "grpo.beta: 0.0 → 0.1" in done.err, done.err
    child = cli("show", done.out.splitlines()[-1], "--json").json
    assert child["parent"]["run"] == run["id"]
    assert (child["status"], child["config"]["grpo"]["beta"]) == ("stopped", 0.1)
    assert child["reason"].startswith("kill: step >= 3 and reward >= 0 (reward = ")
    last = workspace.run(child["id"]).last_checkpoint()
    assert last is not None and last.name == f"checkpoint-{child['step']}"
    assert child["contract"]["marks"][-1]["state"] == "fired"
