"""What a parsed expression is made of. ``text`` is what stands in the contract, for the numbers shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is written out."""

    value: float


@dataclass(frozen=True, slots=True)
class Step:
    """The present step."""


@dataclass(frozen=True, slots=True)
class VerdictIs:
    """Whether the present verdict is this one."""

    verdict: str
    same: bool
    """False for ``!=``."""


@dataclass(frozen=True, slots=True)
class Metric:
    """The last value of a metric, of this run or of the pinned one."""

    key: str
    baseline: bool
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One number out of the last values of a metric (``last`` None: all so far)."""

    function: str
    metric: Metric
    last: int | None
    text: str


@dataclass(frozen=True, slots=True)
class First:
    """The step (or epoch) at which a condition was first true."""

    condition: Node
    epoch: bool
    text: str


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus something."""

    of: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``+ - * /`` of two numbers."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison:
    """``< <= > >= == !=`` of two numbers."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Both:
    """``and``, or ``or`` where ``either`` is set."""

    either: bool
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Not:
    """``not`` a condition."""

    of: Node


Node = Number | Step | VerdictIs | Metric | Summary | First | Negative | Arithmetic | Comparison | Both | Not
Term = Metric | Summary | First
"""What is measured, and therefore shown with its number."""

TRUTHS = (VerdictIs, Comparison, Both, Not)
"""Nodes that are true or false; the others are numbers."""


def parts(node: Node) -> Iterator[Node]:
    """Yield a node and all that it is made of, outer ones first."""
    yield node
    match node:
        case Arithmetic() | Comparison() | Both():
            yield from parts(node.left)
            yield from parts(node.right)
        case Negative() | Not():
            yield from parts(node.of)
        case First():
            yield from parts(node.condition)
        case Summary():
            yield node.metric


def terms(node: Node) -> dict[str, Term]:
    """Return what an expression measures by its text, in order; what stands inside ``first`` is left out."""
    found: dict[str, Term] = {}

    def look(inner: Node) -> None:
        match inner:
            case Metric() | Summary() | First():
                found[inner.text] = inner
            case Arithmetic() | Comparison() | Both():
                look(inner.left)
                look(inner.right)
            case Negative() | Not():
                look(inner.of)

    look(node)
    return found


def metrics(node: Node) -> set[Metric]:
    """Return every metric that an expression reads."""
    return {part for part in parts(node) if isinstance(part, Metric)}
