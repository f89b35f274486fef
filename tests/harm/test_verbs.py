"""Every verb over data, and over arguments, that try to act on the terminal or to leave their place."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grpotui.cli.root import cli
from grpotui.records import Status
from grpotui.workspace import Workspace
from tests.harm.scene import FULL, PLACE, hostile_workspace
from tests.hostile import TEXTS, acts_on_terminal
from tests.launch.lab import Lab, opened

ARGUMENTS = [text for text in TEXTS if "\0" not in text and "\ud800" not in text] + ["\udcff\udc9b7;7H"]
"""What an argument can be: no zero byte, and bytes that are no text as surrogates."""


def call(workspace: Workspace, *arguments: str, codes: tuple[int, ...] = (0,)) -> Result:
    """Run a verb as on a terminal (click keeps escapes then); what it prints must be harmless."""
    done = CliRunner().invoke(cli, ["--workspace", str(workspace.root), *arguments], color=True)
    said = (arguments, done.output[-2000:], done.exception)
    assert done.exit_code in codes and isinstance(done.exception, (SystemExit, type(None))), said
    assert acts_on_terminal(done.stdout_bytes + done.stderr_bytes, app=False) == set(), said
    if "--json" in arguments and done.exit_code == 0:
        json.loads(done.stdout)
    return done


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return hostile_workspace(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab under a hostile path."""
    workspace = Workspace(tmp_path / PLACE)
    workspace.create()
    monkeypatch.chdir(tmp_path)
    yield from opened(workspace, monkeypatch)


def test_reading(hostile: Workspace) -> None:
    for verb in ("ls", "presets", "rebuild", "doctor"):
        call(hostile, verb, codes=(0, 1))
    for verb in ("ls", "presets", "doctor"):
        call(hostile, verb, "--json", codes=(0, 1))
    runs = [f"run-{place:02}" for place in range(len(TEXTS))]
    for run in (*runs, FULL):
        call(hostile, "show", run)
        call(hostile, "show", run, "--json")
    for verb in ("metrics", "completions"):
        call(hostile, verb, FULL)
        call(hostile, verb, FULL, "--json")
    call(hostile, "logs", FULL)
    for verb in ("policy", "rescue"):
        call(hostile, verb, FULL, codes=(0, 2))
        call(hostile, verb, FULL, "--json", codes=(0, 2))
    for form in ([], ["--json"], ["--markdown"], ["--csv"]):
        call(hostile, "compare", "run-00", FULL, "run-01", *form)
    for shape in ("md", "csv", "json"):
        call(hostile, "report", "--format", shape)
    for asked in (["--write"], [], ["--json"]):
        call(hostile, "journal", *asked)
    call(hostile, "ls", "--reference")
    for form in ([], ["--json"], ["--markdown"], ["--csv"]):
        call(hostile, "sweep", "show", "@last", *form)
    call(hostile, "sweep", "show", "@last", "--pool", "--rows", "run_name")
    for form in ([], ["--json"]):
        call(hostile, "sweep", "ls", *form)
    for place in range(len(TEXTS)):
        call(hostile, "presets", "--show", f"p{place:02}")
        call(hostile, "check", f"p{place:02}", codes=(0, 1, 2))
        call(hostile, "check", f"p{place:02}", "--json", codes=(0, 1, 2))
    call(hostile, "presets", "--show", "p00", "--json")


@pytest.mark.parametrize("text", ARGUMENTS, ids=range(len(ARGUMENTS)))
def test_arguments(hostile: Workspace, text: str) -> None:
    before = sorted(hostile.root.rglob("*"))
    for name, verb in cli.commands.items():
        if "run" in {parameter.name for parameter in verb.params}:
            call(hostile, name, "--", text, codes=(2,))
    call(hostile, "compare", "--", text, FULL, codes=(2,))
    call(hostile, "check", "--", f"{text}?", codes=(1, 2))
    call(hostile, "check", "p00", "--set", f"grpo.{text}={text}", codes=(1, 2))
    call(hostile, "new", "--", "p00", f"../{text}", codes=(2,))
    call(hostile, "metrics", FULL, "--key", text, codes=(0, 2))
    call(hostile, "presets", "--show", text, codes=(0, 2))
    for option in ("--tag", "--sweep", "--since"):
        call(hostile, "report", option, text, codes=(0, 2))
    call(hostile, "import-history", "--", text.replace("/", "_"), codes=(2,))
    call(hostile, "launch", "--", f"{text}?", codes=(2,))
    for option in ("--set", "--model", "--device", "--seed"):
        call(hostile, "launch", "p00", option, text, codes=(2,))
    call(hostile, "launch", "p00", "--set", f"grpo.{text}=1", codes=(2,))
    for words in (("sweep", "show"), ("sweep", "stop"), ("sweep", "resume"), ("confirm",), ("promote",)):
        call(hostile, *words, "--", text, codes=(2,))
    for grid in (f"grpo.{text}=1,2", f"grpo.beta={text},1", f"{text}=1", text):
        call(hostile, "sweep", "p00", "--grid", grid, "--dry-run", codes=(2,))
    call(hostile, "promote", FULL, "--into", text, "--yes", codes=(2,))
    call(hostile, "promote", FULL, "--as", f"../{text}", "--yes", codes=(2,))
    call(hostile, "--", text, codes=(2,))
    call(Workspace(hostile.root / text), "ls", codes=(2,))
    new = [path for path in hostile.root.rglob("*") if path not in before]
    assert [path for path in new if not path.name.startswith(("runs.db", ".schedule.lock"))] == []


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_tables_of_past_experiments(tmp_path: Path, text: str) -> None:
    workspace = Workspace(tmp_path / "work")
    workspace.create()
    table = tmp_path / "table.csv"
    raw = text.encode("utf-8", "surrogatepass")
    for content in (
        raw,
        b"run_id,verdict,note,beta\na,b,c," + raw,
        b'run_id,verdict,note\na,b,"' + raw + b'"\n',
    ):
        table.write_bytes(content)
        call(workspace, "import-history", str(table), codes=(0, 2))
        call(workspace, "ls", "--reference")
        call(workspace, "ls", "--reference", "--json")


@pytest.mark.parametrize("text", ARGUMENTS, ids=range(len(ARGUMENTS)))
def test_new_workspaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    name = text.replace("/", "_")[:40]
    done = CliRunner().invoke(cli, ["init", "--", name], color=True)
    assert done.exit_code == 0, (done.output, done.exception)
    assert acts_on_terminal(done.stdout_bytes + done.stderr_bytes, app=False) == set()
    assert os.listdir(tmp_path) == [name]


def test_names_tags_and_values_of_real_runs(lab: Lab, tmp_path: Path) -> None:
    """They are launched, run, stopped and binned by real processes, under a hostile path."""
    for text in ARGUMENTS:
        asked = ["--name", text, "--tag", text, "--set", f"grpo.run_name={text}", "--set", f"summary={text}"]
        call(lab.workspace, "launch", "fake", *asked, "--draft", "--json", codes=(0, 2))
    launched = call(
        lab.workspace, "launch", "fake", "--name", "".join(ARGUMENTS), "--tag", "steps=3", "--wait"
    )
    run = lab.workspace.run(launched.stdout.strip())
    assert lab.ended(run) is Status.FINISHED
    assert run.path.parent == lab.workspace.logs
    call(lab.workspace, "ls")
    call(lab.workspace, "show", run.id)
    call(lab.workspace, "delete", run.id)
    queued = lab.launch("hold=1")
    for text in ARGUMENTS[:3]:
        call(lab.workspace, "stop", queued.id, f"--reason={text}", codes=(0, 2))
    assert lab.ended(queued) is Status.STOPPED
    assert acts_on_terminal(call(lab.workspace, "show", queued.id).stdout_bytes, app=False) == set()
    assert os.listdir(tmp_path) == [PLACE]
    assert list(tmp_path.rglob("x")) == []


def test_sweeps_over_hostile_values(lab: Lab, tmp_path: Path) -> None:
    """They are checked, launched, shown, stopped and promoted, under a hostile path."""
    values = ",".join(json.dumps(text, ensure_ascii=False) for text in ARGUMENTS if "\udcff" not in text)
    grid = ("--grid", f"grpo.run_name={values}", "--name", ARGUMENTS[0], "--tag", "hold=1", "--device", "cpu")
    call(lab.workspace, "sweep", "fake", *grid, "--dry-run")
    sweep = call(lab.workspace, "sweep", "fake", *grid).stdout.strip()
    for form in ([], ["--json"], ["--markdown"], ["--csv"]):
        call(lab.workspace, "sweep", "show", sweep, *form)
    call(lab.workspace, "sweep", "ls")
    call(lab.workspace, "sweep", "stop", sweep)
    for path in lab.workspace.runs():
        assert lab.ended(path) is Status.STOPPED
    call(lab.workspace, "promote", sweep, "--point", "1", "--yes", "--force", codes=(0, 2))
    call(lab.workspace, "promote", sweep, "--point", "2", "--as", "other", "--yes", "--json", codes=(0, 2))
    assert os.listdir(tmp_path) == [PLACE]
    assert list(tmp_path.rglob("x")) == []
