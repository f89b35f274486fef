from __future__ import annotations

from pathlib import Path

import pytest

from grpotui.presets import PresetError, check_model
from grpotui.workspace import Workspace


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    path = workspace.root / "models" / "mine"
    path.mkdir(parents=True)
    (path / "config.json").write_text("{}")
    return path


def refusal(model: str, workspace: Workspace | None) -> str:
    with pytest.raises(PresetError) as caught:
        check_model(model, workspace)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    "model", ["tiny", "Qwen/Qwen2-0.5B-Instruct", "gpt2", "a/b_c.d-1", "org/" + "x" * 96]
)
def test_tiny_and_hub_ids_stay_as_they_are(model: str, workspace: Workspace) -> None:
    assert check_model(model, workspace) == model


def test_folders_become_absolute(folder: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for model in ("models/mine", "./models/mine", "models/../models/mine/", str(folder)):
        assert check_model(model, workspace) == str(folder)
    monkeypatch.chdir(folder.parent)
    assert check_model("mine", None) == str(folder)
    monkeypatch.setenv("HOME", str(workspace.root))
    assert check_model("~/models/mine", workspace) == str(folder)


def test_a_folder_that_is_no_model_is_refused(folder: Path, workspace: Workspace) -> None:
    (folder / "config.json").unlink()
    assert refusal("models/mine", workspace) == f"{folder} is no model folder: it has no config.json"
    (folder / "weights").write_text("")
    assert "is no model folder: it is a file" in refusal(str(folder / "weights"), workspace)


@pytest.mark.parametrize("model", ["/none/here", "./none", "../none", "~/none-at-all", ".hidden"])
def test_paths_to_nothing_are_refused(model: str, workspace: Workspace) -> None:
    assert refusal(model, workspace).startswith("no model folder /")


@pytest.mark.parametrize(
    "model",
    [
        "",
        " ",
        "a b",
        "models/deep/er",
        "org/name/",
        "-x/y",
        "a--b",
        "a..b",
        "repo.git",
        "x" * 97,
        "näme",
        "\x1b[31m",
        "a\nb",
        "a\x00b",
        "\ud800",
        "x" * 5000,
    ],
)
def test_what_is_neither_folder_nor_hub_id_is_refused(model: str, workspace: Workspace) -> None:
    assert refusal(model, workspace)
    assert refusal(model, None)
