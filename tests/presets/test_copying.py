from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grpotui.presets import PresetError, available, load, preset_text, validate
from grpotui.presets.copying import copy_preset
from grpotui.workspace import Workspace

Write = Callable[[str, str], Path]


def test_a_copy_keeps_every_comment_and_what_it_extends(workspace: Workspace) -> None:
    path = copy_preset("arithmetic-higher-lr", "mine", workspace)
    assert path == workspace.presets / "mine.toml"
    assert path.read_text() == preset_text("arithmetic-higher-lr", workspace)
    mine = load("mine", workspace)
    validate(mine)
    assert mine.data == load("arithmetic-higher-lr", workspace).data
    assert {"mine"} == {info.name for info in available(workspace) if not info.shipped}


def test_a_copy_may_have_the_name_of_the_shipped_one(workspace: Workspace) -> None:
    copy_preset("arithmetic-baseline", "arithmetic-baseline", workspace)
    copy_preset("arithmetic-long", "arithmetic-long.toml", workspace)
    assert load("arithmetic-long", workspace).data["grpo"]["num_train_epochs"] == 100


def test_nothing_is_written_over(workspace: Workspace, write: Write) -> None:
    path = write("mine", "# precious\n")
    with pytest.raises(PresetError, match="is there already"):
        copy_preset("mixed", "mine", workspace)
    assert path.read_text() == "# precious\n"


@pytest.mark.parametrize("name", ["", "a/b", "../x", ".hidden", "a b", "x" * 200])
def test_a_name_must_be_a_file_name(workspace: Workspace, name: str) -> None:
    with pytest.raises(PresetError, match="no name for a preset"):
        copy_preset("mixed", name, workspace)


def test_a_copy_that_would_not_load_is_taken_back(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('model = "tiny"\n')
    source = tmp_path / "child.toml"
    source.write_text('extends = "./base.toml"\n')
    with pytest.raises(PresetError, match=r"mine: a copy of .* cannot be read"):
        copy_preset(str(source), "mine", workspace)
    assert list(workspace.presets.iterdir()) == []
    with pytest.raises(PresetError, match="nearest: mixed"):
        copy_preset("mixd", "mine", workspace)
