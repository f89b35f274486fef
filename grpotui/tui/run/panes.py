"""Which widgets of the Run screen are in sight. No I/O."""

from __future__ import annotations

WORDS = ("groups", "detail", "reader", "history")
PANES = (("reward",), ("flat", "jaccard"), ("vitals",), WORDS, WORDS[1:3], ("flags", "log"))
"""Widgets of the panes that ``1`` to ``6`` show alone."""
ROLLOUTS = ("figures", "rewards", "prompts")
ROLLOUT_PANES = (ROLLOUTS[:2], ROLLOUTS[1:2], ROLLOUTS[2:], *PANES[3:])
"""Those of a run that only generates."""
LOW = 12
"""Lines below which a pane shows its first widget only."""
HISTORY = 30
"""Lines from which there is room for flags, and for the prompt over time."""
VITALS = 26
"""Lines from which there is room for vitals."""
CURVES = frozenset({"reward", "flat", "jaccard", "vitals"})
LEFT = CURVES.union(ROLLOUTS, ("flags", "log"))
ALL = LEFT.union(WORDS)


def in_pane(alone: int, height: int, rolled: bool) -> set[str]:
    """Return what pane ``alone``, 1 to 6, shows in ``height`` lines; of a ``rolled`` run other widgets."""
    shown = (ROLLOUT_PANES if rolled else PANES)[alone - 1]
    if alone in (4, 6) and height < LOW:
        return {shown[0]}
    return set(shown).difference(("history",) if alone == 4 and height < HISTORY else ())


def fitting(height: int, rolled: bool, log_open: bool) -> set[str]:
    """Return what two columns of ``height`` lines have room for."""
    shown = set(ALL).difference(CURVES if rolled else ROLLOUTS, ("log",))
    if log_open:
        return shown.difference(("vitals", "flags", "rewards")) | {"log"}
    if height < HISTORY:
        shown -= {"flags", "history"}
    if height < VITALS:
        shown -= {"vitals", "rewards"}
    return shown
