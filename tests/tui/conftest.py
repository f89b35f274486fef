from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.tui import runs_factory


@pytest.fixture(autouse=True)
def _no_runner_is_left() -> Iterator[None]:
    yield
    runs_factory.release()
