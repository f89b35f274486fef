"""A run is asked to stop by TERM or by ``request.json``. Free of torch: it listens from the start."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from grpotui.stream import read_json
from grpotui.workspace import RunDir


class StopWhileLoadingError(BaseException):
    """Ends loading at once. No ``Exception``, so that no library takes it for a failed import."""


class StopSignal:
    """Whether the run shall stop, and why. During training the current step is finished first."""

    def __init__(self, run: RunDir) -> None:
        self._run = run
        self._term = False
        self._loading = False

    def install(self) -> None:
        """Listen to TERM; until :meth:`loaded` it raises StopWhileLoadingError right where it hits."""
        self._loading = True
        signal.signal(signal.SIGTERM, self._on_term)

    def loaded(self) -> None:
        """From now on TERM waits for the end of a step, or for whoever asks."""
        self._loading = False

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let TERM end a block right where it hits, as while loading; for what can be done again."""
        self._loading = True
        try:
            if self._term:
                raise StopWhileLoadingError
            yield
        finally:
            self._loading = False

    def _on_term(self, number: int, frame: FrameType | None) -> None:
        self._term = True
        if self._loading:
            self._loading = False
            raise StopWhileLoadingError

    def asked(self) -> bool:
        """True when the run shall stop; looks at ``request.json`` too."""
        return self._term or self._request() is not None

    def _request(self) -> dict[str, object] | None:
        request = read_json(self._run.request_json)
        return request if request is not None and request.get("action") == "stop" else None

    @property
    def saves(self) -> bool:
        """False when the run shall end without a further checkpoint."""
        request = self._request()
        return request is None or request.get("save") is not False

    @property
    def reason(self) -> str:
        """Why, in one line: what the person wrote, else what came."""
        request = self._request()
        if request is None:
            return "stopped by TERM"
        return " ".join(str(request.get("reason") or "").split()) or "stopped on request"
