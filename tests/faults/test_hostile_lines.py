"""Torn, huge, deep, binary and absurd lines in every stream of a run: ingest, judge and queries go on."""

from __future__ import annotations

import itertools
import json

import pytest

from grpotui.health.monitor import Monitor
from grpotui.health.signals import compute
from grpotui.launch.queue import tick
from grpotui.launch.runner.judge import Judge, context
from grpotui.records import Flag, Group, HealthContext, RewardRange, Status
from grpotui.registry import rebuild
from grpotui.stream import parse_line
from tests.faults.terminal import terminal
from tests.hostile import LINES, pour
from tests.launch.lab import Lab, until
from tests.support import Cli

VERBS = {"metrics": "metrics", "completions": "completions", "signals": "metrics", "events": "show"}


@pytest.mark.parametrize("stream", VERBS)
def test_a_live_run_goes_on_over_a_stream_full_of_noise(lab: Lab, cli: Cli, stream: str) -> None:
    run = lab.launch("steps=40", "collapse=20", "hold=10,30")
    lab.until_judged(run, 9)
    pour(run.path / f"{stream}.jsonl")
    lab.go(run, 10)
    lab.until_judged(run, 29)
    lab.kill(run, "runner")
    tick(lab.workspace, 5)
    until(lambda: lab.process(run).get("adopted"), lambda: lab.story(run))
    lab.go(run, 30)
    assert lab.ended(run) is Status.FINISHED, lab.story(run)
    assert run.runner_log.read_text() == ""
    assert lab.summary(run).verdict == "collapsed"
    assert_readable(lab, cli, run.id, VERBS[stream])
    with lab.registry() as registry:
        steps = [
            step
            for step, _ in registry.series(run.id, ["grpotui/within_group_std"], after=8)[
                "grpotui/within_group_std"
            ]
        ]
        assert set(range(11, 41)) <= set(steps)
    before = [lab.summary(run), counts(lab, run.id)]
    assert rebuild(lab.workspace).runs == 1
    assert [lab.summary(run), counts(lab, run.id)] == before


def counts(lab: Lab, run_id: str) -> list[object]:
    with lab.registry() as registry:
        series = {key: len(points) for key, points in registry.series(run_id).items()}
        return [series, registry.group_steps(run_id), len(registry.events(run_id)), registry.flags(run_id)]


def assert_readable(lab: Lab, cli: Cli, run_id: str, verb: str) -> None:
    """Every question that verbs and screens ask has an answer."""
    with lab.registry() as registry:
        for step in registry.group_steps(run_id):
            registry.groups(run_id, step)
            registry.group_rows(run_id, step)
        assert sum(1 for _ in registry.group_lines(run_id)) > 0
        assert json.dumps([flag.to_json() for flag in registry.flags(run_id)], allow_nan=False)
        registry.sparklines([run_id])
        registry.last(run_id)
        registry.exit(run_id)
    done = cli(verb, run_id, "--json")
    assert done.code == 0 and done.err == "", done.err
    assert json.loads(done.out)


def test_all_streams_at_once_on_the_screen(lab: Lab) -> None:
    run = lab.launch("steps=12")
    lab.ended(run)
    for stream in VERBS:
        pour(run.path / f"{stream}.jsonl", torn_end=True)
    with terminal(lab.workspace) as app:
        app.wait_for("fake")
        app.press("\r")
        app.wait_for("zero-std")
        for keys in ("]", "[", "{", "}", "f", "z", "\x1b[F", "\r", "q"):
            app.press(keys)
        app.press("qq")
        assert app.process.wait(30) == 0
    assert "Traceback" not in app.text


def test_rules_take_any_line(lab: Lab) -> None:
    """Every pair of hostile lines as metrics and signals, and every one as a group."""
    lines = [data for data in map(parse_line, LINES) if data is not None]
    assert len(lines) > 10
    monitor = Monitor(HealthContext(RewardRange(0, 1), 4, 4))
    for metrics, signals in itertools.product(lines, repeat=2):
        for flag in monitor.step({"reward": 0.5, **metrics}, signals).flags:
            assert Flag.from_json(flag.to_json()) == flag
    for span in (None, RewardRange(0, 1)):
        found = compute(1, [Group.from_json(line) for line in lines], span)
        assert json.dumps(found, allow_nan=False)


def test_a_judge_reads_what_it_wrote_among_noise(lab: Lab) -> None:
    run = lab.launch("steps=3")
    lab.ended(run)
    pour(run.events)
    judge = Judge(run, context(run, 1))
    for data in filter(None, map(parse_line, LINES)):
        judge.step({"reward": 0.25, **data}, data)
    assert lab.summary(run).status is Status.FINISHED
