"""The person's own editor."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from grpotui.errors import UserError
from grpotui.text import clean

VARIABLES = ("VISUAL", "EDITOR")


def command() -> list[str]:
    """Return the words that start the editor. Raises UserError when none is set, or it is not there."""
    for name in VARIABLES:
        text = os.environ.get(name, "").strip()
        if not text:
            continue
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise UserError(f"${name} cannot be read: {error}") from error
        if shutil.which(words[0]) is None:
            raise UserError(f"${name} names {clean(words[0], 60)}, which is not there: set it to your editor")
        return words
    raise UserError("no editor is set: 'export EDITOR=nano' (or vim, or what you use) before grpotui")


def edit(path: Path) -> None:
    """Open a file in the editor, in this terminal, until it is closed. Raises UserError when that fails."""
    words = command()
    code = subprocess.call([*words, str(path)])
    if code:
        raise UserError(f"{clean(words[0], 60)} ended with {code}; {path} is as it left it")
