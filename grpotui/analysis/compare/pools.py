"""Runs that repeat each other as one: equal but for the seed."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from grpotui.analysis.compare.config import SEED, same_rewards
from grpotui.analysis.compare.noise import Estimate, Mark, mark
from grpotui.analysis.compare.outcome import held_out, reward_of
from grpotui.analysis.compare.rows import Cell, Row
from grpotui.analysis.compare.subject import Subject
from grpotui.analysis.sweep.chance import Sample, contrast, pooled_spread
from grpotui.records import RewardRange
from grpotui.records.intervals import t95

Measure = Callable[[Subject], Estimate | None]


@dataclass(frozen=True, slots=True)
class Pooled:
    """One measure of the runs of a pool, and how it stands to that of the first pool."""

    estimate: Estimate
    mark: Mark = Mark.NONE
    delta: float = 0.0


@dataclass(frozen=True, slots=True)
class Pool:
    """Runs that repeat each other; most often one alone. The first pool has the first run."""

    places: tuple[int, ...]
    letters: str
    seeds: int
    """Different seeds among them: the same seed again is the same run again."""
    same_rewards: bool = True
    """False where its rewards are others than the first pool's."""
    reward: Pooled | None = None
    held_out: Pooled | None = None

    @property
    def name(self) -> str:
        """Their letters: ``A C``."""
        return " ".join(self.letters)


def pools(
    subjects: Sequence[Subject], changed: Sequence[Sequence[str]], windows: Mapping[str, int]
) -> list[Pool]:
    """Return the runs pooled; ``changed`` holds for each what it changes against the first one.

    ``windows`` are the logged steps at the end that stand for each run, by its letter.
    """
    fields = sorted(set().union(*changed) - {SEED})
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, subject in enumerate(subjects):
        values = (subject.config.get(name, subject.identity.get(name)) for name in fields)
        groups.setdefault(tuple(map(repr, values)), []).append(place)
    different = [_different(subjects, places) for places in groups.values()]
    alike = [same_rewards(subjects[0], some[0]) for some in different]
    rewards = _rewards(different, alike, windows)
    accuracies = _measured(different, held_out, shares=True)
    return [
        Pool(tuple(places), "".join(subjects[place].letter for place in places), len(some), same, *measured)
        for places, some, same, *measured in zip(
            groups.values(), different, alike, rewards, accuracies, strict=True
        )
    ]


def _rewards(
    groups: Sequence[Sequence[Subject]], alike: Sequence[bool], windows: Mapping[str, int]
) -> list[Pooled | None]:
    """Return the reward of each group; of other rewards than the first group's each by itself."""
    measure = partial(reward_of, windows=windows)
    together = [some for some, one in zip(groups, alike, strict=True) if one]
    same = iter(_measured(together, measure, shares=False))
    return [
        next(same) if one else _measured([some], measure, shares=False)[0]
        for some, one in zip(groups, alike, strict=True)
    ]


def _different(subjects: Sequence[Subject], places: Sequence[int]) -> list[Subject]:
    """Return the first run of each seed."""
    by_seed: dict[object, Subject] = {}
    for place in places:
        subject = subjects[place]
        by_seed.setdefault(subject.seed, subject)
    return list(by_seed.values())


def _measured(groups: Sequence[Sequence[Subject]], measure: Measure, shares: bool) -> list[Pooled | None]:
    """Return a measure of each group. Where any has repeats, their spread is the error of all of them.

    Of ``shares`` of held-out prompts the intervals of single runs count as well, which come from the prompts
    that were drawn: seeds that agree do not make prompts any more.
    """
    known = [[one for subject in some if (one := measure(subject))] for some in groups]
    spread = pooled_spread([[one.value for one in some] for some in known])
    spans = {subject.span for some in groups for subject in some}
    span = spans.pop() if len(spans) == 1 and not shares else None
    samples = [_sample(some, spread, span) for some in known]
    found: list[Pooled | None] = []
    for some, sample in zip(known, samples, strict=True):
        first, base = samples[0], found[0] if found else None
        if sample is None or first is None:
            found.append(None)
            continue
        estimate = _estimate(some, sample, shares)
        sign = Mark.NONE
        if base is not None:
            by_seeds = spread is not None and not shares
            sign = _stands(contrast([sample, first], (1, -1))) if by_seeds else mark(base.estimate, estimate)
        found.append(Pooled(estimate, sign, sample.value - first.value))
    return found


def _sample(some: Sequence[Estimate], spread: Sample | None, span: RewardRange | None) -> Sample | None:
    if not some:
        return None
    mean = statistics.fmean(one.value for one in some)
    if spread is None or spread.error is None:
        return Sample(mean)
    return Sample(mean, spread.error / math.sqrt(len(some)), spread.df, pool="seeds", span=span)


def _estimate(some: Sequence[Estimate], sample: Sample, shares: bool) -> Estimate:
    """Return the interval by the spread between seeds; of shares, the wider one of that and their own."""
    seeds = sample.interval()
    lows = [one.low for one in some if one.low is not None]
    highs = [one.high for one in some if one.high is not None]
    if len(lows) < len(some) or len(highs) < len(some):
        return seeds
    low, high = statistics.fmean(lows), statistics.fmean(highs)
    if seeds.low is None or seeds.high is None:
        return Estimate(sample.value, low, high) if shares or len(some) == 1 else seeds
    if not shares:
        return seeds
    return Estimate(sample.value, max(min(low, seeds.low), 0.0), min(max(high, seeds.high), 1.0))


def _stands(delta: Sample) -> Mark:
    if delta.error is None:
        return Mark.NONE
    if abs(delta.value) <= max(t95(delta.df) * delta.error, 1e-12):
        return Mark.WITHIN
    return Mark.HIGHER if delta.value > 0 else Mark.LOWER


def pooled_rows(found: Sequence[Pool]) -> list[Row]:
    """Return rows with each pool's measures under its first run; none where no run has a repeat."""
    if all(len(pool.places) == 1 for pool in found):
        return []
    rows = [
        _row("reward over seeds", found, [pool.reward for pool in found], percent=False),
        _row("held-out over seeds", found, [pool.held_out for pool in found], percent=True),
    ]
    return [row for row in rows if any(cell.estimate for cell in row.cells)]


def _row(name: str, found: Sequence[Pool], measured: Sequence[Pooled | None], percent: bool) -> Row:
    cells: dict[int, Cell] = {}
    for pool, one in zip(found, measured, strict=True):
        first, *others = pool.places
        cells[first] = Cell(one.estimate, one.mark, f"n={pool.seeds}") if one is not None else Cell()
        cells |= dict.fromkeys(others, Cell(text=f"with {pool.letters[0]}" if one is not None else ""))
    return Row(name, tuple(cells[place] for place in sorted(cells)), percent)
