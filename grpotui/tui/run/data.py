"""Fetches what the Run screen shows: in a thread, and only what came since the last time."""

from __future__ import annotations

import sqlite3
import time
from bisect import bisect_right
from itertools import islice
from types import MappingProxyType

from grpotui.analysis.account import Account, account
from grpotui.analysis.rollout_reader import RolloutReader
from grpotui.analysis.rollouts import Rollouts
from grpotui.analysis.samples import completions_per_step
from grpotui.analysis.series import spread
from grpotui.presets import health_settings
from grpotui.records import (
    HealthSettings,
    Hit,
    Mode,
    RewardRange,
    RunKind,
    RunSummary,
    Status,
)
from grpotui.registry import index_run
from grpotui.registry.opening import opened
from grpotui.registry.queries import Registry
from grpotui.registry.search import Wanted
from grpotui.tui.open_registry import OpenRegistry
from grpotui.tui.run.axis import TIME
from grpotui.tui.run.group_view import StepGroups, template
from grpotui.tui.run.history import SHOWN, History
from grpotui.tui.run.kinds import Kind, matches
from grpotui.tui.run.log import LogReader
from grpotui.tui.run.rules import RulesReader
from grpotui.tui.run.series import Recording
from grpotui.tui.run.view import RunSnapshot
from grpotui.workspace import Workspace

MOST_STEPS = 5000
"""Steps that a search looks through."""


class RunReader:
    """Fetches snapshots of one run. Used by one thread at a time."""

    def __init__(self, workspace: Workspace, run_id: str) -> None:
        self.workspace = workspace
        self.run_id = run_id
        folder = workspace.run(run_id)
        self._log = LogReader(folder.output_log)
        self._rules = RulesReader(workspace, folder)
        self._rollouts = RolloutReader(folder)
        self._recordings: dict[str, Recording] = {}
        self._attempt = 0
        self._replayed_until: int | None = None
        """The last step before a resume, until the resumed attempt is beyond it: its steps replace those."""
        self._seen: tuple[int, int, Status, Mode] | None = None
        self._steps: tuple[int, ...] = ()
        self._group_steps: tuple[int, ...] = ()
        self._modes: tuple[Mode, ...] = ()
        self.mode = Mode.TRAIN
        """Which groups are read."""
        self._settings: tuple[int, HealthSettings, RewardRange | None] | None = None
        self._per_step: int | None = None
        self._registry = OpenRegistry(workspace)
        self._version: object = None
        self._last: RunSnapshot | None = None

    def fetch(self) -> RunSnapshot:
        """Index what the run's files hold, and return it: the same object when nothing came since the last.

        Raises UserError, sqlite3.Error or OSError; the next fetch may go well.
        """
        with self._registry.use() as registry:
            return self._fetch(registry)

    def close(self) -> None:
        """Let go of the registry, once a fetch under way has ended."""
        self._registry.close()

    def _fetch(self, registry: Registry) -> RunSnapshot:
        folder = self.workspace.run(self.run_id)
        connection = registry.connection
        came = index_run(connection, folder)
        log = self._log.read()
        ruled = self._rules.changed()
        version = (connection, connection.execute("PRAGMA data_version").fetchone())
        last, before, self._version = self._last, self._version, version
        same = last is not None and not came and version == before and log is last.log and not ruled
        same = same and last is not None and last.mode is self.mode
        if last is not None and same and last.run.status is not Status.QUEUED:
            return last
        self._last = self._snapshot(registry, log)
        return self._last

    def _snapshot(self, registry: Registry, log: tuple[str, ...]) -> RunSnapshot:
        run = registry.run(self.run_id)
        self._take_series(registry, run)
        settings, span = self._context(registry, run)
        flags = sorted(registry.flags(self.run_id), key=lambda flag: flag.step)
        series = {key: recording.snapshot() for key, recording in self._recordings.items()}
        return RunSnapshot(
            run=run,
            time=time.time(),
            series=MappingProxyType(series),
            steps=self._steps,
            group_steps=self._group_steps,
            mode=self.mode,
            modes=self._modes,
            flags=tuple(flags),
            stages=tuple(registry.stages(self.run_id)),
            log=log,
            reward_range=span,
            health=settings,
            waits_for=self._waits_for(run),
            per_step=self._per_step,
            contract=self._rules.contract(run),
            policy=self._rules.policy(),
            rollouts=self._rolled(registry, run, span),
            replaying=self._replayed_until is not None,
        )

    def groups(self, step: int) -> StepGroups:
        """Return the groups of one step. Safe beside :meth:`fetch` in another thread."""
        mode = self.mode
        with opened(self.workspace) as registry:
            groups = tuple(registry.groups(self.run_id, step, mode))
        return StepGroups(step, groups, template(groups), mode)

    def account(self) -> Account:
        """Return what is known of the verdict. Safe beside :meth:`fetch` in another thread."""
        with opened(self.workspace) as registry:
            return account(registry, self.run_id)

    def history(self, step: int, group: int) -> History:
        """Return how one group's prompt did at other steps. Safe beside :meth:`fetch` in another thread."""
        with opened(self.workspace) as registry:
            visits = registry.visits(self.run_id, step, group, self.mode)
            at = visits.index((step, group)) if (step, group) in visits else 0
            chosen = (visits[place] for place in spread(len(visits), at, SHOWN))
            groups = [g for of, number in chosen for g in registry.groups(self.run_id, of, self.mode, number)]
        return History((step, group), tuple(visits), tuple(groups))

    def search(self, wanted: Wanted, most: int) -> list[Hit]:
        """Return the completions that are looked for, ``most`` at most. Safe beside :meth:`fetch`."""
        with opened(self.workspace) as registry:
            return list(islice(registry.search(self.run_id, wanted), most))

    def next_odd(self, step: int, group: int, kind: Kind) -> tuple[int, int] | None:
        """Return the next (step, group) of a kind, around the end."""
        with opened(self.workspace) as registry:
            if kind is Kind.WORST:
                return registry.worst_group(self.run_id, self.mode)
            span = registry.reward_range(self.run_id)
            steps = registry.group_steps(self.run_id, self.mode)
            start = max(bisect_right(steps, step) - 1, 0)
            for number in range(min(len(steps), MOST_STEPS) + 1):
                at = steps[(start + number) % len(steps)] if steps else 0
                for place, row in enumerate(registry.group_rows(self.run_id, at, self.mode)):
                    if number == 0 and at == step and place <= group:
                        continue
                    if matches(row, kind, span):
                        return at, place
        return None

    def _take_series(self, registry: Registry, run: RunSummary) -> None:
        known = max((r.last_step or 0 for r in self._recordings.values()), default=0)
        if run.attempt != self._attempt or run.step < known:
            self._attempt = run.attempt
            if known:
                self._replayed_until = known
        if self._replayed_until is not None:
            self._recordings.clear()
            if run.step > self._replayed_until or run.status.is_ended:
                self._replayed_until = None
        longest = Recording()
        for key in (*registry.keys(self.run_id), TIME):
            recording = self._recordings.setdefault(key, Recording())
            recording.extend(*registry.columns(self.run_id, key, after=recording.last_step))
            recording.share(longest)
            longest = max(longest, recording, key=len)
        self._take_steps(registry, run)

    def _take_steps(self, registry: Registry, run: RunSummary) -> None:
        seen = (run.attempt, run.step, run.status, self.mode)
        if seen == self._seen:
            return
        self._modes = tuple(registry.modes(self.run_id))
        if self._modes and self.mode not in self._modes:
            self.mode = self._modes[0]
        self._seen = seen
        logged = {step for r in self._longest() for step in r.steps}
        found = registry.group_steps(self.run_id, self.mode)
        # The groups of a step are complete once its metrics line is there.
        whole = [s for s in found if s <= run.step] if run.status.is_live else found
        self._group_steps = tuple(whole)
        self._steps = tuple(sorted(logged.union(whole)))

    def _longest(self) -> list[Recording]:
        """Return the recording that has most steps: every metrics line holds that key."""
        return sorted(self._recordings.values(), key=len)[-1:]

    def _context(self, registry: Registry, run: RunSummary) -> tuple[HealthSettings, RewardRange | None]:
        if self._settings is None or self._settings[0] != run.attempt or self._settings[2] is None:
            config = registry.config(self.run_id)
            attempt = registry.document(self.run_id, "attempt")
            self._per_step = completions_per_step(attempt, config.get("grpo"))
            self._settings = (run.attempt, health_settings(config), registry.reward_range(self.run_id))
        return self._settings[1], self._settings[2]

    def _rolled(self, registry: Registry, run: RunSummary, span: RewardRange | None) -> Rollouts | None:
        if run.kind is not RunKind.ROLLOUTS:
            return None
        return Rollouts.of(self._rollouts.read(), span, registry.last(self.run_id))

    def _waits_for(self, run: RunSummary) -> str:
        if run.status is not Status.QUEUED:
            return ""
        from grpotui.launch import queue

        try:
            return str(queue.waiting(self.workspace).get(self.run_id, ""))
        except (OSError, sqlite3.Error):
            return ""
