"""Real TRL runs: every group once, before its metrics line; our zero-std against TRL's."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.train.conftest import Scenes

pytestmark = pytest.mark.xdist_group("train")

GENERATION = {"equal": 16, "more": 32, "less": 16, "uneven": 24}
"""Completions of one generation batch."""


@pytest.mark.parametrize("name", GENERATION)
def test_every_group_of_every_generation_stands_once(scenes: Scenes, name: str) -> None:
    groups, batches = scenes.groups(name), scenes.ends[name]["batches"]
    assert batches == {"equal": 4, "more": 1, "less": 8, "uneven": 3}[name]
    assert len(groups) == batches * GENERATION[name] // 4
    assert all(len(group["completions"]) == 4 for group in groups)
    places = Counter((group["mode"], group["step"], group["group"]) for group in groups)
    assert set(places.values()) == {1}
    by_step = Counter(group["step"] for group in groups)
    for step, count in by_step.items():
        assert {g["group"] for g in groups if g["step"] == step} == set(range(count))


@pytest.mark.parametrize(
    ("name", "steps"), [("equal", [1, 2, 3, 4]), ("more", [1]), ("less", [1, 2, 3, 4]), ("uneven", [1, 2, 4])]
)
def test_a_group_belongs_to_the_step_that_first_uses_it(scenes: Scenes, name: str, steps: list[int]) -> None:
    assert sorted({group["step"] for group in scenes.groups(name)}) == steps


@pytest.mark.parametrize("name", GENERATION)
def test_metrics_are_those_of_trl_and_agree_with_the_groups(scenes: Scenes, name: str) -> None:
    lines, groups = scenes.metrics(name), scenes.groups(name)
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    for line in lines:
        rewards = [c["reward"] for g in groups if g["step"] == line["step"] for c in g["completions"]]
        assert {"loss", "grad_norm", "learning_rate", "epoch", "entropy", "time"} <= line.keys()
        assert ("reward" in line) == ("grpotui/zero_std" in line) == bool(rewards)
        if rewards:
            assert line["reward"] == pytest.approx(sum(rewards) / len(rewards), abs=1e-6)


def test_groups_are_written_before_the_metrics_line_of_their_step(scenes: Scenes) -> None:
    lines = [line for line in scenes.lines("order") if "train_runtime" not in line]
    kinds = [("group" if "completions" in line else "step", line["step"]) for line in lines]
    assert len([kind for kind, _ in kinds if kind == "step"]) == 4
    logged = 0
    for kind, step in kinds:
        if kind == "group":
            assert step == logged + 1
        else:
            logged = step


def test_unlogged_steps_are_pooled_and_none_is_forgotten(scenes: Scenes) -> None:
    lines = scenes.lines("sparse")  # the last one is the summary, which has what was left
    assert [line["step"] for line in lines] == [3, 5]
    assert all("grpotui/zero_std" in line for line in lines)
    assert len(scenes.groups("sparse")) == 5 * 2


def test_the_summary_of_transformers_repeats_the_last_step_and_holds_no_reward(scenes: Scenes) -> None:
    *_, last, summary = scenes.lines("equal")
    assert summary["step"] == last["step"] == 4
    assert summary["train_runtime"] > 0
    assert not {"reward", "grpotui/zero_std"} & summary.keys()


@pytest.mark.parametrize("size", [8, 16])
@pytest.mark.parametrize(("name", "value"), [("0.6", 0.6), ("0.7", 0.7), ("third", 1 / 3)])
def test_equal_rewards_count_as_flat_where_trl_sees_spread(
    scenes: Scenes, name: str, value: float, size: int
) -> None:
    (line,) = scenes.metrics(f"trap-{name}-{size}")
    assert line["grpotui/zero_std"] == line["grpotui/zero_std_other"] == 1.0
    assert line["grpotui/within_group_std"] == pytest.approx(0.0, abs=1e-12)
    assert line["frac_reward_zero_std"] == 0.0
    rewards = {c["reward"] for g in scenes.groups(f"trap-{name}-{size}") for c in g["completions"]}
    assert rewards == {value}


def test_flat_groups_are_split_by_where_they_sit(scenes: Scenes) -> None:
    (line,) = scenes.metrics("split")
    shares = {key: line[f"grpotui/zero_std{key}"] for key in ("", "_ceiling", "_floor", "_other")}
    assert shares == {"": 0.75, "_ceiling": 0.25, "_floor": 0.25, "_other": 0.25}
    spread = (4 / 3 * 0.25) ** 0.5  # sample deviation of 0, 1, 0, 1
    assert line["grpotui/within_group_std"] == pytest.approx(spread / 4)


def completions(scenes: Scenes, name: str) -> list[dict[str, Any]]:
    return [completion for group in scenes.groups(name) for completion in group["completions"]]


def test_a_completion_has_each_reward_and_their_weighted_total(scenes: Scenes) -> None:
    for completion in completions(scenes, "weights"):
        assert completion["rewards"]["b"] == 0.5
        assert completion["reward"] == completion["rewards"]["a"] - 2 * 0.5
        assert completion["parsed"] == (completion["text"][:2] or None)


def test_advantages_are_those_that_trl_trains_with(scenes: Scenes) -> None:
    for group in scenes.groups("equal"):
        rewards = [c["reward"] for c in group["completions"]]
        mean = sum(rewards) / 4
        deviation = (sum((r - mean) ** 2 for r in rewards) / 3) ** 0.5
        for completion in group["completions"]:
            expected = (completion["reward"] - mean) / (deviation + 1e-4)
            assert completion["advantage"] == pytest.approx(expected, abs=1e-3)


def test_truncated_means_without_end_token(scenes: Scenes) -> None:
    for name in ("equal", "long"):
        for line in scenes.metrics(name):
            found = [
                c["truncated"]
                for g in scenes.groups(name)
                if g["step"] == line["step"]
                for c in g["completions"]
            ]
            assert sum(found) / len(found) == pytest.approx(line["completions/clipped_ratio"])
    both = completions(scenes, "long")
    assert {c["truncated"] for c in both} == {True, False}
    assert all(c["tokens"] == 64 for c in both if c["truncated"])
    assert all(c["tokens"] <= 64 for c in both)


def test_prompt_task_and_answer_travel_with_the_group(scenes: Scenes) -> None:
    for group in scenes.groups("equal"):
        assert group["prompt"] == f"{group['answer']} + {group['answer']} = "
        assert group["task"] == "sums"


def test_trouble_in_recording_never_ends_training(scenes: Scenes) -> None:
    unwritable, parser = scenes.ends["unwritable"], scenes.ends["parser"]
    assert (unwritable["status"], unwritable["lost_lines"]) == ("finished", 4)
    assert [line["step"] for line in scenes.metrics("unwritable")] == [1, 2]
    assert parser["status"] == "finished"
    assert parser["recorder_errors"] == 16
    assert {c["parsed"] for c in completions(scenes, "parser")} == {None}
