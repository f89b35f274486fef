"""Which log a path means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grpotui.analysis.logs import ours, trl
from grpotui.analysis.logs.log import Log
from grpotui.errors import UserError


def find(place: Path, completions: Path | None = None) -> Log:
    """Return the log of a run's folder, a file of metrics, a TRL output folder or its trainer_state.json.

    Raises UserError that says what was looked for.
    """
    if completions is not None and not completions.exists():
        raise UserError(f"{completions}: there is no such file")
    if place.is_file():
        if place.name == trl.STATE:
            return _with(trl.read(place.parent, _parquet(completions)), completions)
        return _with(ours.read(place, _lines(completions)), completions)
    metrics = place / "metrics.jsonl"
    if metrics.is_file():
        return _with(ours.read(metrics, _lines(completions)), completions)
    for folder in (place, place / "checkpoints"):
        if trl.is_output(folder):
            return _with(trl.read(folder, _parquet(completions)), completions)
    raise UserError(f"{place}: expected metrics.jsonl or {trl.STATE} in it, or in a checkpoint of it")


def _lines(completions: Path | None) -> Path | None:
    return completions if completions is not None and completions.suffix == ".jsonl" else None


def _parquet(completions: Path | None) -> Path | None:
    return completions if completions is not None and completions.suffix != ".jsonl" else None


def _with(log: Log, completions: Path | None) -> Log:
    """Return a log with completions of the other format than its metrics."""
    if completions is None or log.groups is not None:
        return log
    if completions.suffix == ".jsonl":
        size, per_step = ours.shape(ours.groups(completions))
        found = ours.groups(completions)
    else:
        files = trl.parquet_files(completions)
        if not files:
            raise UserError(f"{completions}: expected .jsonl, .parquet or a folder of .parquet files")
        size, per_step = trl.group_size(files), 1
        found = trl.groups(files, [], size)
    facts = replace(log.context, num_generations=size or 8, groups_per_step=per_step)
    return replace(log, context=facts, groups=found, known=None)
