"""The queue: which run starts next, where, and what the others wait for. There is no daemon."""

from grpotui.launch.queue.moving import PATIENCE, held_up, tick
from grpotui.launch.queue.reasons import waiting
from grpotui.launch.queue.tickets import Ticket, tickets

__all__ = ["PATIENCE", "Ticket", "held_up", "tick", "tickets", "waiting"]
