"""Runs that repeat each other are one answer; what a run changes is said against the one that tells most."""

from __future__ import annotations

import json
import random

from grpotui.analysis.compare.comparison import Comparison
from grpotui.analysis.compare.noise import Mark
from grpotui.analysis.compare.rows import Row
from grpotui.workspace import Workspace
from tests.analysis.test_compare import compared, write
from tests.writing import RunWriter


def row(found: Comparison, name: str) -> Row:
    (one,) = [row for row in found.rows if row.name == name]
    return one


def held_out(workspace: Workspace, run_id: str, *values: float, reach: float = 0.08) -> None:
    """Add evaluations of 100 prompts to a run of 120 steps."""
    path = workspace.run(run_id).metrics
    lines = path.read_text().splitlines()
    for number, value in enumerate(values):
        step = 120 * (number + 1) // len(values)
        ends = {"eval_accuracy_low": value - reach, "eval_accuracy_high": value + reach, "eval_n": 100}
        lines.append(json.dumps({"step": step, "attempt": 1, "eval_accuracy": value, **ends}))
    path.write_text("\n".join(sorted(lines, key=lambda line: json.loads(line)["step"])) + "\n")


def test_two_settings_with_two_seeds_each(workspace: Workspace) -> None:
    for run_id, beta, seed, level in (
        ("one-aaaa", 0.1, 1, 0.80),
        ("two-bbbb", 0.2, 1, 0.50),
        ("three-cccc", 0.1, 2, 0.82),
        ("four-dddd", 0.2, 2, 0.52),
    ):
        write(workspace, run_id, {"beta": beta, "seed": seed}, level=level)
    found = compared(workspace, "one-aaaa", "two-bbbb", "three-cccc", "four-dddd")
    assert [(pool.letters, pool.seeds) for pool in found.pools] == [("AC", 2), ("BD", 2)]
    base, other = (pool.reward for pool in found.pools)
    assert base is not None
    assert other is not None
    assert abs(base.estimate.value - 0.81) < 0.02
    assert abs(other.estimate.value - 0.51) < 0.02
    assert other.mark is Mark.LOWER
    cells = row(found, "reward over seeds").cells
    assert [cell.text for cell in cells] == ["n=2", "n=2", "with A", "with B"]
    assert found.conclusions[0].startswith("B D against A C: reward lower by 0.3")
    assert "beyond the noise between seeds" in found.conclusions[0]
    assert found.conclusions[1].startswith("2 seeds of some: confirm = 3 seeds each")


def test_seeds_that_differ_as_much_as_the_settings_show_nothing(workspace: Workspace) -> None:
    for run_id, beta, seed, level in (
        ("one-aaaa", 0.1, 1, 0.9),
        ("two-bbbb", 0.2, 1, 0.6),
        ("three-cccc", 0.1, 2, 0.5),
    ):
        write(workspace, run_id, {"beta": beta, "seed": seed}, level=level)
    found = compared(workspace, "one-aaaa", "two-bbbb", "three-cccc")
    # By its own steps B is far below A: only the other seed of A shows that this is luck.
    assert row(found, "reward").cells[1].mark is Mark.LOWER
    assert row(found, "reward over seeds").cells[1].mark is Mark.WITHIN
    assert "no difference shown (-0.10, within the noise between seeds)" in found.conclusions[0]
    assert found.conclusions[1].startswith("One seed of some")


def test_pooled_differences_are_right_about_as_often_as_they_say() -> None:
    from grpotui.analysis.compare.pools import pools
    from grpotui.analysis.compare.subject import Curve, Subject
    from grpotui.records import RunKind, RunSummary, Status
    from grpotui.records.keys import REWARD

    rng = random.Random(5)
    wrong = 0
    for _ in range(300):
        subjects = []
        for place, (beta, seed) in enumerate(((0.1, 1), (0.1, 2), (0.2, 1), (0.2, 2))):
            level = rng.gauss(0.5, 0.1)
            curve = Curve()
            curve.steps.extend(range(50))
            curve.values.extend(rng.gauss(level, 0.05) for _ in range(50))
            run = RunSummary(f"r{place}", "r", RunKind.TRAIN, Status.FINISHED, None, "p", 0.0)
            config = {"grpo.beta": beta, "grpo.seed": seed}
            subjects.append(Subject("ABCD"[place], run, config, curves={REWARD: curve}))
        changed = [[], ["grpo.seed"], ["grpo.beta"], ["grpo.beta", "grpo.seed"]]
        _, other = pools(subjects, changed, dict.fromkeys("ABCD", 50))
        assert other.reward is not None
        wrong += other.reward.mark is not Mark.WITHIN
    assert 0.01 <= wrong / 300 <= 0.09


def test_the_same_seed_again_is_no_second_opinion(workspace: Workspace) -> None:
    write(workspace, "one-aaaa")
    write(workspace, "again-bbbb")
    write(workspace, "other-cccc", {"beta": 0.2})
    found = compared(workspace, "one-aaaa", "again-bbbb", "other-cccc")
    assert found.changes[0] == "B is A again: nothing that was asked for differs."
    assert [(pool.letters, pool.seeds) for pool in found.pools] == [("AB", 1), ("C", 1)]
    assert found.conclusions[-1].startswith("One seed each: confirm")
    assert compared(workspace, "one-aaaa", "again-bbbb").conclusions[0].startswith("The same run again: ")


def test_a_repeat_of_the_first_run_takes_the_seed_out_of_the_confound(workspace: Workspace) -> None:
    write(workspace, "one-aaaa", {"seed": 1})
    write(workspace, "both-bbbb", {"seed": 2, "beta": 0.2})
    write(workspace, "twin-cccc", {"seed": 2})
    alone = compared(workspace, "one-aaaa", "both-bbbb")
    assert (alone.changes[0], alone.confounded) == (
        "B changes two: beta and seed, so no single cause.",
        ("B",),
    )
    found = compared(workspace, "one-aaaa", "both-bbbb", "twin-cccc")
    assert found.changes[0] == "B beside C (A with its seed) changes one thing: beta."
    assert found.confounded == ()


def test_held_out_of_repeats_is_no_surer_than_its_prompts(workspace: Workspace) -> None:
    for seed, run_id in enumerate(("one-aaaa", "two-bbbb", "three-cccc")):
        write(workspace, run_id, {"seed": seed})
        held_out(workspace, run_id, 0.3, 0.5)
    found = compared(workspace, "one-aaaa", "two-bbbb", "three-cccc")
    (pool,) = found.pools
    assert pool.held_out is not None
    estimate = pool.held_out.estimate
    assert estimate.low is not None
    assert estimate.high is not None
    assert (estimate.value, round(estimate.low, 2), round(estimate.high, 2)) == (0.5, 0.42, 0.58)
    assert "held-out 50 %, 95 % interval 42 % to 58 %" in found.conclusions[0]


def test_best_threshold_and_cost(workspace: Workspace) -> None:
    write(workspace, "one-aaaa")
    write(workspace, "slow-bbbb", {"beta": 0.2}, level=0.3)
    held_out(workspace, "one-aaaa", 0.2, 0.6, 0.5)
    held_out(workspace, "slow-bbbb", 0.1, 0.2, 0.36)
    found = compared(workspace, "one-aaaa", "slow-bbbb")
    best = row(found, "best held-out")
    assert [(cell.estimate and cell.estimate.value, cell.step) for cell in best.cells] == [
        (0.6, 80),
        (0.36, 120),
    ]
    reached = row(found, "held-out 35 % at")
    assert [cell.text for cell in reached.cells] == [
        "step 80, 1280 samples, 1m",
        "step 120, 1920 samples, 2m",
    ]
    never = [one for one in found.rows if one.name.startswith("reward 0.")]
    assert [cell.text for cell in never[0].cells][1] == "not reached"
    assert [cell.text for cell in row(found, "cost").cells] == ["2m, 1920 samples, cpu"] * 2
    assert row(found, "cost").cells[0].seconds == 120


def test_data_and_weights_are_causes_unless_something_else_brings_them(workspace: Workspace) -> None:
    data, model = {"sha256": "d" * 64}, {"weights_sha256": "a" * 64}
    write(workspace, "one-aaaa", data=data, model_identity=model)
    write(workspace, "file-bbbb", data={"sha256": "e" * 64}, model_identity=model)
    found = compared(workspace, "one-aaaa", "file-bbbb")
    assert found.changes == ("B changes one thing: data.",)
    changed = {"model": "other", "task": {"name": "counting"}}
    write(
        workspace,
        "more-cccc",
        asked=changed,
        data={"sha256": "f" * 64},
        model_identity={"weights_sha256": "b" * 64},
    )
    found = compared(workspace, "one-aaaa", "more-cccc")
    assert found.changes == ("B changes two: model and task.name, so no single cause.",)
    beside = {one.field for one in found.differences if not one.cause}
    assert beside >= {"data", "model weights"}


def test_versions_of_a_package_named_data_are_no_cause(workspace: Workspace) -> None:
    write(workspace, "one-aaaa", versions={"datasets": "5.1"})
    write(workspace, "two-bbbb", versions={"datasets": "5.2"})
    found = compared(workspace, "one-aaaa", "two-bbbb")
    assert [(one.field, one.cause) for one in found.differences] == [("datasets version", False)]
    assert found.changes == ("B is A again: nothing that was asked for differs.",)


def evaluation(workspace: Workspace, run_id: str, parent: str, accuracy: float, seed: int) -> None:
    """Write the run that measures the last checkpoint of another one."""
    writer = RunWriter(workspace.run(run_id))
    config = {"model": "tiny", "kind": "eval", "task": {"name": "arithmetic"}, "grpo": {"seed": seed}}
    told = {"parent": {"run": parent, "relation": "evaluation", "step": 120}, "seed": seed}
    writer.asked(kind="eval", config=config, **told)
    writer.process()
    writer.attempt(config=config, model_identity={"weights_sha256": parent * 8})
    writer.status("running")
    ends = {"eval_accuracy_low": accuracy - 0.05, "eval_accuracy_high": accuracy + 0.05}
    writer.metrics.append({"step": 120, "attempt": 1, "eval_accuracy": accuracy, **ends})
    writer.status("finished")
    writer.close()


def test_evaluations_are_told_by_what_they_measure(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    held_out(workspace, "base-aaaa", 0.2, 0.6)
    evaluation(workspace, "eval-bbbb", "base-aaaa", 0.6, 1)
    evaluation(workspace, "eval-cccc", "other-dddd", 0.9, 2)
    both = compared(workspace, "eval-bbbb", "eval-cccc")
    assert both.changes == ("B measures other-dddd at step 120, A measures base-aaaa at step 120.",)
    assert {one.field for one in both.differences if one.cause} == {"measures"}
    assert both.confounded == ()
    assert both.conclusions == ("B: held-out higher by 0.30, beyond the noise of its prompts.",)
    mixed = compared(workspace, "base-aaaa", "eval-bbbb")
    assert mixed.changes[0].startswith("B measures base-aaaa at step 120, A trains")
    assert "held-out: no difference shown (+0.00, within the noise)" in mixed.conclusions[0]
    (reached,) = [one for one in mixed.rows if one.name.startswith("reward 0.")]
    assert reached.cells[1].text == ""
    assert not any("confirm" in sentence for sentence in mixed.conclusions)


def test_code_of_a_users_own_is_a_cause(workspace: Workspace) -> None:
    for run_id, digest in (("one-aaaa", "a" * 64), ("two-bbbb", "b" * 64)):
        write(workspace, run_id)
        path = workspace.run(run_id).run_json
        asked = json.loads(path.read_text())
        path.write_text(json.dumps({**asked, "code": [{"path": "my_rewards.py", "sha256": digest}]}))
    found = compared(workspace, "one-aaaa", "two-bbbb")
    assert found.changes == ("B changes one thing: code my_rewards.py.",)
    assert found.differences[0].values == ("a" * 12, "b" * 12)
