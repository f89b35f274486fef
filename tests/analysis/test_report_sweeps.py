"""Reports of sweeps and probes, and of sets with all kinds of runs."""

from __future__ import annotations

import re

from grpotui.analysis.report.forms import to_json, to_markdown
from grpotui.records import RunKind
from grpotui.records.keys import ROLLOUTS_N, ROLLOUTS_NONZERO, ROLLOUTS_PROMPTS
from grpotui.records.promotions import Promoted
from grpotui.records.sweeps import Place, Role, Sweep
from grpotui.registry.promotions import write_promoted
from grpotui.registry.sweeps import write_sweep
from grpotui.workspace import Workspace
from tests.analysis.reports import cliff, report, said, table
from tests.analysis.studies import study
from tests.writing import RunWriter, sample


def sweep_of(workspace: Workspace, kind: RunKind) -> Sweep:
    points = ({"grpo.beta": 0.0}, {"grpo.beta": 0.1})
    asked = {"hypothesis": "KL helps.", "primary": "best - baseline >= 0.1"}
    found = Sweep(
        "kl-abcd", "study", kind, 1.0, {"grpo.beta": (0.0, 0.1)}, points, (42,), (), "",
        {"grpo.beta": 0.0}, None, asked, {"top": 1, "repeat": 2}, {},
    )  # fmt: skip
    write_sweep(workspace, found)
    return found


def place(number: int, beta: float, role: Role = Role.POINT) -> dict[str, object]:
    return Place("kl-abcd", number, {"grpo.beta": beta}, role).to_json()


def test_a_sweep_is_told_with_its_own_axes_and_contract(workspace: Workspace) -> None:
    sweep_of(workspace, RunKind.TRAIN)
    study(workspace, "a-aaaa", {"beta": 0.0}, 0.5, sweep=place(1, 0.0))
    study(workspace, "b-bbbb", {"beta": 0.1}, 0.9, day=1, sweep=place(2, 0.1))
    for seed in (1, 2):
        confirm = place(2, 0.1, Role.CONFIRM)
        study(workspace, f"c{seed}-cccc", {"beta": 0.1, "seed": seed}, 0.9, day=1 + seed, sweep=confirm)
    study(workspace, "else-dddd", {"beta": 0.7}, day=9)
    found = report(workspace, sweep="kl-abcd")
    assert found.title == "Sweep kl-abcd"
    assert "else-dddd" not in {entry.id for entry in found.entries}
    assert said(found, "What was tried")[0] == "Hypothesis: KL helps."
    lines = said(found, "Summary")
    assert lines[0] == "Winner: beta 0.1 (b-bbbb, c1-cccc, c2-cccc)"
    assert any("2 repeats of point 2 (beta 0.1) with fresh seeds" in line for line in lines)
    assert not any(line.startswith("Unconfirmed") for line in lines)
    assert any("1st best - baseline >= 0.1: met" in line for line in said(found, "Observations"))
    command = said(found, "To run them again")[0]
    assert command == "grpotui sweep study --grid grpo.beta=0.0,0.1 --seeds 1 --seed 42"


def probe(workspace: Workspace, run_id: str, beta: float, good: int, **asked: object) -> None:
    writer = RunWriter(workspace.run(run_id))
    config = {"model": "tiny", "task": {"name": "arithmetic"}, "rewards": [{"name": "exact"}]}
    config["grpo"] = {"beta": beta, "temperature": 0.7, "max_completion_length": 8}
    writer.asked(config=config, kind="rollouts", **asked)
    if "status" not in asked:
        writer.process()
        writer.attempt(config=config, max_steps=1, seed=asked.get("seed", 42))
        for group in range(4):
            rewards = [float(n < good) for n in range(4)]
            answers = [sample(f"answer {group} {n}", reward) for n, reward in enumerate(rewards)]
            writer.group(group, answers, prompt=f"{group} + 1 =", step=1, mode="rollout")
        figures = {ROLLOUTS_N: 16, ROLLOUTS_PROMPTS: 4, ROLLOUTS_NONZERO: good / 4}
        writer.log_step(reward=good / 4, **figures)
        writer.ended("finished")
    else:
        writer.status(str(asked["status"]), 0)
    writer.close()


def test_a_probe_is_told_as_a_search_log_is(workspace: Workspace) -> None:
    sweep_of(workspace, RunKind.ROLLOUTS)
    probe(workspace, "a-aaaa", 0.0, 1, sweep=place(1, 0.0))
    probe(workspace, "b-bbbb", 0.1, 3, sweep=place(2, 0.1))
    for seed in (1, 2):
        probe(workspace, f"c{seed}-cccc", 0.1, 2, seed=seed, sweep=place(2, 0.1, Role.CONFIRM))
    values = {"grpo.beta": 0.1}
    write_promoted(
        workspace, Promoted("train-me", "x.toml", values, sweep="kl-abcd", runs=("c1-cccc",), value=0.5)
    )
    found = report(workspace, sweep="kl-abcd")
    titles = [part.title for part in found.sections]
    assert titles[:6] == [
        "Hypothesis",
        "Method",
        "Experiment log",
        "Experiment 1",
        "Experiment 2",
        "All experiment results",
    ]
    assert said(found, "Hypothesis") == ["KL helps."]
    method = said(found, "Method")
    assert "Rollouts per experiment: 16, of 4 prompts" in method
    assert (
        "Fixed parameters: temperature=0.7, top_p=1, top_k=0, repetition_penalty=1, max_completion_length=8"
        in method
    )
    assert "Variable: beta: [0.0, 0.1]" in method
    assert "Params: beta=0.0 (baseline)" in said(found, "Experiment 1")
    results, repeats = said(found, "All experiment results"), said(found, "Confirmation runs")
    assert [re.sub(r" \[.*?\]", "", line) for line in (*results, *repeats)] == [
        "beta=0.0: reward=0.25 (25.0% nonzero)",
        "beta=0.1: reward=0.75 (75.0% nonzero)",
        "beta=0.1, run 1: reward=0.5 (50.0% nonzero)",
        "beta=0.1, run 2: reward=0.5 (50.0% nonzero)",
    ]
    assert any("below the 0.75 of the search (winner's curse)" in line for line in said(found, "Conclusion"))
    final = said(found, "Final parameters")
    assert final[0] == "beta: 0.1"
    assert final[1].startswith("mean reward: 0.5 [")
    assert final[2].startswith("Promoted into: preset train-me on ")
    assert to_json(found)["runs"][0]["rollouts"] == {"n": 16, "prompts": 4, "nonzero": 0.25}
    assert "pending" not in to_markdown(found)


def test_a_probe_that_goes_on_says_what_is_open(workspace: Workspace) -> None:
    sweep_of(workspace, RunKind.ROLLOUTS)
    probe(workspace, "a-aaaa", 0.0, 1, sweep=place(1, 0.0))
    probe(workspace, "b-bbbb", 0.1, 3, sweep=place(2, 0.1), status="queued")
    found = report(workspace, sweep="kl-abcd")
    assert said(found, "All experiment results")[1] == "beta=0.1: waiting"
    assert said(found, "Experiment 2")[-1] == "Notes: b-bbbb queued"


def test_a_mixed_set_has_all_of_it(workspace: Workspace) -> None:
    cliff(workspace)
    probe(workspace, "probe-gggg", 0.1, 2)
    writer = RunWriter(workspace.run("eval-hhhh"))
    writer.asked(kind="eval", parent={"run": "happy-eeee", "relation": "evaluation", "step": 100})
    writer.attempt()
    ends = {"eval_accuracy": 0.4, "eval_accuracy_low": 0.3, "eval_accuracy_high": 0.5, "eval_n": 50}
    writer.metrics.append({"step": 100, "time": 1.0, "attempt": 1, **ends})
    writer.ended("finished")
    writer.close()
    found = report(workspace)
    (line,) = said(found, "Evaluations")
    assert line == "eval-hhhh: step 100 of happy-eeee: held-out 40.0 % [30 to 50], n=50"
    titles = [part.title for part in found.sections]
    assert titles.index("All runs") < titles.index("Probe arithmetic, exact") < titles.index("Method")
    assert said(found, "All experiment results")[0].startswith("as the preset: reward=0.5")
    assert "grpotui evaluate happy-eeee --checkpoint 100" in said(found, "To run them again")
    assert len(table(found)) == 6
