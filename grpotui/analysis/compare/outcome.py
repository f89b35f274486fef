"""What came of each run: windows with their spread, never a last value; with marks against the first run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from grpotui.analysis.compare.config import same_rewards
from grpotui.analysis.compare.milestones import (
    Smooth,
    best_held_out,
    cost,
    held_out_reached,
    reward_reached,
    trained,
)
from grpotui.analysis.compare.noise import BLOCKS, SHARE, Estimate, Mark, mark, windowed, within
from grpotui.analysis.compare.rows import Cell, Row
from grpotui.analysis.compare.subject import Subject
from grpotui.records import RewardRange, RunKind
from grpotui.records.keys import (
    EVAL_ACCURACY,
    JACCARD_CROSS,
    REWARD,
    ROLLOUTS_N,
    ROLLOUTS_REWARD,
    ROLLOUTS_REWARD_HIGH,
    ROLLOUTS_REWARD_LOW,
    ZERO_STD,
    ZERO_STD_CEILING,
    ZERO_STD_FLOOR,
    ZERO_STD_OTHER,
)

WHOLE = (REWARD, EVAL_ACCURACY, f"{EVAL_ACCURACY}_low", f"{EVAL_ACCURACY}_high", "step_time")
"""Metrics of which every step counts."""
ENDS = (
    "eval_n",
    ZERO_STD_CEILING,
    ZERO_STD_FLOOR,
    ZERO_STD_OTHER,
    ZERO_STD,
    JACCARD_CROSS,
    "kl",
    "entropy",
    "completions/mean_length",
    "num_tokens",
    ROLLOUTS_REWARD,
    ROLLOUTS_REWARD_LOW,
    ROLLOUTS_REWARD_HIGH,
    ROLLOUTS_N,
)
"""Metrics of which only the window at the end does."""
KEYS = (*WHOLE, *ENDS)
"""Metrics that an outcome is made of."""
WINDOW_ROW = "window"
WINDOW = 50
"""Logged steps at the end of a run that stand for it."""


def window_of(logged: int, asked: int | None = None, wanted: int = WINDOW) -> int:
    """Return how many of ``logged`` steps at the end of a run stand for it: those asked for, else ``wanted``.

    Unless asked for, no window is more than half of a run, as its beginning is no outcome, though never fewer
    than tell the noise.
    """
    return max(min(wanted, logged // 2), 2 * BLOCKS) if asked is None else asked


def windows_of(subjects: Sequence[Subject], asked: int | None = None) -> dict[str, int]:
    """Return the logged steps at the end of each run that stand for it, by its letter: ``asked``, or WINDOW.

    Unless asked for, larger batches get windows of as many samples, and :func:`window_of` holds for each run.
    """
    sizes = [subject.per_step or 0 for subject in subjects]
    smallest = min(sizes)
    found = {}
    for subject, size in zip(subjects, sizes, strict=True):
        wanted = WINDOW * smallest // size if smallest else WINDOW
        found[subject.letter] = window_of(len(subject.curve(REWARD).steps), asked, wanted)
    return found


def outcome(subjects: Sequence[Subject], windows: Mapping[str, int]) -> list[Row]:
    """Return the rows of the outcome; those that no run has values for are left out."""
    smooth = [Smooth.of(trained(subject), windows[subject.letter]) for subject in subjects]
    ends = partial(_end, windows=windows)
    rows = [
        *_reward_rows(subjects, windows),
        _marked("held-out accuracy", subjects, held_out, percent=True),
        _marked("stuck", subjects, lambda s: _stuck(s, windows[s.letter])),
        _marked("at max", subjects, lambda s: _shares(_last(s, ZERO_STD_CEILING, windows))),
        _marked("jaccard across", subjects, lambda s: _shares(_last(s, JACCARD_CROSS, windows))),
        _marked("kl", subjects, lambda s: ends(s, "kl")),
        reward_reached(subjects, smooth, windows[subjects[0].letter]),
        held_out_reached(subjects),
        _said("verdict", subjects, _verdict),
        _said("contract", subjects, lambda s: s.contract),
        cost(subjects),
        Row("best reward", tuple(one.best() for one in smooth)),
        best_held_out(subjects),
        _marked("entropy", subjects, lambda s: ends(s, "entropy")),
        _marked("length", subjects, lambda s: ends(s, "completions/mean_length")),
        _said("like", subjects, lambda s: s.like),
        _said("your verdict", subjects, lambda s: str(s.run.human or "")),
        _said("status", subjects, lambda s: f"{s.run.status} {s.run.step}/{s.run.max_steps or '?'}"),
        _said(WINDOW_ROW, subjects, lambda s: _stands_for(s, windows)),
    ]
    return [row for row in rows if any(cell.estimate or cell.text for cell in row.cells)]


def _reward_rows(subjects: Sequence[Subject], windows: Mapping[str, int]) -> list[Row]:
    spans = {subject.span for subject in subjects}
    alike = [same_rewards(subjects[0], subject) for subject in subjects]
    row = _marked("reward", subjects, lambda s: reward_of(s, windows), alike=alike)
    span = next(iter(spans)) if len(spans) == 1 else None
    if span is None or (span.low, span.high) == (0.0, 1.0):
        return [row]
    share = _marked("share of its range", subjects, lambda s: _share(s, windows), percent=True, alike=alike)
    return [row, share]


def _marked(
    name: str,
    subjects: Sequence[Subject],
    measure: Callable[[Subject], Estimate | None],
    percent: bool = False,
    alike: Sequence[bool] = (),
) -> Row:
    """Return a row with marks, where ``alike`` is given only for runs that it is true of."""
    found = [measure(subject) for subject in subjects]
    marks = [mark(found[0], one) if place else Mark.NONE for place, one in enumerate(found)]
    if alike:
        marks = [sign if known else Mark.NONE for sign, known in zip(marks, alike, strict=True)]
    return Row(name, tuple(Cell(one, sign) for one, sign in zip(found, marks, strict=True)), percent)


def _said(name: str, subjects: Sequence[Subject], words: Callable[[Subject], str]) -> Row:
    return Row(name, tuple(Cell(text=words(subject)) for subject in subjects))


def _last(subject: Subject, key: str, windows: Mapping[str, int]) -> list[float]:
    return subject.curve(key).last(windows[subject.letter])


def _end(subject: Subject, key: str, windows: Mapping[str, int]) -> Estimate | None:
    return windowed(_last(subject, key, windows))


def _share(subject: Subject, windows: Mapping[str, int]) -> Estimate | None:
    if subject.span is None:
        return None
    if subject.run.kind is RunKind.ROLLOUTS:
        return _scaled(reward_of(subject, windows), subject.span)
    return _shares([subject.span.normalise(value) for value in _last(subject, REWARD, windows)])


def _scaled(found: Estimate | None, span: RewardRange) -> Estimate | None:
    if found is None:
        return None
    ends = (None if end is None else span.normalise(end) for end in (found.low, found.high))
    return Estimate(span.normalise(found.value), *ends)


def _shares(values: Sequence[float]) -> Estimate | None:
    """Return the mean of shares; its interval does not leave 0 to 1."""
    return within(windowed(values), SHARE)


def _stuck(subject: Subject, window: int) -> Estimate | None:
    """Return the share of groups without spread that are not at the ceiling."""
    floor, other = subject.curve(ZERO_STD_FLOOR), subject.curve(ZERO_STD_OTHER)
    pairs = zip(floor.last(window), other.last(window), strict=False)
    return _shares([a + b for a, b in pairs])


def reward_of(subject: Subject, windows: Mapping[str, int]) -> Estimate | None:
    """Return the reward of a run's window; of one that only generates, of all that it generated so far."""
    if subject.run.kind is RunKind.ROLLOUTS:
        return _logged(subject, ROLLOUTS_REWARD)
    return within(_end(subject, REWARD, windows), subject.span)


def held_out(subject: Subject, until: int | None = None) -> Estimate | None:
    """Return the newest held-out accuracy, with the interval that was logged beside it."""
    return _logged(subject, EVAL_ACCURACY, until)


def _logged(subject: Subject, key: str, until: int | None = None) -> Estimate | None:
    """Return the newest value of a metric that has its interval logged beside it."""
    value, low, high = (subject.curve(f"{key}{end}").last(1, until) for end in ("", "_low", "_high"))
    if not value:
        return None
    return Estimate(value[0], low[0] if low else None, high[0] if high else None)


def _stands_for(subject: Subject, windows: Mapping[str, int]) -> str:
    """Say what of a run its reward is the mean of."""
    if subject.run.kind is RunKind.ROLLOUTS:
        known = subject.curve(ROLLOUTS_N).last(1)
        return f"all {known[0]:.0f} completions" if known else ""
    return f"last {windows[subject.letter]} steps" if subject.curve(REWARD) else ""


def _verdict(subject: Subject) -> str:
    run = subject.run
    cause = f" ({run.cause})" if run.cause else ""
    return f"{run.verdict or ''}{cause}"
