"""The torch-free parts of the recorder."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from grpotui.records import Completion, Group, RewardRange
from grpotui.stream import Tail
from grpotui.train.recorder import Flatness, Recorder, Row, progress_line
from grpotui.workspace import RunDir


def group(*rewards: float | None) -> Group:
    texts = tuple(Completion("x", reward=reward) for reward in rewards)
    return Group(1, 0, "train", "p", texts)


def rows(count: int, prompt: object = "p") -> list[Row]:
    return [Row(prompt, "t", None, Completion(str(n), reward=float(n))) for n in range(count)]


def test_shares_add_up_and_begin_anew() -> None:
    flatness = Flatness(RewardRange(-1.0, 1.0))
    for rewards in ((1.0, 1.0), (-1.0, -1.0), (0.2, 0.2), (0.2, 0.4), (1.0, 1.0)):
        flatness.add(group(*rewards))
    taken = flatness.take()
    assert taken["grpotui/zero_std"] == pytest.approx(0.8)
    kinds = [taken[f"grpotui/zero_std_{kind}"] for kind in ("ceiling", "floor", "other")]
    assert kinds == [0.4, 0.2, 0.2]
    assert taken["grpotui/within_group_std"] == pytest.approx(statistics.stdev([0.2, 0.4]) / 5)
    assert flatness.take() == {}


def test_a_group_without_rewards_measures_nothing() -> None:
    flatness = Flatness(None)
    flatness.add(group(None, None))
    assert flatness.take() == {}
    flatness.add(group(None, 0.5))
    assert flatness.take()["grpotui/zero_std_other"] == 1.0


@pytest.mark.parametrize("value", [0.1, 0.7, 1 / 3, 1e6 + 0.1, -7.3])
def test_float_error_makes_no_spread(value: float) -> None:
    flatness = Flatness(RewardRange(value - 1, value))
    flatness.add(group(*[value + value * 1e-14 * (i % 2) for i in range(16)]))
    taken = flatness.take()
    assert taken["grpotui/zero_std"] == taken["grpotui/zero_std_ceiling"] == 1.0


def test_groups_count_on_within_a_step_and_per_mode(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    recorder = Recorder(run, None)
    recorder.groups("train", 1, rows(4), 2)
    recorder.groups("train", 1, rows(2), 2)
    recorder.groups("eval", 1, rows(2), 2)
    recorder.groups("train", 2, rows(2), 2)
    recorder.close()
    found = [(g["mode"], g["step"], g["group"]) for g in (line.data for line in Tail(run.completions).read())]
    assert found == [("train", 1, 0), ("train", 1, 1), ("train", 1, 2), ("eval", 1, 0), ("train", 2, 0)]
    with pytest.raises(ValueError, match="no whole groups of 2"):
        recorder.groups("train", 3, rows(3), 2)


def test_a_conversation_stays_one(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    messages = [{"role": "user", "content": "2 + 2?"}]
    Recorder(run, None).groups("train", 1, rows(2, messages), 2)
    (line,) = Tail(run.completions).read()
    assert line.data["prompt"] == messages
    assert Group.from_json(line.data).prompt == "user: 2 + 2?"


def test_the_summary_is_written_and_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = RunDir(tmp_path)
    recorder = Recorder(run, None)
    recorder.metrics(4, 4, {"reward": 0.5})
    recorder.metrics(4, 4, {"train_runtime": 1.0})
    assert [line.data.get("train_runtime") for line in Tail(run.metrics).read()] == [None, 1.0]
    assert capsys.readouterr().out == "step 4/4 reward 0.5\n"


def test_what_is_no_number_stays_readable(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    Recorder(run, None).metrics(1, 4, {"loss": float("nan"), "kl": float("inf"), "reward": None})
    (line,) = Tail(run.metrics).read()
    assert (line.data["loss"], line.data["kl"], line.data["reward"]) == (None, None, None)
    assert line.data["nonfinite"] == ["loss", "kl"]


def test_trouble_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(RunDir(tmp_path / "missing"), None)
    for _ in range(3):
        with recorder.guard("completions"):
            recorder.groups("train", 1, rows(2), 2)
        with recorder.guard("metrics"):
            raise KeyError("x")
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "grpotui: the disk refused a line of completions, training goes on",
        "grpotui: recording metrics failed, training goes on: KeyError('x')",
    ]
    assert (recorder.lost, recorder.errors) == (3, 3)


def test_the_line_that_people_follow() -> None:
    values = {"reward": 0.3125, "grpotui/zero_std": 0.25, "loss": -1.5e-5, "kl": None, "entropy": 1.2}
    assert progress_line(12, 80, values) == "step 12/80 reward 0.312 zero-std 0.25 loss -1.5e-05 entropy 1.2"
    assert progress_line(12, 80, {}) == "step 12/80"
