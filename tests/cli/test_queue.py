"""``queue`` and ``tick`` in a process of their own, on fake devices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.launch.machine.fakes import FAKE_VARIABLE
from grpotui.launch.queue import order
from grpotui.launch.queue.tickets import OLD
from grpotui.records import Status
from grpotui.workspace import Workspace
from tests.launch.lab import Lab, opened
from tests.support import Cli


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv(FAKE_VARIABLE, "1x24")
    yield from opened(workspace, monkeypatch)


def test_the_queue_from_the_command_line(lab: Lab, cli: Cli) -> None:
    assert cli("queue").out == "nothing is queued\n"
    first = lab.launch("hold=1", device="cuda")
    lab.until(first, Status.RUNNING)
    a, b, c = (lab.launch("steps=1", device="cuda") for _ in range(3))
    assert cli("queue", "move", c.id, "--top").out == f"{c.id}: place 1\n"
    assert cli("queue", "priority", b.id, "-3").out == f"{b.id}: priority -3\n"
    assert cli("queue", "hold", a.id).out == f"{a.id}: held\n"
    told = cli("queue", "--json").json
    assert [entry["run"] for entry in told["runs"]] == [c.id, a.id, b.id]
    assert [(e["place"], e["priority"], e["held"]) for e in told["runs"]] == [
        (1, 0, False),
        (2, 0, True),
        (3, -3, False),
    ]
    assert [entry["waits_for"] for entry in told["runs"]] == [
        f"fake 0 busy with {first.id}",
        "held, until it is released",
        f"behind {c.id}",
    ]
    assert (told["paused"], told["ends_known"]) == (False, False)
    assert cli("queue", "pause").code == 0
    shown = cli("queue").out.splitlines()
    assert shown[1].split()[:2] == ["1", c.id] and "the queue is paused" in shown[1]
    assert shown[-1] == "paused: 'grpotui queue continue' lets it go on"
    lab.go(first)
    lab.ended(first)
    assert cli("tick").out == ""
    assert cli("queue", "cancel", b.id).out == f"{b.id}: cancelled\n"
    assert cli("queue", "continue").out == f"{c.id}\n"
    lab.ended(c)
    assert cli("queue", "release", a.id).out == f"{a.id}: released\n"
    assert lab.ended(a) is Status.FINISHED
    assert lab.statuses(b) == ["queued", "stopped"]


def test_what_cannot_be_done_is_one_line(lab: Lab, cli: Cli) -> None:
    run = lab.launch("steps=1", device="cuda")
    lab.ended(run)
    for verb in (("hold",), ("release",), ("move", "--up"), ("cancel",)):
        refused = cli("queue", verb[0], run.id, *verb[1:])
        assert (refused.code, len(refused.err.splitlines())) == (2, 1)
        assert f"{run.id} is finished: only a queued run" in refused.err
    assert "say where: --up, --down" in cli("queue", "move", run.id).err


def test_tick_says_what_it_started(lab: Lab, cli: Cli, workspace: Workspace) -> None:
    order.pause(workspace)
    run = lab.launch("steps=1", device="cuda")
    left = [{"run": run.id, "waits_for": "the queue is paused"}]
    assert cli("tick", "--json").json == {"started": [], "waiting": left}
    lines = run.events.read_text().replace('"boot_id": "', '"boot_id": "before-')
    run.events.write_text(lines)
    order.pause(workspace, paused=False)
    assert lab.statuses(run) == ["queued"]
    done = cli("tick")
    assert (done.out, done.err) == (f"{run.id}\n", "")
    assert lab.ended(run) is Status.FINISHED


def test_launch_says_what_a_run_waits_for(lab: Lab, cli: Cli) -> None:
    first = lab.launch("hold=1", device="cuda")
    lab.until(first, Status.RUNNING)
    done = cli("launch", "fake", "--device", "cuda")
    assert f"{done.out.strip()} waits: fake 0 busy with {first.id}" in done.err
    refused = cli("launch", "fake", "--device", "cuda", "--set", "launch.devices=2")
    assert refused.code == 2 and "device: needs 2 GPUs, and may use 1" in refused.err
    assert "fake 0 (trains on the CPU) 24 GB" in cli("doctor").out
    assert f"fake 0: {first.id}" in cli("doctor").out


def test_tick_says_what_it_leaves_alone(lab: Lab, cli: Cli) -> None:
    first = lab.launch("hold=1", device="cuda")
    lab.until(first, Status.RUNNING)
    held, copied, behind = (lab.launch("steps=1", device="cuda") for _ in range(3))
    cli("queue", "hold", held.id)
    whole = copied.events.read_bytes()
    other = copied.path / "other"
    other.write_bytes(whole)
    other.rename(copied.events)
    done = cli("tick")
    assert (done.code, done.out) == (0, "")
    assert sorted(done.err.splitlines()) == sorted(
        [
            f"{held.id} waits: held, until it is released",
            f"{copied.id} waits: {OLD}",
            f"{behind.id} waits: fake 0 busy with {first.id}",
        ]
    )
    cli("queue", "pause")
    cli("queue", "release", held.id)
    paused = cli("tick").err.splitlines()
    assert f"{held.id} and 1 more wait: the queue is paused" in paused and len(paused) == 2
    lab.go(first)
    lab.ended(first)
