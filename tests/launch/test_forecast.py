"""When runs are likely to start and to end."""

from __future__ import annotations

import pytest

from grpotui.launch.machine.device import CPU, Device
from grpotui.launch.machine.sharing import Need
from grpotui.launch.queue.forecast import NEVER, Course, Expected, Waiting, forecast

GB = 10**9
A, B = (Device(f"GPU-{name}", f"GPU {name}", "x", 24 * GB) for name in "ab")


def run(name: str, seconds: float | None = 10.0, *devices: Device, **need: int) -> Waiting:
    return Waiting(name, devices or (A, B), Need(**need), seconds)


def told(found: dict[str, Expected]) -> dict[str, tuple[float | None, float | None]]:
    return {name: (expected.starts, expected.ends) for name, expected in found.items()}


def test_runs_take_the_device_that_is_free_first() -> None:
    course = Course({A.key: [30.0], B.key: [5.0]})
    queue = [run("p"), run("q"), run("r", 100.0), run("s", 1.0, CPU)]
    assert told(forecast(queue, course)) == {"p": (5, 15), "q": (15, 25), "r": (25, 125), "s": (0, 1)}


def test_a_run_of_two_waits_for_both() -> None:
    course = Course({A.key: [30.0]})
    assert told(forecast([run("p", devices=2), run("q")], course)) == {"p": (30, 40), "q": (40, 50)}
    assert told(forecast([run("p", 1.0, A, devices=2)], Course())) == {"p": (None, None)}


def test_slots_and_memory_make_room() -> None:
    queue = [run(str(number), 10.0, A, slots=2) for number in range(4)]
    assert [e.starts for e in forecast(queue, Course()).values()] == [0, 0, 10, 10]
    queue = [run(str(number), 10.0, A, memory=10 * GB) for number in range(3)]
    assert [e.starts for e in forecast(queue, Course()).values()] == [0, 0, 10]


def test_a_sweep_that_may_have_one_run_at_once() -> None:
    course = Course({"sweep s": [7.0]}, {"s": 1})
    queue = [Waiting(name, (A, B), Need(), 10.0, "s") for name in "pq"]
    assert told(forecast(queue, course)) == {"p": (7, 17), "q": (17, 27)}


@pytest.mark.parametrize("seconds", [10.0, None])
def test_what_nothing_tells_of_is_left_open(seconds: float | None) -> None:
    course = Course({A.key: [NEVER]})
    found = told(forecast([run("p", seconds, A), run("q", None, B), run("r", 1.0, B)], course))
    assert found == {"p": (None, None), "q": (0, None), "r": (None, None)}
