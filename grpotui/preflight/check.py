"""Runs every rule over a preset."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grpotui.preflight.data import data
from grpotui.preflight.device import device
from grpotui.preflight.disk import disk
from grpotui.preflight.engine import engine
from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity, told
from grpotui.preflight.memory import memory
from grpotui.preflight.model import model
from grpotui.preflight.plan import Plan, plan_of
from grpotui.preflight.processes import processes
from grpotui.preflight.promises import promises
from grpotui.preflight.rewards import rewards
from grpotui.preflight.rollouts import rollout_memory, rollouts
from grpotui.preflight.schedule import schedule
from grpotui.preflight.shape import shape
from grpotui.preflight.tried import tried
from grpotui.preflight.values import sampling, training
from grpotui.presets import Preset, problems

Rule = Callable[[Plan, Facts], Iterator[Finding]]
"""One family of checks over a plan and what is known of the machine."""

_GENERAL: tuple[Rule, ...] = (data, sampling, rewards, promises, engine, device, model)
RULES: tuple[Rule, ...] = (shape, schedule, training, *_GENERAL, processes, memory, disk, tried)
ROLLOUT_RULES: tuple[Rule, ...] = (rollouts, *_GENERAL, rollout_memory)
"""For a preset that only generates."""
_ORDER = list(Severity)


def check(preset: Preset, facts: Facts) -> list[Finding]:
    """Return what was found, errors first.

    What the preset's validation refuses comes alone, as rule ``preset``: other rules need numbers that are
    numbers. What validation and a rule both find is told by the rule, which knows how to mend it.
    """
    refused = list(problems(preset))
    unreadable = [problem for problem in refused if not problem.rule]
    if unreadable:
        return [
            Finding("preset", Severity.ERROR, (problem.path,) if problem.path else (), problem.message)
            for problem in unreadable
        ]
    plan = plan_of(preset, facts.data.rows)
    rules = RULES if plan.trains else ROLLOUT_RULES
    found = [told(finding) for rule in rules for finding in rule(plan, facts)]
    return sorted(found, key=lambda finding: _ORDER.index(finding.level))
