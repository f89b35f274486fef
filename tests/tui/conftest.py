from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.launch.machine import leases
from grpotui.launch.machine.device import CPU
from grpotui.workspace import Workspace
from tests import writing


@pytest.fixture(autouse=True)
def _no_runner_is_left() -> Iterator[None]:
    yield
    writing.release()


@pytest.fixture
def taken_cpu(workspace: Workspace) -> Iterator[None]:
    """The CPU is leased to another run."""
    held = leases.acquire([CPU], workspace.run("someone-else"))
    assert held
    yield
    leases.release(held)
