"""The registry for one look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from grpotui.registry.database import connect
from grpotui.registry.folders import sync
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace


@contextmanager
def opened(workspace: Workspace, *, indexed: bool = False) -> Iterator[Registry]:
    """Lend the registry; ``indexed`` takes in all that is new in the files first.

    Raises UserError or sqlite3.Error.
    """
    with closing(connect(workspace)) as connection:
        if indexed:
            sync(connection, workspace)
        yield Registry(connection, workspace)
