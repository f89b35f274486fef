"""Contract, policy, rescue and bell, in the real app."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.launch.journal import events
from grpotui.launch.policy import read_policy
from grpotui.stream import read_json, write_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.policy import PolicyDialog, turned
from grpotui.tui.screens.prompt import Confirm, Prompt
from grpotui.tui.widgets.contract_line import contract_text
from grpotui.workspace import Workspace
from tests.tui.factory import collapsed, live, open_run, press
from tests.tui.runs_factory import screen_lines, screen_text, until

WIDE, NARROW, LOW = (160, 35), (80, 24), (80, 16)
MARKS: list[dict[str, Any]] = [
    {
        "name": "primary",
        "text": "mean(reward, last=500) >= 0.9",
        "state": "too early",
        "values": {"mean(reward, last=500)": None},
        "why": "60 of 500 values of reward",
    },
    {"name": "secondary", "text": "jaccard < 0.2", "state": "fails", "values": {"jaccard": 0.71}},
    {"name": "forecast", "text": "kl", "range": [0, 0.5], "state": "inside", "values": {"kl": 0.1}},
    {"name": "kill", "text": "step > 900", "state": "not fired", "values": {}},
]


def state(outcome: str | None = None) -> dict[str, Any]:
    return {"step": 60, "hypothesis": "", "outcome": outcome, "marks": MARKS}


async def test_the_contract_stands_under_the_verdict(workspace: Workspace) -> None:
    maker = live(workspace)
    write_json(maker.run.contract_json, state())
    maker.event("policy", on_collapsed="stop", grace=5)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await until(pilot, lambda: "Contract:" in screen_text(pilot))
        (line,) = [line for line in screen_lines(pilot) if "Contract:" in line]
        assert "1st … too early (60 of 500 values of reward)  2nd ✗ 0.71  forecast ✓ 0.1" in line
        assert "p stop when collapsed for 5 steps" in line
        MARKS[1]["state"] = "holds"
        write_json(maker.run.contract_json, state())
        await until(pilot, lambda: "2nd ✓ 0.71" in screen_text(pilot))
        MARKS[1]["state"] = "fails"
        await pilot.resize_terminal(*LOW)
        await press(pilot, screen)
        assert "Contract:" not in screen_text(pilot)


@pytest.mark.parametrize("width", [60, 80, 100, 170, 300])
def test_a_contract_fits_its_line(width: int) -> None:
    text = contract_text(state("met"), {"on_solved": "stop", "grace": 20}, width, True)
    assert text is not None and text.cell_len <= width
    assert text.plain.startswith(" Contract met:  1st ")
    assert ("p stop when solved for 20 steps" in text.plain) is (width >= 170)
    assert ("mean(reward, last=500) >= 0.9 …" in text.plain) is (width == 300)


def test_without_contract_and_policy_there_is_no_line() -> None:
    assert contract_text({}, {"on_collapsed": "flag"}, 80, True) is None
    hostile = {"marks": [5, {"name": "\x1b[31m", "values": 7, "state": None, "range": "x"}], "outcome": [1]}
    text = contract_text(hostile, {}, 80, True)
    assert text is not None and "\x1b" not in text.plain


async def test_a_running_run_gets_another_policy(workspace: Workspace) -> None:
    maker = live(workspace)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PolicyDialog))
        await pilot.press("right", "right", "down", "down", "down", "left", "left", "e")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press(*"step>9", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PolicyDialog))
        assert "checkpoint-and-stop" in screen_text(pilot) and "step>9" in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: any(e["type"] == "policy" for e in events(maker.run)))
    policy = read_policy(maker.run)
    assert (policy.on_collapsed, policy.on_no_signal, policy.grace) == ("checkpoint-and-stop", "flag", 5)
    assert policy.kill == "step>9"


async def test_a_policy_that_makes_no_sense_is_said_in_one_line(workspace: Workspace) -> None:
    maker = live(workspace)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PolicyDialog))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press(*"rewrad>1", "enter")
        await until(pilot, lambda: "nearest: reward" in " ".join(screen_text(pilot).split()))
        assert isinstance(pilot.app.screen, PolicyDialog)
        assert "kill criterion none" in " ".join(screen_text(pilot).split())
        await pilot.press("enter")
    assert not [event for event in events(maker.run) if event["type"] == "policy"]


def test_choices_stop_at_their_ends() -> None:
    assert turned("on_solved", "flag", -1) == "flag"
    assert turned("on_solved", "checkpoint-and-stop", 1) == "checkpoint-and-stop"
    assert [turned("grace", steps, by) for steps, by in ((20, 1), (20, -1), (33, 1), (33, -1), (0, -1))] == [
        50,
        10,
        50,
        20,
        0,
    ]
    assert turned("grace", 10**6, 1) == 10**6


async def test_a_rescue_shows_what_changes_and_launches(workspace: Workspace, taken_cpu: None) -> None:
    maker = collapsed(workspace)
    asked = read_json(maker.run.run_json) or {}
    asked["config"]["rewards"] = [{"name": "sentence_length_10"}]
    write_json(maker.run.run_json, asked)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "R")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        text = screen_text(pilot)
        assert "which is collapsed (template)?" in text
        assert "begins anew" in text and "grpo.beta: default → 0.1" in text
        await pilot.press("n")
        await press(pilot, screen, "R")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: len(list(workspace.runs())) == 2 or "cannot" in screen_text(pilot))
    (child,) = [run for run in workspace.runs() if run.id != maker.run.id]
    asked = read_json(child.run_json) or {}
    assert asked["parent"]["run"] == maker.run.id and asked["config"]["grpo"]["beta"] == 0.1


async def test_the_bell_rings_once_for_a_change(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(GrpoTui, "bell", lambda self: rung.append(1))
    maker = live(workspace)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        app = pilot.app
        assert isinstance(app, GrpoTui)

        async def looked() -> None:
            await until(pilot, lambda: not app.clock.busy)
            app.clock.tick(at_once=True)
            await until(pilot, lambda: not app.clock.busy)

        await looked()
        assert app.clock.heard is not None
        assert rung == []
        maker.verdict(61, "collapsed", "one template", "template")
        await looked()
        await until(pilot, lambda: rung == [1])
        await looked()
        assert rung == [1]
