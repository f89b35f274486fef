from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grpotui.presets import PresetError, available, load, preset_text, validate
from grpotui.presets.loader import merge
from grpotui.presets.reader import MAX_BYTES, MAX_DEPTH
from grpotui.presets.shipped import shipped_dir
from grpotui.workspace import Workspace

Write = Callable[[str, str], Path]


def error(name: str, workspace: Workspace | None) -> str:
    with pytest.raises(PresetError) as caught:
        load(name, workspace)
    message = str(caught.value)
    assert "\n" not in message
    assert message.isprintable()
    return message


def test_a_name_is_looked_up_in_the_workspace(workspace: Workspace, write: Write) -> None:
    path = write("mine", 'summary = "a"')
    preset = load("mine", workspace)
    assert (preset.name, preset.path, preset.data) == ("mine", path, {"summary": "a"})
    assert preset_text("mine", workspace) == 'summary = "a"'


def test_a_path_is_a_file(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here.toml").write_text('summary = "h"', encoding="utf-8-sig")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("here.toml", "./here.toml", str(tmp_path / "here.toml"), "ws/../here.toml", "~/here.toml"):
        preset = load(name, workspace)
        assert (preset.name, preset.data) == ("here", {"summary": "h"})


def test_the_workspace_goes_before_the_shipped_presets(workspace: Workspace, write: Write) -> None:
    shipped = [info for info in available(None) if info.shipped]
    for info in shipped[:1]:
        write(info.name, 'summary = "mine"')
        assert load(info.name, workspace).data == {"summary": "mine"}
        listed = {found.name: found for found in available(workspace)}
        assert listed[info.name].summary == "mine"
        assert not listed[info.name].shipped
    assert all(info.path.parent == shipped_dir() for info in shipped)


def test_an_unknown_name_tells_the_nearest_ones(workspace: Workspace, write: Write) -> None:
    write("arithmetic-kl", "")
    message = error("arithmetic-k1", workspace)
    assert message.startswith("no preset 'arithmetic-k1'; nearest: arithmetic-kl")
    assert "'grpotui presets' lists them" in message
    assert "arithmetic-kl" in error("arithmetic-kl.toml", workspace)


@pytest.mark.parametrize(
    "name", ["", " ", "\x1b[31mx", "a\x00b", "\ud800", "x" * 5000, "..", "%s{}", "\x00.toml", "/\x00", "a\nb"]
)
def test_hostile_names_are_one_clean_line(workspace: Workspace, name: str) -> None:
    assert error(name, workspace)
    assert error(name, None)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = 1\nb = = 2\n", "line 2, column 5"),
        ('a = "open', "line 1, column 10"),
        ("a = 1\na = 2", "line 2, column 6"),
        ("[t\n", "line 1, column 3"),
        ("a = 1\n\n[grpo]\nbeta: 0.1", "line 4, column 5"),
        ("x = " + "9" * 5000, ""),
        ("a = 2024-13-01", "line 1"),
        ("\x1b[31m = 1", "line 1, column 1"),
    ],
)
def test_malformed_toml_tells_file_line_and_column(
    workspace: Workspace, write: Write, text: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("bad", text)
    monkeypatch.chdir(workspace.root)
    message = error("bad", workspace)
    assert message.startswith("presets/bad.toml")
    assert "malformed TOML" in message
    assert place in message


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "{b = " * 60 + "1" + "}" * 60,
        "a" + ".a" * 50 + " = 1",
        "a" + ".a" * 400_000 + " = 1",
        "a" + " . 'a'" * 150_000 + " = 1",
        "x = { a" + ".a" * 200_000 + " = 1 }",
        "[a" + ".a" * 200_000 + "]",
    ],
    ids=["lists", "inline", "dots", "many-dots", "quoted-dots", "inline-dots", "header-dots"],
)
def test_deep_tables_are_refused(workspace: Workspace, write: Write, text: str) -> None:
    write("deep", text)
    assert str(MAX_DEPTH) in error("deep", workspace)


def test_what_is_no_text_file_is_refused(workspace: Workspace, write: Write, tmp_path: Path) -> None:
    write("huge", "#" * (MAX_BYTES + 1))
    assert "larger than 1024 KiB" in error("huge", workspace)
    write("latin", "").write_bytes(b"a = 1\nb = '\xe4'\n")
    assert "line 2: not UTF-8" in error("latin", workspace)
    write("model", "").write_bytes(bytes(range(256)))
    assert "not UTF-8" in error("model", workspace)
    pipe = workspace.presets / "pipe.toml"
    os.mkfifo(pipe)
    assert "no regular file" in error("pipe", workspace)
    assert "a folder" in error(f"{tmp_path}/", None)
    assert "no preset file" in error(str(tmp_path / "none.toml"), None)
    assert "no regular file" in error("/dev/zero", None)
    assert "cannot read" in error(f"{tmp_path}/{'x' * 300}.toml", None)


def test_extends_merges_tables_and_replaces_the_rest(workspace: Workspace, write: Write) -> None:
    write(
        "base",
        'summary = "b"\n[grpo]\nbeta = 0.1\nseed = 1\n[[rewards]]\nname = "exact"\n[launch]\ntags = ["x"]',
    )
    write("mid", 'extends = "base"\n[grpo]\nbeta = 0.2\n[grpo.generation_kwargs]\na = 1')
    write(
        "top",
        'extends = "mid"\n[grpo]\ngeneration_kwargs.b = 2\n[[rewards]]\nname = "x"\n[launch]\ntags = []',
    )
    assert load("top", workspace).data == {
        "summary": "b",
        "grpo": {"beta": 0.2, "seed": 1, "generation_kwargs": {"a": 1, "b": 2}},
        "rewards": [{"name": "x"}],
        "launch": {"tags": []},
    }


def test_extends_takes_a_file_relative_to_its_own(workspace: Workspace, write: Write, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("model = 'm'")
    write("mine", 'extends = "../../other.toml"')
    write("next", 'extends = "mine.toml"')
    assert load("next", workspace).data == {"model": "m"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"a": 'extends = "b"', "b": 'extends = "c"', "c": 'extends = "a"'},
            "presets/a.toml: extends itself: a.toml -> b.toml -> c.toml -> a.toml",
        ),
        (
            {"a": 'extends = "b"', "b": 'extends = "c"', "c": 'extends = "b"'},
            "presets/b.toml: extends itself: b.toml -> c.toml -> b.toml",
        ),
        ({"a": 'extends = "./a.toml"'}, "a.toml: extends itself: a.toml -> a.toml"),
        ({"a": 'extends = "a"'}, "a.toml: extends itself: a.toml -> a.toml"),
        ({"a": 'extends = "bb"', "bbb": ""}, "nearest: bbb"),
        ({"a": 'extends = ["b"]'}, "extends: expected the name or file of one preset"),
        ({"a": 'extends = ""'}, "extends: expected"),
        ({"a": 'extends = "b"', "b": "x = ="}, "b.toml, line 1, column 5"),
        ({"a": 'extends = "./none.toml"'}, "no preset file"),
    ],
)
def test_bad_extends_is_said(workspace: Workspace, write: Write, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        write(name, text)
    assert message in error("a", workspace)


def test_a_preset_may_extend_the_shipped_one_of_its_name(
    workspace: Workspace, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "demo.toml").write_text('model = "tiny"\n[grpo]\nbeta = 0.1\n')
    monkeypatch.setattr("grpotui.presets.loader.shipped_dir", lambda: shipped)
    write("demo", 'extends = "demo"\n[grpo]\nbeta = 0.2\n')
    assert load("demo", workspace).data == {"model": "tiny", "grpo": {"beta": 0.2}}
    (shipped / "demo.toml").unlink()
    assert "demo.toml: extends itself: demo.toml -> demo.toml" in error("demo", workspace)


def test_a_child_unsets_what_it_does_not_want_to_inherit(workspace: Workspace, write: Write) -> None:
    write("base", 'model = "m"\n[grpo]\nbeta = 0.1\ntop_k = 5\n[task]\nname = "stories"\nn = 4')
    write("mid", 'extends = "base"\nunset = ["grpo.top_k", "task"]\n[task]\nname = "arithmetic"')
    write("top", 'extends = "mid"\nunset = ["grpo.beta"]\n[grpo]\ntop_k = 7')
    mid = {"model": "m", "grpo": {"beta": 0.1}, "task": {"name": "arithmetic"}}
    assert load("mid", workspace).data == mid
    assert load("top", workspace).data["grpo"] == {"top_k": 7}


@pytest.mark.parametrize(
    ("unset", "message"),
    [
        ('["grpo.topk"]', "a.toml: unset: grpo.topk is not inherited; nearest: grpo.top_k"),
        ('["grpo.top_k", "grpo.top_k.x"]', "unset: grpo.top_k.x is not inherited"),
        ('[""]', "is not inherited"),
        ('"grpo.top_k"', 'expected a list of fields, such as unset = ["grpo.top_k"]'),
        ("[5]", "expected a list of fields"),
    ],
)
def test_a_bad_unset_is_said(workspace: Workspace, write: Write, unset: str, message: str) -> None:
    write("base", "[grpo]\ntop_k = 5")
    write("a", f'extends = "base"\nunset = {unset}')
    assert message in error("a", workspace)


def test_nothing_can_be_unset_that_was_not_inherited(workspace: Workspace, write: Write) -> None:
    write("a", 'unset = ["grpo.top_k"]\n[grpo]\ntop_k = 5')
    assert "a.toml: unset: grpo.top_k is not inherited" in error("a", workspace)


def test_the_list_holds_broken_presets_with_their_error(workspace: Workspace, write: Write) -> None:
    write("a", 'summary = "first"')
    write("b", "x = =")
    write("c", "summary = 5")
    write("d", 'extends = "a"')
    write("\x1b[31me", "")
    (workspace.presets / "readme.md").write_text("")
    (workspace.presets / ".hidden.toml").write_text("")
    (workspace.presets / "folder.toml").mkdir()
    own = {info.name: info for info in available(workspace) if not info.shipped}
    assert sorted(own) == sorted(["a", "b", "c", "d", "\x1b[31me"])
    assert [own[name].summary for name in "abcd"] == ["first", "", "", "first"]
    assert "line 1, column 5" in own["b"].error
    assert own["a"].error == ""


def test_the_repository_as_workspace_lists_each_preset_once() -> None:
    infos = available(Workspace(shipped_dir().parent))
    assert len({info.name for info in infos}) == len(infos)
    assert all(info.shipped for info in infos)


def test_a_workspace_without_presets_still_has_the_shipped_ones(tmp_path: Path) -> None:
    assert available(Workspace(tmp_path / "none")) == available(None)


def test_merge_leaves_its_arguments_alone() -> None:
    base = {"a": {"b": 1}, "c": [1]}
    over = {"a": {"d": 2}, "c": {"e": 3}}
    assert merge(base, over) == {"a": {"b": 1, "d": 2}, "c": {"e": 3}}
    assert base == {"a": {"b": 1}, "c": [1]}
    assert over == {"a": {"d": 2}, "c": {"e": 3}}


@pytest.mark.parametrize("path", sorted(shipped_dir().glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_preset_is_valid_and_says_what_it_is(path: Path) -> None:
    preset = load(path.stem, None)
    validate(preset)
    assert 10 <= len(preset.data["summary"]) <= 100
    assert preset.path.samefile(path)


def test_a_long_line_of_text_is_no_long_key(workspace: Workspace, write: Write) -> None:
    text = "word. " * 90 + "x" * 200_000 + "." * 1000
    write("long", f'summary = "{text}"')
    assert load("long", workspace).data == {"summary": text}


def test_the_demos_are_shipped() -> None:
    names = {info.name for info in available(None) if info.shipped and not info.error}
    assert {"demo-arithmetic", "demo-happy", "demo-collapse"} <= names
