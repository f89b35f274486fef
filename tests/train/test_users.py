"""Two steps of real training with users' own rewards and data, and with a mixed task."""

from __future__ import annotations

import json

import pytest

from tests.train.conftest import Scenes

pytestmark = pytest.mark.xdist_group("train")


def attempt(scenes: Scenes, name: str) -> dict[str, object]:
    data = json.loads(scenes.run(name).attempt_json(1).read_text())
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize(("name", "other"), [("parquet", {"slow": 0.5}), ("saved", {"narrow": 2.0})])
def test_an_own_reward_gets_columns_and_may_leave_completions_out(
    scenes: Scenes, name: str, other: dict[str, float]
) -> None:
    assert scenes.ends[f"{name}-1"]["status"] == "finished"
    groups = scenes.groups(name)
    assert groups
    for group in groups:
        number = int(group["prompt"].split()[0])
        assert (group["answer"], group["task"]) == (str(number + 1), "dataset")
        for completion in group["completions"]:
            expected = None if number % 2 == 0 else 2.0 * ("1" in completion["text"])
            assert completion["rewards"] == {"helpful": expected, **other}
            assert completion["reward"] == sum(other.values()) + (expected or 0.0)


def test_the_range_is_what_all_functions_declare(scenes: Scenes) -> None:
    assert attempt(scenes, "parquet")["reward_range"] is None
    assert attempt(scenes, "saved")["reward_range"] == [0.0, 3.0]


def test_conversations_stay_conversations(scenes: Scenes) -> None:
    assert scenes.ends["chat-1"]["status"] == "finished"
    for group in scenes.groups("chat"):
        ((role, text),) = ((m["role"], m["content"]) for m in group["prompt"])
        assert (role, int(text.split()[0]) + 1) == ("user", int(group["answer"]))
        for completion in group["completions"]:
            assert completion["rewards"]["chatty"] == len(completion["text"])
            assert completion["rewards"]["exact"] in (-1.0, 1.0)


def test_the_attempt_tells_what_was_trained_on(scenes: Scenes) -> None:
    told = attempt(scenes, "mixed")["data"]
    assert isinstance(told, dict)
    assert (told["prompts"], told["duplicates"]) == (16, 0)
    assert set(told["tasks"]) == {"arithmetic", "dataset"}
    assert len(told["sha256"]) == 64
    assert told != attempt(scenes, "parquet")["data"]


def test_a_resumed_run_trains_on_the_data_of_its_first_attempt_or_not_at_all(scenes: Scenes) -> None:
    end = scenes.ends["chat-2"]
    assert end["status"] == "failed"
    assert end["reason"].startswith(
        "the data is not what attempt 1 of this run trained on (16 prompts then, 15 now)"
    )


def test_a_split_of_a_folder_is_kept_to(scenes: Scenes) -> None:
    assert {int(group["prompt"].split()[0]) for group in scenes.groups("saved")} <= set(range(12))


def test_a_mixed_task_has_every_metric_per_task(scenes: Scenes) -> None:
    groups = scenes.groups("mixed")
    assert {group["task"] for group in groups} <= {"arithmetic", "dataset"}
    for line in scenes.metrics("mixed"):
        at_step = [group for group in groups if group["step"] == line["step"]]
        for task in {group["task"] for group in at_step}:
            completions = [c for g in at_step if g["task"] == task for c in g["completions"]]
            mean = sum(c["reward"] for c in completions) / len(completions)
            assert line[f"reward/{task}"] == pytest.approx(mean)
            lengths = sum(c["tokens"] for c in completions) / len(completions)
            assert line[f"completions/mean_length/{task}"] == pytest.approx(lengths)
            assert 0.0 <= line[f"grpotui/zero_std/{task}"] <= 1.0
            assert {f"rewards/exact/mean/{task}", f"rewards/partial_credit/mean/{task}"} <= line.keys()
    data = attempt(scenes, "mixed")
    assert (data["reward_range"], data["reward_binary"]) == ([-2.0, 2.0], False)
    assert attempt(scenes, "whole")["reward_binary"] is True
    assert not any("/arithmetic" in key for line in scenes.metrics("whole") for key in line)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("strict", ["reward 'strict' raised TypeError", "it wants wanted", "task.columns"]),
        ("short", ["reward 'short' raised ValueError", "1 rewards for 8 completions"]),
        (
            "broken",
            ["reward 'broken' raised ZeroDivisionError in mine.py, line 30, broken: division by zero"],
        ),
        ("unloadable", ["/bad.py cannot be loaded: bad.py, line 3: ModuleNotFoundError", "no_such_module"]),
        ("no-column", ['task.columns: row 1 of data.parquet has no "query"; it has: question, gold, level']),
        ("no-split", ['task.split: saved has no split "dev"; it has: train, test']),
        ("no-hub", ["task.path: cannot read nobody/nothing: "]),
    ],
)
def test_what_is_wrong_is_one_line(scenes: Scenes, name: str, words: list[str]) -> None:
    end = scenes.ends[f"{name}-1"]
    assert end["status"] == "failed"
    assert "\n" not in end["reason"]
    for word in words:
        assert word in end["reason"]
