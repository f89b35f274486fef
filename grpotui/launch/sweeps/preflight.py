"""The preflight of a whole sweep, before anything of it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from grpotui.errors import UserError
from grpotui.launch import trust
from grpotui.launch.check.checked import checked
from grpotui.launch.sweeps.pairs import Pair, point_name, request_of
from grpotui.launch.sweeps.plan import Plan
from grpotui.launch.trust import UntrustedError
from grpotui.preflight import Finding, Severity
from grpotui.presets import check_model, code_files
from grpotui.presets.unsampled import only_trains
from grpotui.records import RunKind
from grpotui.records.sweeps import Sweep
from grpotui.text import clean
from grpotui.workspace import Workspace

Tell = Callable[[Finding, str], None]
"""Gets what was found and is not refused, and at which points: empty for all of them."""

MOST_LINES = 20
"""Points that are named one by one."""


def silent(finding: Finding, where: str) -> None:
    """Tell nobody."""


class RefusedError(UserError):
    """Points that cannot be launched. ``lines`` names them for people; none when it is all alike."""

    def __init__(self, said: Mapping[str, str], points: int) -> None:
        """``said`` is why, by point."""
        alike = len(said) == points and len(set(said.values())) == 1
        shown = [] if alike else [clean(f"{name}: {why}") for name, why in said.items()]
        more = len(shown) - MOST_LINES
        self.lines = (*shown[:MOST_LINES], *([f"and {more} more"] if more > 0 else []))
        why = next(iter(said.values())) if alike else f"{len(said)} of {points} points cannot be"
        super().__init__(f"nothing was launched: {why}")


def preflight(workspace: Workspace, plan: Plan, force: bool, tell: Tell) -> None:
    """Check every point of a sweep as a launch of it would.

    Raises RefusedError with the errors of all points, UntrustedError for code that nobody said yes to.
    """
    refused: dict[str, str] = {}
    found: dict[tuple[str, str], tuple[Finding, list[int]]] = {}
    numbers = range(1, len(plan.sweep.points) + 1)
    for number in numbers:

        def note(finding: Finding, number: int = number) -> None:
            found.setdefault((finding.rule, finding.message), (finding, []))[1].append(number)

        request = request_of(plan.sweep, plan.base, Pair(number, plan.sweep.seeds[0]), force)
        try:
            preset = checked(workspace, request, note)
            check_model(preset.data["model"], workspace)
            trust.require(code_files(preset.data, workspace.root), workspace.root)
        except UntrustedError:
            raise
        except UserError as error:
            refused[_named(plan, number)] = str(error)
    if refused:
        raise RefusedError(refused, len(numbers))
    for finding in _same_points(plan.sweep):
        tell(finding, "")
    for finding, where in found.values():
        tell(finding, "" if len(where) == len(numbers) else _places(plan, where))


def _same_points(sweep: Sweep) -> Iterator[Finding]:
    """Find the axes of a probe that only training looks at."""
    for field, values in sweep.axes.items() if sweep.kind is RunKind.ROLLOUTS else ():
        if only_trains(field) and len(values) > 1:
            yield Finding(
                "axis-without-effect",
                Severity.WARNING,
                (field,),
                f"{field} makes no difference to a probe: points of its {len(values)} values would be "
                "the same",
                "A probe generates and scores; only training uses that field.",
            )


def _named(plan: Plan, number: int) -> str:
    return f"point {number} ({point_name(plan.sweep, number)})"


def _places(plan: Plan, numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return _named(plan, numbers[0])
    return f"points {', '.join(map(str, numbers[:8]))}{', …' if len(numbers) > 8 else ''}"
