"""Fetches what the Compare screen shows, in a thread; a run that did not move is not read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from grpotui.analysis.compare.comparison import compare
from grpotui.analysis.compare.outcome import ENDS, WHOLE
from grpotui.analysis.compare.reading import check_choice, subject_of
from grpotui.analysis.compare.subject import LETTERS, Subject
from grpotui.analysis.compare.told import SharedPrompts
from grpotui.analysis.compare.words import shared_prompts, tell, that_differ
from grpotui.registry import index_run
from grpotui.registry.opening import opened
from grpotui.registry.queries import Registry
from grpotui.tui.compare.view import EMPTY, CompareSnapshot, Lane, WordsData, second
from grpotui.tui.run.axis import KEYS as AXIS_KEYS
from grpotui.tui.run.series import Series, whole
from grpotui.workspace import Workspace

AT_END = tuple(dict.fromkeys((*ENDS, *AXIS_KEYS.values())))
"""Metrics of which the comparison needs the last points only."""


@dataclass(slots=True)
class _Held:
    """A run as it was read last."""

    state: object
    subject: Subject
    axes: frozenset[str]
    series: dict[str, Series]
    """Those that were read whole, and an empty one for each other metric that it has."""
    further: dict[str, Series] = field(default_factory=dict)
    """What else is shown now."""

    def lane(self) -> Lane:
        series, subject = MappingProxyType({**self.series, **self.further}), self.subject
        return Lane(subject.letter, subject.run, series, subject.per_step, subject.span, self.axes)


class CompareReader:
    """Reads several runs. Used by one thread at a time."""

    def __init__(self, workspace: Workspace, run_ids: tuple[str, ...]) -> None:
        self.workspace = workspace
        self.run_ids = run_ids
        self._held: dict[str, _Held] = {}
        self._last: CompareSnapshot | None = None

    def fetch(self, wanted: Sequence[str] = ()) -> CompareSnapshot:
        """Return the comparison with the curves of the metrics ``wanted`` and those of the second chart.

        Only runs that went on are read again, and of the others no more than a metric that is new.
        Raises UserError, sqlite3.Error or OSError.
        """
        with opened(self.workspace) as registry:
            for run_id in self.run_ids:
                index_run(registry.connection, self.workspace.run(run_id))
            check_choice(self.run_ids)
            pairs = zip(LETTERS, self.run_ids, strict=False)
            moved = [self._moved(registry, letter, run_id) for letter, run_id in pairs]
            shown = (*wanted, second([held.series for held in self._held.values()]))
            turned = [self._turned(registry, run_id, shown) for run_id in self.run_ids]
            if self._last is None or any(moved):
                found = compare([self._held[run_id].subject for run_id in self.run_ids])
                self._last = CompareSnapshot(found, self._lanes(), shared_prompts(registry, self.run_ids))
            elif any(turned):
                self._last = replace(self._last, lanes=self._lanes())
        for lane in self._last.lanes:
            for key in shown:
                _ = lane.get(key).outline  # made here, not while a key waits
        return self._last

    def _lanes(self) -> tuple[Lane, ...]:
        return tuple(self._held[run_id].lane() for run_id in self.run_ids)

    def _moved(self, registry: Registry, letter: str, run_id: str) -> bool:
        """Read a run if it is not what it was; True when it was read."""
        state = (registry.run(run_id), registry.taken_in(run_id))
        if run_id in self._held and self._held[run_id].state == state:
            return False
        subject = subject_of(registry, letter, run_id, WHOLE, AT_END)
        axes = frozenset(name for name, key in AXIS_KEYS.items() if len(subject.curve(key).steps) > 1)
        series = dict.fromkeys((*registry.keys(run_id), *(AXIS_KEYS[name] for name in axes)), EMPTY)
        series |= {key: whole(one.steps, one.values) for key in WHOLE if (one := subject.curve(key))}
        self._held[run_id] = _Held(state, subject, axes, series)
        return True

    def _turned(self, registry: Registry, run_id: str, shown: Sequence[str]) -> bool:
        """Read what else is shown, unless it was read already; True when anything was."""
        held = self._held[run_id]
        missing = [key for key in shown if held.series.get(key) is EMPTY and key not in held.further]
        if missing:
            kept = {key: series for key, series in held.further.items() if key in shown}
            held.further = kept | {key: whole(*registry.columns(run_id, key)) for key in missing}
        return bool(missing)

    def words(
        self, shared: SharedPrompts, number: int, steps: dict[str, int], width: float, differing: bool
    ) -> WordsData:
        """Return one of the shared prompts in every run, at the visits nearest to ``steps``."""
        with opened(self.workspace) as registry:
            prompts = that_differ(registry, steps, shared, width) if differing else shared.prompts
            if not prompts:
                return WordsData(mode=shared.mode, differing=differing)
            number %= len(prompts)
            told = tell(registry, steps, shared.mode, prompts[number])
        return WordsData(MappingProxyType(told), number, len(prompts), shared.mode, differing)
