"""Workspace and RunDir: every path, name and permission in one place."""

from __future__ import annotations

import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grpotui.errors import UserError
from grpotui.secrecy import without_secrets
from grpotui.stream import LineWriter

RUNTIME_VARIABLE = "GRPOTUI_RUNTIME_DIR"
TRAINER_STATE = "trainer_state.json"
"""The file that a checkpoint has once it is written."""

_ID_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_RUN_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


def slug(name: str) -> str:
    """Return ``name`` as the readable part of a run id: lower case, at most 48 safe characters."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48].strip("-") or "run"


def new_id(name: str) -> str:
    """Return an id that begins with the slug of ``name``; whether it is taken, the caller sees."""
    return f"{slug(name)}-{''.join(secrets.choice(_ID_ALPHABET) for _ in range(4))}"


def is_run_id(name: str) -> bool:
    """True when ``name`` is safe as a run's folder name."""
    return bool(_RUN_ID.fullmatch(name))


def checkpoint_step(name: str) -> int:
    """Return the step that a checkpoint's folder is named after; 0 for the name of anything else."""
    step = name.removeprefix("checkpoint-")
    return int(step) if step != name and step.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class RunDir:
    """The folder of one run: ``logs/<run-id>/``. Attempts count from 1."""

    path: Path

    @property
    def id(self) -> str:
        """The run's id, which is the folder's name."""
        return self.path.name

    @property
    def root(self) -> Path:
        """The folder of its workspace."""
        return self.path.parent.parent

    @property
    def run_json(self) -> Path:
        """What was asked; written once, by launch."""
        return self.path / "run.json"

    def attempt_json(self, attempt: int) -> Path:
        """Effective config, versions, git, argv and device of one attempt; by the trainer."""
        return self.path / f"attempt-{attempt}.json"

    @property
    def result_json(self) -> Path:
        """How the trainer says its attempt ended; ``attempt`` in it tells which one."""
        return self.path / "result.json"

    @property
    def exit_json(self) -> Path:
        """How the runner saw its attempt's process end; ``attempt`` in it tells which one."""
        return self.path / "exit.json"

    @property
    def process_json(self) -> Path:
        """Identities of runner and trainer of the current attempt; by the runner."""
        return self.path / "process.json"

    @property
    def request_json(self) -> Path:
        """What a person asks of the running run; polled by runner and trainer."""
        return self.path / "request.json"

    @property
    def exact_json(self) -> Path:
        """What a trial of a preset found out; by the trainer, for ``check --exact``."""
        return self.path / "exact.json"

    @property
    def contract_json(self) -> Path:
        """How the run's contract stands; by the runner, anew every few seconds."""
        return self.path / "contract.json"

    @property
    def metrics(self) -> Path:
        """One line per logged step."""
        return self.path / "metrics.jsonl"

    @property
    def completions(self) -> Path:
        """One line per group."""
        return self.path / "completions.jsonl"

    @property
    def signals(self) -> Path:
        """Health's own signals, one line per logged step; by the runner."""
        return self.path / "signals.jsonl"

    @property
    def events(self) -> Path:
        """Status, flags, notes, tags; appended by anybody."""
        return self.path / "events.jsonl"

    @property
    def output_log(self) -> Path:
        """The trainer's stdout and stderr."""
        return self.path / "output.log"

    @property
    def runner_log(self) -> Path:
        """The runner's own stdout and stderr: empty unless it has a bug, or the command of [notify] fails."""
        return self.path / "runner.log"

    @property
    def runner_lock(self) -> Path:
        """Held by flock as long as the run's runner lives."""
        return self.path / "runner.lock"

    @property
    def ballast(self) -> Path:
        """Space that is freed to record an exit on a full disk."""
        return self.path / ".ballast"

    @property
    def heartbeat(self) -> Path:
        """Touched by the trainer while it works on something that no stream tells of, as an evaluation."""
        return self.path / ".heartbeat"

    @property
    def start(self) -> Path:
        """The weights that a fork or an evaluation begins with, linked from a checkpoint of its parent."""
        return self.path / "start"

    @property
    def checkpoints(self) -> Path:
        """TRL's ``output_dir``."""
        return self.path / "checkpoints"

    def attempts(self) -> list[int]:
        """Attempts whose trainer got as far as writing its effective config, ascending."""
        numbers = (file.stem.removeprefix("attempt-") for file in self.path.glob("attempt-*.json"))
        return sorted(int(n) for n in numbers if n.isdecimal())

    def whole_checkpoints(self) -> dict[int, Path]:
        """The folders of complete checkpoints by their step, ascending."""
        folders = [path.parent for path in self.checkpoints.glob(f"checkpoint-*/{TRAINER_STATE}")]
        return dict(sorted((step, folder) for folder in folders if (step := checkpoint_step(folder.name))))

    @property
    def kept(self) -> Path:
        """Weights from before a trouble, linked there by the runner."""
        return self.path / "kept"

    def kept_weights(self) -> dict[int, Path]:
        """The folders of weights in ``kept`` by their step: models to begin with, not to resume."""
        folders = (path.parent for path in self.kept.glob("checkpoint-*/config.json"))
        return dict(sorted((step, folder) for folder in folders if (step := checkpoint_step(folder.name))))

    def last_checkpoint(self) -> Path | None:
        """The newest complete checkpoint folder, or None."""
        return next(reversed(self.whole_checkpoints().values()), None)

    def append_event(self, event: dict[str, object]) -> bool:
        """Append one event line, without the secrets in it; False when the disk refuses."""
        return self.append_events([event])

    def append_events(self, events: Sequence[Mapping[str, object]]) -> bool:
        """Append events that belong together, in one write: a reader sees all of them or none."""
        writer = LineWriter(self.events)
        try:
            return writer.append(*map(without_secrets, events))
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with ``presets/``, ``logs/`` and the derived index ``runs.db``."""

    root: Path

    @property
    def db(self) -> Path:
        """The registry: an index over ``logs/``, always rebuildable."""
        return self.root / "runs.db"

    @property
    def presets(self) -> Path:
        """The workspace's own presets; they go before shipped ones."""
        return self.root / "presets"

    @property
    def logs(self) -> Path:
        """One folder per run."""
        return self.root / "logs"

    @property
    def bin(self) -> Path:
        """Deleted runs; nothing is removed from here by grpotui."""
        return self.logs / ".bin"

    @property
    def schedule_lock(self) -> Path:
        """Held while one process decides what starts next."""
        return self.logs / ".schedule.lock"

    @property
    def log(self) -> Path:
        """Workspace events (pins, queue order): ``logs/workspace.jsonl``."""
        return self.logs / "workspace.jsonl"

    @property
    def history(self) -> Path:
        """A user's own table of past experiments: ``logs/history.csv``."""
        return self.logs / "history.csv"

    @property
    def journal(self) -> Path:
        """The log book that people and grpotui write: ``logs/journal.md``."""
        return self.logs / "journal.md"

    @property
    def journal_lock(self) -> Path:
        """Held while one process writes the journal."""
        return self.logs / ".journal.lock"

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """Return the workspace at or above ``start`` (default: the current folder).

        Raises UserError when there is none.
        """
        try:
            here = (start or Path.cwd()).absolute()
        except FileNotFoundError:
            raise UserError("the current folder was removed: go to another one") from None
        for folder in (here, *here.parents):
            if cls(folder).exists():
                return cls(folder)
        raise UserError(f"no workspace at or above {here}: run 'grpotui init' here, or pass --workspace DIR")

    def exists(self) -> bool:
        """True when the folder is a workspace."""
        try:
            return self.logs.is_dir() and self.presets.is_dir()
        except PermissionError:
            return False

    def create(self) -> None:
        """Make the folders (0700). Raises UserError when the file system refuses."""
        try:
            for folder in (self.root, self.presets, self.logs):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot make a workspace in {self.root}: {error.strerror}") from error

    def require_writable(self) -> None:
        """Raise UserError when runs cannot be written here."""
        if not os.access(self.logs, os.W_OK | os.X_OK):
            raise UserError(f"cannot write to {self.logs}: change its permissions, or pass --workspace DIR")

    def run(self, run_id: str) -> RunDir:
        """The folder of a run, whether it exists or not."""
        return RunDir(self.logs / run_id)

    def runs(self) -> Iterator[RunDir]:
        """Every folder with a ``run.json``, links left out, oldest name first."""
        if not self.logs.is_dir():
            return
        for entry in sorted(os.scandir(self.logs), key=lambda e: e.name):
            if is_run_id(entry.name) and entry.is_dir(follow_symlinks=False):
                run = RunDir(Path(entry.path))
                if run.run_json.is_file():
                    yield run

    def new_run(self, name: str) -> RunDir:
        """Make the folder (0700) of a new run whose id begins with the slug of ``name``."""
        self.require_writable()
        while True:
            run = self.run(new_id(name))
            try:
                run.path.mkdir(mode=0o700)
            except FileExistsError:
                continue
            except OSError as error:
                raise UserError(f"cannot write to {self.logs}: {error.strerror}") from error
            return run


def runtime_dir() -> Path:
    """Return the folder for leases and for indexes of workspaces that hold none (0700).

    It is on a local disk and the same for every login of a user.

    Not ``XDG_RUNTIME_DIR``: it goes with the last logout while runs go on, and the next login would find
    every device free. Raises UserError when the folder is somebody else's.
    """
    chosen = os.environ.get(RUNTIME_VARIABLE)
    folder = Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"grpotui-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, parents=bool(chosen), exist_ok=True)
        info = os.lstat(folder)
    except OSError as error:
        raise UserError(f"cannot make {folder}: {error.strerror}; set {RUNTIME_VARIABLE}") from error
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid():
        raise UserError(f"{folder} belongs to somebody else: set {RUNTIME_VARIABLE} to a folder of yours")
    if info.st_mode & 0o077:
        folder.chmod(0o700)
    return folder
