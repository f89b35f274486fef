"""The words of grpotui as frozen records: no I/O, standard library only.

``from_json`` methods accept whatever a stream may hold (wrong types, missing keys) and never raise.
"""

from grpotui.records.groups import ZERO_STD_EPSILON, Completion, Group, Hit, RewardRange, Visit, prompt_text
from grpotui.records.health import POLICIES, Flag, HealthContext, HealthSettings
from grpotui.records.numbers import as_float, as_int
from grpotui.records.runs import REWARD_WINDOW, RunSummary
from grpotui.records.words import (
    NO_HUMAN,
    FlagKind,
    Flat,
    HumanVerdict,
    Level,
    Mode,
    RunKind,
    Status,
    Verdict,
    is_bad,
    is_trouble,
)

__all__ = [
    "NO_HUMAN",
    "POLICIES",
    "REWARD_WINDOW",
    "ZERO_STD_EPSILON",
    "Completion",
    "Flag",
    "FlagKind",
    "Flat",
    "Group",
    "HealthContext",
    "HealthSettings",
    "Hit",
    "HumanVerdict",
    "Level",
    "Mode",
    "RewardRange",
    "RunKind",
    "RunSummary",
    "Status",
    "Verdict",
    "Visit",
    "as_float",
    "as_int",
    "is_bad",
    "is_trouble",
    "prompt_text",
]
