"""The registry: ``runs.db``, an index over ``logs/`` that can always be made anew.

Standard ``sqlite3`` only, except inside the functions that rebuild.
"""

from grpotui.registry.database import connect, fresh
from grpotui.registry.folders import forget, sync
from grpotui.registry.ingest import index_run
from grpotui.registry.place import index_path
from grpotui.registry.rebuilding import RebuildReport, rebuild

__all__ = ["RebuildReport", "connect", "forget", "fresh", "index_path", "index_run", "rebuild", "sync"]
