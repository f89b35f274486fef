"""Puts a report together: which sections there are follows from what the runs are."""

from __future__ import annotations

from collections.abc import Sequence
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
from grpotui.records import RunKind
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


def build(registry: Registry, chosen: Chosen, window: int = WINDOW) -> Report:
    """Return the report on chosen runs, measured over the last ``window`` logged steps of each."""
    entries = read_entries(registry, chosen.runs, window)
    trained = of_kind(entries, RunKind.TRAIN)
    differing = causes(trained)
    groups = [settings(trained, differing, places) for places in comparable(trained)]
    parts = [
        *_about(entries),
        *_summary(registry, trained, groups, differing),
        *_findings(trained),
        *section("All runs", *([all_runs(trained, _winners(groups))] if trained else [])),
        *section("Evaluations", *_evaluations(entries)),
        *section("Observations", *_observations(registry, trained, differing)),
        *_chapters(trained, differing),
        *_samples(registry, trained, groups),
        *section("To run them again", *_commands(entries)),
    ]
    return Report(chosen.title, tuple(entries), tuple(parts), chosen)


def _about(entries: Sequence[Entry]) -> list[Section]:
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
    return section("What was tried", *bullets(said))


def _summary(
    registry: Registry,
    trained: Sequence[Entry],
    groups: Sequence[Sequence[Setting]],
    differing: Sequence[Difference],
) -> list[Section]:
    several, parts = len(groups) > 1, []
    for found in groups:
        winner = best(found)
        places = {}
        for entry in winner.entries if winner else ():
            folder = registry.workspace.run(entry.id).last_checkpoint()
            if folder is not None:
                places[entry.id] = folder.relative_to(registry.workspace.root)
        said = summary(found, differing, places)
        if winner is not None and (wrote := quoted.samples(registry, winner.entries[0].id)):
            source = (Source(winner.entries[0].id, wrote.step, wrote.step),)
            said.insert(
                -1,
                Statement(
                    f"{wrote.distinct} of {wrote.count} samples of step {wrote.step} are different texts",
                    source,
                    "Output",
                ),
            )
        if several:
            first = found[0].entries[0].subject.config
            parts.append(
                Words(
                    (
                        Statement(
                            f"{text_of(first, 'task.name')}, {reward_text(first)}:", style_source(found)
                        ),
                    ),
                    "",
                )
            )
        parts.append(Words(tuple(said)))
    return section("Summary", *parts) if trained else []


def style_source(found: Sequence[Setting]) -> tuple[Source, ...]:
    """Return the runs of settings."""
    return tuple(Source(entry.id) for one in found for entry in one.entries)


def _winners(groups: Sequence[Sequence[Setting]]) -> list[str]:
    found = [winner for one in groups if (winner := best(one)) is not None]
    return [entry.id for winner in found for entry in winner.entries]


def _findings(trained: Sequence[Entry]) -> list[Section]:
    groups = [[trained[place] for place in places] for places in comparable(trained)]
    said = [key_finding(some) for some in groups if any(not entry.planned for entry in some)]
    return section("Key findings", *bullets(said))


def _observations(
    registry: Registry, trained: Sequence[Entry], differing: Sequence[Difference]
) -> tuple[Block, ...]:
    said = []
    for places in comparable(trained):
        inside = causes([trained[place] for place in places])
        some = [trained[place] for place in places]
        said += observe(some, inside, range(len(some)))
    before: dict[str, list[Source]] = {}
    for entry in trained:
        if entry.came.degenerate or str(entry.run.verdict) == "no-signal":
            for told in like(registry, entry.id, entry.run.verdict, entry.run.cause):
                before.setdefault(told, []).append(entry.verdict_source)
    said += [Statement(f"ended like {told}", tuple(seen), "Before") for told, seen in before.items()]
    return (Words(tuple(said), "1"),) if said else ()


def _chapters(trained: Sequence[Entry], differing: Sequence[Difference]) -> list[Section]:
    """Return a part for each run that has a hypothesis or forecast, or a note: the journal's sections."""
    parts = []
    for place, entry in enumerate(trained):
        if entry.contract or entry.notes or len(trained) == 1:
            setting = setting_text(differing, place) if len(trained) > 1 else ""
            parts.append(Section(f"{entry.number}. {entry.run.name}", chapter(entry, setting), 3))
    return [Section("Run by run", ()), *parts] if parts else []


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


def _samples(
    registry: Registry, trained: Sequence[Entry], groups: Sequence[Sequence[Setting]]
) -> list[Section]:
    loud = _winners(groups)
    shown = sorted(
        trained, key=lambda entry: (entry.id not in loud, not entry.came.degenerate, -entry.number)
    )
    parts = []
    for entry in shown[:MOST_SAMPLED]:
        wrote = quoted.samples(registry, entry.id)
        if wrote is not None:
            title = f"{entry.id}, step {wrote.step}: {wrote.distinct} of {wrote.count} different"
            parts.append(Section(title, bullets(wrote.said), 3))
    return [Section("Sample completions", ()), *parts] if parts else []


def _commands(entries: Sequence[Entry]) -> tuple[Block, ...]:
    lines = [Statement(line, (Source(entry.id),)) for entry in entries for line in entry.command]
    return (Code(tuple(lines)),) if lines else ()
