"""Several processes: are there devices for them, and is their configuration one for this machine?"""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan
from grpotui.presets import launch_settings

_PLAIN = "multi_gpu"


def processes(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find processes and devices that do not go together."""
    settings = launch_settings(plan.data)
    named = settings.accelerate.rpartition("/")[2].removesuffix(".yaml")
    if named and facts.device.is_cpu:
        yield Finding(
            "accelerate-on-cpu",
            Severity.ERROR,
            ("launch.accelerate", "launch.device"),
            f"launch.accelerate is {named}, and there is no GPU to use it on",
            "On CPUs ranks train as plain DDP, and find each other by gloo.",
            ({"launch.accelerate": ""},),
        )
    elif named and named != _PLAIN:
        yield Finding(
            "accelerate-unmeasured",
            Severity.INFO,
            ("launch.accelerate",),
            f"{named} is handed to 'accelerate launch' as it is: grpotui's tests train ranks on CPUs only",
            "DeepSpeed has to be installed for zero1 to zero3.",
        )
    if settings.devices > plan.world and not facts.device.is_cpu:
        yield Finding(
            "idle-devices",
            Severity.WARNING,
            ("launch.processes", "launch.devices"),
            f"{settings.devices} GPUs are leased, and {plan.world} "
            f"{'process trains' if plan.world == 1 else 'processes train'}",
            "A process trains on one GPU; TRL refuses to spread one over several.",
            ({"launch.processes": settings.devices},),
        )
    if plan.world > 1 and facts.device.is_cpu:
        yield Finding(
            "processes-on-cpu",
            Severity.INFO,
            ("launch.processes",),
            f"{plan.world} processes share this machine's CPU",
            "That tries several processes out; one is faster.",
        )
