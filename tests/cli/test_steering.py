"""Verbs about what a run does by itself, in a real subprocess."""

from __future__ import annotations

from grpotui.stream import write_json
from grpotui.workspace import Workspace
from tests.support import Cli
from tests.writing import RunWriter, write_run

MARKS = [
    {
        "name": "primary",
        "text": "mean(reward, last=50) >= 0.8",
        "state": "too early",
        "values": {"mean(reward, last=50)": None},
        "why": "12 of 50 values of reward",
    },
    {
        "name": "forecast",
        "text": "kl",
        "state": "inside",
        "range": [0.0, 0.5],
        "off": 0.0,
        "values": {"kl": 0.1},
        "why": "",
    },
]


def test_a_policy_is_shown_changed_and_kept(cli: Cli, workspace: Workspace) -> None:
    run = write_run(workspace)
    assert cli("policy", run.id, "--json").json == {
        "run": run.id,
        "on_collapsed": "flag",
        "on_no_signal": "flag",
        "on_solved": "flag",
        "grace": 20,
        "kill": "",
    }
    said = cli("policy", run.id, "--on-collapsed", "stop", "--grace", "3", "--kill", "step > 9")
    assert said.out.splitlines() == [
        "on-collapsed  stop",
        "on-no-signal  flag",
        "on-solved     flag",
        "grace         3",
        "kill          step > 9",
    ]
    assert cli("rebuild").code == 0
    assert cli("show", run.id, "--json").json["policy"]["on_collapsed"] == "stop"
    wrong = cli("policy", run.id, "--kill", "rewrad > 9")
    assert (wrong.code, wrong.err) == (
        2,
        "grpotui: kill: at 1: no metric rewrad; nearest: reward, reward_std, got 'rewrad > 9'\n",
    )
    assert cli("policy", run.id, "--kill", "").code == 0
    assert cli("policy", run.id, "--json").json["kill"] == ""


def test_a_contract_is_shown_with_its_numbers(cli: Cli, workspace: Workspace) -> None:
    writer = RunWriter(workspace.run("going-ab2c"))
    writer.asked()
    writer.log_step(reward=0.5)
    content = {"step": 1, "hypothesis": "", "outcome": None, "marks": MARKS}
    writer.event("contract", attempt=0, status="finished", **{**content, "outcome": "inconclusive"})
    run = writer.close()
    write_json(run.contract_json, content)
    lines = cli("show", run.id).out.splitlines()
    at = lines.index("contract: inconclusive")
    told = [" ".join(line.split()) for line in lines[at + 2 : at + 4]]
    assert told == [
        "… primary too early mean(reward, last=50) >= 0.8 12 of 50 values of reward",
        "✓ forecast inside kl 0 to 0.5 0.1",
    ]
    found = cli("show", run.id, "--json").json["contract"]
    assert found["marks"] == MARKS and found["outcome"] == "inconclusive"


def test_a_run_that_no_runner_scored_is_scored_from_its_files(cli: Cli, workspace: Workspace) -> None:
    writer = RunWriter(workspace.run("foreign-ab2c"))
    config = {"model": "tiny", "task": {"name": "arithmetic"}, "contract": {"primary": "mean(reward) > 0.2"}}
    writer.asked(config=config)
    writer.attempt(1, max_steps=3)
    for step in range(3):
        writer.log_step(reward=step / 10 + 0.2)
    writer.ended()
    found = cli("show", writer.close().id, "--json").json["contract"]
    assert found["outcome"] == "met"
    assert round(found["marks"][0]["values"]["mean(reward)"], 6) == 0.3


def test_a_rescue_shows_what_changes_before_it_asks(cli: Cli, workspace: Workspace) -> None:
    run = write_run(workspace)
    assert cli("rescue", run.id).err == (
        f"grpotui: {run.id} is warming-up: there is nothing to rescue; 'grpotui fork' goes on from it\n"
    )
    writer = RunWriter(run)
    writer.verdict(7, "collapsed", "one template", "template")
    writer.close()
    said = cli("rescue", run.id, "--set", "grpo.beta=0.2")
    assert said.code == 2
    assert said.err.splitlines() == [
        f"{run.id}: collapsed (template); begins anew: no checkpoint is older than the onset at step 7",
        "grpo.temperature: default → 1.0",
        "grpo.beta: 0.1 → 0.2",
        "grpotui: nothing was launched: say --yes",
    ]
    assert len(list(workspace.runs())) == 1
