"""Runs that only generate: what they record, and that nothing but their seed decides it."""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from grpotui.stream import read_json
from tests.train.conftest import Scenes
from tests.train.rolled import SAMPLING

pytestmark = pytest.mark.xdist_group("train")


def last(scenes: Scenes, name: str) -> dict[str, Any]:
    return scenes.metrics(name)[-1]


def texts(groups: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return [(group["prompt"], [c["text"] for c in group["completions"]]) for group in groups]


def newest(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last writing of each group, in the order of their places."""
    found = {(group["step"], group["group"]): group for group in groups}
    return [found[place] for place in sorted(found)]


def test_every_prompt_is_asked_once_with_a_whole_group(scenes: Scenes) -> None:
    groups = scenes.groups("rolled")
    assert [(g["step"], g["group"]) for g in groups] == [(s, g) for s in (1, 2, 3, 4) for g in range(4)]
    assert {group["mode"] for group in groups} == {"rollout"}
    assert len({group["prompt"] for group in groups}) == 16
    assert all(len(group["completions"]) == 4 for group in groups)
    assert scenes.ends["rolled-1"]["status"] == "finished"
    assert scenes.ends["rolled-1"]["step"] == 4
    assert scenes.ends["rolled-1"]["peak_memory"] > 0


def test_the_last_line_sums_up_all_groups(scenes: Scenes) -> None:
    completions = [c for group in scenes.groups("rolled") for c in group["completions"]]
    rewards = [c["reward"] for c in completions]
    line = last(scenes, "rolled")
    assert line["rollouts/n"] == len(rewards) == 64
    assert line["rollouts/prompts"] == 16
    assert line["rollouts/reward"] == pytest.approx(statistics.fmean(rewards))
    assert line["rollouts/reward_low"] < line["rollouts/reward"] < line["rollouts/reward_high"]
    assert line["rollouts/nonzero"] == sum(reward > 0 for reward in rewards) / 64
    assert line["rollouts/length"] == statistics.fmean(c["tokens"] for c in completions)
    assert line["rollouts/truncated"] == sum(c["truncated"] for c in completions) / 64
    spreads = [
        statistics.stdev(c["reward"] for c in group["completions"]) for group in scenes.groups("rolled")
    ]
    assert line["rollouts/within_std"] == pytest.approx(statistics.fmean(spreads))
    assert 0 < line["rollouts/pass_rate"] < 1
    assert (
        f"64 rollouts of 16 prompts: reward {line['rollouts/reward']:.3f}"
        in scenes.ends["rolled-1"]["reason"]
    )


def test_each_line_has_its_own_batch_too(scenes: Scenes) -> None:
    lines, groups = scenes.metrics("rolled"), scenes.groups("rolled")
    for line in lines:
        rewards = [c["reward"] for g in groups if g["step"] == line["step"] for c in g["completions"]]
        assert line["reward"] == pytest.approx(statistics.fmean(rewards))
        assert line["grpotui/zero_std"] >= 0
        assert line["step_time"] > 0
    assert statistics.fmean(line["reward"] for line in lines) == pytest.approx(lines[-1]["rollouts/reward"])


def test_one_seed_gives_one_outcome_and_another_seed_another(scenes: Scenes) -> None:
    one, again, other = (texts(scenes.groups(name)) for name in ("rolled", "rolled-again", "rolled-seed"))
    assert one == again
    assert {prompt for prompt, _ in one} == {prompt for prompt, _ in other}
    assert [prompt for prompt, _ in one] != [prompt for prompt, _ in other]
    assert dict(one) != dict(other)


def test_the_data_of_runs_with_other_seeds_is_known_to_be_the_same(scenes: Scenes) -> None:
    one, other = (read_json(scenes.run(name).attempt_json(1)) or {} for name in ("rolled", "rolled-seed"))
    assert one["data"]["sha256"] == other["data"]["sha256"]
    assert one["seed"] != other["seed"]


def test_an_attempt_says_what_is_used(scenes: Scenes) -> None:
    told = read_json(scenes.run("rolled-training").attempt_json(1)) or {}
    assert told["max_steps"] == 4
    assert told["groups_per_step"] == 4
    assert told["rollouts"] == {"prompts": 16, "completions": 64}
    assert told["num_generations"] == 4
    assert told["reward_range"] == [0.0, 1.0]
    grpo = told["config"]["grpo"]
    assert {name: grpo[name] for name in SAMPLING} == SAMPLING
    assert (grpo["beta"], grpo["gradient_accumulation_steps"], grpo["per_device_train_batch_size"]) == (
        0.5,
        5,
        3,
    )
    assert grpo["steps_per_generation"] is None


def test_settings_of_training_change_nothing(scenes: Scenes) -> None:
    assert texts(scenes.groups("rolled-training")) == texts(scenes.groups("rolled"))


def test_the_repetition_penalty_is_honoured(scenes: Scenes) -> None:
    """It takes what was written and had a negative logit out of the draw: about half of all characters."""

    def repeats(name: str) -> int:
        found = [c["text"] for group in scenes.groups(name) for c in group["completions"]]
        return sum(len(text) - len(set(text)) for text in found)

    assert repeats("rolled-penalty") < 0.7 * repeats("rolled")


def test_fewer_rollouts_ask_the_first_prompts_of_the_task(scenes: Scenes) -> None:
    few, all_ = scenes.groups("rolled-few"), scenes.groups("rolled")
    assert len(few) == 6
    assert {group["prompt"] for group in few} < {group["prompt"] for group in all_}
    assert [line["rollouts/n"] for line in scenes.metrics("rolled-few")] == [12, 24]


def test_more_rollouts_than_prompts_are_refused(scenes: Scenes) -> None:
    assert scenes.ends["rolled-many-1"]["reason"] == (
        "rollouts.n: 68 completions are 17 prompts with 4 each, and the task has 16: set task.n to 17, or "
        "rollouts.n to 64 at most"
    )


def test_an_engine_that_is_not_there_is_named(scenes: Scenes) -> None:
    assert scenes.ends["rolled-vllm-1"]["reason"].startswith("grpo.use_vllm: vLLM is not installed here")


def test_a_run_goes_on_where_it_was_killed_as_if_nothing_had_been(scenes: Scenes) -> None:
    groups = scenes.groups("rolled-cut")
    assert [g["attempt"] for g in groups if g["step"] == 3] == [1, 2, 2, 2, 2]
    assert texts(newest(groups)) == texts(scenes.groups("rolled"))
    resumed, whole = last(scenes, "rolled-cut"), last(scenes, "rolled")
    timed = ("time", "attempt", "step_time", "rollouts/seconds", "rollouts/tokens_per_second")
    assert {k: v for k, v in resumed.items() if k not in timed} == {
        k: v for k, v in whole.items() if k not in timed
    }
    assert resumed["rollouts/seconds"] > scenes.metrics("rolled-cut")[1]["rollouts/seconds"]


def test_nothing_is_asked_again_once_all_is_done(scenes: Scenes) -> None:
    assert scenes.ends["rolled-cut-3"]["status"] == "finished"
    assert {group["attempt"] for group in scenes.groups("rolled-cut")} == {1, 2}


def test_a_stop_that_came_before_ends_it_at_once(scenes: Scenes) -> None:
    assert scenes.ends["rolled-asked-1"]["status"] == "stopped"
    assert scenes.ends["rolled-asked-1"]["reason"] == "enough"
    assert scenes.metrics("rolled-asked") == []
