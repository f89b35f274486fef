"""Run the demos over several seeds with real training and print what they promise as a table.

    make validate                                     # seeds 0, 1, 2; about ten minutes on two quiet cores
    python -m benchmarks.validate_demos --seeds 0 1   # other seeds

The last row of each seed is the control: demo-collapse with beta 0.2 and temperature 1.0, which must stay
under half the Jaccard rise of demo-collapse. Exit code 1 when a promise does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.seeds import validate
from grpotui.launch.control import wait
from grpotui.launch.request import LaunchRequest
from grpotui.launch.submit import launch
from grpotui.presets.loader import load
from grpotui.records import FlagKind, Level, Verdict, is_bad
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace

CONTROL = ("grpo.beta=0.2", "grpo.temperature=1.0")
DEMOS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("demo-arithmetic", ()),
    ("demo-happy", ()),
    ("demo-collapse", ()),
    ("demo-collapse", CONTROL),
)
EDGE = 5  # logged steps that a start or an end is the mean of


@dataclass(frozen=True)
class Row:
    """One finished run, start and end as means of EDGE logged steps."""

    preset: str
    control: bool
    seed: int
    seconds: float
    verdict: Verdict | None
    first_bad: int | None
    steps: int
    reward: tuple[float, float]
    zero_std: float
    jaccard: tuple[float, float] | None

    @property
    def rise(self) -> float:
        return self.jaccard[1] - self.jaccard[0] if self.jaccard else 0.0

    def __str__(self) -> str:
        similar = f"{self.jaccard[0]:.2f} -> {self.jaccard[1]:.2f}" if self.jaccard else "-"
        label = f"{self.preset} ({', '.join(CONTROL)})" if self.control else self.preset
        return (
            f"| {label} | {self.seed} | {self.reward[0]:.2f} -> {self.reward[1]:.2f} | {self.zero_std:.2f} "
            f"| {similar} | {self.verdict} | {self.first_bad or '-'} of {self.steps} | {self.seconds:.0f} |"
        )


def edges(points: list[tuple[int, float | None]]) -> tuple[float, float] | None:
    values = [value for _, value in points if value is not None]
    if not values:
        return None
    head, tail = values[:EDGE], values[-EDGE:]
    return sum(head) / len(head), sum(tail) / len(tail)


def run(workspace: Workspace, preset: str, overrides: tuple[str, ...], seed: int) -> Row:
    request = LaunchRequest(load(preset, workspace), overrides=overrides, seed=seed, device="cpu")
    run_id = launch(workspace, request)
    summary = wait(workspace, run_id, lambda _: None)
    connection = connect(workspace)
    sync(connection, workspace)
    registry = Registry(connection, workspace)
    series = registry.series(run_id, ["reward", "grpotui/zero_std", "grpotui/jaccard_cross"])
    bad = [f.step for f in registry.flags(run_id) if f.kind is FlagKind.VERDICT and f.level is Level.BAD]
    reward, zero = edges(series["reward"]), edges(series["grpotui/zero_std"])
    assert reward and zero, f"{run_id} logged nothing"
    seconds = (summary.ended_at or 0) - (summary.started_at or 0)
    jaccard = edges(series.get("grpotui/jaccard_cross", []))
    first = min(bad, default=None)
    return Row(
        preset,
        bool(overrides),
        seed,
        seconds,
        summary.verdict,
        first,
        summary.step,
        reward,
        zero[1],
        jaccard,
    )


def broken(rows: list[Row]) -> list[str]:
    """Return the promises that do not hold for the rows of one seed."""
    arithmetic, happy, collapse, control = rows
    promises = {
        "demo-arithmetic starts below 0 and ends above 0.7": arithmetic.reward[0]
        < 0
        < 0.7
        < arithmetic.reward[1],
        "demo-arithmetic is not called collapsed": not is_bad(arithmetic.verdict),
        "demo-happy ends solved": happy.verdict == "solved",
        "demo-collapse is flagged before its end": collapse.first_bad is not None
        and collapse.first_bad < collapse.steps,
        "demo-collapse's reward rises": collapse.reward[1] > collapse.reward[0] + 0.3,
        "the control stays under half the Jaccard rise": control.rise < collapse.rise / 2,
        "the control is not called collapsed": not is_bad(control.verdict),
        "the control's reward rises": control.reward[1] > control.reward[0],
    }
    return [promise for promise, holds in promises.items() if not holds]


def one_seed(workspace: Workspace, seed: int) -> list[str]:
    """Print a row for each demo and the control; return the promises that do not hold."""
    rows = []
    for preset, overrides in DEMOS:
        rows.append(run(workspace, preset, overrides, seed))
        print(rows[-1], flush=True)
    return broken(rows)


if __name__ == "__main__":
    columns = (
        "preset",
        "seed",
        "reward",
        "zero-std at the end",
        "Jaccard",
        "verdict",
        "first bad verdict at",
        "s",
    )
    validate(__doc__, f"| {' | '.join(columns)} |", one_seed)
