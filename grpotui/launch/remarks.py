"""What a person says of a run: notes, tags, a verdict of their own. All are events of the run."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from grpotui.launch.journal import known_run, write_event
from grpotui.launch.runner.indexer import index_now
from grpotui.workspace import Workspace


def note(workspace: Workspace, run_id: str, text: str) -> None:
    """Write a person's note to a run; the last one counts. Raises UserError."""
    _tell(workspace, run_id, {"type": "note", "text": text})


def tag(workspace: Workspace, run_id: str, add: Sequence[str], remove: Sequence[str] = ()) -> None:
    """Give a run tags, and take others away. Raises UserError."""
    _tell(workspace, run_id, {"type": "tag", "add": list(add), "remove": list(remove)})


def judge(workspace: Workspace, run_id: str, verdict: str) -> None:
    """Write what a person says of a run: a HumanVerdict, or NO_HUMAN to take it back. Raises UserError."""
    _tell(workspace, run_id, {"type": "human_verdict", "verdict": verdict})


def _tell(workspace: Workspace, run_id: str, event: Mapping[str, object]) -> None:
    run, _ = known_run(workspace, run_id)
    write_event(run, {"time": time.time(), **event})
    index_now(workspace, run)
