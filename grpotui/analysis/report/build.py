"""Puts a report together: which sections there are follows from what the runs are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from grpotui.analysis.report import cells, probes, quoted
from grpotui.analysis.report.columns import reward_text, text_of
from grpotui.analysis.report.commands import confirm_commands, sweep_command
from grpotui.analysis.report.entry import Entry, of_kind
from grpotui.analysis.report.reading import read_entries
from grpotui.analysis.report.selecting import Chosen
from grpotui.analysis.report.statement import Block, Code, Section, Source, Statement, bullets, section
from grpotui.analysis.report.studies import Part, parts
from grpotui.analysis.report.table import all_runs
from grpotui.analysis.report.trainings import findings, observations, run_by_run, summaries, winners
from grpotui.analysis.sweep.records import Outcome
from grpotui.records import RunKind
from grpotui.records.sweeps import Repeats, Role
from grpotui.registry.promotions import promotions
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace

MOST_SAMPLED = 6
"""Runs whose completions are shown."""
ABOUT, SUMMARY, FINDINGS, TABLE = "What was tried", "Summary", "Key findings", "All runs"
EVALUATIONS, OBSERVATIONS, CHAPTERS = "Evaluations", "Observations", "Run by run"
PROBES, SAMPLES, COMMANDS = "Probes", "Sample completions", "To run them again"
SHORT = (ABOUT, SUMMARY, FINDINGS, TABLE, EVALUATIONS, OBSERVATIONS, PROBES)
"""The chapters that stand for a set of runs among others."""


@dataclass(frozen=True, slots=True)
class Report:
    """Runs and what is said of them."""

    title: str
    entries: tuple[Entry, ...]
    sections: tuple[Section, ...]
    chosen: Chosen


def build(
    registry: Registry, chosen: Chosen, window: int | None = None, only: Sequence[str] | None = None
) -> Report:
    """Return the report on chosen runs, measured over the last ``window`` logged steps of each.

    ``window`` None means 50, at most half of a run; ``only`` names chapters, None means all of them.
    """
    entries = read_entries(registry, chosen.runs, window)
    trained, probed = of_kind(entries, RunKind.TRAIN), of_kind(entries, RunKind.ROLLOUTS)
    found, searched = (parts(registry, some, chosen.sweep, window) for some in (trained, probed))
    loud = winners(found)
    chapters: dict[str, Callable[[], Sequence[Section]]] = {
        ABOUT: lambda: section(ABOUT, *_about(entries, chosen)) if trained or not probed else [],
        SUMMARY: lambda: section(SUMMARY, *summaries(registry, found)),
        FINDINGS: lambda: section(FINDINGS, *findings(found)),
        TABLE: lambda: section(TABLE, *([all_runs(trained, loud)] if trained else [])),
        EVALUATIONS: lambda: section(EVALUATIONS, *_evaluations(entries)),
        OBSERVATIONS: lambda: section(OBSERVATIONS, *observations(registry, found)),
        CHAPTERS: lambda: run_by_run(trained, CHAPTERS),
        PROBES: lambda: _probes(registry, searched, bool(trained), only is not None),
        SAMPLES: lambda: _samples(registry, trained, loud, searched),
        COMMANDS: lambda: section(COMMANDS, *_commands(registry.workspace, entries, chosen)),
    }
    shown = [part for name, make in chapters.items() if only is None or name in only for part in make()]
    again = () if window is None else ("--window", str(window))
    return Report(chosen.title, tuple(entries), tuple(shown), replace(chosen, by=(*chosen.by, *again)))


def _about(entries: Sequence[Entry], chosen: Chosen) -> tuple[Block, ...]:
    """Return model, task and reward, and what was expected where that is one thing."""
    everywhere = tuple(Source(entry.id) for entry in entries)
    goals = dict.fromkeys(entry.hypothesis for entry in entries if entry.hypothesis)
    asked = str(chosen.sweep.contract.get("hypothesis") or "") if chosen.sweep else ""
    goal = asked or (next(iter(goals)) if len(goals) == 1 else "")
    said = [Statement(goal, everywhere, "Hypothesis")] if goal else []
    for name, texts in (
        ("Model", [text_of(entry.subject.config, "model") for entry in entries]),
        ("Task", [text_of(entry.subject.config, "task.name") for entry in entries]),
        ("Reward", [reward_text(entry.subject.config) for entry in entries]),
        ("TRL", [str(entry.subject.identity.get("trl version", "-")) for entry in entries]),
    ):
        found = dict.fromkeys(text for text in texts if text != "-")
        said += [Statement(", ".join(found), everywhere, name)] if found else []
    return bullets(said)


def _probes(registry: Registry, searched: Sequence[Part], below: bool, brief: bool) -> list[Section]:
    """Return the chapters of every probe; ``below`` a title of its own, as other runs stand beside it."""
    told = promotions(registry.workspace) if searched else []
    found = [(part, probes.chapters(part, told, brief)) for part in searched]
    if not below and len(found) < 2:
        return [one for _, some in found for one in some]
    lower = [(part, [replace(one, level=one.level + 1) for one in some]) for part, some in found]
    return [one for part, some in lower for one in (Section(f"Probe {probes.name_of(part)}", ()), *some)]


def _evaluations(entries: Sequence[Entry]) -> tuple[Block, ...]:
    said = []
    for entry in of_kind(entries, RunKind.EVAL):
        what = f"step {entry.run.parent_step or 0} of {entry.run.parent}"
        step = entry.accuracy.now.last if entry.accuracy else None
        source = Source(entry.id, step, step)
        said.append(Statement(f"{what}: held-out {cells.held_out(entry)}", (source,), entry.id))
    return bullets(said)


def _samples(
    registry: Registry, trained: Sequence[Entry], loud: Sequence[str], searched: Sequence[Part]
) -> list[Section]:
    """Return what the best runs wrote, then those that collapsed, then the newest; of probes the best."""
    shown = sorted(
        trained, key=lambda entry: (entry.id not in loud, entry.came is not Outcome.COLLAPSED, -entry.number)
    )
    chosen = [entry.id for entry in shown[:MOST_SAMPLED]]
    chosen += [part.best.run_ids[0] for part in searched if part.best is not None and part.best.run_ids]
    found = []
    for run_id in chosen:
        wrote = quoted.samples(registry, run_id)
        if wrote is not None:
            title = f"{run_id}, step {wrote.step}: {wrote.distinct} of {wrote.count} different"
            found.append(Section(title, bullets(wrote.said), 3))
    return [Section(SAMPLES, ()), *found] if found else []


def _commands(workspace: Workspace, entries: Sequence[Entry], chosen: Chosen) -> tuple[Block, ...]:
    """Return the command of the sweep; else those of all runs, one by one."""
    everywhere = tuple(Source(entry.id) for entry in entries)
    if chosen.sweep and (whole := sweep_command(workspace, chosen.sweep)):
        lines = [Statement(whole, everywhere)]
        lines += [Statement(line, _of(entries, some)) for line, some in confirm_commands(chosen.sweep)]
    else:
        lines = [Statement(line, (Source(entry.id),)) for entry in entries for line in entry.command]
    return (Code(tuple(lines)),) if lines else ()


def _of(entries: Sequence[Entry], repeats: Repeats) -> tuple[Source, ...]:
    """Return the runs that repeat points of a sweep."""
    runs = [entry.run for entry in entries if entry.run.role == Role.CONFIRM]
    return tuple(Source(run.id) for run in runs if run.point in repeats.numbers and run.seed in repeats.seeds)
