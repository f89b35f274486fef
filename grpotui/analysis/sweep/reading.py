"""Reads one run of a sweep: its metric, what stands beside it, and what its learning came to."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from grpotui.analysis.compare.noise import BLOCKS, Mark, mark, windowed
from grpotui.analysis.compare.outcome import WINDOW
from grpotui.analysis.compare.subject import Curve
from grpotui.analysis.sweep.chance import LEVEL, contrast, of_values
from grpotui.analysis.sweep.metric import HELD_OUT, Metric, value_of
from grpotui.analysis.sweep.records import Outcome, Reading
from grpotui.records import HumanVerdict, RunKind, RunSummary, Status, Verdict, keys
from grpotui.records.sweeps import Role
from grpotui.registry.queries import Registry

TRAIN_COLUMNS: Mapping[str, tuple[str, int | None]] = {
    "reward": (keys.REWARD, None),
    "held-out": (keys.EVAL_ACCURACY, 1),
    "zero-std": (keys.ZERO_STD, None),
    "within std": (keys.WITHIN_GROUP_STD, None),
    "jaccard": (keys.JACCARD_CROSS, None),
    "kl": ("kl", None),
    "length": ("completions/mean_length", None),
    "truncated": ("completions/clipped_ratio", None),
}
"""Name of a column -> the metric and how many of its last values it is the mean of; None: the window's."""
SECONDS = "s/step"
ROLLOUT_COLUMNS: Mapping[str, tuple[str, int | None]] = {
    "nonzero": (keys.ROLLOUTS_NONZERO, 1),
    "passed": (keys.ROLLOUTS_PASS_RATE, 1),
    "learnable": (keys.ROLLOUTS_LEARNABLE, 1),
    "within std": (keys.ROLLOUTS_WITHIN_STD, 1),
    "no signal": (keys.ROLLOUTS_NO_SIGNAL, 1),
    "truncated": (keys.ROLLOUTS_TRUNCATED, 1),
    "length": (keys.ROLLOUTS_LENGTH, 1),
    "tokens/s": (keys.ROLLOUTS_TOKENS_PER_SECOND, 1),
}
COLUMNS = tuple(dict.fromkeys((*ROLLOUT_COLUMNS, *TRAIN_COLUMNS, SECONDS)))
"""Names of all columns, in the order that they are shown in."""

LEAST_JUDGED = 10
"""Logged steps of a finished run that tell whether its reward rose."""
FEWEST = 4
"""Values at each end of such a run."""


def read_run(registry: Registry, run: RunSummary, metric: Metric) -> Reading:
    """Return a run as far as it got."""
    sample = value_of(registry, run, metric) if run.step or run.kind is RunKind.ROLLOUTS else None
    rewards = Curve(*registry.columns(run.id, keys.REWARD))
    done = run.status in (Status.FINISHED, Status.STOPPED)
    return Reading(
        run,
        Role(run.role) if run.role in list(Role) else Role.POINT,
        sample,
        sample is not None and (done or run.kind is RunKind.ROLLOUTS),
        _columns(registry, run, metric, rewards) if sample is not None else {},
        outcome_of(run, rewards, metric.window) if run.step else Outcome.OPEN,
    )


def _columns(registry: Registry, run: RunSummary, metric: Metric, rewards: Curve) -> dict[str, float]:
    table = ROLLOUT_COLUMNS if run.kind is RunKind.ROLLOUTS else TRAIN_COLUMNS
    found, window = {}, metric.steps_of(rewards)
    for name, (key, count) in table.items():
        values = Curve(*registry.columns(run.id, key)).last(window if count is None else count)
        if values:
            found[name] = statistics.fmean(values)
    if metric.node is None and run.kind is RunKind.TRAIN:
        found.pop("held-out" if metric.text == HELD_OUT else "reward", None)
    if run.step_time is not None and run.kind is RunKind.TRAIN:
        found[SECONDS] = run.step_time
    return found


def outcome_of(run: RunSummary, rewards: Curve, window: int | None = None) -> Outcome:
    """Return what a training came to: what a person said of it, else its verdict.

    A run that has ended without a rise of its reward beyond the noise cannot learn, though nothing is wrong
    with it; where it is too short to tell, nobody knows. The rise is from the first to the last ``window``
    logged steps: a third of a run at most, and never fewer than tell the noise. Thirds too short for parts
    are told apart by their values (Welch's t), FEWEST of them at least.
    """
    if run.human is HumanVerdict.GOOD:
        return Outcome.GOOD
    if run.human is HumanVerdict.DEGENERATE or run.verdict is Verdict.COLLAPSED:
        return Outcome.COLLAPSED
    if run.verdict is Verdict.NO_SIGNAL:
        return Outcome.STUCK
    if run.verdict is Verdict.SOLVED:
        return Outcome.GOOD
    if run.status not in (Status.FINISHED, Status.STOPPED):
        return Outcome.OPEN
    known = [value for value in rewards.values if value == value]
    count = min(max(window or WINDOW, 2 * BLOCKS), len(known) // 3)
    if count < 2 * BLOCKS:
        return _of_few(known)
    rise = mark(windowed(known[:count]), windowed(known[len(known) - count :]))
    return Outcome.GOOD if rise is Mark.HIGHER else Outcome.STUCK


def _of_few(known: Sequence[float]) -> Outcome:
    count = max(len(known) // 3, FEWEST)
    if len(known) < LEAST_JUDGED:
        return Outcome.OPEN
    ends = [of_values(known[len(known) - count :]), of_values(known[:count])]
    return Outcome.GOOD if contrast(ends, [1, -1]).above(LEVEL / 2) else Outcome.STUCK
