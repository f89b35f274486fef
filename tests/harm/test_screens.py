"""Every screen of the real app on a real terminal, over data that tries to act on it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.terminal import Terminal, terminal
from tests.harm.scene import FULL, hostile_workspace
from tests.hostile import TEXTS, acts_on_terminal

ESC = "\x1b[27u"
"""As terminals with the newer keyboard protocol send it: never taken for the beginning of something else."""


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to start from and to call home, which must stay empty."""
    folder = tmp_path / "outside"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return folder


def walk(app: Terminal) -> None:
    """Go everywhere."""
    app.wait_for(FULL[:5])
    runs(app)
    for keys, words in (("?", "New run"), ("q", "! next"), ("g", "> resources")):
        app.after(keys, words)
    for key in ("p", "P"):
        app.after(key, "They cannot be brought back")
        app.press("n")
    app.after("q", "! next")
    app.press("w")
    app.after("B", "whole log book")
    app.press("jj\tjjk -\t" + "j" * (len(TEXTS) + 5))
    app.after("q", "! next")
    app.after("\x10", "Search for commands")
    app.after("[/bold]$(touch x)", "No matches")
    app.after(ESC, "! next")
    app.after("/whole-\r", "1 of ")
    app.after("\r", "reward")
    run(app)
    app.after("qq", "! next")
    sweeps(app)
    launch(app)


def runs(app: Terminal) -> None:
    """Every run under the cursor, and every question about some."""
    for place in range(len(TEXTS) + 2):
        app.press("!" if place % 2 else "j")
        if place % 4 == 0:
            app.press("b")
            for key, words in zip("mtvD", ("Note on ", "Tags of ", "What do you say", "n no"), strict=True):
                app.after(key, words)
                app.after(ESC, "! next")
    app.press("! j j ")
    app.after("c", "differing")
    app.press("zZxSonNdDjk,.y\t\t]]" + "j" * 30)
    app.after("q", "! next")
    app.after("/waits", "1 of ")
    app.after("\rs", "Cancel waits")
    app.after(ESC + ESC + "/[@click=app.quit] ", "2 of ")
    app.after(ESC, "waits ")
    app.after("/" + "".join(TEXTS[3:6]), " of ")
    app.after(ESC, "waits ")


def run(app: Terminal) -> None:
    """Every pane and metric of the run that has everything, and the reader."""
    app.press("l[]{},.12345" + "z" * 8 + "xxS+-<>0oofNny")
    app.after("a", "words of its name")
    app.after("[@click", "press[/]")
    app.after("\r", "[@click")
    app.after("6", "1 reward")
    app.after("6\r", "scroll")
    app.press("jyk." * len(TEXTS) + ",,,,")
    app.after("q", "[ step")
    app.after("m", "Note on whole")
    app.after(ESC, "[ step")
    for key in "XFEpR":
        app.press(key + ESC)
    app.after("e", "> launch")
    app.press("\r" + "jj" * 6 + ESC)


def sweeps(app: Terminal) -> None:
    """The list, every view of the sweep, the axes of its map, what its keys ask, and a run of it."""
    app.after("S", "swept ")
    app.after("\r", "point 1")
    app.press("jkl jjx" + "j" * 20 + "xaaazZxjjjjxaao[]obx")
    app.press(" CnPnsnyb")
    app.after("\r", "rollout")
    app.after("qqq", "! next")


def launch(app: Terminal) -> None:
    """Every preset, the fields of each, one of them edited."""
    app.after("n", "> launch")
    for place in range(len(TEXTS) + 10):
        app.press("j" if place % 6 else "\tjj\r\r\tj")
    app.after("/[/bold]", "field")
    app.after(ESC, "grpo")
    app.after("q", "! next")


def test_no_byte_of_data_acts_on_the_terminal(tmp_path: Path, outside: Path) -> None:
    workspace = hostile_workspace(tmp_path)
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(workspace.root)}
    names = set(os.listdir(workspace.root))
    with terminal(workspace, cwd=outside) as app:
        walk(app)
        app.press("qq")  # the filter, then the app
        assert app.process.wait(20) == 0, app.text[-3000:]
    assert "Traceback" not in app.text
    assert acts_on_terminal(app.drawn) == set()
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(workspace.root)} == before
    assert set(os.listdir(workspace.root)) - names <= {"runs.db", "runs.db-wal", "runs.db-shm"}
    assert list(tmp_path.rglob("x")) == []
