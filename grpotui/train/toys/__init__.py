"""Two toy language models: far too small to be of use, large enough to learn, solve and collapse on a CPU.

``words/`` knows the words of the story grammar, ``chars/`` printable ASCII. See README.md in this folder.
Free of torch.
"""

from __future__ import annotations

from pathlib import Path

_WORDS_TASKS = ("stories",)


def toy_path(task_name: str) -> Path:
    """Return the folder of the toy that ``model = "tiny"`` means for a task."""
    return Path(__file__).parent / ("words" if task_name in _WORDS_TASKS else "chars")
