"""The registry as a screen's reader holds it open between two fetches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

from grpotui.registry import connect
from grpotui.registry.queries import Registry
from grpotui.tui.trouble import TROUBLE
from grpotui.workspace import Workspace


class OpenRegistry:
    """One connection, used by one thread at a time and closed by any."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._registry: Registry | None = None
        self._using = Lock()
        self._closed = False

    @contextmanager
    def use(self) -> Iterator[Registry]:
        """Lend the registry. After an error its connection is given up: the next use opens another."""
        try:
            with self._using:
                if self._registry is None:
                    self._registry = Registry(connect(self._workspace), self._workspace)
                try:
                    yield self._registry
                except BaseException:
                    self._disconnect()
                    raise
        finally:
            if self._closed:
                self.close()

    def close(self) -> None:
        """Close the connection; while it is in use, when that ends.

        SQLite crashes the process when a connection is closed under a thread that is inside it.
        """
        self._closed = True
        if self._using.acquire(blocking=False):
            try:
                self._disconnect()
            finally:
                self._using.release()

    def _disconnect(self) -> None:
        if self._registry is not None:
            registry, self._registry = self._registry, None
            with suppress(*TROUBLE):
                registry.connection.close()
