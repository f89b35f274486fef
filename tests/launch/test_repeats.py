"""Repeats of points that are asked for twice."""

from __future__ import annotations

import pytest

from grpotui.errors import UserError
from grpotui.launch.sweeps import control
from grpotui.records.sweeps import Repeats
from tests.launch.lab import Lab
from tests.launch.sweeping import ended, found, launched, members, over


def test_repeats_to_come_are_not_asked_for_again(lab: Lab) -> None:
    sweep = launched(lab, "grpo.beta=0,0.02", tags=("steps=1",))
    ended(lab, sweep)
    lab.launch("hold=1")  # it has the device
    control.repeat(lab.workspace, sweep, [1], 2)
    with pytest.raises(UserError) as refused:
        control.repeat(lab.workspace, sweep, [2, 1], 3)
    assert str(refused.value) == (
        f"{sweep.id}: repeats of point 1 are asked for already, 2 queued and 0 running: wait for them; "
        f"'grpotui confirm {sweep.id} --force' adds more"
    )
    assert len(members(lab, sweep)) == 4 and found(lab, sweep.id).repeats == (Repeats((1,), (43, 44)),)
    assert len(control.repeat(lab.workspace, sweep, [2], 1)) == 1, "another point"
    assert len(control.repeat(lab.workspace, sweep, [1], 1, force=True)) == 1
    over(lab, sweep)
    assert len(control.repeat(lab.workspace, sweep, [1], 1)) == 1, "those before have ended"
    over(lab, sweep)
