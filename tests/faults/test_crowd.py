"""Two apps, five verbs and eight live runs at once: rows equal file lines, and nobody hears of a lock."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from grpotui.launch.journal import events
from grpotui.records import Status
from grpotui.registry import index_run
from grpotui.stream import Tail
from grpotui.workspace import RUNTIME_VARIABLE
from tests.faults.terminal import terminal
from tests.launch.lab import Lab

RUNS, STEPS = 8, 120
VERBS = (
    ("ls", "--json"),
    ("show", "@last"),
    ("metrics", "@last", "--json"),
    ("completions", "@last", "--json"),
    ("logs", "@last"),
)
ROUNDS = 2


def call(lab: Lab, verb: tuple[str, ...], wrong: list[str]) -> None:
    argv = [sys.executable, "-m", "grpotui", "--workspace", str(lab.workspace.root), *verb]
    for _ in range(ROUNDS):
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120)
        if done.returncode or done.stderr or "locked" in done.stdout:
            wrong.append(f"{verb}: {done.returncode} {done.stderr} {done.stdout[:200]}")


def test_everybody_at_once(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    runs = []
    for number in range(RUNS):  # each has a CPU of its own to lease
        monkeypatch.setenv(RUNTIME_VARIABLE, str(tmp_path / f"cpu{number}"))
        runs.append(lab.launch(f"steps={STEPS}", "delay=0.03", "collapse=60"))
    monkeypatch.setenv(RUNTIME_VARIABLE, str(tmp_path / "mine"))
    wrong: list[str] = []
    with ExitStack() as stack:
        apps = [stack.enter_context(terminal(lab.workspace)) for _ in range(2)]
        callers = [threading.Thread(target=call, args=(lab, verb, wrong)) for verb in VERBS]
        for caller in callers:
            caller.start()
        apps[0].wait_for(runs[0].id)
        apps[0].press("\r")
        apps[0].wait_for(f"/{STEPS}")
        for caller in callers:
            caller.join()
        for run in runs:
            assert lab.ended(run) is Status.FINISHED
        apps[1].wait_for(runs[-1].id)
        for app in apps:
            assert app.process.poll() is None
            app.press("qq")
            assert app.process.wait(30) == 0
            assert "locked" not in app.text and "Traceback" not in app.text
    assert wrong == []
    with lab.registry() as registry:
        for run in runs:
            assert run.runner_log.read_text() == ""
            index_run(registry.connection, run)
            for key, path in (("reward", run.metrics), ("grpotui/unique", run.signals)):
                steps = [line.data["step"] for line in Tail(path).read()]
                assert steps == list(range(1, STEPS + 1))
                assert [step for step, _ in registry.series(run.id, [key])[key]] == steps
            rows = sum(len(registry.group_rows(run.id, step)) for step in registry.group_steps(run.id))
            assert rows == len(Tail(run.completions).read())
            assert registry.events(run.id) == events(run)
        assert registry.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
