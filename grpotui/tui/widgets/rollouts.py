"""A run that only generates: its figures, how its rewards are spread, and what each prompt earned."""

from __future__ import annotations

from rich.text import Text

from grpotui import format as fmt
from grpotui.analysis.folds import FULL, GLYPHS, GOOD, HALF, NONE, POOR
from grpotui.analysis.rollouts import Bar, Rollouts
from grpotui.records import RewardRange, keys
from grpotui.records.rollouts import LEARNABLE, PromptRate
from grpotui.tui.style import Tone
from grpotui.tui.widgets.pane import Line, Pane, section

NAME, VALUE = 14, 8
LEARN = "~"
"""Stands before a prompt that can be learnt from."""
_SHARES = (
    (keys.ROLLOUTS_NONZERO, "not 0", "of all completions"),
    (keys.ROLLOUTS_PASS_RATE, "passed", "have the highest reward there is"),
    (keys.ROLLOUTS_NO_SIGNAL, "no signal", "of groups: no spread, nothing to learn"),
    (
        keys.ROLLOUTS_LEARNABLE,
        "learnable",
        f"of prompts: a spread, mean at {LEARNABLE[0]:.0%} to {LEARNABLE[1]:.0%} of the range",
    ),
    (keys.ROLLOUTS_TRUNCATED, "cut off", "at max_completion_length"),
)


class RolloutPane(Pane):
    """A pane that shows rollouts."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.data = Rollouts()

    def show(self, data: Rollouts) -> None:
        """Show other rollouts."""
        self.data = data
        if self.seen:
            self.renew()


class RolloutFigures(RolloutPane):
    """The figures, each with what it means."""

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, the mean reward with its interval, then the shares."""
        found = self.data.figures
        if keys.ROLLOUTS_N not in found:
            said = Line(self.dark).add("   nothing was generated yet", Tone.DIM).fit(width)
            return [section("rollouts", "", width, self.dark), said]
        n, prompts = found[keys.ROLLOUTS_N], found[keys.ROLLOUTS_PROMPTS]
        title = section(
            f"{n:.0f} rollouts of {prompts:.0f} prompts", "95 % interval, over prompts", width, self.dark
        )
        lines = [title]
        if keys.ROLLOUTS_REWARD in found:
            lines.append(self._reward(found, width))
            lines.append(self._drawn(found, width))
        for key, name, meaning in _SHARES:
            if key in found:
                lines.append(self._line(name, fmt.percent(found[key]), meaning, width))
        length, speed = found[keys.ROLLOUTS_LENGTH], found.get(keys.ROLLOUTS_TOKENS_PER_SECOND)
        told = "tokens a completion" + ("" if speed is None else f", {fmt.number(speed)} tokens/s")
        return [*lines, self._line("length", fmt.figure(length), told, width)]

    def _line(self, name: str, value: str, meaning: str, width: int) -> Text:
        line = Line(self.dark).add(" ").cell(name, NAME, Tone.DIM).cell(value, VALUE, right=True)
        return line.add(f"  {meaning}", Tone.DIM).fit(width)

    def _reward(self, found: dict[str, float], width: int) -> Text:
        line = Line(self.dark).add(" ").cell("mean reward", NAME, Tone.DIM)
        line.cell(fmt.figure(found[keys.ROLLOUTS_REWARD], 3), VALUE, Tone.STRONG, right=True)
        if keys.ROLLOUTS_REWARD_LOW in found:
            low, high = found[keys.ROLLOUTS_REWARD_LOW], found[keys.ROLLOUTS_REWARD_HIGH]
            line.add(f"  {fmt.figure(low, 3)} to {fmt.figure(high, 3)}")
        if keys.ROLLOUTS_WITHIN_STD in found:
            line.add(f"   spread within a prompt {fmt.figure(found[keys.ROLLOUTS_WITHIN_STD])}", Tone.DIM)
        return line.fit(width)

    def _drawn(self, found: dict[str, float], width: int) -> Text:
        """Return the interval where it lies in the range of the reward; blank without one."""
        span, room = self.data.span, width - 4
        ends = [found.get(keys.ROLLOUTS_REWARD_LOW), found.get(keys.ROLLOUTS_REWARD_HIGH)]
        if span is None or None in ends or room < 10:
            return Line(self.dark).text
        at = [_place(span, value or 0.0, room) for value in (*ends, found[keys.ROLLOUTS_REWARD])]
        line = Line(self.dark).add("  ").add("·" * at[0], Tone.DIM).add("━" * (at[2] - at[0]))
        line.add("●", Tone.STRONG).add("━" * (at[1] - at[2])).add("·" * (room - at[1] - 1), Tone.DIM)
        return line.fit(width)


def _place(span: RewardRange, value: float, room: int) -> int:
    return min(int(span.normalise(value) * room), room - 1)


class RewardHistogram(RolloutPane):
    """How many completions earned which reward, the highest first."""

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, then a bar for each reward."""
        bars = self.data.bars
        most = max((bar.count for bar in bars), default=0)
        title = section("rewards", "completions", width, self.dark)
        return [title, *(self._bar(bar, most, width) for bar in bars[: max(height - 1, 0)])]

    def _bar(self, bar: Bar, most: int, width: int) -> Text:
        name = fmt.figure(bar.low) if bar.low == bar.high else f"{fmt.figure(bar.low)}-{fmt.figure(bar.high)}"
        line = Line(self.dark).add(" ").cell(name, 11, Tone.DIM, right=True).add(" ")
        room = width - line.text.cell_len - 8
        line.add("█" * max(round(bar.count / most * room), 1 if bar.count else 0))
        return line.add(f" {bar.count}", Tone.DIM).fit(width)


class PromptRates(RolloutPane):
    """What each prompt's completions earned, best first."""

    def lines(self, width: int, height: int) -> list[Text]:
        """A title, then as many prompts as there is room for, evenly chosen where there is not enough."""
        data = self.data
        top, differ, low = data.kinds
        right = f"{top} all highest, {differ} differ, {low} all the same below   {LEARN} learnable"
        room, count = max(height - 1, 0), len(data.prompts)
        shown = f"{room} of {count}" if room < count else str(count or "")
        title = section(f"prompts {shown}", right, width, self.dark)
        places = range(count) if count <= room else [i * count // room for i in range(room)]
        return [title, *(self._prompt(data.prompts[place], width) for place in places)]

    def _prompt(self, prompt: PromptRate, width: int) -> Text:
        span = self.data.span
        learn = prompt.learnable(span)
        line = Line(self.dark).add(f" {LEARN if learn else ' '} ", Tone.LIVE)
        line.cell("".join(_glyph(reward, span) for reward in prompt.rewards[:GLYPHS]), GLYPHS)
        line.cell("-" if prompt.mean is None else fmt.figure(prompt.mean), 7, right=True).add("  ")
        return line.add(" ".join(prompt.prompt.split()), Tone.PLAIN if learn else Tone.DIM).fit(width)


def _glyph(reward: float, span: RewardRange | None) -> str:
    share = span.normalise(reward) if span else reward
    return FULL if share >= GOOD else NONE if share <= POOR else HALF
