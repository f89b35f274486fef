"""What may be concluded from a sweep, as sentences that name the runs they rest on."""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.analysis.sweep import doubts, findings
from grpotui.analysis.sweep.records import Sentence, Study


def conclude(study: Study, why: str = "") -> Iterator[Sentence]:
    """Yield the sentences of a sweep, what matters most first. ``why``: its metric is not the wanted one."""
    yield findings.coverage(study)
    if why:
        yield Sentence("metric", f"Ranked by {study.metric}, since the metric cannot be read: {why}.")
    if findings.level(study):
        yield findings.nothing_to_choose(study)
    else:
        yield from findings.best(study)
        yield from findings.ties(study)
        yield from findings.edges(study)
        yield from findings.confirmation(study)
    yield from findings.cliff(study)
    yield from findings.degenerate(study)
    yield from findings.effects(study)
    yield from findings.dependence(study)
    yield from findings.contract(study)
    yield from doubts.doubts(study)
