"""A set of training runs, as the log of a sweep is kept: summary, key findings, observations."""

from __future__ import annotations

from collections.abc import Sequence

from grpotui.analysis.account import before_this
from grpotui.analysis.report import quoted
from grpotui.analysis.report.chapters import chapter
from grpotui.analysis.report.entry import Entry
from grpotui.analysis.report.statement import Block, Section, Source, Statement, Words, bullets
from grpotui.analysis.report.studies import Part, sentences
from grpotui.analysis.report.summary import by_value, key_finding, summary
from grpotui.analysis.sweep.records import Outcome
from grpotui.records import is_bad
from grpotui.registry import earlier
from grpotui.registry.queries import Registry

OBSERVED = ("metric", "cliff", "effect", "interaction", "contract", "confound", "failed", "stopped", "seeds")
"""Kinds of conclusions that are observations; the others stand in the summary."""
MOST_BEFORE = 3
"""Earlier runs that are named."""


def winners(found: Sequence[Part]) -> list[str]:
    """Return the ids of the best runs that learned."""
    return [entry.id for part in found for entry in part.winners if entry.came is Outcome.GOOD]


def summaries(registry: Registry, found: Sequence[Part]) -> list[Block]:
    """Return what came out best, for each set of runs whose rewards mean the same."""
    loud, blocks = winners(found), []
    for part in found:
        said = summary(part)
        if part.winners and part.winners[0].id in loud:
            said += _of_winner(registry, part.winners[0].id)
        if len(found) > 1:
            blocks.append(Words((Statement(f"{part.name}:", part.sources),), ""))
        blocks.append(Words(tuple(said)))
    return list(blocks)


def _of_winner(registry: Registry, run_id: str) -> list[Statement]:
    """Return how different its last samples are, and where its weights are."""
    said = []
    wrote = quoted.samples(registry, run_id)
    if wrote is not None:
        text = f"{wrote.distinct} of {wrote.count} samples of step {wrote.step} are different"
        said.append(Statement(text, (Source(run_id, wrote.step, wrote.step),), "Output"))
    folder = registry.workspace.run(run_id).last_checkpoint()
    if folder is not None:
        shown = str(folder.relative_to(registry.workspace.root))
        said.append(Statement(shown, (Source(run_id),), "Checkpoint"))
    return said


def findings(found: Sequence[Part]) -> tuple[Block, ...]:
    """Return how many of the runs learned, for each set."""
    begun = [part for part in found if any(not entry.planned for entry in part.entries)]
    return bullets([key_finding(part) for part in begun])


def observations(registry: Registry, found: Sequence[Part]) -> tuple[Block, ...]:
    """Return what each setting did, what may mislead, and which earlier runs ended alike."""
    said: list[Statement] = []
    for part in found:
        if part.too_many:
            text = f"{part.name}: the runs differ in {part.too_many} fields, so no single cause can be told."
            said.append(Statement(text, part.sources))
            continue
        said += [*by_value(part), *sentences(part, *OBSERVED)]
    said += _before(registry, found)
    return (Words(tuple(said), "1"),) if said else ()


def _before(registry: Registry, found: Sequence[Part]) -> list[Statement]:
    entries = [entry for part in found for entry in part.entries]
    bad = [entry for entry in entries if is_bad(entry.run.verdict)]
    before = before_this(registry, {entry.id for entry in entries}) if bad else []
    told: dict[str, list[Source]] = {}
    for entry in bad:
        config = registry.config(entry.id)
        known = (earlier.reward_name(config), earlier.settings_of(config))
        for one in earlier.like(str(entry.run.verdict), entry.run.cause, *known, before):
            told.setdefault(one.told, []).append(entry.verdict_source)
    most = sorted(told.items(), key=lambda item: -len(item[1]))[:MOST_BEFORE]
    return [Statement(f"{_some(len(seen))} ended like {text}", tuple(seen), "Before") for text, seen in most]


def _some(count: int) -> str:
    return "one run" if count == 1 else f"{count} runs"


def run_by_run(trained: Sequence[Entry], title: str) -> list[Section]:
    """Return a part for each run that has a contract or a note: the journal's sections."""
    told = [entry for entry in trained if entry.contract or entry.notes or len(trained) == 1]
    parts = [Section(f"{entry.number}. {entry.run.name}", chapter(entry), 3) for entry in told]
    return [Section(title, ()), *parts] if parts else []
