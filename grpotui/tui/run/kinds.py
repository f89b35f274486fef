"""Kinds of groups that are worth a look, by what the index knows of them. No I/O."""

from __future__ import annotations

from enum import StrEnum

from grpotui.records import ZERO_STD_EPSILON, RewardRange
from grpotui.registry.groups import GroupRow


class Kind(StrEnum):
    """What is looked for."""

    ODD = "flat or cut"
    FLAT = "flat"
    FLOOR = "floor"
    TRUNCATED = "truncated"
    MIXED = "mixed"
    WORST = "worst"


MEANINGS = {
    Kind.ODD: "no spread of rewards, or a completion cut at the limit",
    Kind.FLAT: "no spread of rewards: it teaches nothing",
    Kind.FLOOR: "every completion has the lowest reward",
    Kind.TRUNCATED: "a completion was cut at the limit",
    Kind.MIXED: "the lowest and the highest reward in one group",
    Kind.WORST: "the lowest mean reward of the run so far",
}
KEYS = dict(zip("ofltmw", Kind, strict=True))


def matches(row: GroupRow, kind: Kind, span: RewardRange | None) -> bool:
    """True for a group of a kind; WORST is none that one group alone can tell."""
    flat = row.low is not None and row.high is not None and row.high - row.low < ZERO_STD_EPSILON
    if kind in (Kind.ODD, Kind.FLAT):
        return flat or (kind is Kind.ODD and row.truncated > 0)
    if kind is Kind.TRUNCATED:
        return row.truncated > 0
    if span is None or row.low is None or row.high is None:
        return False
    if kind is Kind.FLOOR:
        return row.high <= span.low + ZERO_STD_EPSILON
    return (
        kind is Kind.MIXED
        and row.low <= span.low + ZERO_STD_EPSILON
        and row.high >= span.high - ZERO_STD_EPSILON
    )
