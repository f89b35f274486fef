"""Writing streams by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grpotui.stream import LineWriter

ID = "mine-ab2c"


def append(path: Path, *lines: dict[str, Any]) -> None:
    writer = LineWriter(path)
    for line in lines:
        writer.append(line)
    writer.close()
