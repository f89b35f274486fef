"""What differs between runs, what may be its cause, and what is noise."""

from __future__ import annotations

import random
from typing import Any

import pytest

from grpotui.analysis.compare.changes import sentence
from grpotui.analysis.compare.comparison import Comparison, compare
from grpotui.analysis.compare.config import causes
from grpotui.analysis.compare.noise import Estimate, Mark, mark, windowed
from grpotui.analysis.compare.outcome import KEYS
from grpotui.analysis.compare.reading import load
from grpotui.analysis.compare.words import shared_prompts, tell, that_differ
from grpotui.analysis.samples import completions_per_step
from grpotui.errors import UserError
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace
from tests.writing import RunWriter, sample

GRPO = {"beta": 0.1, "learning_rate": 5e-6, "seed": 42, "per_device_train_batch_size": 16, "bf16": False}


def write(
    workspace: Workspace, run_id: str, grpo: dict[str, Any] | None = None, level: float = 0.8, **more: Any
) -> None:
    """Write an ended run of 120 steps whose rewards rise to ``level``."""
    rng = random.Random(run_id)
    fields = {**GRPO, **(grpo or {})}
    asked: dict[str, Any] = {"model": "tiny", "task": {"name": "arithmetic"}, "grpo": fields}
    asked |= more.pop("asked", {})
    follows = more.pop("follows", {})
    effective = {**asked, "grpo": {**fields, "gradient_accumulation_steps": 1, **follows}}
    writer = RunWriter(workspace.run(run_id))
    writer.asked(config=asked, seed=fields["seed"])
    writer.process()
    writer.attempt(config=effective, reward_range=[0.0, 1.0], max_steps=120, **more)
    writer.status("running")
    for step in range(1, 121):
        reward = min(step / 60, 1.0) * level + rng.gauss(0, 0.05)
        for group, prompt in enumerate(("one", f"only of {run_id}")):
            writer.group(group, [sample(f"{run_id} {step}", reward)], prompt=prompt, step=step)
        writer.log_step(reward=reward, kl=0.1, step_time=1.0)
    writer.status("finished")
    writer.ended()
    writer.close()


def registry(workspace: Workspace) -> Registry:
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)


def compared(workspace: Workspace, *run_ids: str) -> Comparison:
    return compare(load(registry(workspace), run_ids, KEYS))


def test_sentences_count_what_was_changed() -> None:
    assert sentence("B", "A", []) == "B is A again: nothing that was asked for differs."
    assert sentence("B", "A", ["grpo.seed"]) == "B repeats A with another seed."
    assert sentence("B", "A", ["grpo.beta"]) == "B changes one thing: beta."
    both = sentence("C", "A", ["grpo.learning_rate", "grpo.seed"])
    assert both == "C changes two: learning_rate and seed, so no single cause."
    five = [f"grpo.f{n}" for n in range(5)]
    assert sentence("B", "A", five) == "B changes 5 fields: f0, f1, f2, …, so no single cause."
    seeded = sentence("B", "A", [*five, "grpo.seed"])
    assert seeded == "B changes 6 fields: seed, f0, f1, …, so no single cause."


def test_what_was_asked_is_a_cause_and_what_follows_is_none(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2, "seed": 7}, follows={"generation_batch_size": 32})
    found = compared(workspace, "base-aaaa", "other-bbbb")
    assert {one.field: one.values for one in found.differences if one.cause} == {
        "grpo.beta": (0.1, 0.2),
        "grpo.seed": (42, 7),
    }
    assert [one.field for one in found.differences if not one.cause] == ["grpo.generation_batch_size"]
    assert found.changes == ("B changes two: beta and seed, so no single cause.",)
    assert found.confounded == ("B",)


def test_false_zero_and_empty_are_values(workspace: Workspace) -> None:
    write(workspace, "base-aaaa", {"beta": 0.0, "run_tag": ""})
    write(workspace, "other-bbbb", {"beta": False, "run_tag": "x"})
    found = compared(workspace, "base-aaaa", "other-bbbb")
    assert causes(found.differences, 1) == ["grpo.beta", "grpo.run_tag"]


def test_a_default_that_is_written_out_is_no_difference(workspace: Workspace) -> None:
    write(workspace, "base-aaaa", asked={"rewards": [{"name": "exact"}]})
    spelled = {"rewards": [{"name": "exact", "weight": 1.0, "correct": 1.0, "wrong": -1.0}]}
    write(workspace, "same-bbbb", asked={**spelled, "launch": {"devices": 1}})
    other = {"rewards": [{"name": "exact", "wrong": 0.0}]}
    write(workspace, "other-cccc", asked=other)
    found = compared(workspace, "base-aaaa", "same-bbbb", "other-cccc")
    assert found.changes[0] == "B is A again: nothing that was asked for differs."
    assert [(one.field, one.values) for one in found.differences] == [("rewards.0.wrong", (-1.0, -1.0, 0.0))]
    assert found.changes[1] == "C changes one thing: rewards.0.wrong."
    assert found.conclusions[0] == "Rewards differ: their means say little beside each other."


def test_model_versions_and_git_are_compared(workspace: Workspace) -> None:
    for run_id, letter, patch in (("base-aaaa", "a", "0"), ("other-bbbb", "b", "1")):
        git = {"commit": "c" * 40, "dirty": True, "diff": f"+lr = {patch}"}
        model = {"weights_sha256": letter * 64}
        write(workspace, run_id, versions={"trl": f"1.16.{patch}"}, model_identity=model, git=git)
    found = compared(workspace, "base-aaaa", "other-bbbb")
    named = {one.field: one.cause for one in found.differences}
    assert named == {"model weights": True, "trl version": False, "git changes": False}


def test_weights_that_nobody_hashed_yet_are_no_cause(workspace: Workspace) -> None:
    write(workspace, "base-aaaa", model_identity={"weights_sha256": "a" * 64})
    write(workspace, "draft-bbbb", {"beta": 0.2})
    found = compared(workspace, "base-aaaa", "draft-bbbb")
    assert {one.field: one.cause for one in found.differences} == {"grpo.beta": True, "model weights": False}


def test_a_step_trains_on_what_the_trainer_counted() -> None:
    grpo = {"per_device_train_batch_size": 16, "gradient_accumulation_steps": 2, "num_iterations": 2}
    assert completions_per_step({}, grpo) == 32
    assert completions_per_step({"groups_per_step": 2, "num_generations": 8}, grpo) == 16
    assert completions_per_step({}, None) is None


def test_a_real_difference_is_beyond_the_noise_and_a_repeat_is_within(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "worse-bbbb", {"beta": 0.2}, level=0.5)
    write(workspace, "again-cccc", {"beta": 0.3})
    found = compared(workspace, "base-aaaa", "worse-bbbb", "again-cccc")
    (reward,) = [row for row in found.rows if row.name == "reward"]
    assert [cell.mark for cell in reward.cells] == [Mark.NONE, Mark.LOWER, Mark.WITHIN]
    assert found.conclusions[0].startswith("B: reward lower by 0.")
    assert "no difference shown" in found.conclusions[1]
    assert found.conclusions[2] == "One seed each: confirm = 3 seeds each, about 12m."


def test_repeats_are_pooled(workspace: Workspace) -> None:
    for seed, run_id in enumerate(("one-aaaa", "two-bbbb", "three-cccc")):
        write(workspace, run_id, {"seed": seed})
    found = compared(workspace, "one-aaaa", "two-bbbb", "three-cccc")
    assert found.changes == ("B repeats A with another seed.", "C repeats A with another seed.")
    assert found.conclusions[0].startswith("3 repeats: reward 0.")
    assert found.confounded == ()


def test_batch_sizes_that_differ_are_aligned_by_samples(workspace: Workspace) -> None:
    write(workspace, "small-aaaa")
    write(workspace, "large-bbbb", {"per_device_train_batch_size": 64})
    found = compared(workspace, "small-aaaa", "large-bbbb")
    assert found.by_samples
    assert [subject.per_step for subject in found.subjects] == [16, 64]
    (reached,) = [row for row in found.rows if row.name.endswith(" at")]
    step = reached.cells[1].step
    assert step is not None
    assert reached.cells[1].text == f"step {step}, {64 * step} samples, {step}s (mean of 12)"
    assert (reached.cells[1].samples, reached.cells[1].seconds) == (64 * step, step)
    (window,) = [row for row in found.rows if row.name == "window"]
    assert [cell.text for cell in window.cells] == ["last 50 steps", "last 12 steps"]


def test_windows_and_intervals() -> None:
    rng = random.Random(1)
    noisy = [rng.gauss(1, 0.1) for _ in range(50)]
    found = windowed(noisy)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < 1 < found.high
    assert windowed([]) is None
    assert windowed([1.0, 2.0]) == Estimate(1.5)
    assert mark(Estimate(0.0, -1, 1), Estimate(0.5, -0.5, 1.5)) is Mark.WITHIN
    assert mark(Estimate(0.0, 0.0, 0.0), Estimate(0.0, 0.0, 0.0)) is Mark.WITHIN
    assert mark(Estimate(0.0, 0.0, 0.0), Estimate(-1.0, -1.1, -0.9)) is Mark.LOWER
    assert mark(Estimate(0.0), Estimate(1.0)) is Mark.NONE


def test_noise_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = random.Random(3)
    hits = 0
    for _ in range(400):
        found = windowed([rng.gauss(0, 1) for _ in range(50)])
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0 <= found.high
    assert 0.91 <= hits / 400 <= 0.98


def test_the_same_prompt_is_found_in_every_run(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", level=0.2)
    reader = registry(workspace)
    ids = ("base-aaaa", "other-bbbb")
    shared = shared_prompts(reader, ids)
    assert (shared.mode, len(shared.prompts)) == ("train", 1)
    told = tell(reader, {"base-aaaa": 30, "other-bbbb": 500}, shared.mode, shared.prompts[0])
    groups = [told[run_id].group for run_id in ids]
    assert [(g.step, g.prompt, g.completions[0].text) for g in groups if g is not None] == [
        (30, "one", "base-aaaa 30"),
        (120, "one", "other-bbbb 120"),
    ]
    assert len(told["base-aaaa"].visits) == 120
    at_end = dict.fromkeys(ids, 120)
    assert that_differ(reader, at_end, shared, 1.0) == shared.prompts
    assert that_differ(reader, dict.fromkeys(ids, 1), shared, 1.0) == ()


def test_what_cannot_be_compared_is_said(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    reader = registry(workspace)
    with pytest.raises(UserError, match="2 to 4 runs, got 1"):
        load(reader, ["base-aaaa"], KEYS)
    with pytest.raises(UserError, match="base-aaaa is named twice"):
        load(reader, ["base-aaaa", "aaaa"], KEYS)


def test_runs_without_a_step_compare_too(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    writer = RunWriter(workspace.run("fresh-bbbb"))
    writer.asked(config={"model": "tiny", "grpo": GRPO})
    writer.status("queued")
    writer.close()
    found = compared(workspace, "base-aaaa", "fresh-bbbb")
    (reward,) = [row for row in found.rows if row.name == "reward"]
    assert reward.cells[0].estimate is not None
    assert reward.cells[1].estimate is None


def test_the_outcome_of_a_contract_is_a_row(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2})
    writer = RunWriter(workspace.run("other-bbbb"))
    mark = {"name": "primary", "text": "mean(reward, last=5) > 0.5", "state": "met", "values": {}, "why": ""}
    writer.event("contract", outcome="met", attempt=1, marks=[mark])
    writer.close()
    found = compared(workspace, "base-aaaa", "other-bbbb")
    (row,) = [row for row in found.rows if row.name == "contract"]
    assert [cell.text for cell in row.cells] == ["", "met: primary met"]
