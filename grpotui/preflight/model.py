"""Is the model there, and is it one for this device?"""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan

LARGE_FOR_CPU = 100_000_000
"""Parameters."""


def model(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find a model that cannot be loaded, or not trained here."""
    found, name = facts.model, str(plan.data["model"])
    if found.error:
        yield Finding("model", Severity.ERROR, ("model",), found.error, "", ({"model": "tiny"},))
    elif found.absent:
        yield Finding(
            "model-download",
            Severity.ERROR if found.offline else Severity.INFO,
            ("model",),
            f"{name} is not on this machine" + (", and HF_HUB_OFFLINE is set" if found.offline else ""),
            "It is downloaded before the first step.",
            ({"model": "tiny"},) if found.offline else (),
        )
    size = found.parameters or 0
    if facts.device.is_cpu and size > LARGE_FOR_CPU:
        yield Finding(
            "large-on-cpu",
            Severity.WARNING,
            ("model", "launch.device"),
            f"{size / 1e6:.0f} M parameters on a CPU",
            'A step takes minutes, not seconds. model = "tiny" tries a preset in under a minute.',
            ({"model": "tiny"},),
        )
