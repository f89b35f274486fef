"""Lists of values that make several runs, drafts that wait, and the first examples."""

from __future__ import annotations

import pytest

from grpotui.errors import UserError
from grpotui.launch import control, submit
from grpotui.presets import load
from grpotui.records import Status
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.stream import read_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.fields import fields
from grpotui.tui.launch.preview import preview
from grpotui.tui.launch.variants import split_list
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.tui.screens.runs import RunsScreen
from grpotui.workspace import Workspace
from tests.support import Cli
from tests.tui.runs_factory import PRESET, ready, screen_text, until


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
