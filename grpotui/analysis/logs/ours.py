"""Logs in our own format: a run's folder, or metrics.jsonl with or without completions beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from grpotui.analysis.logs.log import Log
from grpotui.launch.runner.judge import context
from grpotui.launch.runner.replay import lines, paired
from grpotui.records import Group, HealthContext, Mode
from grpotui.stream import MAX_LINE, Tail
from grpotui.workspace import RunDir

_ADVICE = ", give them with --completions FILE"


def read(metrics: Path, completions: Path | None) -> Log:
    """Return the log whose lines of metrics are in a file; ``completions`` default to those beside it."""
    run = RunDir(metrics.parent)
    whole = metrics.name == run.metrics.name
    beside = run.completions if whole and run.completions.is_file() else None
    texts = completions or beside
    attempts = run.attempts() if whole else []
    facts = context(run, attempts[-1]) if attempts else HealthContext(None, 8, 1)
    if texts is not None:
        size, per_step = shape(groups(texts))
        if not attempts and size:
            facts = replace(facts, num_generations=size, groups_per_step=per_step)
        return Log(facts, metric_lines(metrics), groups(texts))
    if whole and run.signals.is_file():
        return Log(facts, (), known=paired(run, Tail(metrics)))
    return Log(facts, metric_lines(metrics), advice=_ADVICE)


def metric_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file that are JSON objects, values that are no numbers as they stand there."""
    with path.open("rb") as file:
        while raw := file.readline(MAX_LINE + 1):
            if len(raw) > MAX_LINE:
                while raw and not raw.endswith(b"\n"):
                    raw = file.readline(MAX_LINE)
                continue
            try:
                data = json.loads(raw)
            except (ValueError, RecursionError):
                continue
            if isinstance(data, dict):
                yield data


def groups(path: Path) -> Iterator[Group]:
    """Yield the groups of training in a file of completions; those without a number are counted."""
    step, number = -1, 0
    for line in lines(Tail(path)):
        if line.get("mode", Mode.TRAIN) != Mode.TRAIN:
            continue
        group = Group.from_json(line)
        number = number + 1 if group.step == step else 0
        step = group.step
        yield group if "group" in line else replace(group, group=number)


def shape(found: Iterator[Group]) -> tuple[int, int]:
    """Return completions a group and groups a step, as the first steps have them; (0, 1) without any."""
    first: list[Group] = []
    for group in found:
        if first and group.step != first[0].step:
            break
        first.append(group)
    return max((len(group.completions) for group in first), default=0), max(len(first), 1)
