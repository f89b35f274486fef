"""Two processes that train one run, on the CPU, under the real runner: ended in every way there is."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from grpotui.launch.control import resume, stop
from grpotui.launch.journal import events
from grpotui.launch.machine.identity import Identity, marked
from grpotui.launch.machine.ranks import ranks_of
from grpotui.launch.request import LaunchRequest
from grpotui.launch.submit import launch
from grpotui.presets import load
from grpotui.records import Status
from grpotui.stream import Tail, read_json
from grpotui.workspace import RunDir, Workspace
from tests.launch.lab import Lab, until

PRESET = """
summary = "two ranks"
model = "tiny"
[task]
name = "arithmetic"
n = 64
[[rewards]]
name = "exact"
[grpo]
num_generations = 8
per_device_train_batch_size = 8
max_completion_length = 4
max_steps = 100000
logging_steps = 1
save_steps = 50000
save_total_limit = 1
[launch]
device = "cpu"
processes = 2
"""


@pytest.fixture
def lab(workspace: Workspace) -> Iterator[Lab]:
    (workspace.presets / "two.toml").write_text(PRESET)
    found = Lab(workspace)
    yield found
    found.clean_up()


def until_trained(lab: Lab, run: RunDir, attempt: int) -> int:
    """Wait for the third step of an attempt; return the last one so far."""

    def steps() -> list[int]:
        lines = [line.data for line in Tail(run.metrics).read() if "reward" in line.data]
        return [int(line["step"]) for line in lines if line["attempt"] == attempt]

    until(lambda: len(steps()) > 2, lambda: lab.story(run) + run.output_log.read_text()[-3000:], seconds=240)
    return steps()[-1]


def ranks(lab: Lab, run: RunDir) -> tuple[Identity, list[Identity]]:
    leader = Identity.from_json(lab.process(run)["trainer"])
    assert leader is not None
    return leader, ranks_of(leader)


def saved(run: RunDir) -> int:
    last = run.last_checkpoint()
    return int(last.name.removeprefix("checkpoint-")) if last else 0


@pytest.mark.xdist_group("ranks")
def test_ranks_are_stopped_killed_and_go_on(lab: Lab) -> None:
    workspace = lab.workspace
    run = workspace.run(launch(workspace, LaunchRequest(load("two", workspace))))

    # A person stops it: both ranks finish their step, and the first saves.
    before = until_trained(lab, run, 1)
    assert len(ranks(lab, run)[1]) == 2
    stop(workspace, run.id, "enough")
    assert _ended(lab, run) is Status.STOPPED
    assert events(run)[-1]["reason"] == "enough"
    assert (read_json(run.exit_json) or {})["code"] == 0
    assert saved(run) >= before
    assert marked(run) == []

    # The launcher is killed: its ranks are swept, and it is no stop that anybody asked for.
    resume(workspace, run.id)
    assert until_trained(lab, run, 2) > saved(run)
    os.kill(ranks(lab, run)[0].pid, signal.SIGKILL)
    assert _ended(lab, run) is Status.FAILED
    assert "killed by signal 9" in events(run)[-1]["reason"]
    assert marked(run) == []

    # Somebody else sends TERM to the launcher: it tells its ranks, which save; its code is 1 all the same.
    resume(workspace, run.id)
    before = until_trained(lab, run, 3)
    os.kill(ranks(lab, run)[0].pid, signal.SIGTERM)
    assert _ended(lab, run) is Status.STOPPED
    assert events(run)[-1]["reason"] == "stopped by TERM"
    assert saved(run) >= before
    assert marked(run) == []

    groups = [line.data for line in Tail(run.completions).read()]
    places = [(g["attempt"], g["step"], g["group"]) for g in groups]
    assert len(places) == len(set(places))
    assert {group for _, _, group in places} == {0, 1}
    told = [read_json(run.attempt_json(number)) or {} for number in (1, 2, 3)]
    assert [attempt["processes"] for attempt in told] == [2, 2, 2]


def _ended(lab: Lab, run: RunDir) -> Status:
    until(
        lambda: lab.statuses(run)[-1] in ("stopped", "failed", "finished"),
        lambda: lab.story(run) + run.output_log.read_text()[-3000:],
        seconds=180,
    )
    return lab.ended(run)
