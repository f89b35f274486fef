from __future__ import annotations

from grpotui.presets import Preset, apply_overrides, resolve, validate


def test_a_contract_is_kept_as_it_was_written(good: Preset) -> None:
    written = {
        "hypothesis": "KL keeps groups diverse",
        "forecast": {"mean(reward, last=50)": [0.75, 0.88]},
        "primary": "mean(reward, last=50) >= 0.80",
    }
    preset = Preset(good.name, good.path, {**good.data, "contract": written})
    validate(preset)
    kept = resolve(preset)["contract"]
    assert kept == {**written, "secondary": "", "tertiary": "", "kill": ""}


def test_a_hypothesis_can_be_given_at_launch(good: Preset) -> None:
    edited = apply_overrides(good, ["contract.hypothesis=more KL, more diversity"])
    validate(edited)
    assert resolve(edited)["contract"]["hypothesis"] == "more KL, more diversity"
