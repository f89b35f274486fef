"""Divides a task's problems into what is trained on and what is held out; disjoint by construction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grpotui.tasks.model import Example, Part, Problems, TaskError, TaskSettings
from grpotui.tasks.shuffle import Shuffle

_TRIES = 100
"""Problems looked at per prompt asked for, before there are too few different ones."""


@dataclass(frozen=True, slots=True)
class Split:
    """Examples to train on, and others that are never trained on."""

    train: list[Example]
    held_out: list[Example]


def woven(weights: Sequence[float]) -> Iterator[int]:
    """Yield parts without end, so that each beginning holds them as nearly by weight as can be."""
    total, counts = sum(weights), [0] * len(weights)
    position = 0
    while True:
        position += 1
        part = max(range(len(weights)), key=lambda i: weights[i] / total * position - counts[i])
        counts[part] += 1
        yield part


def shares(parts: Sequence[Part], count: int) -> list[int]:
    """Return how many of ``count`` examples each part gives."""
    counts = [0] * len(parts)
    for _, part in zip(range(count), woven([part.weight for part in parts]), strict=False):
        counts[part] += 1
    return counts


def require_enough(parts: Sequence[Part], made: TaskSettings) -> None:
    """Raise TaskError with the largest possible n when some part has fewer problems than it shall give."""
    held = shares(parts, made.held_out)
    wanted = shares(parts, made.n)
    for part, aside, count in zip(parts, held, wanted, strict=True):
        if part.held_out is not None:
            if part.held_out.size < aside:
                raise TaskError(f"task.held_out: {aside} asked for, but there are only {part.held_out.size}")
            aside = 0
        left = part.problems.size - aside
        if count + aside > part.problems.size and not (made.allow_duplicates and left > 0):
            raise _too_few(parts, made, held, part)


def _too_few(parts: Sequence[Part], made: TaskSettings, held: Sequence[int], short: Part) -> TaskError:
    left = [
        part.problems.size - (0 if part.held_out else aside) for part, aside in zip(parts, held, strict=True)
    ]
    most = 0
    for part in woven([part.weight for part in parts]):
        left[part] -= 1
        if left[part] < 0:
            break
        most += 1
    total = made.n + (0 if short.held_out else made.held_out)
    there = f"but there are only {short.problems.size} such problems"
    if len(parts) > 1:
        there = f"and its share is more than the {short.problems.size} problems of part {short.name}"
    return TaskError(f"task.n: n + held_out is {total}, {there}: {_advice(most, made)}")


def _advice(most: int, made: TaskSettings) -> str:
    if most < 1:
        return f"none is left beside held_out = {made.held_out}"
    return f"n can be {most} at most, or set allow_duplicates"


def divide(parts: Sequence[Part], made: TaskSettings) -> Split:
    """Return the examples. Raises TaskError when there are too few different prompts.

    Both lists are taken from the two ends of one order of each part, no prompt twice in both together; more
    of either begin with the same ones.
    """
    require_enough(parts, made)
    seen: set[str] = set()
    held = [
        _held(part, count, made.seed, seen) for part, count in zip(parts, _aside(parts, made), strict=True)
    ]
    train = [
        _train(part, count, made, seen) for part, count in zip(parts, shares(parts, made.n), strict=True)
    ]
    weights = [part.weight for part in parts]
    return Split(_weave(weights, train), _weave(weights, held))


def _aside(parts: Sequence[Part], made: TaskSettings) -> list[int]:
    """Return how many held-out examples each part gives; all of those that stand apart unless told."""
    if made.held_out:
        return shares(parts, made.held_out)
    return [part.held_out.size if part.held_out else 0 for part in parts]


def _held(part: Part, count: int, seed: int, seen: set[str]) -> list[Example]:
    source = part.held_out or part.problems
    indices = range(source.size - 1, -1, -1)
    taken = _take(part.name, source, seed, indices, count, seen)
    if len(taken) < count and part.held_out is None:
        raise TaskError(
            f"task.held_out: {count} asked for, but only {len(taken)} different prompts were found"
        )
    return taken


def _train(part: Part, count: int, made: TaskSettings, seen: set[str]) -> list[Example]:
    everything = not made.n
    wanted = part.problems.size if everything else count
    taken = _take(part.name, part.problems, made.seed, range(part.problems.size), wanted, seen)
    if not taken or (len(taken) < wanted and not everything):
        if taken and made.allow_duplicates:
            return [taken[i % len(taken)] for i in range(wanted)]
        asked = made.n + (0 if part.held_out else made.held_out)
        raise TaskError(
            f"task.n: n + held_out is {asked}, but only {len(seen)} different prompts were found: "
            f"{_advice(len(taken), made)}"
        )
    return taken


def _take(
    name: str, source: Problems, seed: int, indices: range, count: int, seen: set[str]
) -> list[Example]:
    order = Shuffle(source.size, seed)
    taken: list[Example] = []
    for index in indices[: _TRIES * count]:
        if len(taken) == count:
            break
        example = source.at(order[index])
        if example.prompt not in seen:
            seen.add(example.prompt)
            taken.append(example if example.task == name else replace(example, task=name))
    return taken


def _weave(weights: Sequence[float], lists: Sequence[list[Example]]) -> list[Example]:
    """Return the lists as one, each beginning by weight; what is left of the longer ones follows."""
    if len(lists) == 1:
        return lists[0]
    queues = [iter(examples) for examples in lists]
    total = sum(map(len, lists))
    joined: list[Example] = []
    for part in woven(weights):
        if len(joined) == total:
            break
        joined += [example for _, example in zip(range(1), queues[part], strict=False)]
    return joined
