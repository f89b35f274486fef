"""What a person does to runs, from whatever screen: it asks, then has it done in a thread."""

from collections.abc import Callable

Done = Callable[[], None]
"""Called once it was done: look again."""


def nothing() -> None:
    """Follow nothing up."""
