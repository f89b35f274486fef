"""Lists of values that make several runs, drafts that wait, and the first examples."""

from __future__ import annotations

import pytest

from grpotui.errors import UserError
from grpotui.launch import control, submit
from grpotui.presets import load
from grpotui.records import Status
from grpotui.records.sweeps import Place, Role
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.settings import Settings
from grpotui.stream import read_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.fields import fields
from grpotui.tui.launch.preview import preview
from grpotui.tui.launch.submit import launch
from grpotui.tui.launch.variants import split_list
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.screens.sweep import SweepScreen
from grpotui.workspace import Workspace
from tests.support import Cli
from tests.tui.runs_factory import PRESET, RunFiles, ready, screen_text, until, write


@pytest.fixture
def draft(workspace: Workspace) -> Draft:
    (workspace.presets / "arith.toml").write_text(PRESET)
    return Draft(load("arith", workspace))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.1, 0.2,0.1", ["0.1", "0.2"]),
        ("[1, 2], [3, 4]", ["[1, 2]", "[3, 4]"]),
        ('"a,b", c', ['"a,b"', "c"]),
        (" , ", []),
        ("0.1", ["0.1"]),
        ("a]b, (c", ["a]b, (c"]),
        ("0, 0.1..0.3 x3", ["0", "0.1", "0.2", "0.3"]),
        ("1e-6..1e-4 x3 log", ["1e-06", "1e-05", "0.0001"]),
    ],
)
def test_lists_as_they_are_typed(text: str, values: list[str]) -> None:
    assert split_list(text) == values


def test_a_list_makes_a_run_for_each_value(draft: Draft) -> None:
    several = draft.set("grpo.beta", "0.1, 0.2, 0.3").set("grpo.loss_type", "grpo, dapo")
    made = several.variants
    assert [one.edits["grpo.beta"] for one in made] == ["0.1", "0.1", "0.2", "0.2", "0.3", "0.3"]
    assert made[1].name == "arith beta=0.1 loss_type=dapo"
    assert {one.edited.data["grpo"]["seed"] for one in made} == {7}
    assert several.problems() == []
    assert {view.path: view.text for view in fields(several)}["grpo.beta"] == "0.1, 0.2, 0.3"
    assert several.reset("grpo.beta").reset("grpo.loss_type") == draft
    assert several.set("grpo.beta", "0.1").many == {"grpo.loss_type"}
    assert draft.variants == [draft]


def test_a_list_in_the_task_is_one_too(draft: Draft) -> None:
    several = draft.set("task.n", "32, 64")
    assert [one.edited.data["task"]["n"] for one in several.variants] == [32, 64]
    assert draft.set("task.operators", '["+"]').many == frozenset()
    assert draft.set("tags", "a, b").many == frozenset()


def test_seeds_are_repeats_of_every_point(draft: Draft) -> None:
    several = draft.set("grpo.beta", "0.1, 0.2").set("seeds", "3")
    assert several.seed_values == (7, 8, 9)
    assert [one.edits["grpo.seed"] for one in several.variants] == ["7", "8", "9"] * 2
    assert [one.edits["grpo.beta"] for one in several.points] == ["0.1", "0.2"]
    assert several.set("seed", "11").seed_values == (11, 12, 13)
    listed = several.set("seed", "11, 20")
    assert listed.seed_values == (11, 20)
    assert [one.edits["grpo.seed"] for one in listed.points] == ["11", "11"]
    assert several.reset("seeds").reset("grpo.beta") == draft
    assert {view.path: view.text for view in fields(several)}["seeds"] == "3"
    for wrong in ("0", "101", "x", "1.5"):
        with pytest.raises(UserError, match="seeds: expected how many runs of each point, 1 to 100"):
            draft.set("seeds", wrong)


def test_what_no_sweep_can_be_over_is_said_before_it_is_launched(draft: Draft) -> None:
    assert any("no axis" in problem for problem in draft.set("launch.device", "cpu, cuda").problems())
    assert draft.set("grpo.beta", "0.1, 0.2").problems() == []


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("grpo.beta", "0.1, abc", "abc"),
        ("grpo.temperature", "1, 0", "more than 0"),
        ("seed", ", ".join(map(str, range(300))), "300 runs"),
        ("task.name", "arithmetic, arithmetics", "arithmetic"),
    ],
)
def test_one_wrong_value_is_named(draft: Draft, path: str, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        draft.set(path, text)


def test_every_combination_is_checked(draft: Draft) -> None:
    several = draft.set("grpo.num_generations", "8, 12")
    assert any("divisible" in problem for problem in several.problems())


def test_the_first_examples_are_those_of_the_run(draft: Draft) -> None:
    head, *examples = preview(draft)
    assert head == "arithmetic: 64 prompts; the first ones"
    assert len(examples) == 3
    assert all("->" in example for example in examples)
    assert preview(draft.set("task.n", "16"))[1:] == (*examples,)
    assert preview(draft.set("task.operators", '["*"]'))[1:] != (*examples,)
    assert preview(None) == ()


def test_a_draft_waits_until_it_is_launched(cli: Cli, workspace: Workspace, draft: Draft) -> None:
    made = cli("launch", "arith", "--draft", "--json").json["id"]
    assert cli("show", made, "--json").json["status"] == "draft"
    assert not workspace.run(made).process_json.exists()
    assert cli("launch", "arith", "--draft", "--wait").code == 2
    (workspace.root / "elsewhere").mkdir()
    foreign = workspace.run("foreign-2222")
    foreign.path.mkdir()
    foreign.run_json.write_text('{"id": "foreign-2222", "created_at": 1}')
    wrong = cli("resume", "foreign-2222")
    assert "nothing to start" in wrong.err


async def test_lists_and_seeds_are_launched_as_a_sweep(
    workspace: Workspace, draft: Draft, taken_cpu: None
) -> None:
    write(workspace, RunFiles("old-aaaa", steps=4, max_steps=4))
    app = GrpoTui(workspace)
    async with app.run_test(size=(120, 35)) as pilot:
        await ready(pilot, 1)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen) and bool(app.screen.preset))
        screen = app.screen
        assert isinstance(screen, LaunchScreen)
        assert screen.draft is not None
        screen.keep(screen.draft.set("grpo.beta", "0.1, 0.2, 0.3").set("seeds", "2").set("name", "mine"))
        await until(pilot, lambda: "a sweep of 3 points x 2 seeds = 6 runs" in screen_text(pilot))
        await until(pilot, lambda: "about 24s of one device" in screen_text(pilot))  # 4 steps of a second
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen))
        await until(pilot, lambda: "0/3 points" in screen_text(pilot) and "6 waiting" in screen_text(pilot))
    connection = connect(workspace)
    sync(connection, workspace)
    registry = Registry(connection, workspace)
    (sweep,) = registry.sweeps()
    assert sweep.id.startswith("mine-")
    assert sweep.axes == {"grpo.beta": (0.1, 0.2, 0.3)}
    assert sweep.seeds == (7, 8)
    members = registry.members(sweep.id)
    assert sorted((run.point, run.seed) for run in members) == [(p, s) for p in (1, 2, 3) for s in (7, 8)]
    assert registry.place(members[0].id) == Place(sweep.id, 1, {"grpo.beta": 0.1}, Role.POINT)
    connection.close()


async def test_seeds_that_are_listed_are_those_of_the_sweep(
    workspace: Workspace, draft: Draft, taken_cpu: None
) -> None:
    made = launch(workspace, draft.set("seed", "11, 20"), False, Settings(), force=True)
    assert made.run_ids == ()
    connection = connect(workspace)
    sync(connection, workspace)
    assert sorted(run.seed or 0 for run in Registry(connection, workspace).members(made.sweep)) == [11, 20]
    connection.close()


async def test_the_presets_own_sweep_is_a_key_away(workspace: Workspace, taken_cpu: None) -> None:
    grid = '[sweep]\ngrid."grpo.beta" = [0.0, 0.1]\nseeds = 2\n'
    (workspace.presets / "arith.toml").write_text(PRESET + grid)
    app = GrpoTui(workspace)
    async with app.run_test(size=(120, 35), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        await pilot.press("n")
        await until(pilot, lambda: "O: its [sweep], 2 points" in screen_text(pilot))
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen))
        await until(pilot, lambda: "0/2 points" in screen_text(pilot) and "4 waiting" in screen_text(pilot))
        await pilot.press("q", "n", "down")
        await until(pilot, lambda: "demo" in screen_text(pilot) and "O: its" not in screen_text(pilot))
        await pilot.press("O")
        await until(pilot, lambda: "This preset has no [sweep] grid" in screen_text(pilot))


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (50, 12)])
async def test_drafts_by_keys(workspace: Workspace, draft: Draft, size: tuple[int, int]) -> None:
    app = GrpoTui(workspace)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchScreen) and bool(app.screen.preset))
        screen = app.screen
        assert isinstance(screen, LaunchScreen)
        await until(pilot, lambda: "->" in screen_text(pilot) or size[1] < 16)
        assert screen.draft is not None
        screen.keep(screen.draft.set("grpo.beta", "0.1, 0.2").set("name", "mine"))
        await until(pilot, lambda: "2 points" in screen_text(pilot) or size[0] < 80)
        await pilot.press("d")
        table = await ready(pilot, 2)
        assert [row.run.status for row in table.rows] == [Status.DRAFT] * 2
        assert {row.run.name for row in table.rows} == {"mine beta=0.1", "mine beta=0.2"}
        asked = read_json(workspace.run(table.rows[0].run.id).run_json)
        assert asked is not None
        assert asked["seed"] == 7
        control.delete(workspace, table.rows[1].run.id)
        await ready(pilot, 1)


async def test_a_draft_is_launched_with_one_key(workspace: Workspace, draft: Draft, taken_cpu: None) -> None:
    run_id = submit.launch(workspace, draft.request(as_draft=True))
    async with GrpoTui(workspace).run_test(size=(120, 35), notifications=True) as pilot:
        table = await ready(pilot, 1)
        await pilot.press("L")
        await until(pilot, lambda: table.rows[0].run.status is Status.QUEUED)
        await pilot.press("L")
        await until(pilot, lambda: "launches drafts" in screen_text(pilot))
    connection = connect(workspace)
    sync(connection, workspace)
    events = Registry(connection, workspace).events(run_id, ["status"])
    connection.close()
    assert [event["status"] for event in events] == ["draft", "queued"]
