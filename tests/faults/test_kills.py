"""A hundred random kills of writers, ingestors and renames: every line is accounted for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from grpotui.registry import connect as open_registry
from grpotui.registry import index_run
from grpotui.registry.queries import Registry
from grpotui.stream import parse_line, read_json, write_json
from grpotui.workspace import RunDir, Workspace

pytestmark = pytest.mark.xdist_group("kills")
KILLS = 100
CAMPAIGN = Path(__file__).with_name("campaign.py")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, RunDir]:
    workspace = Workspace(tmp_path_factory.mktemp("killed"))
    workspace.create()
    run = workspace.new_run("study")
    write_json(run.run_json, {"id": run.id, "created_at": 5.0})
    argv = [sys.executable, str(CAMPAIGN), str(workspace.root), run.id, str(KILLS)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, cwd=CAMPAIGN.parents[2])
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return workspace, run


def told(run: RunDir) -> set[int]:
    """Return the numbers that a writer said are written; its last word may be torn."""
    return {int(line) for line in (run.path / "told").read_text().split("\n")[:-1] if line}


def intact(path: Path) -> tuple[Counter[int], int]:
    """Return how often each number stands in a stream, and how many lines are torn."""
    lines = path.read_bytes().split(b"\n")
    found = [parse_line(line) for line in lines if line]
    return Counter(line["step"] for line in found if line is not None), found.count(None)


@pytest.mark.parametrize("name", ["metrics", "completions", "signals"])
def test_every_line_that_was_said_to_be_written_is_there_once(
    killed: tuple[Workspace, RunDir], name: str
) -> None:
    _, run = killed
    said = told(run)
    found, torn = intact(run.path / f"{name}.jsonl")
    assert len(said) > 100
    assert said <= set(found)
    assert set(found.values()) == {1}
    assert len(found) - len(said) <= KILLS
    assert torn <= KILLS


def test_the_registry_holds_exactly_what_the_files_do(killed: tuple[Workspace, RunDir]) -> None:
    workspace, run = killed
    connection = open_registry(workspace)
    index_run(connection, run)
    registry = Registry(connection, workspace)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for name, key in (("metrics", "reward"), ("signals", "grpotui/jaccard_cross")):
        found, torn = intact(run.path / f"{name}.jsonl")
        rows = registry.series(run.id, [key])[key]
        assert [step for step, _ in rows] == sorted(found)
        bad = "SELECT bad_lines, offset FROM ingest WHERE stream = ?"
        assert connection.execute(bad, (name,)).fetchone()[0] == torn
    assert [value for _, value in registry.series(run.id, ["reward"])["reward"]] == [
        float(step) for step in sorted(intact(run.metrics)[0])
    ]
    assert registry.group_steps(run.id) == sorted(intact(run.completions)[0])
    step = max(intact(run.completions)[0])
    assert len(registry.groups(run.id, step)[0].completions[0].text) == step * 37 % 3000
    connection.close()


def test_a_kill_during_a_rename_leaves_the_old_or_the_new_file(killed: tuple[Workspace, RunDir]) -> None:
    _, run = killed
    last = read_json(run.request_json)
    assert last is not None and last["number"] == last["end"]
    assert json.loads(run.request_json.read_text())["number"] > 1_000_000
    write_json(run.request_json, {"action": "stop"})
    assert read_json(run.request_json) == {"action": "stop"}
