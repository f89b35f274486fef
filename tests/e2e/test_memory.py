"""A run that really comes to its memory limit, and the next attempts that fit in it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from grpotui.launch.journal import events
from grpotui.presets.grpo_rules import generation_size
from grpotui.records.retries import Retry
from grpotui.registry.rebuilding import rebuild
from grpotui.stream import Tail, read_json
from grpotui.workspace import RunDir, Workspace
from tests.support import Cli

TRAINING = """
summary = "too much at once"
model = "tiny"
[task]
name = "stories"
n = 256
[[rewards]]
name = "happy_binary"
[grpo]
num_generations = 8
per_device_train_batch_size = 256
max_completion_length = 48
max_steps = 1
learning_rate = 1e-5
beta = 0.02
logging_steps = 1
save_strategy = "no"
[launch]
device = "cpu"
on_oom = { per_device_train_batch_size = "/2", gradient_accumulation_steps = "*2" }
"""
PROBE = """
summary = "too much at once"
kind = "rollouts"
model = "tiny"
[task]
name = "stories"
n = 256
[[rewards]]
name = "happy_binary"
[grpo]
num_generations = 8
max_completion_length = 64
[rollouts]
batch = 2048
[launch]
device = "cpu"
"""


def launched(cli: Cli, workspace: Workspace, preset: str) -> RunDir:
    (workspace.presets / "heavy.toml").write_text(preset)
    done = cli("launch", "heavy", "--wait", timeout=900)
    run = workspace.run(done.out.splitlines()[-1])
    assert done.code == 0, done.err + run.output_log.read_text()[-3000:]
    return run


@pytest.fixture(autouse=True)
def _limit(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    monkeypatch.setenv("GRPOTUI_MEMORY_LIMIT", str(request.param))
    yield


@pytest.mark.xdist_group("memory")
@pytest.mark.parametrize("_limit", [850_000_000], indirect=True)
def test_training_goes_on_in_smaller_parts_of_the_same_step(cli: Cli, workspace: Workspace) -> None:
    run = launched(cli, workspace, TRAINING)
    retries = [retry for event in events(run) if (retry := Retry.from_json(event))]
    assert retries
    log = run.output_log.read_text()
    assert "DefaultCPUAllocator: can't allocate memory" in log
    assert f"since attempt 1 ran out of memory: {retries[0].words}" in log
    first, last = (read_json(run.attempt_json(number)) or {} for number in (1, len(retries) + 1))
    used = [attempt["config"]["grpo"] for attempt in (first, last)]
    batches = [grpo["per_device_train_batch_size"] for grpo in used]
    assert batches == [256, 256 // 2 ** len(retries)]
    for grpo in used:
        sizes = ("per_device_train_batch_size", "gradient_accumulation_steps")
        assert generation_size({name: grpo[name] for name in sizes}) == 256
        assert grpo["num_generations"] == 8
    made = [line.data["attempt"] for line in Tail(run.completions).read()]
    assert made.count(last["attempt"]) == 32

    shown = cli("show", run.id).out
    assert f"retried  after attempt 1 ran out of memory: {retries[0].words}" in shown
    before = cli("show", run.id, "--json").json
    assert [retry["changed"] for retry in before["retries"]] == [
        {name: list(pair) for name, pair in retry.changes.items()} for retry in retries
    ]
    assert json.loads(run.exit_json.read_text())["status"] == "finished"
    rebuild(workspace)
    assert cli("show", run.id, "--json").json == before


@pytest.mark.xdist_group("memory")
@pytest.mark.parametrize("_limit", [250_000_000], indirect=True)
def test_a_probe_halves_its_batch_and_loses_nothing(cli: Cli, workspace: Workspace) -> None:
    run = launched(cli, workspace, PROBE)
    retries = [retry for event in events(run) if (retry := Retry.from_json(event))]
    assert retries[0].changes == {"rollouts.batch": (2048, 1024)}
    groups = [line.data for line in Tail(run.completions).read()]
    assert len(groups) == 256
    assert all(len(group["completions"]) == 8 for group in groups)
    [line] = [line.data for line in Tail(run.metrics).read()]
    assert line["rollouts/n"] == 2048
    assert line["rollouts/batch"] == 2048 // 2 ** len(retries)
    assert len(run.attempts()) == 1
