"""The presets that ship have no errors, on a GPU as on a laptop."""

from __future__ import annotations

import pytest

from grpotui.launch.check.facts import data_facts
from grpotui.preflight import DeviceFacts, Facts, ModelFacts, Severity, check
from grpotui.presets import available, load
from tests.preflight.conftest import CPU, GB, GPU, QWEN


@pytest.mark.parametrize("name", [info.name for info in available(None)])
@pytest.mark.parametrize("device", [GPU, CPU], ids=["gpu", "cpu"])
@pytest.mark.parametrize(
    "model", [QWEN, ModelFacts(parameters=500_000_000, absent=True)], ids=["here", "away"]
)
def test_a_shipped_preset_has_no_errors(name: str, device: DeviceFacts, model: ModelFacts) -> None:
    preset = load(name, None)
    data, probes = data_facts(preset.data)
    facts = Facts(data=data, probes=probes, model=model, device=device, disk_free=100 * GB)
    found = check(preset, facts)
    assert [finding for finding in found if finding.level is Severity.ERROR] == []
    warned = {finding.rule for finding in found if finding.level is Severity.WARNING}
    as_it_was = {"few-generations"} if name.endswith("-4g") else set()
    demo = {"beta-zero"} if name == "demo-arithmetic" else set()
    large = (
        {"large-on-cpu", "memory"} if device is CPU else {"memory"} if name == "ultra-diversity" else set()
    )
    assert as_it_was <= warned
    assert warned <= as_it_was | demo | large
