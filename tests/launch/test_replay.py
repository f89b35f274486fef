"""What a new runner finds in the streams: what was judged, and what it still has to judge."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from grpotui.launch.journal import events
from grpotui.launch.runner import replay
from grpotui.launch.runner.replay import Survey, approach, compute_missing, paired
from grpotui.launch.runner.watch import Watch
from grpotui.records import RewardRange
from grpotui.stream import LineWriter, Tail
from grpotui.workspace import RunDir, Workspace
from tests.writing import RunWriter, sample


@pytest.fixture
def run(workspace: Workspace) -> RunDir:
    return workspace.new_run("study")


def write_streams(run: RunDir, metrics: list[tuple[int, float]], signals: list[tuple[int, float]]) -> None:
    for path, lines in ((run.metrics, metrics), (run.signals, signals)):
        path.unlink(missing_ok=True)
        writer = LineWriter(path)
        for step, at in lines:
            writer.append({"step": step, "time": at, "reward": 0.0})
        writer.close()


@pytest.mark.parametrize(
    ("metrics", "signals", "wanted"),
    [
        ([], [], []),
        ([(1, 1), (2, 2)], [(1, 1.1), (2, 2.1)], []),
        ([(1, 1), (2, 2), (4, 4)], [(1, 1.1)], [(1, 2), (2, 4)]),
        ([(1, 1), (2, 2), (3, 3)], [(1, 1.1), (3, 3.1)], []),
        # resumed after step 1: the signals of the first step 2 are not those of the second
        ([(1, 1), (2, 2), (2, 9)], [(1, 1.1), (2, 2.1)], [(1, 2)]),
        ([(1, 1), (2, 2), (2, 9), (3, 10)], [(1, 1.1), (2, 2.1), (2, 9.1), (3, 10.1)], []),
    ],
)
def test_a_survey_finds_what_was_not_judged(
    run: RunDir,
    metrics: list[tuple[int, float]],
    signals: list[tuple[int, float]],
    wanted: list[tuple[int, int]],
) -> None:
    write_streams(run, metrics, signals)
    survey = Survey.of(run)
    assert survey.wanted() == wanted
    assert (survey.count, survey.last) == (len(metrics), metrics[-1][0] if metrics else 0)


def test_signals_belong_to_lines_of_their_attempt(run: RunDir) -> None:
    """The first attempt's step 2 was never judged; the second's was, a day before by the clock."""
    metrics, signals = LineWriter(run.metrics), LineWriter(run.signals)
    for step, attempt, at in ((1, 1, 90_001.0), (2, 1, 90_002.0), (2, 2, 5.0), (3, 2, 6.0)):
        metrics.append({"step": step, "attempt": attempt, "time": at, "reward": 0.0})
    for step, attempt, at in ((1, 1, 90_001.5), (2, 2, 5.5), (3, 2, 6.5)):
        signals.append({"step": step, "attempt": attempt, "time": at})
    pairs = [known and known["attempt"] for _, known in paired(run, Tail(run.metrics))]
    assert pairs == [1, None, 2, 2]
    assert Survey.of(run).wanted() == []


def test_lines_that_are_no_training_step_are_passed_over(run: RunDir) -> None:
    write_streams(run, [(1, 1)], [(1, 1.1)])
    run.metrics.open("a").write('{"step": 1, "time": 2, "train_runtime": 9}\nnoise\n')
    survey = Survey.of(run)
    assert (survey.count, survey.unjudged) == (1, 0)


def test_missing_signals_come_from_the_newest_groups(run: RunDir) -> None:
    def group(step: int, number: int, word: str, mode: str = "train") -> dict[str, Any]:
        texts = [{"text": f"{word} {n} one two three", "reward": float(n)} for n in range(2)]
        return {"step": step, "group": number, "mode": mode, "prompt": "p", "completions": texts}

    writer = LineWriter(run.completions)
    for line in (
        group(1, 0, "judged"),
        group(2, 0, "old"),
        group(3, 0, "old"),
        group(9, 0, "never logged"),
        group(2, 0, "new"),
        group(2, 0, "eval", "eval"),
        group(2, 1, "new"),
        group(3, 0, "new"),
        group(4, 0, "ahead"),
    ):
        writer.append(line)
    missing = compute_missing(
        Tail(run.completions), Survey(Tail(run.metrics), 3, 3, 2, [1, 2, 3]), RewardRange(0, 1)
    )
    found, ahead = missing.found, missing.ahead
    assert sorted(found) == [2, 3]
    assert (found[2]["groups"], found[3]["groups"]) == (2, 1)
    assert [g.completions[0].text.split()[0] for g in ahead] == ["ahead"]


@pytest.mark.parametrize("seed", range(20))
def test_what_an_adopting_runner_needs_is_found_from_the_end(
    run: RunDir, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs that were resumed at random, judged up to a random step: the same as reading all of the file."""
    monkeypatch.setattr(replay, "_CHUNK", 1500)
    chance, writer = random.Random(seed), RunWriter(run)
    for attempt in range(1, chance.randint(1, 3) + 1):
        writer.step = chance.randint(0, writer.step)
        writer.number = attempt if seed % 2 else 0
        for _ in range(chance.randint(5, 40)):
            for number in range(2):
                mode = "train" if number else chance.choice(("train", "eval"))
                texts = [sample(f"{attempt} {chance.random()} x", n, pad="y" * 40) for n in range(2)]
                writer.group(number, texts, mode=mode)
            writer.log_step(reward=0.5)
            if chance.random() < 0.8:
                writer.signal(writer.step, time=writer.born + writer.step, attempt=writer.number)
    writer.group(0, [sample("ahead")])
    survey = Survey.of(run)
    whole, near = Tail(run.completions), Tail(run.completions)
    approach(near, survey)
    span = RewardRange(0, 1)
    assert compute_missing(near, survey, span) == compute_missing(whole, survey, span)
    assert near.offset == whole.offset


def test_of_a_long_run_only_the_end_is_read(run: RunDir) -> None:
    writer = RunWriter(run)
    for _ in range(4000):
        writer.group(0, [sample("x" * 1000), sample("y" * 1000)])
        writer.log_step(reward=0.5)
        writer.signal(writer.step, time=writer.born + writer.step)
    near = Tail(run.completions)
    approach(near, Survey.of(run))
    size = run.completions.stat().st_size
    assert size > 8_000_000
    assert size - near.offset < 1_100_000


def test_the_flag_of_an_evaluation_is_said_once_whoever_judges(run: RunDir) -> None:
    def write(path: Path, **line: Any) -> None:
        writer = LineWriter(path)
        writer.append(line)
        writer.close()

    def flags() -> list[tuple[Any, Any]]:
        return [(e["step"], e["signal"]) for e in events(run) if e["type"] == "flag"]

    write(run.metrics, step=1, time=1.0, reward=0.5)
    write(run.metrics, step=1, time=2.0, **{"grpotui/gap": 0.1})
    write(run.metrics, step=2, time=3.0, reward=0.5)
    watch = Watch(run, 1)
    watch.catch_up(same_attempt=True)
    assert flags() == []
    write(run.metrics, step=2, time=4.0, **{"grpotui/gap": 0.9})
    watch.finish()
    assert flags() == [(2, "gap")]
    second = Watch(run, 1)
    second.catch_up(same_attempt=True)
    second.finish()
    assert flags() == [(2, "gap")]
    write(run.metrics, step=2, time=9e9, attempt=2, reward=0.5)
    write(run.metrics, step=2, time=9e9, attempt=2, **{"grpotui/gap": 0.9})
    second.finish()
    assert flags() == [(2, "gap")] * 2
