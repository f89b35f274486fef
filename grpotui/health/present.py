"""How things stand now, for a verdict that was said a while ago: composed whenever it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grpotui.health.rules.causes import Cause

_SHOWN: Mapping[str, tuple[tuple[str, str], ...]] = {
    Cause.TEMPLATE: (("jaccard_cross", "Jaccard {:.2f}"), ("template_share", "{:.0%} one template")),
    Cause.REPETITION: (
        ("repetition", "{:.0%} of words in loops"),
        ("monotony", "{:.0%} one word"),
        ("jaccard_cross", "Jaccard {:.2f}"),
    ),
    Cause.LOW_DIVERSITY: (("zero_std", "zero-std {:.2f}"), ("unique", "{:.0%} distinct in a group")),
    Cause.LOW_TEMPERATURE: (("zero_std", "zero-std {:.2f}"), ("unique", "{:.0%} distinct in a group")),
    Cause.LENGTH: (
        ("completions/mean_length", "{:.0f} tokens"),
        ("completions/clipped_ratio", "{:.0%} cut off"),
    ),
    Cause.KL: (("kl", "KL {:.2f}"),),
    Cause.CRASH: (("zero_std", "zero-std {:.2f}"),),
    Cause.FLOOR: (("zero_std", "zero-std {:.2f}"),),
    Cause.CONSTANT_REWARD: (("zero_std", "zero-std {:.2f}"),),
}
_OTHERWISE = (("zero_std", "zero-std {:.2f}"), ("jaccard_cross", "Jaccard {:.2f}"))
_PREFIX = "grpotui/"


def now(cause: str, latest: Mapping[str, float | None]) -> str:
    """Return such as ``now reward 0.95, Jaccard 0.82, 94% one template``; empty when nothing is known.

    ``latest`` holds last values, or means of the last few, by the names that signals and metrics have in
    their streams or in the registry.
    """
    parts = []
    for name, form in (("reward", "reward {:.2f}"), *_SHOWN.get(cause, _OTHERWISE)):
        value = latest.get(_PREFIX + name, latest.get(name))
        if value is not None:
            parts.append(form.format(value))
    return f"now {', '.join(parts)}" if parts else ""


def quoted(quote: Mapping[str, Any]) -> str:
    """Return a quoted completion in one line, with what was read in it: raw, to be cleaned when shown."""
    known = [name for name in ("parsed", "answer", "reward") if quote.get(name) is not None]
    parts = [f"{name} {quote[name]}" for name in known]
    if quote.get("answer") is not None and quote.get("parsed") is None:
        parts.insert(0, "nothing parsed")
    told = f'"{quote.get("text", "")}" after "{quote.get("prompt", "")}"'
    return f"{told}: {', '.join(parts)}" if parts else told
