"""Has the machine what the run needs to train on at all?"""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan


def device(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find a run that would wait for ever."""
    if facts.device.lacking:
        yield Finding(
            "device",
            Severity.ERROR,
            ("launch.device", "launch.devices", "launch.memory"),
            f"{facts.device.lacking}: it would wait in the queue for that",
            "The queue starts a run when its devices are free. Device cpu trains without a GPU.",
        )
