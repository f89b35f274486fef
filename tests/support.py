"""Helpers of the command line's tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.writing import write_run

__all__ = ["Cli", "Output", "write_run"]


@dataclass(frozen=True)
class Output:
    """What one command line printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Output]
