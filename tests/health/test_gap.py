from __future__ import annotations

from typing import Any

from grpotui.health.monitor import Monitor
from grpotui.records import Flag, Level
from grpotui.tasks.accuracy import Share
from tests.health.scenes import Scene, context


def evaluation(step: int, train: Share, held_out: Share) -> dict[str, Any]:
    line: dict[str, Any] = {"step": step, "time": float(step), "grpotui/gap": train.value - held_out.value}
    for name, share in (("train_", train), ("", held_out)):
        key = f"eval_{name}accuracy"
        line |= {key: share.value, f"eval_{name}n": share.n}
        line |= dict(zip((f"{key}_low", f"{key}_high"), share.interval, strict=True))
    return line


def told(monitor: Monitor, step: int, train: Share, held_out: Share) -> list[Flag]:
    return monitor.evaluation(evaluation(step, train, held_out))


def test_ten_problems_learnt_by_heart_are_flagged() -> None:
    (flag,) = told(Monitor(context()), 50, Share(10, 10), Share(12, 40))
    assert (flag.kind, flag.level, flag.signal, flag.threshold) == ("threshold", Level.BAD, "gap", 0.4)
    assert flag.message == (
        "gap 0.70 over 0.40: 1.00 (0.72-1.00, n 10) on training prompts, "
        "0.30 (0.18-0.45, n 40) on held-out ones"
    )


def test_a_gap_that_may_be_chance_is_no_flag() -> None:
    monitor = Monitor(context())
    assert told(monitor, 10, Share(4, 10), Share(2, 10)) == []
    assert told(monitor, 20, Share(30, 100), Share(25, 100)) == []


def test_it_is_said_once_and_taken_back_below_the_line() -> None:
    monitor = Monitor(context())
    wide, held_out = Share(60, 100), Share(30, 100)
    assert [flag.level for flag in told(monitor, 10, wide, held_out)] == [Level.WARN]
    assert told(monitor, 20, wide, held_out) == []
    assert [flag.level for flag in told(monitor, 30, Share(95, 100), held_out)] == [Level.BAD]
    assert told(monitor, 40, Share(5, 10), Share(3, 10)) == []
    (back,) = told(monitor, 50, Share(32, 100), held_out)
    assert (back.level, back.message.partition(":")[0]) == (
        Level.INFO,
        "the gap to held-out prompts is back under 0.20",
    )


def test_an_evaluation_is_not_judged_as_training_and_a_resume_takes_it_back() -> None:
    monitor = Monitor(context())
    line = evaluation(20, Share(10, 10), Share(0, 40))
    assert monitor.step(line).flags == ()
    for step in range(1, 21):
        monitor.step(*Scene(0.5, jaccard=0.2).line(step))
    assert len(monitor.evaluation(line)) == 1
    monitor.step(*Scene(0.5, jaccard=0.2).line(11))
    assert len(monitor.evaluation(line)) == 1


def test_hostile_lines_do_not_raise() -> None:
    monitor = Monitor(context())
    values: list[Any] = [None, "x", float("nan"), 1e400, [], True]
    for value in values:
        assert monitor.evaluation({"step": value, "grpotui/gap": value, "eval_accuracy_high": value}) == []
    assert len(monitor.evaluation({"grpotui/gap": 0.9, "eval_accuracy_low": "x"})) == 1
