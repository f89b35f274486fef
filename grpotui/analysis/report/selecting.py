"""Which runs a report is about."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass

from grpotui.errors import UserError
from grpotui.records import RunSummary
from grpotui.records.sweeps import Sweep
from grpotui.registry.queries import Registry
from grpotui.text import clean

_FORMS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Runs, oldest first, and what they are called together."""

    title: str
    runs: tuple[RunSummary, ...]
    sweep: Sweep | None = None
    by: tuple[str, ...] = ()
    """The options that choose them again."""

    @property
    def command(self) -> str:
        """The command line that makes the report again."""
        return shlex.join(["grpotui", "report", *self.by])


def choose(
    registry: Registry,
    refs: Sequence[str] = (),
    tag: str | None = None,
    sweep: str | None = None,
    since: str | None = None,
) -> Chosen:
    """Return the runs that are named, tagged, of a sweep, or newer than a date; all without any of these.

    Raises UserError for what names nothing, and for more than one of them.
    """
    for name, value in (("--tag", tag), ("--sweep", sweep), ("--since", since)):
        if value is not None and not value.strip():
            raise UserError(f"{name} is empty: name one, or leave {name} out for all runs")
    given = [
        name
        for name, value in zip(("RUN", "--tag", "--sweep", "--since"), (refs, tag, sweep, since), strict=True)
        if value
    ]
    if len(given) > 1:
        raise UserError(f"{' and '.join(given)}: choose runs by one of them")
    if sweep:
        found = registry.sweep(sweep)
        return Chosen(f"Sweep {found.id}", tuple(registry.members(found.id)), found, ("--sweep", found.id))
    runs = registry.runs()[::-1]
    if refs:
        wanted = {registry.resolve(ref) for ref in refs}
        some = [run for run in runs if run.id in wanted]
        return Chosen(
            some[0].name if len(some) == 1 else f"{len(some)} runs",
            tuple(some),
            None,
            tuple(run.id for run in some),
        )
    if tag:
        some = [run for run in runs if tag in run.tags]
        if not some:
            known = sorted({one for run in runs for one in run.tags})
            raise UserError(
                f"no run has the tag {clean(tag, 40)!r}; there are: {clean(', '.join(known), 200) or 'none'}"
            )
        return Chosen(f"Tag {tag}", tuple(some), None, ("--tag", tag))
    if since:
        then = moment(since, time.time())
        some = [run for run in runs if run.created_at >= then]
        if not some:
            raise UserError(f"no run since {clean(since, 40)}: 'grpotui ls' lists them")
        return Chosen(f"Since {since}", tuple(some), None, ("--since", since))
    if not runs:
        raise UserError("no runs yet: 'grpotui presets' lists what 'grpotui launch' can start")
    return Chosen("All runs", tuple(runs))


def moment(text: str, now: float) -> float:
    """Return unix seconds for ``2025-06-14``, ``2025-06-14 23:40``, or ``7d`` (also m, h, w) before now.

    Raises UserError.
    """
    text = text.strip()
    count, unit = text[:-1], text[-1:]
    if count.isdecimal() and count.isascii() and len(count) < 8 and unit in _UNITS:
        return now - int(count) * _UNITS[unit]
    for form in _FORMS:
        try:
            return time.mktime(time.strptime(text, form))
        except (ValueError, OverflowError):
            continue
    raise UserError(f"--since {clean(text, 40)!r}: write such as 2025-06-14, '2025-06-14 23:40', or 7d")
