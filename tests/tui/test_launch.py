"""The Launch screen, driven by keys; the queue is real, the device is taken, so nothing trains."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from grpotui.errors import UserError
from grpotui.presets import Preset, load, validate
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.stream import read_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.launch.clones import clone_of
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.fields import fields, typed
from grpotui.tui.launch.view import Origin, find_fields
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.widgets.field_editor import FieldEditor, field_line
from grpotui.workspace import Workspace
from tests.tui.runs_factory import PRESET, RunFiles, ready, screen_text, until, write


@pytest.fixture
def presets(workspace: Workspace) -> Workspace:
    (workspace.presets / "arith.toml").write_text(PRESET)
    (workspace.presets / "broken.toml").write_text('summary = "no end\n')
    return workspace


@pytest.fixture
def draft(presets: Workspace) -> Draft:
    return Draft(load("arith", presets))


# What is edited


def test_fields_begin_with_what_belongs_to_the_run(draft: Draft) -> None:
    views = fields(draft)
    assert [view.path for view in views[:6]] == ["name", "seed", "seeds", "device", "tags", "model"]
    values = {view.path: view.text for view in views}
    assert (values["seed"], values["device"], values["tags"]) == ("7", "cpu", "toy")
    assert not {"grpo.seed", "launch.device", "launch.tags"} & set(values)
    assert len({view.path for view in views}) == len(views)
    assert len(fields(draft, everything=True)) > len(views) + 50


def test_an_edit_is_an_override_that_launch_understands(draft: Draft) -> None:
    edited = draft.set("grpo.beta", "0.04").set("seed", "11").set("tags", "a, b c").set("name", "My run")
    assert edited.overrides == ["grpo.beta=0.04", "grpo.seed=11", 'launch.tags=["a", "b", "c"]']
    assert edited.name == "My run"
    validate(edited.edited)
    views = {view.path: view for view in fields(edited)}
    assert views["grpo.beta"].origin is Origin.EDITED
    assert (views["grpo.beta"].text, views["grpo.beta"].was) == ("0.04", "0.1")
    assert views["tags"].text == "a b c"
    assert "was 0.1" in field_line(views["grpo.beta"], 80, dark=True).plain


def test_the_old_value_is_no_edit(draft: Draft) -> None:
    edited = draft.set("grpo.beta", "0.04")
    assert edited.set("grpo.beta", "0.1") == draft
    assert edited.set("grpo.beta", "") == draft
    assert edited.reset("grpo.beta") == draft
    assert draft.set("name", "x").reset("name") == draft


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("grpo.beta", "abc", "number"),
        ("grpo.num_generations", "2.5", "whole number"),
        ("grpo.temperature", "0", "more than 0"),
        ("grpo.loss_type", "grop", "grop"),
        ("seed", "-1", "at least 0"),
        ("device", "gpu", "cuda"),
        ("task.name", "arithmetics", "arithmetic"),
        ("health.patience", "0", "at least 1"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(draft: Draft, path: str, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        draft.set(path, text)


def test_fields_that_must_agree_may_disagree_for_a_while(draft: Draft) -> None:
    between = draft.set("grpo.num_generations", "12")
    assert any("divisible" in problem for problem in between.problems())
    after = between.set("grpo.per_device_train_batch_size", "24")
    assert after.problems() == []


def test_find_wants_every_word(draft: Draft) -> None:
    found = find_fields(fields(draft, everything=True), "batch DEVICE train")
    assert [view.path for view in found] == ["grpo.per_device_train_batch_size"]


def test_typed_text_holds_nothing_that_a_terminal_acts_on() -> None:
    assert typed("plain") == "plain"
    assert typed("a\x1b[31m") == '"a\\u001b[31m"'
    assert typed("a\u202eb") == '"a\\u202eb"'
    assert typed([1, 2.5]) == "[1, 2.5]"
    assert typed(None) == ""


def test_a_clone_has_the_overrides_of_its_run(presets: Workspace) -> None:
    write(presets, RunFiles("old-aaaa", overrides=["grpo.beta=0.3"], tags=["x"]))
    draft = clone_of(presets, "old-aaaa")
    assert draft.edits["grpo.beta"] == "0.3"
    assert draft.edits["launch.tags"] == '["x"]'
    assert draft.origin == "old-aaaa"
    assert draft.problems() == []


def test_a_clone_of_a_lost_preset_takes_the_config(workspace: Workspace) -> None:
    write(workspace, RunFiles("old-aaaa", preset="gone", max_steps=33))
    draft = clone_of(workspace, "old-aaaa")
    assert isinstance(draft.preset, Preset)
    assert {view.path: view.text for view in fields(draft)}["grpo.max_steps"] == "33"
    with pytest.raises(UserError, match=r"run\.json"):
        clone_of(workspace, "never-was")


def test_a_clone_of_a_preset_that_was_edited_since_takes_the_config(presets: Workspace) -> None:
    write(presets, RunFiles("old-aaaa", overrides=["grpo.beta=0.3"]))
    file = presets.presets / "arith.toml"
    file.write_text(file.read_text().replace("max_steps = 4", "max_steps = 400"))
    shown = {view.path: view.text for view in fields(clone_of(presets, "old-aaaa"))}
    assert shown["grpo.max_steps"] == "4"
    assert shown["grpo.beta"] == "0.3"


# The screen


async def open_launch(pilot: Pilot[None]) -> LaunchScreen:
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, RunsScreen))
    await pilot.press("n")
    await until(pilot, lambda: isinstance(app.screen, LaunchScreen) and bool(app.screen.preset))
    assert isinstance(app.screen, LaunchScreen)
    return app.screen


async def choose(pilot: Pilot[None], name: str) -> None:
    """Put the cursor on a preset, then go to its fields."""
    screen = pilot.app.screen
    assert isinstance(screen, LaunchScreen)
    place = [preset.name for preset in screen.drafts.listed()].index(name)
    await pilot.press("home", *["down"] * place, "enter")
    await until(pilot, lambda: screen.focused is screen.editor.table)


async def find(pilot: Pilot[None], word: str) -> None:
    await pilot.press("slash", *word, "enter")


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (40, 10)])
async def test_presets_and_fields(presets: Workspace, size: tuple[int, int]) -> None:
    async with GrpoTui(presets).run_test(size=size) as pilot:
        await open_launch(pilot)
        await until(pilot, lambda: "▲ broken" in screen_text(pilot))
        await choose(pilot, "arith")
        text = screen_text(pilot)
        assert "seed" in text
        assert "Toy learns" in text
        assert "✓ can be launched" in text


async def test_a_preset_that_cannot_be_read_says_why(presets: Workspace) -> None:
    async with GrpoTui(presets).run_test(size=(120, 35)) as pilot:
        await open_launch(pilot)
        await pilot.press("home", "down")
        await until(pilot, lambda: "cannot be launched" in screen_text(pilot))
        assert "broken.toml" in screen_text(pilot)
        await pilot.press("L")
        assert isinstance(pilot.app.screen, LaunchScreen)


@pytest.mark.parametrize("size", [(120, 35), (80, 24)])
async def test_edit_reject_reset(presets: Workspace, size: tuple[int, int]) -> None:
    async with GrpoTui(presets).run_test(size=size) as pilot:
        screen = await open_launch(pilot)
        await choose(pilot, "arith")
        await find(pilot, "grpo.beta")
        assert "KL coefficient" in screen_text(pilot)
        await pilot.press("enter", *["backspace"] * 3, *"abc", "enter")
        await until(pilot, lambda: "✖ expected a number" in screen_text(pilot))
        assert screen.draft and screen.draft.edits == {}
        await pilot.press("escape")
        assert screen.query_one(FieldEditor).selected
        await until(pilot, lambda: "✓ can be launched" in screen_text(pilot))
        await pilot.press("enter", *["backspace"] * 3, *"0.5", "enter")
        assert screen.draft.edits == {"grpo.beta": "0.5"}
        await until(pilot, lambda: "1 field changed" in screen_text(pilot))
        assert "* arith" in screen_text(pilot)
        await pilot.press("u")
        assert screen.draft.edits == {}


async def test_drafts_are_kept_while_one_looks_at_others(presets: Workspace) -> None:
    async with GrpoTui(presets).run_test(size=(120, 35)) as pilot:
        screen = await open_launch(pilot)
        await choose(pilot, "arith")
        await find(pilot, "grpo.beta")
        await pilot.press("enter", "backspace", "9", "enter", "escape", "tab", "down", "up")
        assert screen.draft and screen.draft.edits == {"grpo.beta": "0.9"}


async def test_edits_are_not_lost_by_one_key(presets: Workspace) -> None:
    app = GrpoTui(presets)
    async with app.run_test(size=(120, 35), notifications=True) as pilot:
        screen = await open_launch(pilot)
        await choose(pilot, "arith")
        await pilot.press("enter", *"mine", "enter")
        await pilot.press("escape")
        await until(pilot, lambda: "What you changed" in screen_text(pilot))
        assert app.screen is screen and screen.draft and screen.draft.name == "mine"
        await pilot.press("escape")
        assert isinstance(app.screen, RunsScreen)


async def test_a_broken_combination_is_not_launched(presets: Workspace) -> None:
    async with GrpoTui(presets).run_test(size=(120, 35)) as pilot:
        screen = await open_launch(pilot)
        await choose(pilot, "arith")
        await find(pilot, "num_gen")
        await pilot.press("enter", "backspace", *"12", "enter")
        await until(pilot, lambda: "▲ grpo.num_generations" in screen_text(pilot))
        await pilot.press("L")
        assert pilot.app.screen is screen
        assert list(presets.runs()) == []


@pytest.mark.usefixtures("taken_cpu")
async def test_launch_queues_the_edited_run_and_opens_it(presets: Workspace) -> None:
    app = GrpoTui(presets)
    async with app.run_test(size=(120, 35)) as pilot:
        await open_launch(pilot)
        await choose(pilot, "arith")
        await pilot.press("enter", *"My", "space", *"[b]run", "enter")
        await find(pilot, "grpo.beta")
        await pilot.press("enter", "backspace", "3", "enter", "L", "L")
        await until(pilot, lambda: not isinstance(app.screen, (LaunchScreen, RunsScreen)))
        runs = list(presets.runs())
        assert len(runs) == 1
        asked = read_json(runs[0].run_json)
        assert asked is not None
        assert asked["name"] == "My [b]run"
        assert asked["config"]["grpo"]["beta"] == 0.3
        assert asked["overrides"] == ["grpo.beta=0.3"]
        await pilot.press("q")
        await ready(pilot, 1)
        await until(pilot, lambda: "○ queued  My [b]run  waits: CPU busy" in screen_text(pilot))
        assert "someone-else" in screen_text(pilot)


@pytest.mark.usefixtures("taken_cpu")
async def test_clone_and_edit_from_runs(presets: Workspace) -> None:
    write(presets, RunFiles("old-aaaa", overrides=["grpo.beta=0.3"], age=100))
    connection = connect(presets)
    sync(connection, presets)
    assert Registry(connection, presets).run("old-aaaa")
    connection.close()
    app = GrpoTui(presets)
    async with app.run_test(size=(120, 37)) as pilot:
        await ready(pilot, 1)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen))
        await until(pilot, lambda: "clone of old-aaaa" in screen_text(pilot))
        assert "was 0.1" in screen_text(pilot)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
