"""How the charts of a run are looked at: which part of its steps, over which axis, how smooth. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from grpotui.tui.run.axis import STEP

T = TypeVar("T")

Span = tuple[float, float]
"""First and last step that charts show."""

AUTO = 0
WINDOWS = (AUTO, 1, 5, 20, 50, 200)
"""Steps that a point of a smooth curve is the mean of; AUTO goes by the length of the run."""
NARROWEST = 4.0
"""Steps below which zooming ends."""


@dataclass(frozen=True, slots=True)
class View:
    """What is chosen for all charts of a run, and for the large one."""

    axis: str = STEP
    window: int = AUTO
    log: bool = False
    span: Span | None = None
    """None shows the whole run."""


def zoomed(span: Span | None, whole: Span, at: float, factor: float) -> Span | None:
    """Return ``span`` with its width times ``factor``, ``at`` where it was; None is the whole run."""
    first, last = span or whole
    width = max((last - first) * factor, min(NARROWEST, whole[1] - whole[0]))
    if width >= whole[1] - whole[0]:
        return None
    share = (at - first) / (last - first) if last > first else 0.5
    return _inside(at - width * min(max(share, 0.0), 1.0), width, whole)


def panned(span: Span | None, whole: Span, share: float) -> Span | None:
    """Return ``span`` moved by ``share`` of its width, no further than the ends of the run."""
    if span is None:
        return None
    width = span[1] - span[0]
    return _inside(span[0] + width * share, width, whole)


def following(span: Span | None, whole: Span, step: float) -> Span | None:
    """Return ``span`` moved so that ``step`` is in it: by as little as will do, to the middle from afar."""
    if span is None or span[0] <= step <= span[1]:
        return span
    width = span[1] - span[0]
    near = span[0] - width / 4 <= step <= span[1] + width / 4
    first = (step if step < span[0] else step - width) if near else step - width / 2
    return _inside(first, width, whole)


def _inside(first: float, width: float, whole: Span) -> Span:
    first = max(min(first, whole[1] - width), whole[0])
    return first, first + width


def after(among: Sequence[T], now: T, by: int = 1) -> T:
    """Return the one ``by`` places after ``now``, around the end."""
    return among[((among.index(now) if now in among else 0) + by) % len(among)]


class Shown(Protocol):
    """What a lens has to know of a run."""

    @property
    def whole(self) -> Span:
        """First and last step."""


class Lens:
    """What a person chose to see of a run's charts."""

    def __init__(self, view: View = View()) -> None:
        self.view = view

    def shown(self, run: Shown, step: int | None) -> View:
        """Return the view, moved so that the cursor is in it."""
        if self.view.span is None or step is None:
            return self.view
        return replace(self.view, span=following(self.view.span, run.whole, step))

    def next_axis(self, axes: Sequence[str]) -> None:
        """Choose another axis under the charts."""
        self.view = replace(self.view, axis=after(axes, self.view.axis))

    def next_window(self) -> None:
        """Choose how many steps a point of the large chart is the mean of."""
        self.view = replace(self.view, window=after(WINDOWS, self.view.window))

    def toggle_log(self) -> None:
        """Scale the large chart logarithmically, or no more."""
        self.view = replace(self.view, log=not self.view.log)

    def zoom(self, run: Shown, step: int, factor: float) -> None:
        """Show ``factor`` times as many steps around the cursor; 0 shows all."""
        span = zoomed(self.shown(run, step).span, run.whole, step, factor) if factor else None
        self.view = replace(self.view, span=span)

    def pan(self, run: Shown, step: int, share: float) -> float | None:
        """Move what is shown by a share of its width; return by how many steps, None when all is shown."""
        old = self.shown(run, step).span
        span = panned(old, run.whole, share)
        self.view = replace(self.view, span=span)
        return None if span is None or old is None else span[0] - old[0]
