"""What ``show`` prints of a run that only generates."""

from __future__ import annotations

import click

from grpotui import format as fmt
from grpotui.analysis.rollouts import Rollouts
from grpotui.cli.output import print_fields
from grpotui.records import keys
from grpotui.records.rollouts import LEARNABLE
from grpotui.text import clean

BAR = 40
"""Cells of the longest bar."""
MOST = 50
"""Prompts that are listed."""


def print_rollouts(found: Rollouts) -> None:
    """Print figures, the spread of rewards, and the prompts that differ from most."""
    figures = found.figures
    if keys.ROLLOUTS_N not in figures:
        return
    low, high = (fmt.percent(end) for end in LEARNABLE)
    top, differ, same = found.kinds
    click.echo()
    print_fields(
        [
            ("rollouts", f"{figures[keys.ROLLOUTS_N]:.0f} of {figures[keys.ROLLOUTS_PROMPTS]:.0f} prompts"),
            ("mean reward", _reward(figures)),
            ("not 0", _share(figures, keys.ROLLOUTS_NONZERO)),
            ("passed", _share(figures, keys.ROLLOUTS_PASS_RATE)),
            ("no signal", _share(figures, keys.ROLLOUTS_NO_SIGNAL, " of groups, which have no spread")),
            (
                "learnable",
                _share(figures, keys.ROLLOUTS_LEARNABLE, f" of prompts: a spread, mean at {low} to {high}"),
            ),
            ("prompts", f"{top} all highest, {differ} differ, {same} all the same below"),
            ("cut off", _share(figures, keys.ROLLOUTS_TRUNCATED)),
            ("length", f"{figures[keys.ROLLOUTS_LENGTH]:.1f} tokens{_speed(figures)}"),
        ]
    )
    most = max((bar.count for bar in found.bars), default=0)
    click.echo("\nrewards")
    for bar in found.bars:
        name = fmt.figure(bar.low) if bar.low == bar.high else f"{fmt.figure(bar.low)}-{fmt.figure(bar.high)}"
        click.echo(f"{name:>12}  {'█' * max(round(bar.count / most * BAR), bool(bar.count))} {bar.count}")
    click.echo("\nprompts, best first")
    for prompt in found.prompts[:MOST]:
        mark = "~" if prompt.learnable(found.span) else " "
        mean = "-" if prompt.mean is None else fmt.figure(prompt.mean)
        click.echo(f"  {mark} {mean:>7}  {clean(prompt.prompt, 90)}")
    if (left := len(found.prompts) - MOST) > 0:
        click.echo(f"  and {left} more: --json has them all")


def _reward(figures: dict[str, float]) -> str:
    if keys.ROLLOUTS_REWARD not in figures:
        return "no completion got one"
    told = fmt.figure(figures[keys.ROLLOUTS_REWARD], 3)
    if keys.ROLLOUTS_REWARD_LOW in figures:
        low, high = (figures[key] for key in (keys.ROLLOUTS_REWARD_LOW, keys.ROLLOUTS_REWARD_HIGH))
        told += f" ({fmt.figure(low, 3)} to {fmt.figure(high, 3)}, 95 % over prompts)"
    if keys.ROLLOUTS_WITHIN_STD in figures:
        told += f", spread within a prompt {fmt.figure(figures[keys.ROLLOUTS_WITHIN_STD])}"
    return told


def _share(figures: dict[str, float], key: str, of: str = "") -> str:
    return fmt.percent(figures[key]) + of if key in figures else ""


def _speed(figures: dict[str, float]) -> str:
    speed = figures.get(keys.ROLLOUTS_TOKENS_PER_SECOND)
    return "" if speed is None else f", {fmt.number(speed)} tokens/s"
