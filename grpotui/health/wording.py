"""Verdicts in words, as a colleague would put them: what, since when, evidence, what it is not, what next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.health.rules import Cause, Facts
from grpotui.records import Flag, FlagKind, Level, Verdict

_LEVELS = {
    Verdict.COLLAPSED: Level.BAD,
    Verdict.NO_SIGNAL: Level.BAD,
    Verdict.WARNING: Level.WARN,
}
_SIGNAL = {
    Cause.TEMPLATE: "jaccard_cross",
    Cause.REPETITION: "monotony",
    Cause.KL: "kl",
    Cause.LENGTH: "length",
}
_FLAG_NAMES = {"jaccard_cross": "jaccard"}


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a sentence about a verdict may cite."""

    verdict: Verdict
    cause: str
    since: int
    """First step of what led to it."""
    facts: Facts
    template: str = ""
    quotes: tuple[Mapping[str, Any], ...] = ()
    next: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """True for a verdict, False for a warning that it may come to that."""
        return self.verdict is not Verdict.WARNING


def message(case: Case) -> str:
    """Return a few sentences for a new verdict, in one line."""
    match case.verdict:
        case Verdict.COLLAPSED | Verdict.WARNING | Verdict.NO_SIGNAL:
            text = _BY_CAUSE[case.cause](case)
        case Verdict.SOLVED:
            text = _solved(case)
        case Verdict.RECOVERED:
            text = f"clean since step {case.since}: {_values(case)}"
        case _:
            text = f"{case.facts.pooled.groups:.0f} groups seen: {_values(case)}"
    return f"{text} Next: {', '.join(case.next)}." if case.next else text


def flag(case: Case, text: str) -> Flag:
    """Return the flag of a new verdict, with the value that decided and its line where it has one."""
    facts, settings = case.facts, case.facts.context.settings
    signal, value, line = "reward", facts.pooled.reward, None
    if case.cause in _SIGNAL:
        signal = _SIGNAL[Cause(case.cause)]
        value = facts.value(signal)
        if signal == "jaccard_cross":
            line = settings.jaccard_bad if case.settled else settings.jaccard_warn
    elif case.cause in (Cause.LOW_DIVERSITY, Cause.LOW_TEMPERATURE):
        signal, value = "zero_std", facts.pooled.share(facts.pooled.flat)
        line = settings.zero_std_bad if case.settled else settings.zero_std_warn
    if value is None or line is None or value < line:
        line = None  # decided by how far the value has come, and not by the line
    level = _LEVELS.get(case.verdict, Level.INFO)
    value = None if value is None else round(value, 6)
    name = _FLAG_NAMES.get(signal, signal)
    return Flag(facts.now.step, FlagKind.VERDICT, level, name, value, line, f"{case.verdict}: {text}")


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _moved(case: Case, name: str, form: str = "{:.2f}") -> str:
    """Return ``0.12 -> 0.71``, or the value alone where the start is not known or the same."""
    value, start = case.facts.value(name), case.facts.course.start(name)
    if value is None:
        return "unknown"
    now = form.format(value)
    return now if start is None or form.format(start) == now else f"{form.format(start)} -> {now}"


def _flat(case: Case) -> str:
    pooled = case.facts.pooled
    return f"{pooled.flat:.0f}/{pooled.judged:.0f} groups flat"


def _values(case: Case) -> str:
    pooled = case.facts.pooled
    parts = [f"reward {_number(pooled.reward)}", f"zero-std {pooled.share(pooled.flat):.2f}"]
    if case.facts.value("jaccard_cross") is not None:
        parts.append(f"Jaccard {_number(case.facts.value('jaccard_cross'))}")
    return ", ".join(parts)


def _reward(case: Case) -> str:
    """Return how the reward went, and whether it can see what is wrong."""
    first, now = case.facts.course.first, case.facts.pooled.reward
    was = first.pooled.reward if first else None
    if now is None or was is None or first is None or first.step == case.facts.now.step:
        return f"Reward {_number(now)}."
    if case.facts.span and (now - was) / (case.facts.span.high - case.facts.span.low) > 0.05:
        return f"Reward {was:.2f} -> {now:.2f} looks fine: it cannot see this."
    return f"Reward {was:.2f} -> {now:.2f}."


def _ceiling(case: Case) -> str:
    """Say it where zero-std, for once, is not what is wrong."""
    pooled = case.facts.pooled
    if pooled.share(pooled.ceiling) < 0.25:
        return ""
    return f" Zero-std {pooled.share(pooled.flat):.2f} is mostly at the ceiling: not the trouble."


def _fell(case: Case) -> str:
    """Return from where to where the reward fell."""
    facts = case.facts
    if facts.peak is None or facts.span is None:
        return f"reward {_number(facts.pooled.late)}"
    best = facts.span.low + facts.peak * (facts.span.high - facts.span.low)
    return f"reward {best:.2f} at its best -> {_number(facts.pooled.late)}"


def _template(case: Case) -> str:
    facts = case.facts
    what = "answers to different prompts are one template" if case.settled else "answers grow alike"
    parts = [f"cross-prompt Jaccard {_moved(case, 'jaccard_cross')}"]
    share = facts.value("template_share")
    if case.template and share is not None and share >= 0.2:
        parts.append(f'{share:.0%} of the text is "{case.template}"')
    return f"{what} since step {case.since}: {', '.join(parts)}. {_reward(case)}{_ceiling(case)}"


def _repetition(case: Case) -> str:
    what = "completions go round in circles" if case.settled else "completions begin to repeat themselves"
    share = _moved(case, "repetition", "{:.0%}")
    one = _moved(case, "monotony", "{:.0%}")
    evidence = f"{share} of words only repeat a loop, {one} are a completion's most common word"
    return f"{what} since step {case.since}: {evidence}. {_reward(case)}{_ceiling(case)}"


def _same(case: Case) -> str:
    facts, pooled = case.facts, case.facts.pooled
    unique = facts.value("unique")
    parts = [_flat(case), f"{pooled.stuck:.0f} of them below the ceiling"]
    if unique is not None:
        parts.append(f"{unique:.0%} of completions differ within their group")
    if facts.value("entropy") is not None:
        parts.append(f"entropy {_moved(case, 'entropy')}")
    return f"{', '.join(parts)}. Reward {_number(pooled.reward)} is short of its ceiling, so not solved"


def _low_diversity(case: Case) -> str:
    what = "completions to a prompt have become the same" if case.settled else "many groups teach nothing"
    alike = case.facts.value("jaccard_cross")
    template = "" if alike is None else f", and not a template: Jaccard {alike:.2f}"
    return f"{what} since step {case.since}: {_same(case)}{template}."


def _low_temperature(case: Case) -> str:
    cold = case.facts.temperature
    declared = "" if cold is None else f" at temperature {cold:g}"
    return f"completions to a prompt are all the same{declared}, since step {case.since}: {_same(case)}."


def _length(case: Case) -> str:
    longer = _moved(case, "length", "{:.0f}")
    cut = _moved(case, "clipped", "{:.0%}")
    return (
        f"answers run away in length since step {case.since}: {longer} tokens, {cut} cut off; {_fell(case)}."
    )


def _kl(case: Case) -> str:
    what = (
        "the policy has left the reference model" if case.settled else "the policy drifts from the reference"
    )
    return f"{what} since step {case.since}: KL {_moved(case, 'kl')} nats a token; {_fell(case)}."


def _crash(case: Case) -> str:
    pooled = case.facts.pooled
    what = "the reward has crashed" if case.settled else "the reward is well below its best"
    floor = f"{pooled.floor:.0f}/{pooled.judged:.0f} groups at the floor"
    return f"{what} since step {case.since}: {_fell(case)}; {floor}. Not a hard task: it was better before."


def _non_finite(case: Case) -> str:
    names = ", ".join(case.facts.nonfinite[1][:4])
    return (
        f"values are no numbers any more since step {case.since}: {names}. Training does not come back from "
        "that; weights saved since then may be lost, too."
    )


def _floor(case: Case) -> str:
    pooled = case.facts.pooled
    lowest = f"{pooled.floor:.0f}/{pooled.judged:.0f} groups flat at the lowest reward"
    if not case.settled:
        return f"most groups teach nothing since step {case.since}: {lowest}, mean {_number(pooled.reward)}."
    return (
        f"all at the floor since step {case.since}: {lowest}, mean {_number(pooled.reward)}: nothing to "
        f"learn from. {_before(case)} Read completions beside the parsed answers first{_parsed(case)}."
    )


def _before(case: Case) -> str:
    """Say whether there ever was more than the floor."""
    highest, span = case.facts.course.highest, case.facts.span
    if highest is None or span is None or highest[0] <= span.low:
        return "Not a collapse: it was never better."
    return f"The last reward as high as {highest[0]:g} came at step {highest[1]}."


def _constant(case: Case) -> str:
    reward = _number(case.facts.pooled.reward)
    return (
        f"the reward does not differ within groups since step {case.since}: {_flat(case)}, mean {reward}, "
        "though completions do: nothing to learn from. Read completions beside their rewards: the reward "
        f"function may be wrong{_parsed(case)}."
    )


def _no_reward(case: Case) -> str:
    return (
        f"no completion has had a reward since step {case.since}: every reward function gives None or nan, "
        f"so nothing is learnt. Look at the reward function{_parsed(case)}."
    )


def _parsed(case: Case) -> str:
    """Return the parsed answer of the first quote that has one expected."""
    for quote in case.quotes:
        if quote.get("answer") is not None:
            parsed = quote.get("parsed")
            read = "no answer" if parsed is None else f'"{parsed}"'
            return f': {read} was read where "{quote["answer"]}" is right'
    return ""


def _solved(case: Case) -> str:
    pooled = case.facts.pooled
    text = f"reward {_number(pooled.reward)} is at its ceiling since step {case.since}"
    if pooled.flat >= 0.5:
        harmless = f"zero-std {pooled.share(pooled.flat):.2f} is at the ceiling: harmless"
        text += f"; {_flat(case)}, {pooled.ceiling:.0f} of them at the ceiling ({harmless})"
    alike = case.facts.value("jaccard_cross")
    if case.cause:
        return f"{text}. But {case.cause}: {_same_texts(case)}."
    if case.facts.short or alike is None:
        return f"{text}; similarity does not apply to answers this short."
    return f"{text}; answers to different prompts still differ (Jaccard {alike:.2f})."


def _same_texts(case: Case) -> str:
    same, unique = case.facts.value("same_answer"), case.facts.value("unique")
    if same is not None and same >= 0.5:
        return f"{same:.0%} of completions are one and the same text; is that what the grader should want"
    return f"{_number(unique)} of a group's completions are distinct, which right answers may be"


_BY_CAUSE: Mapping[str, Callable[[Case], str]] = {
    Cause.TEMPLATE: _template,
    Cause.REPETITION: _repetition,
    Cause.LOW_DIVERSITY: _low_diversity,
    Cause.LOW_TEMPERATURE: _low_temperature,
    Cause.LENGTH: _length,
    Cause.KL: _kl,
    Cause.CRASH: _crash,
    Cause.NON_FINITE: _non_finite,
    Cause.FLOOR: _floor,
    Cause.CONSTANT_REWARD: _constant,
    Cause.NO_REWARD: _no_reward,
}
