"""A config with every default: of TRL, of tasks and rewards, of our sections."""

from __future__ import annotations

from grpotui.presets.effective import effective

CONFIG = {
    "model": "tiny",
    "task": {"name": "arithmetic", "n": 7},
    "rewards": [{"name": "exact"}, {"name": "exact", "weight": 1.0, "correct": 1.0, "wrong": -1.0}],
    "grpo": {"beta": 0.0},
}


def test_defaults_are_filled_in_and_what_is_set_stays() -> None:
    found = effective(CONFIG)
    assert (found["task"]["n"], found["task"]["held_out"]) == (7, 0)
    assert found["task"]["operands"] == [0, 20]
    assert found["rewards"][0] == found["rewards"][1]
    assert found["grpo"]["beta"] == 0.0
    assert found["grpo"]["temperature"] == 1.0
    assert found["launch"]["devices"] == 1
    assert found["model"] == "tiny"
    assert CONFIG["task"] == {"name": "arithmetic", "n": 7}


def test_filling_in_twice_changes_nothing() -> None:
    assert effective(effective(CONFIG)) == effective(CONFIG)


def test_what_nobody_knows_stays_as_it_is() -> None:
    odd = {"task": {"name": "gone", "x": 1}, "rewards": ["?", {"name": "my.py:f"}], "grpo": 3, "eval": "no"}
    found = effective(odd)
    assert found["task"] == {"name": "gone", "x": 1}
    assert found["rewards"][0] == "?"
    assert found["rewards"][1]["weight"] == 1.0
    assert found["grpo"] == 3
    assert effective({})["launch"]["devices"] == 1
