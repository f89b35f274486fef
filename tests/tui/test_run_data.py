"""The reader of the Run screen by itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from grpotui.registry.queries import Registry
from grpotui.tui.run.data import RunReader
from grpotui.workspace import Workspace
from tests.tui.factory import live


def test_a_reader_closed_while_it_fetches_ends_its_fetch_first(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite crashes the process when a connection is closed under a thread that is inside it."""
    maker = live(workspace, 3)
    reader = RunReader(workspace, maker.run.id)
    reader.fetch()
    inside, go_on = threading.Event(), threading.Event()
    flags = Registry.flags
    used: list[Registry] = []

    def slow(registry: Registry, run_id: str) -> object:
        used.append(registry)
        inside.set()
        assert go_on.wait(20)
        return flags(registry, run_id)

    monkeypatch.setattr(Registry, "flags", slow)
    maker.steps(2)
    with ThreadPoolExecutor(1) as pool:
        fetched = pool.submit(reader.fetch)
        assert inside.wait(20)
        reader.close()
        go_on.set()
        assert fetched.result(20).run.id == reader.run_id
    with pytest.raises(Exception, match="closed database"):
        used[0].connection.execute("SELECT 1")
