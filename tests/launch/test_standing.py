"""What the queue tells of times, where devices are somebody else's."""

from __future__ import annotations

import json

import pytest

from grpotui.launch.queue.standing import standing
from grpotui.workspace import runtime_dir
from tests.launch.lab import Lab


def test_nobody_can_tell_when_a_device_in_foreign_use_gets_free(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRPOTUI_FAKE_DEVICES", "1x80")
    use = {"fake 0": {"used": 61e9, "by": "another user"}}
    (runtime_dir() / "fake-devices.json").write_text(json.dumps(use))
    run = lab.launch(device="auto")
    with lab.registry() as registry:
        (entry,) = standing(lab.workspace, registry).entries
    assert entry.run.id == run.id
    assert "another user" in entry.waits_for
    assert entry.starts is None
