"""A checkpoint's weights in another run's folder: hard links, which pruning the checkpoint leaves whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from grpotui.errors import UserError

NOT_WEIGHTS = ("optimizer", "scheduler", "scaler", "rng_state", "trainer_state", "training_args", "README")
"""Beginnings of names of files that only a resume needs."""


def link_weights(checkpoint: Path, place: Path) -> None:
    """Make ``place`` a model's folder with what a checkpoint holds of model and tokenizer.

    Across file systems, and on those without hard links, the files are copied. Raises UserError when there is
    no model, or it goes away meanwhile.
    """
    try:
        place.mkdir(mode=0o700)
        with os.scandir(checkpoint) as entries:
            for entry in entries:
                if entry.is_file() and not entry.name.startswith(NOT_WEIGHTS):
                    _link(Path(entry.path), place / entry.name)
    except OSError as error:
        raise UserError(f"cannot take the weights of {checkpoint}: {error.strerror or error}") from error
    if not (place / "config.json").is_file():
        raise UserError(f"{checkpoint} holds no model: it has no config.json")


def _link(file: Path, place: Path) -> None:
    try:
        os.link(file, place)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(file, place)
