"""Puts a report together: which sections there are follows from what the runs are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grpotui.analysis.account import before_this
from grpotui.analysis.compare.outcome import WINDOW
from grpotui.analysis.report import cells, quoted
from grpotui.analysis.report.chapters import chapter
from grpotui.analysis.report.columns import causes, reward_text, setting_text, text_of
from grpotui.analysis.report.entry import Entry, of_kind
from grpotui.analysis.report.reading import read_entries
from grpotui.analysis.report.selecting import Chosen
from grpotui.analysis.report.statement import Block, Code, Section, Source, Statement, Words, bullets, section
from grpotui.analysis.report.studies import Part, parts, sentences
from grpotui.analysis.report.summary import by_value, key_finding, summary
from grpotui.analysis.report.table import all_runs
from grpotui.analysis.sweep.records import Outcome
from grpotui.records import RunKind, is_bad
from grpotui.registry import earlier
from grpotui.registry.queries import Registry

OBSERVED = ("metric", "cliff", "effect", "interaction", "contract", "confound", "failed", "stopped", "seeds")
"""Kinds of conclusions that are observations; the others stand in the summary."""
MOST_BEFORE = 3
"""Earlier runs that are named."""
MOST_SAMPLED = 6
"""Runs whose completions are shown."""


@dataclass(frozen=True, slots=True)
class Report:
    """Runs and what is said of them."""

    title: str
    entries: tuple[Entry, ...]
    sections: tuple[Section, ...]
    chosen: Chosen


ABOUT, SUMMARY, FINDINGS, TABLE = "What was tried", "Summary", "Key findings", "All runs"
EVALUATIONS, OBSERVATIONS, CHAPTERS = "Evaluations", "Observations", "Run by run"
SAMPLES, COMMANDS = "Sample completions", "To run them again"
SHORT = (ABOUT, SUMMARY, FINDINGS, TABLE, EVALUATIONS, OBSERVATIONS)
"""The chapters that stand for a set of runs among others."""


def build(
    registry: Registry, chosen: Chosen, window: int = WINDOW, only: Sequence[str] | None = None
) -> Report:
    """Return the report on chosen runs, measured over the last ``window`` logged steps of each.

    ``only`` names chapters; None means all of them.
    """
    entries = read_entries(registry, chosen.runs, window)
    trained = of_kind(entries, RunKind.TRAIN)
    found = parts(
        registry, trained, chosen.sweep if chosen.sweep and chosen.sweep.kind is RunKind.TRAIN else None
    )
    chapters: dict[str, Callable[[], Sequence[Section]]] = {
        ABOUT: lambda: section(ABOUT, *_about(entries)),
        SUMMARY: lambda: section(SUMMARY, *_summary(registry, found)),
        FINDINGS: lambda: section(FINDINGS, *_findings(found)),
        TABLE: lambda: section(TABLE, *([all_runs(trained, _winners(found))] if trained else [])),
        EVALUATIONS: lambda: section(EVALUATIONS, *_evaluations(entries)),
        OBSERVATIONS: lambda: section(OBSERVATIONS, *_observations(registry, found)),
        CHAPTERS: lambda: _chapters(trained),
        SAMPLES: lambda: _samples(registry, trained, _winners(found)),
        COMMANDS: lambda: section(COMMANDS, *_commands(entries)),
    }
    shown = [part for name, make in chapters.items() if only is None or name in only for part in make()]
    return Report(chosen.title, tuple(entries), tuple(shown), chosen)


def _about(entries: Sequence[Entry]) -> tuple[Block, ...]:
    """Return model, task and reward, as far as all runs share them."""
    said = []
    for name, texts in (
        ("Model", [text_of(entry.subject.config, "model") for entry in entries]),
        ("Task", [text_of(entry.subject.config, "task.name") for entry in entries]),
        ("Reward", [reward_text(entry.subject.config) for entry in entries]),
        ("TRL", [str(entry.subject.identity.get("trl version", "-")) for entry in entries]),
    ):
        found = dict.fromkeys(text for text in texts if text != "-")
        if found:
            said.append(Statement(", ".join(found), tuple(Source(entry.id) for entry in entries), name))
    goals = dict.fromkeys(entry.hypothesis for entry in entries if entry.hypothesis)
    if len(goals) == 1:
        said.insert(
            0, Statement(next(iter(goals)), tuple(Source(entry.id) for entry in entries), "Hypothesis")
        )
    return bullets(said)


def _summary(registry: Registry, found: Sequence[Part]) -> list[Block]:
    blocks: list[Block] = []
    for part in found:
        said = summary(part)
        if part.winners and said[0].label.startswith("Winner") and not said[0].text.startswith("none"):
            said += _of_winner(registry, part.winners[0].id)
        if len(found) > 1:
            blocks.append(Words((Statement(f"{part.name}:", part.sources),), ""))
        blocks.append(Words(tuple(said)))
    return blocks


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


def _winners(found: Sequence[Part]) -> list[str]:
    return [entry.id for part in found for entry in part.winners if entry.came is Outcome.GOOD]


def _findings(found: Sequence[Part]) -> tuple[Block, ...]:
    begun = [part for part in found if any(not entry.planned for entry in part.entries)]
    return bullets([key_finding(part) for part in begun])


def _observations(registry: Registry, found: Sequence[Part]) -> tuple[Block, ...]:
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
    """Return earlier runs, of the registry or of the logs, that ended as runs of the report did."""
    entries = [entry for part in found for entry in part.entries]
    told: dict[str, list[Source]] = {}
    bad = [entry for entry in entries if is_bad(entry.run.verdict)]
    before = before_this(registry, {entry.id for entry in entries}) if bad else []
    for entry in bad:
        config = registry.config(entry.id)
        known = (earlier.reward_name(config), earlier.settings_of(config))
        for one in earlier.like(str(entry.run.verdict), entry.run.cause, *known, before):
            told.setdefault(one.told, []).append(entry.verdict_source)
    most = sorted(told.items(), key=lambda item: -len(item[1]))[:MOST_BEFORE]
    return [Statement(f"{_some(len(seen))} ended like {text}", tuple(seen), "Before") for text, seen in most]


def _some(count: int) -> str:
    return "one run" if count == 1 else f"{count} runs"


def _chapters(trained: Sequence[Entry]) -> list[Section]:
    """Return a part for each run that has a contract or a note: the journal's sections."""
    parts, differing = [], causes(trained)
    for place, entry in enumerate(trained):
        if entry.contract or entry.notes or len(trained) == 1:
            setting = setting_text(differing, place) if len(trained) > 1 else ""
            parts.append(Section(f"{entry.number}. {entry.run.name}", chapter(entry, setting), 3))
    return [Section(CHAPTERS, ()), *parts] if parts else []


def _evaluations(entries: Sequence[Entry]) -> tuple[Block, ...]:
    found = of_kind(entries, RunKind.EVAL)
    return bullets(
        [
            Statement(
                f"{entry.id}: step {entry.run.parent_step or 0} of {entry.run.parent}: "
                f"held-out {cells.held_out(entry)}",
                (entry.source,),
            )
            for entry in found
        ]
    )


def _samples(registry: Registry, trained: Sequence[Entry], loud: Sequence[str]) -> list[Section]:
    shown = sorted(
        trained, key=lambda entry: (entry.id not in loud, entry.came is not Outcome.COLLAPSED, -entry.number)
    )
    parts = []
    for entry in shown[:MOST_SAMPLED]:
        wrote = quoted.samples(registry, entry.id)
        if wrote is not None:
            title = f"{entry.id}, step {wrote.step}: {wrote.distinct} of {wrote.count} different"
            parts.append(Section(title, bullets(wrote.said), 3))
    return [Section(SAMPLES, ()), *parts] if parts else []


def _commands(entries: Sequence[Entry]) -> tuple[Block, ...]:
    lines = [Statement(line, (Source(entry.id),)) for entry in entries for line in entry.command]
    return (Code(tuple(lines)),) if lines else ()
