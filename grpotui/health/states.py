"""From signs, step after step, to the verdict: nothing changes before it has lasted."""

from __future__ import annotations

from grpotui.health.rules import Signs
from grpotui.records import Verdict, is_bad


class Streaks:
    """How many evaluations in a row said the same, and since which step."""

    def __init__(self) -> None:
        self._runs: dict[str, tuple[int, int]] = {}

    def add(self, step: int, signs: Signs) -> None:
        """Count one evaluation."""
        said = {
            "bad": signs.bad is not None,
            "trouble": signs.warn is not None,
            "no-signal": signs.no_signal is not None,
            "signal": signs.no_signal is None,
            "solved": signs.solved,
            "unsolved": not signs.solved,
            "clean": signs.clean,
        }
        for name, holds in said.items():
            if not holds:
                self._runs.pop(name, None)
                continue
            count, since = self._runs.get(name, (0, step))
            self._runs[name] = (count + 1, since)

    def count(self, name: str) -> int:
        """Return for how many evaluations in a row ``name`` held."""
        return self._runs.get(name, (0, 0))[0]

    def since(self, name: str, default: int) -> int:
        """Return the step at which ``name`` began to hold."""
        return self._runs.get(name, (0, default))[1]

    def clear(self) -> None:
        """Begin anew."""
        self._runs.clear()


def next_verdict(now: Verdict, streaks: Streaks, patience: int) -> Verdict:
    """Return the verdict that follows ``now``; called only while the window of groups is full."""
    count = streaks.count
    if count("no-signal") >= patience and now is not Verdict.COLLAPSED:
        return Verdict.NO_SIGNAL
    if count("bad") >= patience:
        return Verdict.COLLAPSED
    if is_bad(now):
        return _after_trouble(now, streaks, 2 * patience)
    if count("solved") >= patience:
        return Verdict.SOLVED
    if count("trouble") >= max(1, patience - 2):
        return Verdict.WARNING
    calm = {
        # An alarm that is about to sound is not called healthy first.
        Verdict.WARMING_UP: count("trouble") + count("no-signal") + count("solved") == 0,
        Verdict.WARNING: count("clean") >= patience,
        Verdict.SOLVED: count("unsolved") >= patience,
        Verdict.RECOVERED: count("clean") >= 4 * patience,
    }
    return Verdict.HEALTHY if calm.get(now, True) else now


def _after_trouble(now: Verdict, streaks: Streaks, wait: int) -> Verdict:
    if streaks.count("solved") >= wait:
        return Verdict.SOLVED
    if now is Verdict.COLLAPSED:
        return Verdict.RECOVERED if streaks.count("clean") >= wait else now
    if streaks.count("signal") < wait:
        return now
    return Verdict.HEALTHY if streaks.count("clean") else Verdict.WARNING
