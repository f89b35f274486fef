"""runs.db broken, removed or replaced under runs that live."""

from __future__ import annotations

from grpotui.records import Status
from grpotui.stream import Tail
from tests.launch.lab import Lab


def test_a_broken_registry_does_not_stop_a_run(lab: Lab) -> None:
    run = lab.launch("steps=30", "hold=3")
    lab.until_step(run, 2)
    broken = lab.workspace.root / "broken"
    broken.write_bytes(b"this is no database" * 100)
    broken.rename(lab.workspace.db)
    lab.go(run, 3)
    assert lab.ended(run) is Status.FINISHED
    assert "runs.db" in run.runner_log.read_text()
    judged = [line.data["step"] for line in Tail(run.signals).read()]
    assert judged == list(range(1, 31))
