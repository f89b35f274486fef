"""Registry: what screens and verbs ask of ``runs.db``."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from grpotui.records import Flag, Group, Hit, Mode, RewardRange, RunSummary, Status, as_int
from grpotui.records.lineage import StageMark
from grpotui.records.retries import RETRY, Retry
from grpotui.registry import documents, groups, points, search
from grpotui.registry.groups import GroupRow
from grpotui.registry.references import resolve
from grpotui.registry.search import Wanted
from grpotui.registry.sweeps import SweepReads

Points = list[tuple[int, float | None]]
"""(step, value) ascending; None is a value that was not finite."""

_TOOK_BACK = """
    SELECT 1 FROM rewinds WHERE rewinds.run = events.run AND rewinds.step <= events.step AND CASE
        WHEN rewinds.attempt > 0 AND json_type(body, '$.attempt') = 'integer'
        THEN json_extract(body, '$.attempt') < rewinds.attempt ELSE events.time < rewinds.time END
"""
_LIVE = tuple(str(s) for s in Status if s.is_live)


class Registry(SweepReads):
    """Reads of one workspace's registry; each method is one consistent look.

    When ``runs.db`` was removed or replaced, the next method opens the new one. Methods that take a run's
    id raise UserError when there is no such run.
    """

    # Runs

    def runs(self, limit: int | None = None, offset: int = 0) -> list[RunSummary]:
        """Return runs, newest first."""
        most = -1 if limit is None else limit
        return self._summaries("ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?", (most, offset))

    def children(self, run_id: str) -> list[RunSummary]:
        """Return the runs that came from a run: forks, clones and evaluations, oldest first."""
        return self._summaries("WHERE parent = ? AND parent != '' ORDER BY created_at, id", (run_id,))

    def queued(self) -> list[RunSummary]:
        """Return the runs that wait, the one that waits longest first."""
        return self._summaries("WHERE status = ? ORDER BY status_at, created_at, id", (str(Status.QUEUED),))

    def live(self) -> list[RunSummary]:
        """Return the runs that should have a runner, oldest first."""
        marks = ", ".join("?" * len(_LIVE))
        return self._summaries(f"WHERE status IN ({marks}) ORDER BY created_at, id", _LIVE)

    def resolve(self, ref: str) -> str:
        """Return the id that ``ref`` means: an id, a unique prefix, a unique last part, or ``@last``.

        Raises UserError that names candidates.
        """
        return resolve(self.connection, ref)

    def taken_in(self, run_id: str) -> tuple[object, ...]:
        """Return how far each stream of a run is indexed: the same while nothing comes."""
        query = "SELECT stream, inode, offset FROM ingest WHERE run = ? ORDER BY stream"
        return tuple(self.connection.execute(query, (self.rid(run_id),)).fetchall())

    # Metrics

    def keys(self, run_id: str) -> list[str]:
        """Return the metrics that a run has points of, sorted."""
        return points.keys(self.connection, self.rid(run_id))

    def series(
        self, run_id: str, keys: Sequence[str] | None = None, after: int | None = None
    ) -> dict[str, Points]:
        """Return the points of metrics (default: all), only those of steps beyond ``after`` if given."""
        rid = self.rid(run_id)
        wanted = points.keys(self.connection, rid) if keys is None else keys
        since = -1 if after is None else after
        return {key: points.series(self.connection, rid, key, since) for key in wanted}

    def columns(self, run_id: str, key: str, after: int | None = None) -> tuple[array[int], array[float]]:
        """Return steps and values of one metric, ascending; nan was not finite. Quick for long runs."""
        since = -1 if after is None else after
        return points.columns(self.connection, self.rid(run_id), key, since)

    def ends(self, run_id: str, key: str, limit: int) -> tuple[array[int], array[float]]:
        """Return :meth:`columns` of the last ``limit`` points only."""
        return points.ends(self.connection, self.rid(run_id), key, limit)

    def last(self, run_id: str) -> dict[str, float | None]:
        """Return the last value of every metric."""
        return points.last(self.connection, self.rid(run_id))

    def sparklines(
        self, run_ids: Sequence[str], key: str = "reward", n: int = 30
    ) -> dict[str, list[float | None]]:
        """Return a metric of several whole runs as ``n`` values each; runs without points are left out."""
        return points.sparklines(self.connection, run_ids, key, n)

    # Events

    def retries(self, run_id: str) -> list[Retry]:
        """Return what was lowered each time that memory ran out, in order."""
        found = map(Retry.from_json, self.events(run_id, (RETRY,)))
        return [retry for retry in found if retry is not None]

    def flags(self, run_id: str) -> list[Flag]:
        """Return the flags in the order they were raised, without those that a resumed run took back.

        Attempts tell which are older; times only where one of both does not know its attempt.
        """
        rid = self.rid(run_id)
        rows = self.connection.execute(
            f"SELECT body FROM events WHERE run = ? AND type = 'flag' AND NOT EXISTS ({_TOOK_BACK}) "  # noqa: S608
            "ORDER BY seq",
            (rid,),
        )
        return [Flag.from_json(json.loads(body)) for (body,) in rows]

    def events(self, run_id: str, types: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Return the event objects of a run in the order they came, only those of ``types`` if given."""
        rid = self.rid(run_id)
        rows = self.connection.execute("SELECT type, body FROM events WHERE run = ? ORDER BY seq", (rid,))
        return [json.loads(body) for kind, body in rows if types is None or kind in types]

    def stages(self, run_id: str) -> list[StageMark]:
        """Return where each stage of a curriculum began, in order; a stage that was begun again once."""
        marks = (StageMark.from_json(event) for event in self.events(run_id, ("stage",)))
        return sorted({mark.step: mark for mark in marks}.values(), key=lambda mark: mark.step)

    # Groups

    def modes(self, run_id: str) -> list[Mode]:
        """Return why the run's groups were made, training first; those of unknown modes are left out."""
        found = groups.modes(self.connection, self.rid(run_id))
        return [mode for mode in Mode if str(mode) in found]

    def group_steps(self, run_id: str, mode: str = Mode.TRAIN) -> list[int]:
        """Return the steps that have groups, ascending."""
        return groups.steps(self.connection, self.rid(run_id), str(mode))

    def group_rows(self, run_id: str, step: int, mode: str = Mode.TRAIN) -> list[GroupRow]:
        """Return what the index knows of a step's groups, without reading the file."""
        return groups.rows(self.connection, self.rid(run_id), str(mode), step)

    def groups(self, run_id: str, step: int, mode: str = Mode.TRAIN, only: int | None = None) -> list[Group]:
        """Return a step's groups with their texts; what is gone from the file is left out."""
        path = self.workspace.run(run_id).completions
        return groups.read(self.connection, self.rid(run_id), path, str(mode), step, only)

    def worst_group(self, run_id: str, mode: str = Mode.TRAIN) -> tuple[int, int] | None:
        """Return the (step, group) with the lowest mean reward, the newest of them; None without any."""
        return groups.worst(self.connection, self.rid(run_id), str(mode))

    def visits(self, run_id: str, step: int, group: int, mode: str = Mode.TRAIN) -> list[tuple[int, int]]:
        """Return every (step, group) that had the same prompt as this one, ascending, itself included."""
        return groups.visits(self.connection, self.rid(run_id), str(mode), step, group)

    def search(self, run_id: str, wanted: Wanted) -> Iterator[Hit]:
        """Yield the completions that are looked for, in the order in which they were written."""
        path = self.workspace.run(run_id).completions
        return search.find(self.connection, self.rid(run_id), path, wanted)

    def group_lines(
        self, run_id: str, step: int | None = None, mode: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the objects of ``completions.jsonl`` that hold, in the file's order."""
        path = self.workspace.run(run_id).completions
        return groups.objects(self.connection, self.rid(run_id), path, mode, step)

    # Documents

    def config(self, run_id: str) -> dict[str, Any]:
        """Return the effective config of the newest attempt; before the first, what was asked."""
        for name in ("attempt", "run"):
            config = self.document(run_id, name).get("config")
            if isinstance(config, dict):
                return config
        return {}

    def model(self, run_id: str) -> dict[str, Any]:
        """Return what the newest attempt started from: its ``path`` and the hashes of its files.

        Empty before the first attempt.
        """
        attempt = self.document(run_id, "attempt")
        identity = attempt.get("model_identity")
        path = {"path": attempt["model"]} if isinstance(attempt.get("model"), str) else {}
        return {**path, **identity} if isinstance(identity, dict) else path

    def document(self, run_id: str, name: str) -> dict[str, Any]:
        """Return a small file as an object: run, attempt (the newest), process, exit or result."""
        return documents.load(self.connection, self.rid(run_id), name)

    def reward_range(self, run_id: str) -> RewardRange | None:
        """Return the lowest and highest total reward of a run, where it is known."""
        attempt = self.document(run_id, "attempt")
        return RewardRange.from_json(attempt.get("reward_range"), attempt.get("reward_binary") is True)

    def exit(self, run_id: str) -> dict[str, Any]:
        """Return how the last attempt ended: code, signal, reason; each None while it is unknown."""
        found = self.document(run_id, "exit")
        ended = self.run(run_id).status.is_ended
        if not ended or not found:
            found = {}
        code, signal = found.get("code"), found.get("signal")
        return {
            "code": None if code is None else as_int(code),
            "signal": None if signal is None else as_int(signal),
            "reason": found.get("reason"),
        }
