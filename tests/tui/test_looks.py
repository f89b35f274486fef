"""Sittings: what was seen last is known, whatever killed the app."""

from __future__ import annotations

from grpotui.registry.desk import DeskReader
from grpotui.tui.looks import EVERY, SITTING, Looks
from grpotui.workspace import Workspace

EVENING = 1_800_000_000.0
HOUR = 3600.0


class Clock:
    now = EVENING

    def __call__(self) -> float:
        return self.now


def test_the_first_visit_has_nothing_before_it(workspace: Workspace) -> None:
    looks = Looks(workspace, Clock())
    assert looks.since is None
    looks.keep()
    assert DeskReader(workspace).read().looked_at == EVENING


def test_next_morning_the_evening_was_the_last_look(workspace: Workspace) -> None:
    clock = Clock()
    Looks(workspace, clock).keep()
    clock.now += 8 * HOUR
    looks = Looks(workspace, clock)
    assert looks.since == EVENING
    looks.keep()
    # Closed and opened again a minute later: still the same sitting.
    clock.now += 60
    assert Looks(workspace, clock).since == EVENING


def test_an_app_left_open_over_night(workspace: Workspace) -> None:
    clock = Clock()
    looks = Looks(workspace, clock)
    clock.now += 5 * 60
    looks.touch()
    left = clock.now
    clock.now += 8 * HOUR
    assert looks.since == left
    looks.touch()
    assert looks.since == left
    clock.now += SITTING - 1
    looks.touch()
    assert looks.since == left


def test_a_kill_costs_two_minutes_at_most(workspace: Workspace) -> None:
    clock = Clock()
    looks = Looks(workspace, clock)
    for _ in range(600):
        clock.now += 1
        looks.touch()
        looks.keep()
    kept = DeskReader(workspace).read().looked_at
    assert kept is not None
    assert clock.now - kept <= EVERY
    assert len(workspace.log.read_text().splitlines()) <= 600 / EVERY + 1
    looks.keep(at_once=True)
    assert DeskReader(workspace).read().looked_at == clock.now


def test_a_clock_that_was_set_back(workspace: Workspace) -> None:
    clock = Clock()
    Looks(workspace, clock).keep()
    clock.now -= 5 * HOUR
    looks = Looks(workspace, clock)
    assert looks.since == EVENING
    looks.touch()
    looks.keep()
    assert DeskReader(workspace).read().looked_at == clock.now


def test_a_log_that_cannot_be_written_is_no_trouble(workspace: Workspace) -> None:
    workspace.log.mkdir()
    looks = Looks(workspace, Clock())
    looks.keep(at_once=True)
    assert looks.since is None
