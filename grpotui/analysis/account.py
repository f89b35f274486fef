"""All that is known of a verdict: why, how things stand now, what to try, completions, runs like it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from grpotui.health.present import now, quoted
from grpotui.records import is_bad
from grpotui.registry import earlier, history
from grpotui.registry.earlier import Earlier
from grpotui.registry.queries import Registry

MOST_EARLIER = 200
"""Runs of the registry that are looked at."""


@dataclass(frozen=True, slots=True)
class Account:
    """A verdict in full; texts as the streams hold them, to be cleaned when shown."""

    message: str = ""
    now: str = ""
    next: tuple[str, ...] = ()
    """Overrides to try."""
    quotes: tuple[str, ...] = ()
    like: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What follows the message, a paragraph each."""
        said = [self.now] if self.now else []
        said += [f"next: {' '.join(f'--set {one}' for one in self.next)}"] if self.next else []
        return [*said, *self.quotes, *(f"like {one}" for one in self.like)]


def account(registry: Registry, run_id: str) -> Account:
    """Return what is known of the verdict that holds. Raises UserError when there is no such run."""
    run = registry.run(run_id)
    told = registry.events(run_id, ("verdict",))
    last: Mapping[str, Any] = told[-1] if told else {}
    overrides, quotes = last.get("next"), last.get("quotes")
    return Account(
        run.verdict_message,
        now(run.cause, registry.last(run_id)) if run.verdict is not None else "",
        tuple(str(one) for one in overrides) if isinstance(overrides, list) else (),
        tuple(quoted(one) for one in quotes if isinstance(one, Mapping)) if isinstance(quotes, list) else (),
        tuple(map(str, like(registry, run_id, run.verdict, run.cause))) if is_bad(run.verdict) else (),
    )


def like(registry: Registry, run_id: str | None, verdict: str | None, cause: str) -> list[str]:
    """Return runs that ended alike, with what is known of them: of this registry, and of past experiments."""
    config = registry.config(run_id) if run_id is not None else {}
    before = before_this(registry, (run_id,)) if run_id is not None else history.known(registry.workspace)
    reward, settings = earlier.reward_name(config), earlier.settings_of(config)
    return [run.told for run in earlier.like(str(verdict), cause, reward, settings, before)]


def before_this(registry: Registry, but: Container[str | None]) -> list[Earlier]:
    """Return the runs that one may be like: of this registry, but for some, then of past experiments."""
    runs = [(run, registry.config(run.id)) for run in registry.runs(MOST_EARLIER)]
    return [*earlier.of_registry(runs, but), *history.known(registry.workspace)]
