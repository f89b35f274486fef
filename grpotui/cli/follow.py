"""Following a run from the command line: its log, or its progress."""

from __future__ import annotations

import time
from pathlib import Path

import click

from grpotui import format as fmt
from grpotui.launch.queue import tick
from grpotui.records import RunSummary
from grpotui.registry import index_run
from grpotui.registry.queries import Registry
from grpotui.text import clean, last_state
from grpotui.workspace import Workspace

_POLL = 0.3  # seconds
_CHUNK = 1024 * 1024  # bytes


def print_log(workspace: Workspace, registry: Registry, run_id: str, follow: bool) -> None:
    """Print the log of a run; with ``follow`` go on until the run has ended."""
    path = workspace.run(run_id).output_log
    position = 0
    rest = b""
    while True:
        tick(workspace)
        index_run(registry.connection, workspace.run(run_id))
        ended = not follow or registry.run(run_id).status.is_ended
        while data := _read(path, position):
            position += len(data)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                click.echo(clean(last_state(line.decode(errors="replace"))))
        if ended:
            break
        time.sleep(_POLL)
    if rest:
        click.echo(clean(last_state(rest.decode(errors="replace"))))


def _read(path: Path, position: int) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        file.seek(position)
        return file.read(_CHUNK)


def progress_line(run: RunSummary) -> str:
    """Return one line on where a run stands."""
    known = [("reward", run.reward), ("zero-std", run.zero_std), ("jaccard", run.jaccard)]
    values = "  ".join(f"{name} {fmt.number(value)}" for name, value in known if value is not None)
    steps = f"step {fmt.part_of(run.step, run.max_steps)}"
    return "  ".join(part for part in (run.id, run.status, steps, values, run.verdict) if part)
