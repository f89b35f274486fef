"""Evaluation beside real training: it measures, and training does not notice."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from grpotui.launch.pruning import of_run
from grpotui.stream import Tail, read_json
from tests.train.conftest import Scenes

pytestmark = pytest.mark.xdist_group("train")

LOCAL = {"time", "step_time"}


def evaluations(scenes: Scenes, name: str) -> list[dict[str, float]]:
    return [line for line in scenes.metrics(name) if "eval_n" in line]


def weights(scenes: Scenes, name: str, step: int) -> str:
    folder = scenes.run(name).checkpoints / f"checkpoint-{step}"
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


@pytest.mark.parametrize("step", [2, 4, 6])
def test_training_is_bit_identical_with_evaluation_on_or_off(scenes: Scenes, step: int) -> None:
    assert weights(scenes, "eval-off", step) == weights(scenes, "eval-on", step)


def test_every_metric_and_completion_of_training_is_the_same(scenes: Scenes) -> None:
    off, on = (
        [
            {k: v for k, v in line.items() if k not in LOCAL}
            for line in scenes.metrics(name)
            if "reward" in line
        ]
        for name in ("eval-off", "eval-on")
    )
    assert off == on
    assert len({line["reward"] for line in off}) > 3
    trained = [[g for g in scenes.groups(name) if g["mode"] == "train"] for name in ("eval-off", "eval-on")]
    assert trained[0] == trained[1]
    assert len(trained[0]) == 12


def test_it_measures_before_step_1_every_n_steps_and_at_the_end(scenes: Scenes) -> None:
    assert [line["step"] for line in evaluations(scenes, "eval-on")] == [0, 2, 4, 6]
    first = evaluations(scenes, "eval-on")[0]
    assert (first["eval_n"], first["eval_train_n"]) == (8, 6)
    for key in ("eval_accuracy", "eval_sampled_accuracy", "eval_train_accuracy"):
        assert first[f"{key}_low"] <= first[key] <= first[f"{key}_high"]
    assert first["grpotui/gap"] == first["eval_train_accuracy"] - first["eval_accuracy"]
    assert first["eval_runtime"] > 0
    assert "reward" not in first


def test_step_time_is_trainings_alone(scenes: Scenes) -> None:
    for line in evaluations(scenes, "eval-on"):
        assert "step_time" not in line


def test_groups_are_kept_apart_by_mode_and_the_watch_prompts_stay(scenes: Scenes) -> None:
    groups = [g for g in scenes.groups("eval-on") if g["mode"] != "train"]
    sizes = Counter((g["mode"], g["step"], len(g["completions"])) for g in groups)
    steps = (0, 2, 4, 6)
    assert sizes == {**{("eval", s, 2): 8 for s in steps}, **{("watch", s, 4): 3 for s in steps}}
    watched = [[g["prompt"] for g in groups if (g["mode"], g["step"]) == ("watch", s)] for s in steps]
    assert watched[0] == watched[1] == watched[3]
    texts = [g["completions"][0]["text"] for g in groups if g["mode"] == "watch" and g["step"] == 0]
    assert len(set(texts)) == 3
    trained = {g["prompt"] for g in scenes.groups("stages") if g["mode"] == "train"}
    asked = {g["prompt"] for g in scenes.groups("stages") if g["mode"] in ("eval", "watch")}
    assert len(asked) > 5
    assert not trained & asked


def test_a_greedy_answer_is_the_same_until_the_weights_change(scenes: Scenes) -> None:
    def greedy(name: str) -> list[str]:
        groups = [g for g in scenes.groups(name) if (g["mode"], g["step"]) == ("eval", 0)]
        return [g["completions"][0]["text"] for g in groups]

    assert greedy("stages") == greedy("stages-cut") != []


def test_the_best_checkpoint_is_kept_beside_the_last(scenes: Scenes) -> None:
    run = scenes.run("eval-best")
    values = [line["eval_reward"] for line in evaluations(scenes, "eval-best")]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4
    assert sorted(path.name for path in run.checkpoints.glob("checkpoint-*")) == [
        "checkpoint-2",
        "checkpoint-6",
    ]
    assert of_run(run).kept == {2, 6}


def test_stages_follow_each_other_with_one_optimizer_and_one_schedule(scenes: Scenes) -> None:
    groups = [g for g in scenes.groups("stages") if g["mode"] == "train"]
    assert [g["step"] for g in groups] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert all(("+" in g["prompt"]) == (g["step"] <= 3) for g in groups)
    assert len({g["prompt"] for g in groups}) == 12
    attempt = read_json(scenes.run("stages").attempt_json(1)) or {}
    spans = [{"name": "plus", "first": 1, "last": 3}, {"name": "minus", "first": 4, "last": 6}]
    assert (attempt["stages"], attempt["max_steps"], attempt["max_epochs"]) == (spans, 6, 1.0)


def test_a_run_that_goes_on_is_in_the_right_stage_with_the_same_prompts(scenes: Scenes) -> None:
    whole, cut = (
        [(g["step"], g["prompt"]) for g in scenes.groups(name) if g["mode"] == "train"]
        for name in ("stages", "stages-cut")
    )
    assert [pair for pair in cut if pair[0] <= 6] == whole
    assert [step for step, _ in cut[12:]] == [7, 7, 8, 8]
    assert all("-" in prompt for _, prompt in cut[6:])


@pytest.mark.parametrize("name", ["stages", "stages-cut"])
def test_a_stage_is_told_at_its_first_step(scenes: Scenes, name: str) -> None:
    events = [line.data for line in Tail(scenes.run(name).events).read()]
    found = [(e["type"], e["step"], e["stage"], e["stages"], e["name"]) for e in events]
    assert found == [("stage", 1, 1, 2, "plus"), ("stage", 4, 2, 2, "minus")]


def test_accuracy_is_told_per_stage(scenes: Scenes) -> None:
    (first, *_) = evaluations(scenes, "stages")
    parts = [first[f"eval_accuracy/{name}"] for name in ("plus", "minus")]
    assert first["eval_n"] == 8
    assert first["eval_accuracy"] == pytest.approx(sum(parts) / 2)
    assert not [key for key in evaluations(scenes, "eval-on")[0] if key.startswith("eval_accuracy/")]


def test_a_stop_during_an_evaluation_ends_it_without_a_measure(scenes: Scenes) -> None:
    end = scenes.ends["interrupted"]
    assert (end["status"], end["step"], end["reason"]) == ("stopped", 1, "no more")
    assert evaluations(scenes, "interrupted") == []
    assert {g["mode"] for g in scenes.groups("interrupted")} == {"train"}
    alone = scenes.ends["unmeasured-1"]
    assert (alone["status"], alone["reason"], alone["code"]) == ("stopped", "never mind", 0)
