"""Points and completions of a report are told by the one rule that the ranking and the screens have, too."""

from __future__ import annotations

from grpotui.analysis.report.build import Report, build
from grpotui.analysis.report.quoted import samples
from grpotui.analysis.report.selecting import choose
from grpotui.records import RunKind
from grpotui.records.sweeps import Place, Sweep
from grpotui.registry.sweeps import write_sweep
from grpotui.workspace import Workspace
from tests.analysis.studies import registry, study
from tests.analysis.sweep.made import Made
from tests.writing import RunWriter, sample

SCALE = "grpo.scale_rewards"
AXES, POINTS = {SCALE: (0, False)}, ({SCALE: 0}, {SCALE: False})
"""Python holds them for equal; in a preset they mean different things."""


def report(workspace: Workspace) -> Report:
    reader = registry(workspace)
    return build(reader, choose(reader, sweep="s-abcd"))


def said(found: Report, title: str) -> list[str]:
    return [one.text for part in found.sections if part.title == title for one in part.statements]


def test_one_point_alone_is_the_baseline_of_a_probe(workspace: Workspace) -> None:
    made = Made(workspace, AXES, POINTS, RunKind.ROLLOUTS, more={"baseline": {SCALE: False}})
    made.asks(1, {"1 + 1 =": [0.0, 1.0]}, metrics={"rollouts/pass_rate": 0.5})
    made.asks(2, {"1 + 1 =": [1.0, 1.0]}, metrics={"rollouts/pass_rate": 1.0})
    found = report(workspace)
    params = [said(found, f"Experiment {number}")[1] for number in (1, 2)]
    assert params == ["scale_rewards=0", "scale_rewards=false (baseline)"]
    assert said(found, "Experiment 1")[-1] == "50.0% nonzero; 50.0% passed"
    assert [line.rpartition(" (")[2] for line in said(found, "All experiment results")] == [
        "50.0% nonzero)",
        "100.0% nonzero)",
    ]


def test_runs_stand_at_their_own_value_alone(workspace: Workspace) -> None:
    write_sweep(workspace, Sweep("s-abcd", "study", axes=AXES, points=POINTS, seeds=(42,)))
    for number, level in ((1, 0.1), (2, 0.9)):
        place = Place("s-abcd", number, POINTS[number - 1]).to_json()
        study(workspace, f"p{number}-aaaa", {"scale_rewards": POINTS[number - 1][SCALE]}, level, sweep=place)
    assert "scale_rewards: 0 did not learn; false learned." in said(report(workspace), "Observations")


def test_completions_are_folded_by_count_then_by_reward(workspace: Workspace) -> None:
    writer = RunWriter(workspace.run("a-aaaa"))
    writer.asked()
    writer.attempt()
    wrote = [("poor", 0.0), ("good", 1.0), ("twice", 0.25), ("twice", 0.75), ("last", None)]
    writer.group(0, [sample(text, reward) for text, reward in wrote], prompt="1 + 1 =", step=1, answer="2")
    writer.log_step(reward=0.5)
    writer.ended("finished")
    writer.close()
    found = samples(registry(workspace), "a-aaaa")
    assert found is not None
    assert (found.distinct, found.count) == (4, 5)
    assert [one.text for one in found.said] == [
        '"1 + 1 =" (expected 2): x2 0.5 "twice"; x1 1 "good"; x1 0 "poor"; and 1 more'
    ]
