"""What a stand-in trainer writes: steps at once, then none until told, then ten a second.

``<folder>/go`` lets it go on, ``<folder>/end`` ends it; ``<folder>/written`` gets a line "time step" for
each step once it is written. Standard library only: W&B's writer runs it in another environment.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from pathlib import Path

PRELOADED, PER_SECOND, METRICS = 2000, 10, 30
Write = Callable[[int, dict[str, float]], object]


def steps(folder: Path, names: list[str], write: Write) -> None:
    """Call ``write`` with step and values for every step that is due, until told to end."""
    rng = random.Random(3)

    def one(step: int) -> None:
        write(step, {name: rng.gauss(math.log(step), 0.3) for name in names})

    for step in range(1, PRELOADED + 1):
        one(step)
    step = PRELOADED
    (folder / "ready").touch()
    while not (folder / "end").exists():
        time.sleep(1 / PER_SECOND)
        if (folder / "go").exists():
            step += 1
            one(step)
            with (folder / "written").open("a") as file:
                file.write(f"{time.time()} {step}\n")
