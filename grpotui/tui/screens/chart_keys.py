"""The keys of charts, which Run and Compare share: axis, smoothing, scale, metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.screen import Screen

from grpotui.tui.run.window import Lens
from grpotui.tui.screens.picker import Option, Picker

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


class ChartKeys(Screen[None]):
    """A screen with charts over one axis, the first of them of any metric."""

    app: GrpoTui
    CHART = "the large chart"

    @property
    def lens(self) -> Lens:
        """How the charts are looked at."""
        raise NotImplementedError

    @property
    def axes(self) -> Sequence[str]:
        """Axes that there is data for; none before anything was read."""
        raise NotImplementedError

    def metrics(self) -> list[Option]:
        """Return the metrics that can be shown, each with what is said beside it."""
        raise NotImplementedError

    def show_metric(self, key: str) -> None:
        """Show another metric."""
        raise NotImplementedError

    def show(self) -> None:
        """Bring everything to where the cursor is."""
        raise NotImplementedError

    def action_axis(self) -> None:
        """Put another axis under the charts."""
        if not self.axes:
            return
        self.lens.next_axis(self.axes)
        if len(self.axes) == 1:
            self.app.say("Only steps are known: no epochs, samples, tokens or times were logged")
        self.show()

    def action_smooth(self) -> None:
        """Smooth more, or by itself again."""
        self.lens.next_window()
        self.show()

    def action_log_scale(self) -> None:
        """Scale the first chart logarithmically, or no more."""
        self.lens.toggle_log()
        self.show()

    def action_find_metric(self) -> None:
        """Show any metric, by search."""

        def chosen(key: str | None) -> None:
            if key is not None:
                self.show_metric(key)

        if options := self.metrics():
            self.app.push_screen(Picker(f"Metric for {self.CHART}", options), chosen)
