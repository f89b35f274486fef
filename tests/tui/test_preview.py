"""The first examples in Launch, for every task."""

from __future__ import annotations

import json

import pytest

from grpotui.presets import load
from grpotui.presets.rows import field_rows
from grpotui.tasks import task_names
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.preview import preview
from grpotui.workspace import Workspace

MIXED = "[task.parts.arithmetic]\nweight = 2\noperands = [0, 5]\n[task.parts.words]\nname = 'counting'\n"
EXTRA = {"mixed": MIXED, "dataset": "path = 'data.jsonl'\n"}


def draft(workspace: Workspace, name: str, more: str = "") -> Draft:
    task = f'[task]\nname = "{name}"\n{more}{EXTRA.get(name, "")}'
    text = f'model = "tiny"\n{task}[[rewards]]\nname = "happy_binary"\n'
    (workspace.presets / "p.toml").write_text(text)
    rows = ({"prompt": f"row {i}", "answer": i} for i in range(8))
    (workspace.root / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return Draft(load("p", workspace))


@pytest.mark.parametrize("name", task_names())
def test_every_task_shows_its_first_examples(workspace: Workspace, name: str) -> None:
    made = draft(workspace, name, "n = 8\nheld_out = 4\n")
    head, *examples = preview(made)
    assert head == f"{name}: 8 prompts, 4 held out; the first ones"
    assert len(examples) == 3
    if name == "mixed":
        assert [line.split(": ")[0] for line in examples] == ["arithmetic", "words", "arithmetic"]
    if name == "dataset":
        assert all(line.startswith("row ") for line in examples)


def test_duplicates_are_counted(workspace: Workspace) -> None:
    head, *_ = preview(draft(workspace, "binary", "n = 100\nallow_duplicates = true\n"))
    assert head == "binary: 100 prompts, 84 of them repeated; the first ones"


def test_data_that_only_the_trainer_reads_is_said(workspace: Workspace) -> None:
    made = draft(workspace, "dataset").set("task.path", "org/name")
    assert preview(made) == (
        "dataset: all prompts",
        "it is read by the trainer only: grpotui check --exact shows it",
    )


def test_a_changed_file_is_shown_anew_and_a_lost_one_not_at_all(workspace: Workspace) -> None:
    made = draft(workspace, "dataset")
    assert preview(made)[0] == "dataset: all prompts; the first ones"
    (workspace.root / "data.jsonl").write_text('{"prompt": "new"}')
    assert preview(made)[1:] == ("new",)
    (workspace.root / "data.jsonl").unlink()
    assert preview(made) == ()
    assert any("no such file: data.jsonl" in problem for problem in made.problems())


def test_parts_of_a_mixed_task_are_fields(workspace: Workspace) -> None:
    made = draft(workspace, "mixed", "n = 12\n")
    rows = {row.path: row for row in field_rows(made.preset)}
    assert rows["task.parts.arithmetic.weight"].value == 2
    assert rows["task.parts.arithmetic.operands"].value == [0, 5]
    assert rows["task.parts.words.numbers"].value == [1, 10]
    assert not {"task.parts.words.n", "task.parts.words.seed"} & rows.keys()
    assert "mixed" in rows["task.name"].help and "partial_credit" in rows["rewards.0.name"].help
    edited = made.set("task.parts.arithmetic.operands", "[7, 9]")
    assert edited.problems() == []
    assert "7" in preview(edited)[1] or "8" in preview(edited)[1] or "9" in preview(edited)[1]
