"""What will go wrong with a preset, before it does. Pure: what is known of the machine comes as facts."""

from grpotui.preflight.check import check
from grpotui.preflight.facts import DataFacts, DeviceFacts, Facts, ModelFacts, Peak, Tokens
from grpotui.preflight.finding import Finding, Severity, overrides, refusal
from grpotui.preflight.plan import Plan, plan_of
from grpotui.preflight.probes import Probe, probe_rewards

__all__ = [
    "DataFacts",
    "DeviceFacts",
    "Facts",
    "Finding",
    "ModelFacts",
    "Peak",
    "Plan",
    "Probe",
    "Severity",
    "Tokens",
    "check",
    "overrides",
    "plan_of",
    "probe_rewards",
    "refusal",
]
