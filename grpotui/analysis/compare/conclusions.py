"""What may be concluded of runs beside each other, in sentences. No difference is an answer, too."""

from __future__ import annotations

from collections.abc import Sequence

from grpotui import format as fmt
from grpotui.analysis.compare.config import DATA
from grpotui.analysis.compare.noise import Mark
from grpotui.analysis.compare.pools import Pool, Pooled
from grpotui.analysis.compare.subject import Subject
from grpotui.records import RunKind

CONFIRM = 3
"""Seeds each that would tell a difference from luck."""
WAYS = {Mark.HIGHER: "higher", Mark.LOWER: "lower"}


def conclusions(
    subjects: Sequence[Subject], changed: Sequence[Sequence[str]], pools: Sequence[Pool]
) -> list[str]:
    """Return the sentences; ``changed`` holds for each run what it changes against the first one."""
    if len(pools) == 1:
        return _repeats(pools[0])
    fields = {field.partition(".")[0] for some in changed for field in some}
    unlike = not all(pool.same_rewards for pool in pools)
    said = ["Rewards differ: their means say little beside each other."] if unlike else []
    said += ["Tasks differ: so do the prompts that are held out."] if fields & {"task", DATA} else []
    base, *others = pools
    seeded = any(pool.seeds > 1 for pool in pools)
    kinds = {subject.run.kind for subject in subjects}
    source = "prompts" if kinds == {RunKind.ROLLOUTS} else "steps"
    compared = list(filter(None, (_stands(base, pool, seeded, source) for pool in others)))
    fewest = min(pool.seeds for pool in pools)
    if compared and fewest < CONFIRM and kinds == {RunKind.TRAIN}:
        compared.append(_confirm(subjects, pools, fewest))
    return said + compared


def _stands(base: Pool, pool: Pool, seeded: bool, source: str) -> str:
    """Say how a pool stands to the first one; nothing where all that was measured is of other rewards.

    ``source`` is what the noise of a reward comes from unless seeds tell it.
    """
    source = "seeds" if seeded else source
    words = []
    if pool.same_rewards and (base.reward or pool.reward):
        words.append(_verdict("reward", base.reward, pool.reward, source))
    if base.held_out or pool.held_out:
        words.append(_verdict("held-out", base.held_out, pool.held_out, "prompts"))
    if not words and not pool.same_rewards:
        return ""
    against = f" against {base.name}" if len(base.places) > 1 or len(pool.places) > 1 else ""
    return f"{pool.name}{against}: {'; '.join(words) or 'nothing was measured in both'}."


def _verdict(what: str, one: Pooled | None, other: Pooled | None, source: str) -> str:
    """Say how a measure of one pool stands to that of the first; the noise is that of ``source``."""
    if one is None or other is None:
        return f"{what}: not measured in both"
    delta = f"{other.delta:+.2f}"
    if other.mark is Mark.WITHIN:
        between = " between seeds" if source == "seeds" else ""
        return f"{what}: no difference shown ({delta}, within the noise{between})"
    if other.mark is Mark.NONE:
        return f"{what}: {delta}, too few {source} to tell it from noise"
    noise = "between seeds" if source == "seeds" else f"of its {source}"
    return f"{what} {WAYS[other.mark]} by {delta.lstrip('+-')}, beyond the noise {noise}"


def _repeats(pool: Pool) -> list[str]:
    said = []
    for name, one, text in (
        ("reward", pool.reward, fmt.number),
        ("held-out", pool.held_out, fmt.percent),
    ):
        if one is None or one.estimate.low is None or one.estimate.high is None:
            continue
        interval = f"{text(one.estimate.low)} to {text(one.estimate.high)}"
        said.append(f"{name} {text(one.estimate.value)}, 95 % interval {interval}")
    again = f"{len(pool.places)} repeats" if pool.seeds > 1 else "The same run again"
    return [f"{again}: {'; '.join(said)}."] if said else []


def _confirm(subjects: Sequence[Subject], pools: Sequence[Pool], fewest: int) -> str:
    seconds = 0.0
    for pool in pools:
        run = subjects[pool.places[0]].run
        took = (run.step_time or 0.0) * (run.max_steps or run.step)
        seconds += took * max(CONFIRM - pool.seeds, 0)
    most = max(pool.seeds for pool in pools)
    have = "One seed each" if most == 1 else "One seed of some" if fewest == 1 else f"{fewest} seeds of some"
    cost = f", about {fmt.duration(seconds)}" if seconds else ""
    return f"{have}: confirm = {CONFIRM} seeds each{cost}."
