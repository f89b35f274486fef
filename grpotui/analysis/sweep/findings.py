"""Sentences about what a sweep found."""

from __future__ import annotations

from collections.abc import Iterator

from grpotui import format as fmt
from grpotui.analysis.promises import marks_of as told
from grpotui.analysis.sweep.axes import key_of, label, name_of, text_of
from grpotui.analysis.sweep.chance import LEVEL, contrast
from grpotui.analysis.sweep.cliff import cliffs
from grpotui.analysis.sweep.effects import interactions
from grpotui.analysis.sweep.promise import baseline_of
from grpotui.analysis.sweep.ranking import better
from grpotui.analysis.sweep.records import Outcome, Point, Sentence, Study
from grpotui.analysis.sweep.trace import NAMED, counted, listed, named, of_what, resting, so_far, valued
from grpotui.records import ZERO_STD_EPSILON, RunKind

_OUTCOMES = {Outcome.COLLAPSED: "learns but collapses", Outcome.STUCK: "cannot learn"}


def coverage(study: Study) -> Sentence:
    """Return how much of the sweep is measured."""
    counts = study.counts
    parts = [(counts.done, "done"), (counts.running, "running"), (counts.waiting, "waiting")]
    parts.append((counts.failed, "failed or cancelled"))
    unborn = counts.planned - sum(count for count, _ in parts)
    shown = [f"{count} {word}" for count, word in parts if count or word == "done"]
    shown += [f"{unborn} not begun"] if unborn > 0 else []
    text = f"{study.covered} of {counted(len(study.points), 'point')} measured{so_far(study)}"
    runs = f"of {counted(counts.planned, 'run')} {', '.join(shown)}"
    return resting("coverage", f"{text}: {runs}.", study.points)


def level(study: Study) -> bool:
    """True when all ranked points have the same value, such as no reward at all."""
    found = [point.standing for number in study.ranking.order if (point := study.point(number)).standing]
    values = [sample.value for sample in found if sample is not None]
    return len(values) > 1 and max(values) - min(values) < ZERO_STD_EPSILON


def nothing_to_choose(study: Study) -> Sentence:
    """Say that there is no best point."""
    points = [study.point(number) for number in study.ranking.order]
    value = valued(points[0].standing)
    text = f"All {len(points)} points have {value}, {study.metric}{so_far(study)}: nothing to choose by."
    return resting("best", text, points)


def best(study: Study) -> Iterator[Sentence]:
    """Say which point is best."""
    point = study.best
    if point is None:
        return
    text = f"Best{so_far(study)}: {named(study, point)} with {valued(point.standing)}, {study.metric}."
    text += "" if point.standing is None or point.standing.error is not None else " Nothing tells its noise."
    text += " It cannot learn, though." if point.outcome is Outcome.STUCK else ""
    if fallen := sum(one.outcome is Outcome.COLLAPSED for one in point.runs):
        text += f" {fallen} of its {counted(len(point.runs), 'run')} collapsed."
    yield resting("best", text, [point])


def ties(study: Study) -> Iterator[Sentence]:
    """Say which points cannot be told from the best."""
    ranking = study.ranking
    if ranking.best is None or len(ranking.order) < 2:
        return
    tied = [study.point(number) for number in ranking.ties]
    if not tied:
        others = counted(len(ranking.order) - 1, "point")
        text = f"It is better than the other {others} beyond the noise{of_what(study)}."
    elif len(tied) == len(ranking.order) - 1:
        text = f"No other point can be told from it{so_far(study)}: all of {len(ranking.order)} tie."
    else:
        text = f"Not to be told from it{so_far(study)}: {listed(study, tied)}."
    yield resting("ties", text, [study.point(ranking.best), *tied])


def edges(study: Study) -> Iterator[Sentence]:
    """Say where the optimum may lie beyond the grid."""
    point, ranking = study.best, study.ranking
    for edge in ranking.edges if point is not None else ():
        end = "last" if edge.upward else "first"
        inside = any(key_of(study.point(n).values.get(edge.axis)) != key_of(edge.value) for n in ranking.ties)
        text = (
            f"The best sits at the {end} value of {name_of(edge.axis)} ({text_of(edge.value)})"
            f"{', though others tie' if inside else ''}: "
            f"the optimum may lie beyond it, try {text_of(edge.beyond)}."
        )
        yield resting("edge", text, [point] if point else [])


def confirmation(study: Study) -> Iterator[Sentence]:
    """Say whether the best was repeated, and what repeats say of what the search found."""
    point = study.best
    if point is None:
        return
    if not study.ranking.confirmed:
        many = len(study.ranking.order)
        why = f"the highest of {many} looks better than it is" if many > 1 else "it was tried once"
        repeats = study.repeats
        going = f"; {repeats.done} of {counted(repeats.planned, 'repeat')} done" if repeats.planned else ""
        yield resting("confirm", f"Unconfirmed: {why}; repeat it with fresh seeds{going}.", [point])
    for one in study.points:
        if one.confirmed is None:
            continue
        text = f"{counted(one.repeats.done, 'repeat')} of {named(study, one)} with fresh seeds"
        text += f": {valued(one.confirmed)}"
        if one.found is not None and one.confirmed.value < one.found.value:
            text += f", below the {fmt.number(one.found.value)} of the search (winner's curse)"
        elif one.found is not None:
            text += f", no less than the {fmt.number(one.found.value)} of the search"
        yield resting("confirm", f"{text}.", [one], "confirm")
    yield from _overlooked(study, point)


def _overlooked(study: Study, point: Point) -> Iterator[Sentence]:
    ranked = [study.point(number) for number in study.ranking.order]
    above = [one for one in ranked if one.confirmed is None and better(one, point)]
    if study.ranking.confirmed and above:
        text = f"Unconfirmed, yet above the confirmed best: {listed(study, above)}."
        yield resting("confirm", text, [point, *above])


def degenerate(study: Study) -> Iterator[Sentence]:
    """Say which points are left out of the ranking since their runs collapsed."""
    points = [study.point(number) for number in study.ranking.degenerate]
    if not points:
        return
    shown = [f"{named(study, point)} with {valued(point.standing)}" for point in points[:NAMED]]
    more = f" and {len(points) - NAMED} more" if len(points) > NAMED else ""
    verdicts = dict.fromkeys(v for point in points for v in point.verdicts if v.startswith("collapsed"))
    why = ", ".join(verdicts) or "called degenerate"
    yield resting("degenerate", f"Not ranked, since {why}: {', '.join(shown)}{more}.", points)


def cliff(study: Study) -> Iterator[Sentence]:
    """Say where along an axis one trouble turns into the other."""
    for one in cliffs(study.sweep.axes, study.points) if study.sweep.kind is RunKind.TRAIN else ():
        where = f" at {label(one.fixed)}" if one.fixed else ""
        text = (
            f"{name_of(one.axis)}{where}: {_OUTCOMES[one.below]} at <= {text_of(one.low)}, "
            f"{_OUTCOMES[one.above]} at >= {text_of(one.high)}{so_far(study)}: try {text_of(one.between)}."
        )
        yield resting("cliff", text, [study.point(number) for number in one.points])


def effects(study: Study) -> Iterator[Sentence]:
    """Say for each axis at which value the mean is highest, and whether that is beyond the noise."""
    for axis in study.sweep.axes:
        found = [one for one in study.levels if one.axis == axis]
        if len(found) < 2 or len(study.sweep.axes) < 2 or level(study):
            continue
        high, low = max(found, key=lambda one: one.sample.value), min(found, key=lambda one: one.sample.value)
        pairs = len(found) * (len(found) - 1) * len(study.sweep.axes)
        sure = contrast([high.sample, low.sample], [1, -1]).above(LEVEL / pairs)
        between = (
            f"{text_of(high.value)} has {valued(high.sample)}, {text_of(low.value)} {valued(low.sample)}"
            f", {study.metric}"
        )
        told = "differ beyond" if sure else "do not differ beyond" if sure is False else "may differ by"
        how = f"{told} the noise{of_what(study)}"
        company = "means over the same others" if high.balanced else "not balanced: the others differ too"
        text = f"{name_of(axis)}: {between}; highest and lowest {how}{so_far(study)} ({company})."
        yield resting("effect", text, _of(study, (*high.points, *low.points)))


def _of(study: Study, numbers: tuple[int, ...]) -> list[Point]:
    return [study.point(number) for number in dict.fromkeys(numbers)]


def dependence(study: Study) -> Iterator[Sentence]:
    """Say where what one axis does depends on another one."""
    for one in interactions(study.sweep.axes, study.points):
        text = (
            f"What {name_of(one.axis)} does depends on {name_of(one.other)}: "
            f"from {text_of(one.from_value)} to {text_of(one.to_value)} "
            f"is {one.at_low:+.3g} at {text_of(one.low)}, {one.at_high:+.3g} at {text_of(one.high)}."
        )
        yield resting("interaction", text, _of(study, one.points))


def contract(study: Study) -> Iterator[Sentence]:
    """Say how the contract of the sweep stands, and what best less baseline is with its interval."""
    baseline = baseline_of(study.sweep, study.points)
    point = study.best
    if point and baseline and point is not baseline and point.standing and baseline.standing:
        less = contrast([point.standing, baseline.standing], [1, -1])
        how = ", prompt by prompt" if point.standing.prompts and baseline.standing.prompts else ""
        text = f"Best less baseline ({named(study, baseline)}){so_far(study)}: {valued(less)}{how}."
        yield resting("contract", text, [point, baseline])
    for mark in told({"marks": [mark.to_json() for mark in study.marks]}):
        numbers = f": {mark.numbers}" if mark.numbers else ""
        yield resting(
            "contract", f"{mark.label} {mark.text}: {mark.state}{numbers}.", [point] if point else []
        )
