"""The settings file: what holds, what is refused, and what it does to the app."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from grpotui.errors import UserError
from grpotui.presets import load
from grpotui.settings import Settings, load_settings, settings_path
from grpotui.stream import read_json
from grpotui.tui import keymap, style
from grpotui.tui.app import GrpoTui
from grpotui.tui.launch import submit
from grpotui.tui.launch.draft import Draft
from grpotui.tui.screens.help import help_text
from grpotui.workspace import Workspace
from tests.support import Cli
from tests.tui.runs_factory import PRESET, fill, ready, screen_lines, screen_text, until

ROOT = Path(__file__).parents[2]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


def test_no_file_is_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_path() == tmp_path / "grpotui" / "config.toml"
    assert load_settings() == Settings()
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert settings_path() == Path.home() / ".config" / "grpotui" / "config.toml"


def test_every_key(tmp_path: Path) -> None:
    text = 'theme = "light"\nrefresh = 2\ndevice = "cpu"\nmouse = false\n'
    keys = '[keys]\nruns.stop = "Z"\n"run.live" = "0"\n'
    found = load_settings(write(tmp_path, text + keys))
    assert (found.theme, found.refresh, found.device, found.mouse) == ("light", 2.0, "cpu", False)
    assert dict(found.keys) == {"runs.stop": "Z", "run.live": "0"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 3", "theme: expected text"),
        ("them = 'dark'", "did you mean theme?"),
        ("zzz = 1", "one of theme, refresh"),
        ("refresh = 0", "from 0.2 to 60"),
        ("refresh = nan", "from 0.2 to 60"),
        ("refresh = true", "from 0.2 to 60"),
        ("device = 'gpu'", "one of auto, cpu, cuda"),
        ("mouse = 1", "true or false"),
        ("keys = 1", "expected a table"),
        ("[keys]\nruns.stop = 3", "keys.runs.stop"),
        ("theme = ", "Invalid value"),
        ("'a\\u001b[31m' = 1", "no setting"),
        ("\xff", "config.toml"),
    ],
)
def test_what_cannot_be_right_is_one_line_that_names_the_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError) as error:
        load_settings(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"runs.stopp": "S"}, "did you mean runs.stop?"),
        ({"runs.stop": "t"}, "runs.stop and runs.tag would both have t"),
        ({"runs.stop": "q"}, "app.back and runs.stop would both have q"),
        ({"runs.stop": "S,?"}, "app.help and runs.stop"),
        ({"runs.stop": "not a key"}, "is no key"),
    ],
)
def test_keys_that_cannot_be_are_refused(workspace: Workspace, keys: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        GrpoTui(workspace, settings=Settings(keys=keys))


def test_an_unknown_theme_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="no theme nope; there are: dark, light, ansi"):
        GrpoTui(workspace, settings=Settings(theme="nope"))


async def test_chosen_keys_work_and_are_shown(workspace: Workspace) -> None:
    fill(workspace)
    app = GrpoTui(workspace, settings=Settings(keys={"runs.mark": "T", "runs.find": ",", "app.help": "f1"}))
    async with app.run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 4)
        await pilot.press("space")
        assert not table.marks
        await pilot.press("T", "comma", *"stor")
        await until(pilot, lambda: len(table.rows) == 1)
        assert table.marks == {"bad-cccc"}
        assert ", find" in screen_lines(pilot)[-1]
        await pilot.press("escape", "f1")
        await until(pilot, lambda: "Runs do not need this app" in screen_text(pilot))
        assert "M " in help_text(True, app.keys).plain


async def test_refresh_and_themes(workspace: Workspace) -> None:
    fill(workspace)
    for name in ("dark", "light", "ansi", "nord"):
        app = GrpoTui(workspace, settings=Settings(theme=name, refresh=0.2))
        async with app.run_test(size=(80, 24)) as pilot:
            await ready(pilot, 4)
            assert app.current_theme.name.endswith(name)
            assert "✖ collapsed" in screen_text(pilot)
            assert (style.palette(True) is style.ANSI) is (name == "ansi")
            app.theme = "grpotui-dark"
            await until(pilot, lambda: style.palette(True) is style.DARK)


async def test_no_color_sends_no_colour(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(workspace)
    monkeypatch.setenv("NO_COLOR", "1")
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, 4)
        styles = [
            segment.style
            for strip in app.screen._compositor.render_strips(app.size)
            for segment in strip
            if segment.style is not None
        ]
        used = [colour for s in styles for colour in (s.color, s.bgcolor) if colour]
        colours = {colour.name for colour in used}
        assert not {name for name in colours if name.startswith("#")}
        assert any(s.reverse for s in styles)


def test_the_default_device_leaves_presets_their_choice(
    workspace: Workspace, taken_cpu: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRPOTUI_FAKE_DEVICES", "1")
    (workspace.presets / "arith.toml").write_text(PRESET)
    (workspace.presets / "open.toml").write_text(PRESET.replace('device = "cpu"', ""))
    asked = {}
    for name in ("arith", "open"):
        made = submit.launch(workspace, Draft(load(name, workspace)), True, Settings(device="cuda"))
        (run_id,) = made.run_ids
        asked[name] = (read_json(workspace.run(run_id).run_json) or {})["device"]
    assert asked == {"arith": "cpu", "open": "cuda"}


def test_the_command_line_reads_it_too(
    cli: Cli, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace.root / "config" / "grpotui"
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder.parent))
    monkeypatch.setenv("GRPOTUI_FAKE_DEVICES", "1")
    (workspace.presets / "open.toml").write_text(PRESET.replace('device = "cpu"', ""))
    (folder / "config.toml").write_text('device = "cuda"')
    made = cli("launch", "open", "--draft", "--json").json["id"]
    assert (read_json(workspace.run(made).run_json) or {})["device"] == "cuda"
    (folder / "config.toml").write_text("device = 3")
    wrong = cli("launch", "open", "--draft")
    assert wrong.code == 2
    assert len(wrong.err.splitlines()) == 1
    assert "config.toml: device: one of" in wrong.err
    assert cli("--no-mouse").code == 2
    assert cli("ls").code == 0


def test_every_setting_is_documented(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    for one in fields(Settings):
        assert re.search(rf"^\[?{one.name}\b", page, re.MULTILINE), one.name
    example = page.partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "config.toml"
    path.write_text(example)
    found = load_settings(path)
    keymap.check(found.keys)
    assert found.theme == Settings().theme


@pytest.mark.parametrize("key", ["wibble", "ctrl+wibble", "ss"])
def test_keys_that_no_terminal_sends_are_refused(key: str) -> None:
    with pytest.raises(UserError, match="is no key"):
        keymap.check({"runs.judge": key})
