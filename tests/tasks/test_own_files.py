"""Users' reward files are looked into, never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from grpotui.presets import PresetError, load, resolve, validate
from grpotui.tasks import TaskError
from grpotui.tasks.files import rewards_with_files
from grpotui.workspace import Workspace

SOURCE = """
raise SystemExit("this file was run")
from elsewhere import judge as judged
def helpful(completions, **kwargs): ...
async def slow(completions, **kwargs): ...
made = make()
class Scorer: ...
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my.py").write_text(SOURCE)
    return tmp_path


def spec(name: str) -> list[dict[str, str]]:
    return [{"name": "exact"}, {"name": name}]


@pytest.mark.parametrize("name", ["helpful", "slow", "made", "Scorer", "judged"])
def test_functions_are_found_without_running_the_file(folder: Path, name: str) -> None:
    _, own = rewards_with_files(spec(f"my.py:{name}"), [folder])
    assert own["name"] == f"{folder}/my.py:{name}"


def test_modules_are_left_as_they_are(folder: Path) -> None:
    assert rewards_with_files(spec("package.module:name"), [folder]) == spec("package.module:name")


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (None, "my.py:f", ["rewards.1.name: no such file: my.py (looked in "]),
        ("def helpfull(): ...", "my.py:helpful", ["my.py has no function helpful", "nearest: helpfull"]),
        ("def f(:\n", "my.py:f", ["rewards.1.name: my.py, line 1: "]),
        ("\n\n  x", "my.py:f", ["my.py, line 3: unexpected indent"]),
        ("x = '\0'", "my.py:f", ["rewards.1.name: "]),
        ("#" * 2**21, "my.py:f", ["too large"]),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, text: str | None, name: str, words: list[str]) -> None:
    if text is not None:
        (tmp_path / "my.py").write_text(text)
    with pytest.raises(TaskError) as caught:
        rewards_with_files(spec(name), [tmp_path])
    for word in words:
        assert word in str(caught.value)


def test_a_preset_finds_files_beside_itself_and_in_the_workspace(workspace: Workspace) -> None:
    (workspace.root / "my.py").write_text(SOURCE)
    (workspace.presets / "data.jsonl").write_text('{"prompt": "a"}\n' * 8)
    preset = workspace.presets / "own.toml"
    preset.write_text(
        'model = "tiny"\n[task]\nname = "dataset"\npath = "data.jsonl"\n[[rewards]]\nname = "my.py:helpful"\n'
    )
    validate(load("own", workspace))
    config = resolve(load("own", workspace))
    assert config["task"]["path"] == str(workspace.presets / "data.jsonl")
    assert config["rewards"][0]["name"] == f"{workspace.root}/my.py:helpful"
    preset.write_text(preset.read_text().replace("helpful", "helpless"))
    with pytest.raises(
        PresetError, match=r"rewards\.0\.name: my\.py has no function helpless; nearest: helpful"
    ):
        validate(load("own", workspace))
