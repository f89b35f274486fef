"""The verdict in full, by keys."""

from __future__ import annotations

import pytest

from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.verdict import VerdictScreen
from grpotui.workspace import Workspace
from tests.tui.factory import RunMaker, open_run
from tests.tui.runs_factory import screen_text, until

WIDE, NARROW = (120, 35), (80, 24)


def collapsing(workspace: Workspace) -> RunMaker:
    maker = RunMaker(workspace).start().steps(80, collapse_at=60)
    maker.flag(65, "bad", "collapsed: one template")
    event = {"step": 65, "from": "healthy", "to": "collapsed", "cause": "template", "since": 60}
    quote = {"prompt": "once", "text": "the dog was happy, and the cat was sad", "reward": 1.0}
    told = {"message": "all is one template", "next": ["grpo.beta=0.1"], "quotes": [quote]}
    maker.event("verdict", **event, **told)
    return maker


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_everything_about_a_verdict_can_be_read(workspace: Workspace, size: tuple[int, int]) -> None:
    collapsing(workspace)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        screen = await open_run(pilot)
        assert screen.place.step == 65, "a live run in trouble opens at its onset"
        await pilot.press("V")
        await until(pilot, lambda: isinstance(pilot.app.screen, VerdictScreen))
        await until(pilot, lambda: "all is one template" in screen_text(pilot))
        text = " ".join(screen_text(pilot).split())
        assert "next: --set grpo.beta=0.1" in text
        assert '"the dog was happy, and the cat was sad" after "once": reward 1.0' in text
        assert "now reward 1.00, Jaccard 0." in text
        assert "like sweep#" in text
        await pilot.press("q")
        await until(pilot, lambda: screen.is_current)


async def test_help_begins_with_the_screen_that_asked(workspace: Workspace) -> None:
    collapsing(workspace)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        await open_run(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: "One logged step back" in screen_text(pilot))
