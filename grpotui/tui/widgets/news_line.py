"""What happened since somebody last looked, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grpotui import format as fmt
from grpotui.records import Status, Verdict
from grpotui.tui import style
from grpotui.tui.style import Tone
from grpotui.tui.widgets.lines import OneLine


def news_text(since: float, happened: Sequence[tuple[str, int]], now: float, dark: bool) -> Text:
    """Return ``Since 23:40: ✖ 1 collapsed, ✓ 2 finished``."""
    line = style.text(f" Since {fmt.moment(since, now)}: ", Tone.DIM, dark)
    if not happened:
        return line.append_text(style.text("nothing new", Tone.DIM, dark))
    for number, (what, count) in enumerate(happened):
        if number:
            line.append_text(style.text(", ", Tone.DIM, dark))
        sign, tone = _look(what)
        line.append_text(style.text(f"{sign} {count} {what}", tone, dark))
    return line.append_text(style.text("   ! walks through", Tone.DIM, dark))


def _look(what: str) -> tuple[str, Tone]:
    if what in list(Status):
        status = Status(what)
        return style.STATUS_SIGNS[status], style.STATUS_TONES[status]
    verdict = Verdict(what)
    return style.VERDICT_SIGNS[verdict], style.VERDICT_TONES[verdict]


class NewsLine(OneLine):
    """Hidden on the first visit, when there is nothing that was seen before."""

    DEFAULT_CSS = "NewsLine { display: none; } NewsLine.-open { display: block; }"

    def show_news(self, since: float | None, happened: Sequence[tuple[str, int]], now: float) -> None:
        """Say what happened."""
        self.set_class(since is not None, "-open")
        if since is not None:
            self.show(news_text(since, happened, now, self.dark))
