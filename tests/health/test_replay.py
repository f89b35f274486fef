from __future__ import annotations

import json
import random
import sys
from dataclasses import asdict
from typing import Any

from grpotui.health.monitor import Monitor
from grpotui.records import HealthContext, Verdict
from tests.health.scenes import Line, Scene, context, flags, judged, lines, verdicts, watch


def test_hostile_numbers_do_not_raise() -> None:
    monitor = Monitor(context())
    bad: list[Any] = [None, "x", 1e308, -1e308, 10**400, True, [1], {}]
    for step, value in enumerate(bad * 10):
        metrics = {"step": step, "reward": value, "grpotui/zero_std": value}
        signals = dict.fromkeys(("groups", "flat", "ceiling", "floor", "other", "jaccard_cross"), value)
        monitor.step(metrics, signals)
        monitor.step({"step": value, "reward": 1.0}, signals)
    assert isinstance(monitor.verdict, Verdict)


def told(context_: HealthContext, stream: list[Line]) -> str:
    """Everything that a stream leads to, as the JSON that would be written."""
    monitor = Monitor(context_)
    said = [
        {"flags": [f.to_json() for f in j.flags], "change": j.change and asdict(j.change)}
        for j in watch(monitor, stream)
    ]
    return json.dumps([said, monitor.verdict])


def noisy(step: int) -> Scene:
    rng = random.Random(step)
    return Scene(
        reward=rng.random(),
        ceiling=rng.randrange(2),
        floor=rng.randrange(2),
        other=rng.randrange(3) if step > 60 else 0,
        jaccard=rng.choice([None, min(1.0, step / 150 + rng.random() / 5)]),
    )


def test_live_and_replayed_agree_exactly() -> None:
    stream = [*lines(noisy, range(1, 120)), *lines(noisy, range(90, 160))]
    from_disk = [(json.loads(json.dumps(m)), json.loads(json.dumps(s))) for m, s in stream]
    assert told(context(), stream) == told(context(), from_disk)
    assert told(context(), stream) == told(context(), stream)


def test_a_resumed_run_takes_back_what_later_steps_brought() -> None:
    def falls(step: int) -> Scene:
        return Scene(0.5, jaccard=0.9 if step > 40 else 0.2)

    monitor = Monitor(context())
    before = watch(monitor, lines(falls, range(1, 61)))
    assert monitor.verdict is Verdict.COLLAPSED
    resumed = monitor.step(*Scene(0.5, jaccard=0.2).line(31))
    assert resumed.change is not None
    assert (resumed.change.old, resumed.change.new) == (Verdict.COLLAPSED, Verdict.HEALTHY)
    assert "resumed at step 31" in resumed.change.message
    healthy = watch(monitor, lines(lambda step: Scene(0.5, jaccard=0.2), range(32, 60)))
    assert verdicts(healthy) == []
    # The same fall is flagged again, at its new steps.
    again = watch(monitor, lines(lambda step: Scene(0.5, jaccard=0.9), range(60, 90)))
    assert verdicts(again)[-1][1] == "collapsed"
    assert flags(before, "threshold")[0].message == flags(again, "threshold")[0].message


def test_a_verdict_from_before_the_checkpoint_stays() -> None:
    monitor, _ = judged(lambda step: Scene(0.5, jaccard=0.9), steps=60)
    resumed = monitor.step(*Scene(0.5, jaccard=0.9).line(50))
    assert resumed.change is None
    assert monitor.verdict is Verdict.COLLAPSED


def test_the_step_at_the_last_one_replaces_it() -> None:
    monitor, _ = judged(lambda step: Scene(0.5, jaccard=0.2), steps=20)
    assert monitor.step(*Scene(0.5, jaccard=0.2).line(20)).change is None
    assert monitor.verdict is Verdict.HEALTHY


def size(thing: Any, seen: set[int] | None = None) -> int:
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    parts: list[Any] = []
    if isinstance(thing, dict):
        parts = [*thing.keys(), *thing.values()]
    elif hasattr(thing, "__dict__"):
        parts = list(vars(thing).values())
    elif hasattr(thing, "__slots__"):
        parts = [getattr(thing, name) for name in thing.__slots__]
    elif not isinstance(thing, (str, bytes)) and hasattr(thing, "__iter__"):
        parts = list(thing)
    return sys.getsizeof(thing) + sum(size(part, seen) for part in parts)


def test_memory_does_not_grow_with_the_run() -> None:
    monitor = Monitor(context())
    watch(monitor, lines(noisy, range(1, 2000)))
    early = size(monitor)
    watch(monitor, lines(noisy, range(2000, 5000)))
    assert size(monitor) < early + 30_000
