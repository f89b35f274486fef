"""Puts a report together: which sections there are follows from what the runs are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grpotui.analysis.account import like
from grpotui.analysis.compare.config import Difference
from grpotui.analysis.compare.outcome import WINDOW
from grpotui.analysis.report import cells, quoted
from grpotui.analysis.report.chapters import chapter
from grpotui.analysis.report.columns import causes, comparable, reward_text, setting_text, text_of
from grpotui.analysis.report.entry import Entry, of_kind
from grpotui.analysis.report.observations import observe
from grpotui.analysis.report.reading import read_entries
from grpotui.analysis.report.selecting import Chosen
from grpotui.analysis.report.settings import Setting, best, settings
from grpotui.analysis.report.statement import Block, Code, Section, Source, Statement, Words, bullets, section
from grpotui.analysis.report.summary import key_finding, summary
from grpotui.analysis.report.table import all_runs
from grpotui.records import RunKind, is_bad
from grpotui.registry.queries import Registry

MOST_SAMPLED = 6
"""Runs whose completions are shown."""


@dataclass(frozen=True, slots=True)
class Report:
    """Runs and what is said of them."""

    title: str
    entries: tuple[Entry, ...]
    sections: tuple[Section, ...]
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class Study:
    """Runs whose rewards mean the same: one task, one set of rewards."""

    entries: tuple[Entry, ...]
    differing: tuple[Difference, ...]
    settings: tuple[Setting, ...]

    @property
    def name(self) -> str:
        """Task and reward."""
        config = self.entries[0].subject.config
        return f"{text_of(config, 'task.name')}, {reward_text(config)}"


def studies(entries: Sequence[Entry]) -> list[Study]:
    """Return runs by what their rewards mean."""
    found = []
    for places in comparable(entries):
        some = tuple(entries[place] for place in places)
        differing = tuple(causes(some))
        found.append(Study(some, differing, tuple(settings(some, differing))))
    return found


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
    found = studies(trained)
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
    parts = [part for name, make in chapters.items() if only is None or name in only for part in make()]
    return Report(chosen.title, tuple(entries), tuple(parts), chosen)


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


def _summary(registry: Registry, found: Sequence[Study]) -> list[Block]:
    blocks: list[Block] = []
    for study in found:
        said = summary(study.settings, study.differing)
        winner = best(study.settings)
        if winner is not None:
            said[-1:-1] = _of_winner(registry, winner.entries[0].id)
        if len(found) > 1:
            runs = tuple(Source(entry.id) for entry in study.entries)
            blocks.append(Words((Statement(f"{study.name}:", runs),), ""))
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


def _winners(found: Sequence[Study]) -> list[str]:
    known = [winner for study in found if (winner := best(study.settings)) is not None]
    return [entry.id for winner in known for entry in winner.entries]


def _findings(found: Sequence[Study]) -> tuple[Block, ...]:
    begun = [study for study in found if any(not entry.planned for entry in study.entries)]
    return bullets([key_finding(study.entries) for study in begun])


def _observations(registry: Registry, found: Sequence[Study]) -> tuple[Block, ...]:
    said = [one for study in found for one in observe(study.entries, study.differing)]
    before: dict[str, list[Source]] = {}
    for entry in (entry for study in found for entry in study.entries):
        if is_bad(entry.run.verdict):
            for told in like(registry, entry.id, entry.run.verdict, entry.run.cause):
                before.setdefault(told, []).append(entry.verdict_source)
    said += [Statement(f"ended like {told}", tuple(seen), "Before") for told, seen in before.items()]
    return (Words(tuple(said), "1"),) if said else ()


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
        trained, key=lambda entry: (entry.id not in loud, not entry.came.degenerate, -entry.number)
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
