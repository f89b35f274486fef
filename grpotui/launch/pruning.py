"""Checkpoints by run and size, and taking away those that no resume needs."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grpotui.errors import UserError
from grpotui.stream import read_json
from grpotui.workspace import TRAINER_STATE, RunDir, Workspace, checkpoint_step, is_run_id

ROOM_FOR = 2
"""Checkpoints that should still fit on the disk."""
PRUNED = ".pruned-"
"""Begins the name of a folder that is going away: no reader takes it for a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One folder under a run's ``checkpoints/``. Sizes in bytes."""

    step: int
    path: Path
    size: int
    whole: bool
    """False while it is being written, and for one whose writer was killed."""


@dataclass(frozen=True, slots=True)
class RunCheckpoints:
    """The checkpoints of a run, oldest first."""

    run_id: str
    checkpoints: tuple[Checkpoint, ...]
    kept: frozenset[int]
    """Steps that pruning leaves: the last whole one, what is newer, and the best where one is named."""

    @property
    def size(self) -> int:
        """Bytes of all."""
        return sum(c.size for c in self.checkpoints)

    @property
    def spare(self) -> tuple[Checkpoint, ...]:
        """What pruning takes away."""
        return tuple(c for c in self.checkpoints if c.step not in self.kept)

    @property
    def spare_size(self) -> int:
        """Bytes that pruning frees."""
        return sum(c.size for c in self.spare)


@dataclass(frozen=True, slots=True)
class Disk:
    """The file system of a workspace, in bytes."""

    free: int
    total: int


def disk(workspace: Workspace) -> Disk:
    """Return how full the disk is. Raises OSError."""
    usage = shutil.disk_usage(workspace.logs)
    return Disk(usage.free, usage.total)


def checkpoints(workspace: Workspace) -> list[RunCheckpoints]:
    """Return the runs that have checkpoints, largest first."""
    with os.scandir(workspace.logs) as entries:
        names = [e.name for e in entries if is_run_id(e.name) and e.is_dir(follow_symlinks=False)]
    found = (of_run(workspace.run(name)) for name in names)
    return sorted((run for run in found if run.checkpoints), key=lambda run: (-run.size, run.run_id))


def of_run(run: RunDir) -> RunCheckpoints:
    """Return the checkpoints of one run; links are left out."""
    found = sorted(_folders(run), key=lambda c: c.step)
    whole = [c for c in found if c.whole]
    if not whole:
        return RunCheckpoints(run.id, tuple(found), frozenset(c.step for c in found))
    last = whole[-1]
    best = (read_json(last.path / TRAINER_STATE) or {}).get("best_model_checkpoint")
    kept = {c.step for c in found if c.step >= last.step or (best and c.path.name == Path(str(best)).name)}
    return RunCheckpoints(run.id, tuple(found), frozenset(kept))


def _folders(run: RunDir) -> Iterator[Checkpoint]:
    with suppress(OSError), os.scandir(run.checkpoints) as entries:
        for entry in entries:
            step = checkpoint_step(entry.name)
            if step and entry.is_dir(follow_symlinks=False):
                path = Path(entry.path)
                yield Checkpoint(step, path, _size(path), (path / TRAINER_STATE).is_file())


def _size(folder: Path) -> int:
    """Return the bytes that a folder takes up."""
    size = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                size += os.lstat(os.path.join(path, name)).st_size
    return size


def short_of_space(free: int, runs: list[RunCheckpoints]) -> int:
    """Return the bytes of the largest checkpoint when ROOM_FOR of them do not fit any more, else 0."""
    largest = max((c.size for run in runs for c in run.checkpoints), default=0)
    return largest if free < ROOM_FOR * largest else 0


def prune(workspace: Workspace, run_id: str) -> int:
    """Take away all checkpoints of a run but those it needs; return the bytes freed.

    What is left is looked up at once before, so that a run that goes on loses nothing it needs; an event of
    the run says what went. Raises UserError when the file system refuses.
    """
    run = workspace.run(run_id)
    _sweep(run)
    found = of_run(run)
    gone: list[Checkpoint] = []
    trouble: OSError | None = None
    for checkpoint in found.spare:
        aside = checkpoint.path.with_name(f"{PRUNED}{checkpoint.path.name}")
        try:
            checkpoint.path.rename(aside)
            gone.append(checkpoint)
            shutil.rmtree(aside)
        except FileNotFoundError:
            continue  # the trainer's own limit was faster
        except OSError as error:
            trouble = error
            break
    freed = sum(c.size for c in gone)
    if gone:
        steps = [c.step for c in gone]
        event = {"type": "pruned", "checkpoints": steps, "bytes": freed, "kept": sorted(found.kept)}
        run.append_event({"time": time.time(), **event})
    if trouble is not None:
        raise UserError(f"{run_id}: cannot remove {trouble.filename}: {trouble.strerror}")
    return freed


def _sweep(run: RunDir) -> None:
    """Finish what a kill interrupted."""
    for rest in run.checkpoints.glob(f"{PRUNED}*"):
        shutil.rmtree(rest, ignore_errors=True)
