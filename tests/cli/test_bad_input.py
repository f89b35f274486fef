from __future__ import annotations

import sqlite3

import pytest

from grpotui.workspace import Workspace
from tests.support import Cli


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("launch", "demo-colapse"), ["demo-colapse", "demo-collapse"]),
        (("launch", "demo-collapse", "--set", "grpo.beta=abc"), ["grpo.beta", "abc"]),
        (("launch", "demo-collapse", "--set", "grpo.bta=1"), ["bta", "beta"]),
        (("launch", "demo-collapse", "--set", "nobeta"), ["nobeta"]),
        (("launch", "demo-collapse", "--set", "grpo.num_generations=7"), ["divisible", "num_generations"]),
        (("launch", "demo-collapse", "--model", "/nowhere/model"), ["/nowhere/model"]),
        (("launch", "nowhere.toml"), ["nowhere.toml"]),
        (("stop", "nothing"), ["nothing"]),
    ],
)
def test_one_clear_line_and_exit_2(cli: Cli, args: tuple[str, ...], words: list[str]) -> None:
    wrong = cli(*args)
    assert wrong.code == 2
    assert wrong.out == ""
    assert len(wrong.err.strip().splitlines()) == 1
    for word in words:
        assert word in wrong.err
    assert cli("ls", "--json").json == []


def test_malformed_toml_names_file_line_and_column(cli: Cli, workspace: Workspace) -> None:
    (workspace.presets / "broken.toml").write_text('model = "tiny"\n[grpo\nbeta = 1\n')
    wrong = cli("launch", "broken")
    assert wrong.code == 2
    assert "broken.toml" in wrong.err
    assert "line 2" in wrong.err


def test_a_folder_without_config_json_is_no_model(cli: Cli, workspace: Workspace) -> None:
    (workspace.root / "empty").mkdir()
    wrong = cli("launch", "demo-collapse", "--model", str(workspace.root / "empty"))
    assert wrong.code == 2
    assert "config.json" in wrong.err


def test_no_workspace(cli: Cli) -> None:
    wrong = cli("ls", in_workspace=False)
    assert wrong.code == 2
    assert "grpotui init" in wrong.err


def test_the_app_needs_a_terminal(cli: Cli) -> None:
    wrong = cli(timeout=20)
    assert (wrong.code, wrong.out) == (2, "")
    assert "no terminal" in wrong.err


def test_runs_db_that_is_a_folder(cli: Cli, workspace: Workspace) -> None:
    workspace.db.mkdir()
    wrong = cli("ls")
    assert wrong.code == 2
    assert "is a folder: move it away" in wrong.err


def test_presets_that_cannot_be_read_say_so(cli: Cli, workspace: Workspace) -> None:
    (workspace.presets / "broken.toml").write_text("model =")
    (listed,) = [preset for preset in cli("presets", "--json").json if preset["name"] == "broken"]
    assert "line 1" in listed["error"]
    assert "▲" in next(line for line in cli("presets").out.splitlines() if line.startswith("broken"))


def test_runs_db_that_is_no_database(cli: Cli, workspace: Workspace) -> None:
    workspace.db.write_bytes(b"hello" * 1000)
    wrong = cli("ls")
    assert wrong.code == 2
    assert "rebuild" in wrong.err
    assert workspace.db.read_bytes().startswith(b"hello")


def test_runs_db_of_a_newer_version(cli: Cli, workspace: Workspace) -> None:
    assert cli("ls").code == 0
    with sqlite3.connect(workspace.db) as connection:
        connection.execute("PRAGMA user_version = 999")
    wrong = cli("ls")
    assert wrong.code == 2
    assert "newer" in wrong.err


def test_json_errors_leave_stdout_empty(cli: Cli) -> None:
    wrong = cli("show", "nothing", "--json")
    assert (wrong.code, wrong.out) == (2, "")
