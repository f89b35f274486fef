"""Users' own data: what is read, what is refused, in one line with the row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grpotui.tasks import (
    DeferredError,
    TaskError,
    build_task,
    first_examples,
    prompt_count,
    split_task,
    tables,
    validate_task,
)
from grpotui.tasks.files import with_files

ROWS = [{"question": f"{i} + 1 = ", "gold": i + 1, "level": i % 3} for i in range(20)]
COLUMNS = {"prompt": "question", "answer": "gold", "level": "level"}


def jsonl(folder: Path, *rows: object, name: str = "data.jsonl") -> dict[str, Any]:
    path = folder / name
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return {"name": "dataset", "path": str(path)}


def csv(folder: Path, text: str) -> dict[str, Any]:
    path = folder / "data.csv"
    path.write_text(text)
    return {"name": "dataset", "path": str(path)}


def test_json_lines_with_columns_of_other_names(tmp_path: Path) -> None:
    settings = {**jsonl(tmp_path, *ROWS), "columns": COLUMNS, "held_out": 5, "seed": 3}
    validate_task(settings)
    made = split_task(settings)
    assert (len(made.train), len(made.held_out)) == (15, 5)
    assert {e.prompt for e in made.train}.isdisjoint(e.prompt for e in made.held_out)
    for example in made.train:
        number = int(example.prompt.split()[0])
        assert (example.answer, example.task) == (str(number + 1), "dataset")
        assert example.columns == {"level": number % 3}
    assert split_task(settings) == made
    assert [e.prompt for e in split_task({**settings, "n": 4}).train] == [e.prompt for e in made.train[:4]]
    assert prompt_count(settings) is None
    assert prompt_count({**settings, "n": 4}) == 4


def test_csv(tmp_path: Path) -> None:
    settings = csv(tmp_path, '\ufeffprompt,answer\r\n"a, ""b""\nc",1\r\nd,2\r\n')
    examples = {e.prompt: e.answer for e in build_task(settings)}
    assert examples == {'a, "b"\nc': "1", "d": "2"}


def test_no_answers_are_needed(tmp_path: Path) -> None:
    examples = build_task(jsonl(tmp_path, {"prompt": "a"}, "", {"prompt": "b"}))
    assert {(e.prompt, e.answer) for e in examples} == {("a", None), ("b", None)}


def test_conversations(tmp_path: Path) -> None:
    messages = [{"role": "system", "content": "Short."}, {"role": "user", "content": "1 + 1?"}]
    (example,) = build_task(jsonl(tmp_path, {"prompt": messages, "answer": 2}))
    assert example.messages == messages
    assert example.prompt == "system: Short.\nuser: 1 + 1?"


def test_rows_that_come_again_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    settings = jsonl(tmp_path, *ROWS, *ROWS)
    settings["columns"] = COLUMNS
    assert len(build_task(settings)) == 20
    with pytest.raises(
        TaskError, match=r"n \+ held_out is 30, but only 20 different prompts were found: n can be 20"
    ):
        build_task({**settings, "n": 30})
    assert len(build_task({**settings, "n": 30, "allow_duplicates": True})) == 30


def test_held_out_rows_from_another_file(tmp_path: Path) -> None:
    other = jsonl(
        tmp_path, *({"question": f"{i} + 1 = ", "gold": i} for i in range(15, 25)), name="test.jsonl"
    )
    settings = {**jsonl(tmp_path, *ROWS), "columns": {"prompt": "question"}, "held_out_split": other["path"]}
    made = split_task(settings)
    assert len(made.held_out) == 10
    assert {e.prompt for e in made.train} == {f"{i} + 1 = " for i in range(15)}
    assert len(split_task({**settings, "held_out": 3}).held_out) == 3
    with pytest.raises(TaskError, match=r"task\.held_out: 11 asked for, but there are only 10"):
        validate_task({**settings, "held_out": 11})


def test_answers_are_text_as_json_writes_them(tmp_path: Path) -> None:
    values = ["x", 3, -2.5, True, 10**30]
    rows = ({"prompt": str(i), "answer": value} for i, value in enumerate(values))
    examples = sorted(build_task(jsonl(tmp_path, *rows)), key=lambda e: e.prompt)
    assert [e.answer for e in examples] == ["x", "3", "-2.5", "true", f"{10**30}"]


def test_halves_of_characters_reach_no_tokenizer(tmp_path: Path) -> None:
    (example,) = build_task(jsonl(tmp_path, '{"prompt": "a\\ud800b", "answer": "\\udfff"}'))
    assert (example.prompt, example.answer) == ("a?b", "?")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], ["data.jsonl has no rows"]),
        (['{"prompt": "a"}', "{"], ["line 2 of data.jsonl", "no JSON"]),
        (['["a"]'], ["line 1", "expected an object"]),
        (["[" * 100_000], ["line 1", "no JSON"]),
        (['{"question": "a"}'], ["task.columns: row 1", 'no "prompt"', "it has: question"]),
        (['{"prompt": null}'], ["row 1", 'no "prompt"']),
        (['{"prompt": " "}'], ["row 1", "the prompt is empty"]),
        (['{"prompt": 3}'], ["row 1", "neither text nor a list of messages"]),
        (['{"prompt": [{"role": "user"}]}'], ["row 1", "a message needs a role"]),
        (['{"prompt": [{"role": "me", "content": "x"}]}'], ["row 1", "a message needs a role"]),
        (['{"prompt": "a", "answer": [1]}'], ["row 1", '"answer" holds no text or number']),
        (['{"prompt": "a", "answer": "1"}', '{"prompt": "b", "answer": null}'], ["row 2", 'no "answer"']),
        (['{"prompt": "a"}', '{"prompt": [{"role": "user", "content": "x"}]}'], ["text and some that are"]),
        ([b'{"prompt": "\xff"}'.decode("latin-1")], []),
    ],
)
def test_a_bad_row_is_one_line_with_its_number(tmp_path: Path, rows: list[str], words: list[str]) -> None:
    settings = jsonl(tmp_path, *rows)
    if not words:
        (tmp_path / "data.jsonl").write_bytes(b'{"prompt": "\xff"}')
        words = ["cannot read data.jsonl", "not UTF-8"]
    with pytest.raises(TaskError) as caught:
        validate_task(settings)
    for word in words:
        assert word in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["no rows"]),
        ("prompt,answer\n", ["no rows"]),
        ("prompt,answer\na,1\nb\n", ["line 3", "1 cells", "header has 2"]),
        ("prompt,prompt\na,b\n", ["line 1", "same name"]),
        ('prompt\n"a', ["line 2", "end of data"]),
        ("question\na\n", ['row 2 of data.csv has no "prompt"', "question"]),
        ("prompt\na\x00b\n", []),
    ],
)
def test_a_bad_csv(tmp_path: Path, text: str, words: list[str]) -> None:
    settings = csv(tmp_path, text)
    if not words:
        assert len(build_task(settings)) == 1
        return
    with pytest.raises(TaskError) as caught:
        validate_task(settings)
    for word in words:
        assert word in str(caught.value)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    settings = jsonl(tmp_path, {"prompt": "a"})
    assert len(build_task(settings)) == 1
    jsonl(tmp_path, {"prompt": "a"}, {"prompt": "b"})
    assert len(build_task(settings)) == 2


def test_large_files_and_other_formats_are_left_to_the_trainer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = jsonl(tmp_path, *({"prompt": str(i)} for i in range(50)), "{")
    monkeypatch.setattr(tables, "QUICK_BYTES", 100)
    validate_task(settings)
    assert len(first_examples(settings, 3)) == 3
    with pytest.raises(TaskError, match="line 51"):
        build_task(settings)
    for path in ("org/name", str(tmp_path), "x.parquet"):
        validate_task({"name": "dataset", "path": path})
        with pytest.raises(DeferredError, match="grpotui check --exact"):
            first_examples({"name": "dataset", "path": path}, 3)


def test_files_are_looked_for_in_each_folder(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    jsonl(two, {"prompt": "a"})
    task = {"name": "dataset", "path": "data.jsonl"}
    assert with_files(task, [one, two])["path"] == str(two / "data.jsonl")
    assert with_files({"name": "dataset", "path": "org/name"}, [one])["path"] == "org/name"
    part = {"name": "mixed", "parts": {"dataset": {"path": "data.jsonl"}, "arithmetic": 1}}
    assert with_files(part, [two])["parts"]["dataset"]["path"] == str(two / "data.jsonl")
    assert with_files({"name": "arithmetic", "path": "x"}, [one]) == {"name": "arithmetic", "path": "x"}
    with pytest.raises(TaskError, match=r"task\.path: no such file: data\.jsonl \(looked in .*one\)"):
        with_files(task, [one])
    with pytest.raises(TaskError, match=r"task\.path: no folder, no hub id and no file that ends in \.jsonl"):
        with_files({"name": "dataset", "path": "../some where.txt"}, [one])
    (two / "data.json").write_text("[]")
    with pytest.raises(TaskError, match=r"task\.path: data\.json does not end in \.jsonl, \.csv, \.parquet"):
        with_files({**task, "path": "data.json"}, [two])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ["task.path", "expected a file"]),
        ({"path": "x.csv", "columns": {"a b": "c"}}, ["task.columns", '"a b"']),
        ({"path": "x.csv", "columns": {"prompts": "c"}}, ["task.columns", '"prompts"']),
        ({"path": "x.csv", "columns": {"prompt": 3}}, ["task.columns", "a table of texts"]),
        ({"path": "/no/such.csv"}, ["task.path", "cannot read such.csv", "No such file"]),
        ({"path": "x.csv", "n": -1}, ["task.n", "at least 0"]),
    ],
)
def test_errors_name_the_field(settings: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(TaskError) as caught:
        validate_task({"name": "dataset", **settings})
    for word in words:
        assert word in str(caught.value)
