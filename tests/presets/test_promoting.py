"""Presets of the workspace that take values over."""

from __future__ import annotations

import os
import stat
from typing import Any

import pytest

from grpotui.presets import Preset, PresetError, load, preset_text
from grpotui.presets.promoting import Rewrite, base_for, changes, rewrite, write
from grpotui.workspace import Workspace
from tests.presets.conftest import Write


def planned(workspace: Workspace, into: str, values: dict[str, Any], name: str | None = None) -> Rewrite:
    preset, path = base_for(into, workspace, name)
    return rewrite(preset, path, changes(preset, values), ["from sweep s-abcd"], workspace)


def test_a_preset_is_changed_in_place(good: Preset, workspace: Workspace) -> None:
    good.path.chmod(0o640)
    change = planned(workspace, "good", {"grpo.beta": 0.02, "grpo.num_generations": 8, "grpo.top_p": 0.9})
    assert (change.values, change.was) == ({"grpo.beta": 0.02, "grpo.top_p": 0.9}, {"grpo.beta": 0.1})
    assert [line for line in change.diff if line[0] in "+-"][2:] == [
        "+# from sweep s-abcd",
        "-beta = 0.1",
        "+beta = 0.02",
        "+top_p = 0.9",
    ]
    assert write(change, workspace) == good.path
    found = load("good", workspace).data["grpo"]
    assert (found["beta"], found["top_p"], found["num_generations"]) == (0.02, 0.9, 8)
    assert stat.S_IMODE(good.path.stat().st_mode) == 0o640
    assert os.listdir(workspace.presets) == ["good.toml"]


def test_a_shipped_preset_is_copied_and_goes_on_extending_what_it_extends(workspace: Workspace) -> None:
    shipped = load("arithmetic-higher-beta", workspace)
    change = planned(workspace, "arithmetic-higher-beta", {"grpo.beta": 0.3, "grpo.temperature": 0.9})
    assert change.path == workspace.presets / "arithmetic-higher-beta.toml" != change.source
    write(change, workspace)
    own = load("arithmetic-higher-beta", workspace)
    expected = {**shipped.data, "grpo": {**shipped.data["grpo"], "beta": 0.3, "temperature": 0.9}}
    assert own.path == change.path and own.data == expected
    assert shipped.path.read_text() == change.before == preset_text(str(shipped.path))
    assert stat.S_IMODE(change.path.stat().st_mode) == 0o600


def test_a_new_preset_is_made_of_it_and_nothing_is_written_over(good: Preset, workspace: Workspace) -> None:
    change = planned(workspace, "good", {"grpo.beta": 0.5}, "better")
    write(change, workspace)
    assert load("better", workspace).data["grpo"]["beta"] == 0.5
    assert load("good", workspace).data == good.data
    for wrong in ("better", "../x", "", "a\nb", "-x"):
        with pytest.raises(PresetError):
            base_for("good", workspace, wrong)
    with pytest.raises(PresetError, match=r"'\.\./good' is no name of a preset"):
        base_for("../good", workspace)
    with pytest.raises(PresetError, match="was changed meanwhile: try again"):
        write(change, workspace)


def test_what_would_be_wrong_is_not_written(good: Preset, workspace: Workspace) -> None:
    text = good.path.read_text()
    preset, path = base_for("good", workspace)
    with pytest.raises(
        PresetError, match=r"with these values good would be wrong.*divisible by num_generations"
    ):
        rewrite(preset, path, {"grpo.num_generations": 7}, [], workspace)
    with pytest.raises(PresetError, match="no such field; nearest: beta"):
        rewrite(preset, path, {"grpo.btea": 7}, [], workspace)
    assert good.path.read_text() == text


def test_a_file_that_somebody_edits_meanwhile_stays_theirs(good: Preset, workspace: Workspace) -> None:
    change = planned(workspace, "good", {"grpo.beta": 0.02})
    edited = good.path.read_text() + "# mine\n"
    good.path.write_text(edited)
    with pytest.raises(PresetError, match="was changed meanwhile"):
        write(change, workspace)
    assert good.path.read_text() == edited and os.listdir(workspace.presets) == ["good.toml"]


def test_a_comment_is_one_whatever_it_holds(good: Preset, workspace: Workspace) -> None:
    preset, path = base_for("good", workspace)
    hostile = 'x\nbeta = 9\r[grpo]\x1b]0;owned\x07 """ \u202e' + "w" * 300
    change = rewrite(preset, path, {"grpo.beta": 0.02}, [hostile], workspace)
    head, _, rest = change.after.partition("\nsummary = ")
    assert rest and all(line.startswith("#") for line in head.splitlines() if line)
    assert "\x1b" not in change.after and "\u202e" not in change.after


def test_a_link_is_followed(good: Preset, workspace: Workspace, write: Write) -> None:
    kept = workspace.root / "kept.toml"
    good.path.rename(kept)
    good.path.symlink_to(kept)
    from grpotui.presets.promoting import write as put

    put(planned(workspace, "good", {"grpo.beta": 0.02}), workspace)
    assert good.path.is_symlink() and "beta = 0.02" in kept.read_text()
