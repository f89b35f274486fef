"""What holds for a run beside its numbers: its contract, and what its runner does by itself."""

from __future__ import annotations

from typing import Any

from grpotui.launch.policy import read_policy
from grpotui.launch.runner import pledge
from grpotui.records import RunSummary, Status
from grpotui.workspace import RunDir, Workspace


class RulesReader:
    """Reads both again only when their files have changed."""

    def __init__(self, workspace: Workspace, run: RunDir) -> None:
        self._workspace = workspace
        self._run = run
        self._policy: tuple[int, dict[str, Any]] = (0, {})
        self._written_at = 0
        self._contract: tuple[tuple[int, int, Status] | None, dict[str, Any]] = (None, {})

    def changed(self) -> bool:
        """True when the runner has written the contract's state anew since the last call."""
        try:
            found = self._run.contract_json.stat().st_mtime_ns
        except OSError:
            found = 0
        self._written_at, before = found, self._written_at
        return found != before

    def contract(self, run: RunSummary) -> dict[str, Any]:
        """Return how the contract stands; that of an ended run is computed once."""
        seen = (self._written_at, run.attempt, run.status)
        if seen != self._contract[0]:
            state = pledge.look(self._workspace, self._run, run.attempt, run.status)
            self._contract = (seen, state)
        return self._contract[1]

    def policy(self) -> dict[str, Any]:
        """Return what the runner does by itself; read again only when there are other events."""
        try:
            size = self._run.events.stat().st_size
        except OSError:
            size = 0
        if size != self._policy[0] or not self._policy[1]:
            self._policy = (size, read_policy(self._run).to_json())
        return self._policy[1]
