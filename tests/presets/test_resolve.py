from __future__ import annotations

import copy
import json

import pytest

from grpotui.presets import Preset, apply_overrides, health_settings, launch_settings, resolve, validate
from grpotui.presets.rows import USUAL, FieldRow, attribute_docs, edit_text, field_rows
from grpotui.presets.sections import LaunchSettings
from grpotui.records import HealthSettings


def test_our_defaults_are_filled_in_and_trls_are_not(good: Preset) -> None:
    before = copy.deepcopy(good.data)
    config = resolve(good)
    assert config["health"] == {
        "window_groups": 64,
        "zero_std_warn": 0.25,
        "zero_std_bad": 0.5,
        "jaccard_warn": 0.5,
        "jaccard_bad": 0.7,
        "gap_warn": 0.2,
        "gap_bad": 0.4,
        "patience": 3,
        "on_collapsed": "flag",
        "on_no_signal": "flag",
        "on_solved": "flag",
        "grace": 20,
    }
    assert config["launch"] == {
        "device": "auto",
        "devices": 1,
        "processes": 1,
        "accelerate": "",
        "on_oom": {},
        "memory": 0.0,
        "slots_per_device": 0,
        "priority": 0,
        "tags": ["sums"],
    }
    assert config["kind"] == "train"
    assert config["grpo"] == before["grpo"]
    assert good.data == before
    assert json.loads(json.dumps(config)) == config


def test_a_resolved_config_is_itself_a_valid_preset(good: Preset) -> None:
    config = resolve(good)
    again = Preset("again", good.path, config)
    validate(again)
    assert resolve(again) == config


def test_reward_weights_move_to_the_rewards(good: Preset) -> None:
    preset = apply_overrides(good, ["grpo.reward_weights=[0.5]"])
    validate(preset)
    config = resolve(preset)
    assert config["rewards"][0]["weight"] == 0.5
    assert "reward_weights" not in config["grpo"]
    assert "weight" not in preset.data["rewards"][0]


def test_settings_are_read_from_any_config(good: Preset) -> None:
    assert health_settings(resolve(good)) == HealthSettings(patience=3)
    assert health_settings(good.data) == HealthSettings(patience=3)
    assert launch_settings(resolve(good)) == LaunchSettings(tags=("sums",))
    for data in ({}, {"health": 5}, {"health": {"patience": "x", "other": 1}}):
        assert health_settings(data) == HealthSettings()
    assert launch_settings({"launch": {"tags": "a", "device": "cpu"}}) == LaunchSettings(device="cpu")


def rows(preset: Preset) -> dict[str, FieldRow]:
    return {row.path: row for row in field_rows(preset)}


def test_rows_hold_every_editable_field_in_order(good: Preset) -> None:
    found = rows(good)
    paths = list(found)
    assert len(paths) == len(field_rows(good))
    assert paths[0] == "model"
    assert paths.index("task.name") < paths.index("rewards.0.correct") < paths.index("grpo.num_generations")
    own = [f"grpo.{name}" for name in good.data["grpo"]]
    grpo = [path for path in paths if path.startswith("grpo.")]
    assert grpo[: len(own)] == own
    assert set(grpo) == {*own, *(f"grpo.{name}" for name in USUAL)}
    assert paths.index("grpo.beta") < paths.index("health.patience") < paths.index("launch.device")


def test_rows_tell_value_default_change_and_help(good: Preset) -> None:
    found = rows(good)
    beta = found["grpo.beta"]
    assert (beta.value, beta.default, beta.changed) == (0.1, 0.0, True)
    assert beta.help.startswith("KL coefficient.")
    assert (found["grpo.temperature"].value, found["grpo.temperature"].changed) == (1.0, False)
    assert (found["health.patience"].value, found["health.patience"].default) == (3, 5)
    assert found["health.jaccard_bad"].help
    assert (found["task.n"].value, found["task.n"].default) == (40, 100)
    assert found["task.operands"].value == [0, 9]
    assert not found["grpo.num_generations"].changed


def test_every_row_can_be_set_back_to_what_it_shows(good: Preset) -> None:
    set_ = [row for row in field_rows(good) if row.value is not None]
    same = apply_overrides(good, [f"{row.path}={edit_text(row.value)}" for row in set_])
    validate(same)
    assert {row.path: row.value for row in set_}.items() <= {
        p: r.value for p, r in rows(same).items()
    }.items()


@pytest.mark.parametrize(
    "value", [None, 5, "x", [], [5], {"name": 5}, {"name": "none", "x": {}}, {"a": [[1]]}]
)
def test_rows_of_a_broken_preset_do_not_crash(good: Preset, value: object) -> None:
    for key in ("model", "task", "rewards", "grpo", "health", "launch"):
        broken = Preset("p", good.path, {**good.data, key: value})
        assert len(field_rows(broken)) > 20


def test_every_setting_of_ours_has_a_help() -> None:
    for section in (HealthSettings, LaunchSettings):
        assert set(attribute_docs(section)) == set(section.__slots__)
