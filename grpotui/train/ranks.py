"""The processes that train together, and whether they are as many as were asked for."""

from __future__ import annotations

import os

from grpotui.errors import UserError


def world_size() -> int:
    """Return how many processes train together, as their launcher says; 1 for a trainer that is alone."""
    text = os.environ.get("WORLD_SIZE", "1")
    return max(1, int(text)) if text.isdecimal() else 1


def is_first() -> bool:
    """True for the rank that writes."""
    return os.environ.get("RANK", "0") == "0"


def join_ranks_on_cpu() -> None:
    """Let ranks, if there are several, find each other by gloo: who asks accelerate first decides."""
    if world_size() > 1:
        from accelerate import PartialState

        PartialState(cpu=True)


def require(asked: int, found: int) -> None:
    """Raise UserError unless as many processes train together as were asked for.

    ``accelerate launch --cpu`` starts one process whatever it is asked for, and says nothing.
    """
    if asked != found:
        raise UserError(
            f"launch.processes is {asked}, and {found} {'trains' if found == 1 else 'train'} together: "
            "'accelerate launch' did not start the ranks as asked; look at launch.accelerate and output.log"
        )
