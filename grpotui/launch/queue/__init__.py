"""The queue: which run starts next, where, and what the others wait for. There is no daemon."""

from grpotui.launch.queue.moving import PATIENCE, held_up, tick
from grpotui.launch.queue.reasons import STARTING, waiting
from grpotui.launch.queue.standing import Entry, Standing, standing

__all__ = ["PATIENCE", "STARTING", "Entry", "Standing", "held_up", "standing", "tick", "waiting"]
