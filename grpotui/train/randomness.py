"""Random numbers that training never notices."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def own_random_state(seed: int, device: torch.device) -> Iterator[None]:
    """Begin all random numbers of a block at ``seed``; after it they go on as if it had not been.

    Python's and numpy's too: a user's reward may draw from them.
    """
    ours, theirs = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed % 2**32)
        try:
            yield
        finally:
            random.setstate(ours)
            np.random.set_state(theirs)
