"""Was something like it tried before?"""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan


def tried(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Say what became of past experiments like this one: no reason against it, but good to know."""
    if facts.tried:
        yield Finding(
            "tried-before", Severity.INFO, ("grpo", "rewards"), f"like {'; and '.join(facts.tried)}"
        )
