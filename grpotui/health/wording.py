"""Verdicts in words, as a colleague would put them: what, since when, the evidence, what it is not."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.health.rules import NO_SIGNAL_REWARD, Cause, Reading, stuck_share
from grpotui.records import Flag, FlagKind, HealthSettings, Level, RewardRange, Verdict

_LEVELS = {
    Verdict.COLLAPSED: Level.BAD,
    Verdict.NO_SIGNAL: Level.BAD,
    Verdict.WARNING: Level.WARN,
}


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a sentence about a verdict may cite."""

    verdict: Verdict
    cause: Cause | None
    since: int
    """First step of what led to it."""
    reading: Reading
    start: Reading
    """The first full window of groups."""
    settings: HealthSettings
    span: RewardRange | None


def message(case: Case) -> str:
    """Return one or two sentences for a new verdict."""
    match case.verdict:
        case Verdict.COLLAPSED | Verdict.WARNING:
            return _trouble(case)
        case Verdict.NO_SIGNAL:
            return _no_signal(case)
        case Verdict.SOLVED:
            return _solved(case)
        case Verdict.RECOVERED:
            return f"clean since step {case.since}: {_values(case)}"
        case _:
            return f"{case.reading.pooled.groups:.0f} groups seen: {_values(case)}"


def flag(case: Case, step: int, text: str) -> Flag:
    """Return the flag of a new verdict, with the value and the line that decided."""
    signal, value, line = "reward", case.reading.pooled.reward, None
    if case.verdict in (Verdict.COLLAPSED, Verdict.WARNING):
        signal, value, line = "zero_std", stuck_share(case.reading.pooled), _line(case)
        if _by_similarity(case):
            signal, value, line = "jaccard", case.reading.jaccard, _similarity_line(case)
    level = _LEVELS.get(case.verdict, Level.INFO)
    value = None if value is None else round(value, 6)
    return Flag(step, FlagKind.VERDICT, level, signal, value, line, f"{case.verdict}: {text}")


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _flat(case: Case) -> str:
    pooled = case.reading.pooled
    return f"{pooled.flat:.0f}/{pooled.judged:.0f}"


def _values(case: Case) -> str:
    pooled = case.reading.pooled
    parts = [f"reward {_number(pooled.reward)}", f"zero-std {pooled.share(pooled.flat):.2f}"]
    if case.reading.jaccard is not None:
        parts.append(f"Jaccard {case.reading.jaccard:.2f}")
    return ", ".join(parts)


def _trouble(case: Case) -> str:
    if _by_similarity(case):
        return _template(case)
    pooled = case.reading.pooled
    now, first = _number(pooled.reward), _number(case.start.pooled.reward)
    share, line = stuck_share(pooled), _line(case)
    evidence = f"{pooled.floor + pooled.other:.0f}/{pooled.judged:.0f} groups; line {line:.2f}"
    match case.cause:
        case Cause.CRASH:
            best = case.reading.best
            was = "" if best is None or case.span is None else f", {_raw(best, case.span):.2f} at its best"
            return (
                f"rewards fell to the floor since step {case.since}: {share:.2f} of groups get the lowest "
                f"throughout ({evidence}). Reward {now}{was}."
            )
        case Cause.FLOOR:
            return (
                f"{share:.2f} of groups get the lowest reward throughout since step {case.since} "
                f"({evidence}) and teach nothing. Reward {now}, {first} at the start."
            )
    alike = case.reading.jaccard
    text = f"rewards no longer differ within {share:.2f} of groups since step {case.since} ({evidence})"
    if case.cause is Cause.TEMPLATE and alike is not None:
        return f"{text}, and answers to different prompts grow alike: Jaccard {alike:.2f}{_began(case)}."
    template = "" if alike is None else f", and not a template: Jaccard {alike:.2f}"
    return f"{text}. Reward {now} is short of its ceiling, so not solved{template}."


def _by_similarity(case: Case) -> bool:
    """True when the similarity of answers alone decided."""
    if case.cause is not Cause.TEMPLATE or case.reading.jaccard is None:
        return False
    return case.verdict is Verdict.WARNING or case.reading.jaccard >= case.settings.jaccard_bad


def _line(case: Case) -> float:
    settings = case.settings
    return settings.zero_std_bad if case.verdict is Verdict.COLLAPSED else settings.zero_std_warn


def _similarity_line(case: Case) -> float:
    settings = case.settings
    return settings.jaccard_bad if case.verdict is Verdict.COLLAPSED else settings.jaccard_warn


def _raw(reward: float, span: RewardRange) -> float:
    return span.low + reward * (span.high - span.low)


def _began(case: Case) -> str:
    return "" if case.start.jaccard is None else f" ({case.start.jaccard:.2f} at the start)"


def _template(case: Case) -> str:
    what = "are one template" if case.verdict is Verdict.COLLAPSED else "grow alike"
    text = (
        f"answers to different prompts {what} since step {case.since}: Jaccard "
        f"{_number(case.reading.jaccard)}{_began(case)}; line {_similarity_line(case):.2f}. "
    )
    reward, first = case.reading.pooled.reward, case.start.pooled.reward
    if reward is not None and first is not None and reward > first:
        return text + f"Reward {first:.2f} -> {reward:.2f} looks fine: it cannot see this."
    return text + f"Reward {_number(reward)}; {_flat(case)} groups flat."


def _no_signal(case: Case) -> str:
    reward = _number(case.reading.pooled.reward)
    if case.cause is Cause.CONSTANT_REWARD:
        return (
            f"every reward since step {case.since} is {reward} ({_flat(case)} groups flat): nothing to learn "
            "from. Read some completions beside their rewards: the reward function may be wrong."
        )
    return (
        f"all at the floor since step {case.since}: {case.reading.pooled.floor:.0f}/"
        f"{case.reading.pooled.judged:.0f} groups flat at the lowest reward, mean {reward}: nothing to learn "
        f"from. {_before_the_floor(case)}"
    )


def _before_the_floor(case: Case) -> str:
    best = case.reading.best
    if best is None or case.span is None or best <= 2 * NO_SIGNAL_REWARD:
        return "Not a collapse: it was never better. Read some completions beside the parsed answers first."
    return (
        f"It began a little better, {_raw(best, case.span):.2f}: a learning rate that is too high does this. "
        "Read the first completions beside the last."
    )


def _solved(case: Case) -> str:
    pooled = case.reading.pooled
    text = f"reward {_number(pooled.reward)} is at its ceiling since step {case.since}"
    if pooled.flat >= 0.5:
        text += f"; {_flat(case)} groups flat, {pooled.ceiling:.0f} of them at the ceiling: harmless"
    alike = case.reading.jaccard
    diverse = (
        "similarity does not apply to answers this short"
        if alike is None
        else (f"answers to different prompts still differ (Jaccard {alike:.2f})")
    )
    return f"{text}; {diverse}"
