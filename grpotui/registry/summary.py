"""The row of a run: what the Runs table shows, derived from its documents, events and metrics."""

from __future__ import annotations

import json
import sqlite3
import statistics
from itertools import pairwise
from typing import Any

from grpotui.records import (
    NO_HUMAN,
    REWARD_WINDOW,
    HumanVerdict,
    RunKind,
    Status,
    Verdict,
    as_float,
    as_int,
    keys,
)
from grpotui.records.lineage import Parent, StageMark
from grpotui.records.sweeps import Place
from grpotui.registry import documents, points
from grpotui.registry.streams import storable
from grpotui.registry.streams.metrics import TIME_KEY

MAX_TEXT = 4000
"""Characters of a name, note, reason or message."""
MAX_TAGS = 100
EVALUATION_TIME = "eval_runtime"


def refresh(conn: sqlite3.Connection, rid: int, settled: bool) -> None:
    """Derive a run's row anew. ``settled``: nothing is left to read, so an ended run stays as it is."""
    values = {**_asked(conn, rid), **_attempt(conn, rid), **_measured(conn, rid)}
    values.update(_judged(conn, rid, values))
    values.update(_status(conn, rid, values))
    told = values.pop("told")
    values["settled"] = int(settled and told and Status(values["status"]).is_ended)
    columns = ", ".join(f"{name} = ?" for name in values)
    conn.execute(f"UPDATE runs SET {columns} WHERE rid = ?", (*values.values(), rid))  # noqa: S608
    _tags(conn, rid)


def _text(value: object) -> str:
    return storable(value, MAX_TEXT) if isinstance(value, str) else ""


def _events(conn: sqlite3.Connection, rid: int, kind: str) -> list[dict[str, Any]]:
    rows = conn.execute("SELECT body FROM events WHERE run = ? AND type = ? ORDER BY seq", (rid, kind))
    return [json.loads(body) for (body,) in rows]


def _last_event(conn: sqlite3.Connection, rid: int, kind: str) -> dict[str, Any]:
    row = conn.execute(
        "SELECT body FROM events WHERE run = ? AND type = ? ORDER BY seq DESC LIMIT 1", (rid, kind)
    ).fetchone()
    found: dict[str, Any] = json.loads(row[0]) if row else {}
    return found


def _asked(conn: sqlite3.Connection, rid: int) -> dict[str, Any]:
    """What run.json says, and what people wrote since."""
    asked = documents.load(conn, rid, "run")
    run_id = conn.execute("SELECT id FROM runs WHERE rid = ?", (rid,)).fetchone()[0]
    kind = asked.get("kind")
    name = _last_event(conn, rid, "name").get("name") or asked.get("name")
    parent = Parent.from_json(asked.get("parent"))
    place = Place.from_json(asked.get("sweep"))
    return {
        "name": _text(name) or run_id,
        "kind": kind if kind in list(RunKind) else str(RunKind.TRAIN),
        "preset": _text(asked.get("preset")),
        "created_at": as_float(asked.get("created_at")) or 0.0,
        "note": _text(_last_event(conn, rid, "note").get("text")),
        "human": _human(conn, rid),
        "parent": storable(parent.run, MAX_TEXT) if parent else "",
        "relation": str(parent.relation) if parent else "",
        "parent_step": parent.step if parent else None,
        "sweep": storable(place.sweep, MAX_TEXT) if place else "",
        "point": place.number if place else None,
        "role": str(place.role) if place else "",
    }


def _human(conn: sqlite3.Connection, rid: int) -> str:
    """The last verdict of a person that is one; empty for none."""
    said = [event.get("verdict") for event in _events(conn, rid, "human_verdict")]
    known = [verdict for verdict in said if verdict in (*HumanVerdict, NO_HUMAN)]
    return str(known[-1]) if known and known[-1] != NO_HUMAN else ""


def _attempt(conn: sqlite3.Connection, rid: int) -> dict[str, Any]:
    """What the newest attempt is and runs on."""
    asked = documents.load(conn, rid, "run")
    attempt = documents.load(conn, rid, "attempt")
    process = documents.load(conn, rid, "process")
    planned = as_int(attempt.get("max_steps")) or as_int(asked.get("planned_steps"))
    max_steps = max(planned, as_int(_last_event(conn, rid, "extended").get("max_steps")))
    seed = attempt.get("seed") if attempt.get("seed") is not None else asked.get("seed")
    started = as_float(process.get("started_at"))
    return {
        "attempt": max(as_int(attempt.get("attempt")), as_int(process.get("attempt"))),
        "device": _device(attempt, process),
        "max_steps": max_steps if max_steps > 0 else None,
        "max_epochs": as_float(attempt.get("max_epochs")),
        "seed": as_int(seed) if as_float(seed) is not None else None,
        "started_at": started if started is not None else as_float(attempt.get("time")),
    }


def _device(attempt: dict[str, Any], process: dict[str, Any]) -> str:
    """Return the device as the trainer names it, by the machine's numbers: it sees its own GPUs only."""
    named, given = _text(attempt.get("device")), process.get("devices")
    if not named.startswith("cuda:") or not isinstance(given, list):
        return named
    labels = [_text(device.get("label")) for device in given if isinstance(device, dict)]
    numbers = "+".join(label.removeprefix("GPU ") for label in labels if label.startswith("GPU "))
    return f"cuda:{numbers} {named.partition(' ')[2]}" if numbers else named


def _measured(conn: sqlite3.Connection, rid: int) -> dict[str, Any]:
    """What the metrics say now."""

    def last(*names: str) -> float | None:
        for name in names:
            if found := points.newest(conn, rid, name, 1):
                return found[0][1]
        return None

    newest = points.newest(conn, rid, keys.REWARD, REWARD_WINDOW)
    rewards = [value for _, value in newest if value is not None]
    if (found := last(keys.ROLLOUTS_REWARD)) is not None:  # over all batches, no window of them
        rewards = [found]
    row = conn.execute("SELECT last_step FROM ingest WHERE run = ? AND stream = 'metrics'", (rid,)).fetchone()
    step = max(row[0], 0) if row else 0
    return {
        "step": step,
        "stage": _stage(conn, rid, step),
        "epoch": last("epoch"),
        "reward": statistics.fmean(rewards) if rewards else None,
        "zero_std": last(keys.ROLLOUTS_NO_SIGNAL, keys.ZERO_STD, keys.TRL_ZERO_STD),
        "jaccard": last(keys.JACCARD_CROSS),
        "eval_accuracy": last(keys.EVAL_ACCURACY),
        "step_time": _step_time(conn, rid),
    }


def _stage(conn: sqlite3.Connection, rid: int, step: int) -> str:
    """Return the stage of the step after the last one, which is the one that is made."""
    marks = [StageMark.from_json(event) for event in _events(conn, rid, "stage")]
    begun = [mark for mark in marks if mark.step <= step + 1]
    return storable(max(begun, key=lambda mark: mark.step).label, MAX_TEXT) if begun else ""


def _step_time(conn: sqlite3.Connection, rid: int) -> float | None:
    """Return the median of seconds per step between logged steps; else the trainer's own figure.

    The time of an evaluation, which comes before the line that it logs at the same step, is no step's.
    """
    times = [(s, t) for s, t in points.newest(conn, rid, TIME_KEY, REWARD_WINDOW + 1) if t is not None]
    asked = dict(points.newest(conn, rid, EVALUATION_TIME, REWARD_WINDOW + 1))
    gaps = []
    for (s1, t1), (s0, t0) in pairwise(times):
        spent = t1 - t0 - sum(seconds or 0.0 for step, seconds in asked.items() if s0 < step <= s1)
        if spent > 0:
            gaps.append(spent / (s1 - s0))
    if not gaps:
        gaps = [
            value for _, value in points.newest(conn, rid, "step_time", REWARD_WINDOW) if value is not None
        ]
    return statistics.median(gaps) if gaps else None


def _judged(conn: sqlite3.Connection, rid: int, values: dict[str, Any]) -> dict[str, Any]:
    """The present verdict; none before the trainer has got as far as training, or where it trains nothing."""
    event = _last_event(conn, rid, "verdict")
    verdict = event.get("to")
    step = event.get("step")
    begun = values["kind"] == RunKind.TRAIN and (values["step"] or documents.load(conn, rid, "attempt"))
    return {
        "verdict": verdict if verdict in list(Verdict) else str(Verdict.WARMING_UP) if begun else "",
        "cause": _text(event.get("cause")),
        "verdict_step": None if step is None else as_int(step),
        "verdict_message": _text(event.get("message")),
        "verdict_at": as_float(event.get("time")),
    }


def _status(conn: sqlite3.Connection, rid: int, values: dict[str, Any]) -> dict[str, Any]:
    """The present status; ``told`` is False for a foreign run, which says nothing about itself."""
    known = [e for e in _events(conn, rid, "status") if e.get("status") in list(Status)]
    if not known:
        status = Status.FINISHED if values["step"] else Status.DRAFT
        return {"status": str(status), "status_at": None, "ended_at": None, "reason": "", "told": False}
    event = known[-1]
    status = Status(event["status"])
    time = as_float(event.get("time"))
    reason = _text(event.get("reason")) if status.is_ended or status is Status.STOPPING else ""
    attempt = as_int(event.get("attempt"))
    return {
        "status": str(status),
        "status_at": time,
        "ended_at": time if status.is_ended else None,
        "reason": reason,
        "attempt": max(values["attempt"], attempt if status.is_live else 0),
        "told": True,
    }


def _tags(conn: sqlite3.Connection, rid: int) -> None:
    """Tags of run.json with those that people added and removed."""

    def words(value: object) -> list[str]:
        return [storable(t, 80) for t in value if isinstance(t, str)] if isinstance(value, list) else []

    tags = dict.fromkeys(words(documents.load(conn, rid, "run").get("tags")))
    for event in _events(conn, rid, "tag"):
        tags.update(dict.fromkeys(words(event.get("add"))))
        for tag in words(event.get("remove")):
            tags.pop(tag, None)
    conn.execute("DELETE FROM tags WHERE run = ?", (rid,))
    conn.executemany("INSERT INTO tags VALUES (?, ?)", [(rid, tag) for tag in list(tags)[:MAX_TAGS]])
