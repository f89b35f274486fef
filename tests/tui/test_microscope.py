"""Groups under the microscope: search, kinds of groups, order of texts, watch prompts; by keys."""

from __future__ import annotations

import json

import pytest

from grpotui.errors import UserError
from grpotui.tui import style
from grpotui.tui.app import GrpoTui
from grpotui.tui.run import search
from grpotui.tui.run.group_view import own_spans
from grpotui.tui.screens.search import SearchScreen
from grpotui.tui.widgets.group_detail import marked_text
from grpotui.workspace import Workspace
from tests.tui.factory import RunMaker, open_run, press, sample
from tests.tui.runs_factory import screen_text, until

WIDE, NARROW = (120, 35), (80, 24)


def watched(workspace: Workspace) -> RunMaker:
    maker = RunMaker(workspace).start()
    for step in range(1, 11):
        flat = step == 4
        made = [sample(f"the dog {step}", 0.5, tokens=step), sample("a cat", 0.5 if flat else 0.1)]
        maker.group(0, made, prompt="one")
        extremes = (
            [sample("low", 0.0), sample("high", 1.0)] if step == 7 else [sample("so", 0.4), sample("so", 0.6)]
        )
        maker.group(1, extremes, prompt="two")
        if step % 5 == 0:
            maker.group(0, [sample(f"watched {step}", 0.9)] * 4, prompt="a watch prompt", mode="watch")
        maker.log_step(reward=0.5)
    maker.end()
    return maker


def test_what_is_typed_is_read() -> None:
    wanted = search.read("happy dog reward<0.5 step>=10 step<20 mode:watch task:sums /d.g/")
    assert (wanted.text, wanted.first, wanted.last) == ("happy dog", 10, 19)
    assert (wanted.mode, wanted.task) == ("watch", "sums")
    assert wanted.pattern is not None
    assert wanted.pattern.pattern == "d.g"
    assert wanted.reward is not None
    assert wanted.reward.sign == "<"
    assert search.read("step=7").first == search.read("step=7").last == 7


@pytest.mark.parametrize("typed", ["", "   ", "/(/", "reward<x", "step>=-1", "step=1.5", "mode:never"])
def test_what_makes_no_sense_is_said(typed: str) -> None:
    with pytest.raises(UserError):
        search.read(typed)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_search_lists_and_goes_there(workspace: Workspace, size: tuple[int, int]) -> None:
    watched(workspace)
    async with GrpoTui(workspace).run_test(size=size, notifications=True) as pilot:
        screen = await open_run(pilot)
        await pilot.press("slash", *"dog reward>0.2 step<9", "enter")
        await until(pilot, lambda: "8 found" in screen_text(pilot))
        assert isinstance(pilot.app.screen, SearchScreen)
        await pilot.press("y")
        await until(pilot, (workspace.logs / "copied.txt").exists)
        await until(pilot, lambda: "}\n\n" in (workspace.logs / "copied.txt").read_text())
        lines = (workspace.logs / "copied.txt").read_text().splitlines()[1:9]
        assert [json.loads(line)["step"] for line in lines] == list(range(1, 9))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: screen.is_current)
        await press(pilot, screen)
        assert screen.place.step == 3
        current = screen.place.detail().current
        assert current is not None
        assert current.text == "the dog 3"
        await pilot.press("slash", *"reward<x", "enter")
        await until(pilot, lambda: "write such as <0.1" in screen_text(pilot))
        assert screen.is_current


async def test_f_goes_to_the_kind_that_i_chose(workspace: Workspace) -> None:
    watched(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        screen = await open_run(pilot)
        for key, at in (("f", (4, 0)), ("m", (7, 1)), ("w", (10, 0))):
            await pilot.press("i", key)
            await until(pilot, lambda at=at: (screen.place.step, screen.place.group) == at)
        await pilot.press("i", "t")
        await until(pilot, lambda: "No group is truncated" in screen_text(pilot))


async def test_texts_are_sorted_by_another_measure(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    made = [
        sample("often", 0.2, tokens=9),
        sample("often", 0.2, tokens=9),
        sample("best", 1.0),
        sample("long", 0.5),
    ]
    made[3]["tokens"] = 99
    maker.group(0, made)
    maker.log_step(reward=0.5)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        first = []
        for _ in range(5):
            fold = screen.place.detail().current
            first.append(fold.text if fold else "")
            await press(pilot, screen, "t")
        assert first == ["often", "best", "often", "best", "long"]


async def test_watch_prompts_have_a_view_of_their_own(workspace: Workspace) -> None:
    watched(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "w")
        await until(
            pilot, lambda: "watch prompts" in screen_text(pilot) and "watched 10" in screen_text(pilot)
        )
        await until(pilot, lambda: "2 times" in screen_text(pilot))
        await press(pilot, screen, *["left_square_bracket"] * 3)
        await until(pilot, lambda: "watched 5" in screen_text(pilot))
        await press(pilot, screen, "w")
        await until(pilot, lambda: "the dog 7" in screen_text(pilot))


def test_words_that_the_commonest_text_has_not_stand_out() -> None:
    common, text = "the dog was happy and sat", "the cat was so happy and\nsat down"
    own = [text[first:last] for first, last in own_spans(text, common)]
    assert own == ["cat", "so", "down"]
    lines = marked_text(text, frozenset(), style.palette(True), common)
    assert [line.plain for line in lines] == text.split("\n")
    strong = [
        line.plain[span.start : span.end]
        for line in lines
        for span in line.spans
        if span.style == style.palette(True).strong
    ]
    assert strong == own
    assert own_spans("same text", "same text") == []


async def test_each_of_several_rewards_has_a_column_and_an_order(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    made = [
        sample("right but long", 0.6, rewards={"exact": 1.0, "short": 0.1}, parsed="14", tokens=9),
        sample("wrong and short", 0.5, rewards={"exact": 0.0, "short": 1.0}, parsed="\x1b[31m3", tokens=2),
    ]
    maker.group(0, made, answer="14")
    maker.log_step(reward=0.55)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "5")
        head = next(line for line in screen_text(pilot).splitlines() if "adv" in line)
        assert head.split() == ["n", "reward", "adv", "tok", "exact", "short", "parsed", "text"]
        row = next(line for line in screen_text(pilot).splitlines() if "right but long" in line)
        assert row.split()[-7:] == ["9", "1.00", "0.10", "14", "right", "but", "long"]
        orders = []
        for _ in range(8):
            await press(pilot, screen, "t")
            fold = screen.place.detail().current
            orders.append((screen.place.order, fold.text if fold else ""))
        assert orders[5:7] == [("exact", "right but long"), ("short", "wrong and short")]
        assert orders[7][0] == "count"


async def test_marked_hits_are_saved_as_lines_of_json(workspace: Workspace) -> None:
    watched(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        await open_run(pilot)
        await pilot.press("slash", *"the dog", "enter")
        await until(pilot, lambda: "10 found" in screen_text(pilot))
        await pilot.press("space", "down", "space", "up", "up", "space", "space", "s")
        await until(pilot, lambda: "2 completions saved in" in screen_text(pilot))
        (first,) = workspace.logs.glob("completions-*.jsonl")
        assert [json.loads(line)["text"] for line in first.read_text().splitlines()] == [
            "the dog 1",
            "the dog 2",
        ]
        assert first.stat().st_mode & 0o777 == 0o600
        await pilot.press("home", "space", "space", "s")
        await until(pilot, lambda: "10 completions saved in" in screen_text(pilot))
        assert len(list(workspace.logs.glob("completions-*.jsonl"))) == 2
        assert len(list(workspace.runs())) == 1


async def test_more_hits_than_are_listed_is_said(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(workspace)
    monkeypatch.setattr("grpotui.tui.screens.search.MOST", 10)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await open_run(pilot)
        await pilot.press("slash", *"the dog", "enter")
        await until(pilot, lambda: "10 found" in screen_text(pilot))
        await pilot.press("q", "slash", *"reward>=0", "enter")
        await until(pilot, lambda: "the first 10: there are more" in screen_text(pilot))
