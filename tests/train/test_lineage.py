"""What becomes of a run that goes on: in real training what ``extend`` and ``resume`` say of it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from grpotui.launch.caveats import after_extension, not_restored
from grpotui.launch.links import NOT_WEIGHTS
from grpotui.stream import read_json
from tests.train.conftest import Scenes

pytestmark = pytest.mark.xdist_group("train")


def effective(scenes: Scenes, name: str, attempt: int) -> dict[str, Any]:
    return read_json(scenes.run(name).attempt_json(attempt)) or {}


def rates(scenes: Scenes, name: str) -> dict[int, float]:
    return {line["step"]: line["learning_rate"] for line in scenes.metrics(name)}


def prompts(scenes: Scenes, name: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for group in scenes.groups(name):
        found.setdefault(group["step"], []).append(group["prompt"])
    return found


@pytest.mark.parametrize("name", ["linear", "cosine"])
def test_an_extension_lays_the_schedule_out_anew_as_it_is_told(scenes: Scenes, name: str) -> None:
    assert [scenes.ends[f"{name}-{n}"]["step"] for n in (1, 2)] == [10, 20]
    seen = rates(scenes, name)
    assert sorted(seen) == list(range(1, 21))
    grpo = effective(scenes, name, 1)["config"]["grpo"]
    words = after_extension(grpo, 10, 10, 20)
    assert f"after one step at {seen[11]:.3g} the learning rate goes on at {seen[12]:.3g}" in words
    assert seen[11] < seen[10] < seen[12]
    assert seen[20] < seen[19] < seen[12]
    assert effective(scenes, name, 2)["max_steps"] == 20


def test_a_constant_rate_stays(scenes: Scenes) -> None:
    grpo = effective(scenes, "rounds", 1)["config"]["grpo"]
    assert after_extension(grpo, 10, 10, 14) == "the learning rate stays 0.001: its schedule is constant"
    assert set(rates(scenes, "rounds").values()) == {0.001}


def test_past_the_first_epoch_its_order_comes_again_as_it_is_told(scenes: Scenes) -> None:
    (note,) = not_restored(effective(scenes, "rounds", 1), 10)
    assert note.startswith("step 10 is past the first epoch")
    whole, went_on = prompts(scenes, "rounds-whole"), prompts(scenes, "rounds")
    assert all(whole[step] == went_on[step] for step in range(1, 11))
    assert [went_on[step] for step in (11, 12)] == [went_on[step] for step in (3, 4)]
    assert went_on[11] != whole[11]
    assert list(not_restored(effective(scenes, "rounds", 1), 4)) == []


def test_within_a_generation_completions_are_made_anew_as_it_is_told(scenes: Scenes) -> None:
    (note,) = not_restored(effective(scenes, "within", 1), 6)
    assert note.startswith("step 6 is within a generation")
    assert sorted(prompts(scenes, "within")) == [1, 5, 7]
    assert list(not_restored(effective(scenes, "within", 1), 4)) == []


def test_within_a_curriculum_the_order_goes_on(scenes: Scenes) -> None:
    assert list(not_restored(effective(scenes, "stages-cut", 1), 4)) == []


def test_an_evaluation_later_finds_what_the_one_in_training_found(scenes: Scenes) -> None:
    end = scenes.ends["measured-1"]
    assert (end["status"], end["step"], end["code"]) == ("finished", 6, 0)
    assert end["reason"].startswith("accuracy 0.000 (0.000-0.324) on 8 held-out prompts")
    (line,) = scenes.lines("measured")
    during = next(x for x in scenes.lines("stages") if x["step"] == 6 and "eval_n" in x)
    local = {"time", "epoch", "eval_runtime"}
    assert {k: v for k, v in line.items() if k not in local} == {
        k: v for k, v in during.items() if k not in local
    }
    assert scenes.groups("measured") == [
        g for g in scenes.groups("stages") if (g["mode"] != "train") and g["step"] == 6
    ]
    assert effective(scenes, "measured", 1)["model"] == str(scenes.run("measured").start)


def test_weights_are_linked_without_what_only_a_resume_needs(scenes: Scenes) -> None:
    start, checkpoint = scenes.run("measured").start, scenes.run("stages").checkpoints / "checkpoint-6"
    names = {path.name for path in start.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= names
    assert not [name for name in names if name.startswith(NOT_WEIGHTS)]
    assert (start / "model.safetensors").samefile(checkpoint / "model.safetensors")


@pytest.mark.parametrize(
    ("grpo", "words"),
    [
        (
            {},
            "the linear schedule is laid out anew over 20 steps: after one step at 0 the learning rate goes",
        ),
        ({"lr_scheduler_type": "polynomial"}, "the polynomial schedule of the learning rate is laid out"),
        ({"lr_scheduler_type": "constant_with_warmup", "learning_rate": 1e-5}, "rate stays 1e-05"),
        (
            {"lr_scheduler_type": "cosine", "learning_rate": 1.0, "warmup_steps": 4},
            f"after one step at 0 the learning rate goes on at {0.5 * (1 + math.cos(math.pi * 7 / 16)):.3g}",
        ),
    ],
)
def test_the_schedule_in_words(grpo: dict[str, Any], words: str) -> None:
    assert words in after_extension(grpo, 10, 10, 20)
