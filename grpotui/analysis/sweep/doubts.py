"""Sentences about what may mislead in a sweep."""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.analysis.sweep.axes import name_of
from grpotui.analysis.sweep.confounds import changes_reward, together, uneven
from grpotui.analysis.sweep.records import Reading, Sentence, Study
from grpotui.analysis.sweep.trace import NAMED, by_residuals, counted, listed, one_seed_each, resting, upon
from grpotui.records import RunKind, Status
from grpotui.text import clean


def doubts(study: Study) -> Iterator[Sentence]:
    """Yield what else may stand behind the numbers."""
    for axis in changes_reward(study.sweep.axes):
        text = f"{name_of(axis)} changes what is measured: numbers along it do not mean the same."
        yield Sentence("confound", text)
    for pair in together(study.sweep.axes, study.points):
        text = (
            f"{name_of(pair.one)} and {name_of(pair.other)} go together in the measured points: "
            "their effects cannot be told apart."
        )
        yield resting("confound", text, [study.point(number) for number in pair.points])
    lacking = uneven(study.points, study.sweep.seeds)
    if lacking:
        text = f"Not of the same seeds as the others: {listed(study, lacking)}."
        yield resting("confound", text, lacking)
    yield from _failed(study)
    yield from _cut_short(study)
    yield from _one_seed(study)


def _runs(study: Study) -> list[Reading]:
    return [one for point in study.points for one in point.runs]


def _names(runs: list[Reading]) -> str:
    shown = ", ".join(clean(one.run.id, 80) for one in runs[:NAMED])
    return shown + (f" and {len(runs) - NAMED} more" if len(runs) > NAMED else "")


def _failed(study: Study) -> Iterator[Sentence]:
    runs = [one for one in _runs(study) if one.run.status in (Status.FAILED, Status.LOST)]
    if runs:
        ids = tuple(one.run.id for one in runs)
        steps = tuple(one.run.step for one in runs)
        yield Sentence("failed", f"{counted(len(runs), 'run')} failed or lost: {_names(runs)}.", ids, steps)


def _cut_short(study: Study) -> Iterator[Sentence]:
    """Trainings that ended before their plan count with what they had."""
    runs = [
        one
        for one in _runs(study)
        if one.counts and one.run.kind is RunKind.TRAIN and one.run.step < (one.run.max_steps or 0)
    ]
    if runs:
        shown = ", ".join(f"{clean(r.run.id, 80)} at {r.run.step}/{r.run.max_steps}" for r in runs[:NAMED])
        more = f" and {len(runs) - NAMED} more" if len(runs) > NAMED else ""
        yield upon("stopped", f"Stopped early, and counted with what they had: {shown}{more}.", runs)


def _one_seed(study: Study) -> Iterator[Sentence]:
    if one_seed_each(study) and len(study.ranking.order) > 1:
        noise = "what the axes do not explain" if by_residuals(study) else "the steps of each run"
        more = "seeds of every point would tell" if by_residuals(study) else "seeds may differ by more"
        text = f"One seed each: intervals are of {noise}; {more}."
        yield Sentence("seeds", text)
