"""Fetches what the Compare screen shows, in a thread; a run that did not move is not read again."""

from __future__ import annotations

from contextlib import closing
from types import MappingProxyType

from grpotui.analysis.compare.comparison import compare
from grpotui.analysis.compare.outcome import KEYS
from grpotui.analysis.compare.reading import load
from grpotui.analysis.compare.subject import Subject
from grpotui.analysis.compare.told import SharedPrompts
from grpotui.analysis.compare.words import shared_prompts, tell, that_differ
from grpotui.registry import connect, index_run
from grpotui.registry.queries import Registry
from grpotui.tui.compare.view import CompareSnapshot, Lane, WordsData
from grpotui.tui.run.axis import KEYS as AXIS_KEYS
from grpotui.tui.run.series import Recording
from grpotui.workspace import Workspace


class CompareReader:
    """Reads several runs. Used by one thread at a time."""

    def __init__(self, workspace: Workspace, run_ids: tuple[str, ...]) -> None:
        self.workspace = workspace
        self.run_ids = run_ids
        self._last: tuple[object, CompareSnapshot] | None = None

    def fetch(self, metric: str) -> CompareSnapshot:
        """Return the comparison with the curves of ``metric``. Raises UserError, sqlite3.Error or OSError."""
        with closing(connect(self.workspace)) as connection:
            for run_id in self.run_ids:
                index_run(connection, self.workspace.run(run_id))
            registry = Registry(connection, self.workspace)
            runs = [registry.run(run_id) for run_id in self.run_ids]
            state = (metric, [(run.attempt, run.step, run.status, run.verdict) for run in runs])
            if self._last is None or self._last[0] != state:
                self._last = (state, self._read(registry, metric))
        return self._last[1]

    def _read(self, registry: Registry, metric: str) -> CompareSnapshot:
        keys = dict.fromkeys((*KEYS, *AXIS_KEYS.values(), metric))
        subjects = load(registry, self.run_ids, list(keys))
        lanes = tuple(self._lane(registry, subject) for subject in subjects)
        return CompareSnapshot(compare(subjects), lanes, shared_prompts(registry, self.run_ids))

    def _lane(self, registry: Registry, subject: Subject) -> Lane:
        series = {}
        for key in registry.keys(subject.run.id):
            series[key] = Recording().snapshot()
        for key, curve in subject.curves.items():
            recording = Recording()
            recording.extend(curve.steps, curve.values)
            series[key] = recording.snapshot()
        return Lane(subject.letter, subject.run, MappingProxyType(series), subject.per_step, subject.span)

    def words(
        self, shared: SharedPrompts, number: int, steps: dict[str, int], width: float, differing: bool
    ) -> WordsData:
        """Return one of the shared prompts in every run, at the visits nearest to ``steps``."""
        with closing(connect(self.workspace)) as connection:
            registry = Registry(connection, self.workspace)
            prompts = that_differ(registry, steps, shared, width) if differing else shared.prompts
            if not prompts:
                return WordsData(mode=shared.mode, differing=differing)
            number %= len(prompts)
            told = tell(registry, steps, shared.mode, prompts[number])
        return WordsData(MappingProxyType(told), number, len(prompts), shared.mode, differing)
