"""Tables of past experiments: the one that ships with grpotui, and ``logs/history.csv``, a user's own."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from grpotui.errors import UserError
from grpotui.records import Verdict, as_float
from grpotui.registry.earlier import Earlier
from grpotui.secrecy import redact
from grpotui.stream import write_bytes
from grpotui.text import clean
from grpotui.workspace import Workspace

TEXTS = ("source", "run_id", "task", "reward_name", "model", "loss_type", "epochs", "verdict", "note")
SETTINGS = (
    "beta",
    "batch_size",
    "lr",
    "num_generations",
    "temperature",
    "n_samples",
    "max_tokens",
    "repetition_penalty",
)
SHARES = ("accuracy", "zero_std", "jaccard")
MEASURES = ("reward", *SHARES, "kl", "nonzero_pct")
"""What was measured; such as ``0.75-1.0`` where it was read over a while."""
COLUMNS = (*TEXTS[:5], *SETTINGS[:5], "loss_type", "epochs", *SETTINGS[5:], *MEASURES, "verdict", "note")
ALIASES: Mapping[str, str] = {
    "id": "run_id",
    "run": "run_id",
    "name": "run_id",
    "task/reward": "task",
    "learning_rate": "lr",
    "final_accuracy": "accuracy",
    "final_reward": "reward",
    "epochs/max_steps": "epochs",
    "max_completion_length": "max_tokens",
    "other": "note",
    "notes": "note",
}
"""Other names that columns go by."""
PROPOSED = "proposed"
"""Verdict of a row that tells of no run."""
WORDS: Mapping[str, tuple[str, str]] = {
    **{str(verdict): (str(verdict), "") for verdict in Verdict},
    "degenerate": (str(Verdict.COLLAPSED), "template"),
    "failing": (str(Verdict.NO_SIGNAL), "floor"),
    "struggling": (str(Verdict.NO_SIGNAL), "floor"),
    "low_temperature_trap": (str(Verdict.NO_SIGNAL), "low-temperature"),
    "success": (str(Verdict.SOLVED), ""),
}
"""What the words of authors come nearest to: (verdict, cause). Others are told as they are."""
MOST_BYTES, MOST_ROWS = 16 * 1024 * 1024, 100_000
_LONG = 2000
_CAUSED = re.compile(r"([a-z-]+) \(([a-z-]+)\)")
_RANGE = re.compile(r"(-?[\d.]+(?:e-?\d+)?)\s*(?:-|to)\s*(-?[\d.]+(?:e-?\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: every column as text, empty where nothing is known."""

    row: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str]:
        """What a run is known by: the same names the same run again."""
        return self.row["source"], self.row["run_id"]

    @property
    def earlier(self) -> Earlier:
        """The run as others are compared with it."""
        said = self.row["verdict"]
        caused = _CAUSED.fullmatch(said)
        verdict, cause = (
            (caused[1], caused[2]) if caused and caused[1] in WORDS else WORDS.get(said, ("", ""))
        )
        names = ("beta", "lr", "temperature", "num_generations")
        known = {"learning_rate" if name == "lr" else name: _number(self.row[name]) for name in names}
        return Earlier(
            id=self.row["run_id"],
            verdict=verdict,
            cause=cause,
            reward=self.row["reward_name"],
            settings={name: value for name, value in known.items() if value is not None},
            note=self.row["note"],
            said=said,
        )

    def to_json(self) -> dict[str, object]:
        """Return the public form: numbers as numbers, null for what is not known."""
        found: dict[str, object] = {}
        for name in COLUMNS:
            text = self.row[name]
            value = None if name in TEXTS else _number(text)
            found[name] = value if value is not None else text or None
        return {**found, "came": self.earlier.came or None}


def _number(text: str) -> float | None:
    try:
        return as_float(float(text))
    except ValueError:
        return None


@lru_cache(maxsize=1)
def reference() -> tuple[Row, ...]:
    """Return the runs of the logs that grpotui was made after, as their authors judged them."""
    text = files("grpotui.registry").joinpath("reference_runs.csv").read_text(encoding="utf-8")
    return tuple(Row(row) for row in csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, str]:
    """Return the ids of the runs that ship, each with its source."""
    return {row.row["run_id"]: row.row["source"] for row in reference()}


def own(workspace: Workspace) -> list[Row]:
    """Return the rows of a user's own table; those that cannot be read, as after an edit, are left out."""
    try:
        text = workspace.history.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    try:
        reader = csv.DictReader(io.StringIO(text))
        held = [{name: str(row.get(name) or "") for name in COLUMNS} for row in reader]
    except csv.Error:
        return []
    return [_distinct(row) for row in held if row["run_id"]]


def _distinct(row: Mapping[str, str]) -> Row:
    """Return a user's row; the id of another run, that ships, gets the source in front: ``mine/sweep#4``."""
    source, run_id = row["source"], row["run_id"]
    if _shipped().get(run_id, source) == source:
        return Row(row)
    return Row({**row, "run_id": f"{source}/{run_id}"})


def rows(workspace: Workspace | None) -> list[Row]:
    """Return a user's own table, then the one that ships, less what a user's own says anew."""
    mine = own(workspace) if workspace is not None else []
    told = {row.key for row in mine}
    return [*mine, *(row for row in reference() if row.key not in told)]


def known(workspace: Workspace | None) -> list[Earlier]:
    """Return all of them as runs to compare with."""
    return [run.earlier for run in rows(workspace)]


@dataclass(slots=True)
class Imported:
    """What an import did, in rows."""

    new: int = 0
    changed: int = 0
    same: int = 0
    proposed: int = 0
    renamed: list[str] = field(default_factory=list)
    """New ids of rows that had the id of a run that ships."""
    unknown: list[str] = field(default_factory=list)
    """Verdicts that come near to none of ours, each once."""


def take_in(workspace: Workspace, path: Path) -> Imported:
    """Add a CSV file's rows to the user's own table; a row that is there already is replaced.

    Raises UserError with the line for what cannot be right; then nothing is taken in.
    """
    done, held = Imported(), {run.key: run for run in own(workspace)}
    for run in parse(path):
        if run.row["verdict"].casefold() == PROPOSED:
            done.proposed += 1
            continue
        before = held.get(run.key)
        done.new += before is None
        done.same += before is not None and before.row == run.row
        done.changed += before is not None and before.row != run.row
        held[run.key] = run
        source, _, run_id = run.row["run_id"].partition("/")
        if source == run.row["source"] and run_id in _shipped():
            done.renamed.append(run.row["run_id"])
        if run.row["verdict"] and not run.earlier.verdict and run.row["verdict"] not in done.unknown:
            done.unknown.append(run.row["verdict"])
    if done.new or done.changed:
        file = io.StringIO()
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(run.row for run in held.values())
        write_bytes(workspace.history, file.getvalue().encode("utf-8"))
    return done


def parse(path: Path) -> list[Row]:
    """Return the rows of a CSV file, with commas, semicolons or tabs. Raises UserError with the line."""
    text = _text(path)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: dict[tuple[str, str], int] = {}
    runs: list[Row] = []
    try:
        names = _columns(path, next(reader, []))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            run = _row(path, reader.line_num, names, cells)
            if run.key in found:
                raise _wrong(
                    path,
                    reader.line_num,
                    f"{clean(run.row['run_id'], 60)} is in line {found[run.key]} already",
                )
            found[run.key] = reader.line_num
            runs.append(run)
            if len(runs) > MOST_ROWS:
                raise UserError(f"{path.name}: more than {MOST_ROWS:,} rows")
    except csv.Error as error:
        raise _wrong(path, reader.line_num, str(error)) from error
    if not runs:
        raise UserError(f"{path.name}: no rows below the names of the columns")
    return runs


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path.name} is larger than {MOST_BYTES // 1024**2} MB")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is not UTF-8: save it as 'CSV UTF-8'") from error


def _wrong(path: Path, line: int, problem: str) -> UserError:
    return UserError(f"{clean(path.name, 100)}:{line}: {problem}")


def _columns(path: Path, cells: Sequence[str]) -> list[str]:
    names = []
    for cell in cells:
        name = cell.strip().lower().replace(" ", "_")
        name = ALIASES.get(name, name)
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, [*COLUMNS, *ALIASES], n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COLUMNS)}"
            raise _wrong(path, 1, f"no column {clean(repr(cell), 60)}: {hint}")
        if name in names and name not in TEXTS:
            raise _wrong(path, 1, f"two columns mean {name}: leave {clean(repr(cell), 60)} or the other out")
        names.append(name)
    for name in ("run_id", "verdict"):
        if name not in names:
            raise _wrong(path, 1, f"the column {name} is missing")
    return names


def _row(path: Path, line: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) > len(names):
        raise _wrong(path, line, f"{len(cells)} cells below {len(names)} columns")
    row = dict.fromkeys(COLUMNS, "")
    for name, cell in zip(names, cells, strict=False):
        text = clean(" ".join(cell.split()), _LONG)
        if text and name not in TEXTS:
            _check(path, line, name, text)
        both = [part for part in (row[name], text) if part]  # note may come in two columns
        row[name] = redact("; ".join(dict.fromkeys(both)))
    row["source"] = row["source"] or path.stem
    if not row["run_id"]:
        raise _wrong(path, line, "run_id is empty")
    return _distinct(row)


def _check(path: Path, line: int, name: str, text: str) -> None:
    """Raise UserError for what is no number, or no share where one is wanted."""
    span = _RANGE.fullmatch(text) if name in MEASURES else None
    values = [_number(part) for part in (span.groups() if span else (text,))]
    if None in values:
        raise _wrong(path, line, f"{name}: {clean(repr(text), 40)} is no number")
    if name in SHARES and not all(value is not None and 0 <= value <= 1 for value in values):
        raise _wrong(path, line, f"{name}: {clean(text, 40)} is no share: write it from 0 to 1")
    if name in SETTINGS and any(value is not None and value < 0 for value in values):
        raise _wrong(path, line, f"{name}: {clean(text, 40)} is below 0")
