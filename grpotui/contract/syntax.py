"""Reads an expression by recursive descent. Nothing is ever evaluated as Python."""

from __future__ import annotations

from grpotui.contract import names
from grpotui.contract.nodes import (
    TRUTHS,
    Arithmetic,
    Both,
    Comparison,
    First,
    Metric,
    Negative,
    Node,
    Not,
    Number,
    Step,
    Summary,
    VerdictIs,
    parts,
)
from grpotui.contract.tokens import ContractError, Token, tokens
from grpotui.records import Verdict

MAX_DEPTH = 24
"""Brackets, signs and ``not`` within each other."""
MOST = 100_000
"""Values that ``last`` may look back."""
SUMMARIES = ("mean", "min", "max", "std", "slope", "roughness")
FROM_TWO = ("std", "slope", "roughness")
"""Those of them that one value says nothing of."""
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


def condition(source: str, of_sweep: bool = False) -> Node:
    """Parse what is true or false, of a run or of a whole sweep. Raises ContractError."""
    node = _parsed(source, of_sweep)
    if not isinstance(node, TRUTHS):
        raise ContractError(0, "a number: compare it with something, such as reward >= 0.8")
    return node


def measure(source: str, of_sweep: bool = False) -> Node:
    """Parse what is a number, of a run or of a whole sweep. Raises ContractError."""
    node = _parsed(source, of_sweep)
    if isinstance(node, TRUTHS):
        raise ContractError(0, "a condition: a forecast is about a number, such as mean(reward, last=50)")
    return node


def _parsed(source: str, of_sweep: bool) -> Node:
    reader = _Reader(source, of_sweep)
    if reader.next.kind == "end":
        raise ContractError(0, "nothing stands here")
    node = reader.either()
    if reader.next.kind != "end":
        raise ContractError(reader.next.place, f"expected and, or, a sign or the end, not {reader.next.text}")
    if of_sweep:
        _refuse_runs(node)
    return node


def _refuse_runs(node: Node) -> None:
    """Raise ContractError for what is measured of a run in a line about a sweep."""
    for part in parts(node):
        if isinstance(part, (Step, VerdictIs, Summary, First)) or (
            isinstance(part, Metric) and part.key not in names.OF_SWEEP.values()
        ):
            what = getattr(part, "text", "step" if isinstance(part, Step) else "verdict")
            raise ContractError(0, f"best and baseline are of the whole sweep, {what} is of a run: not both")


class _Reader:
    """One token ahead; each method reads one level of binding, loosest first."""

    def __init__(self, source: str, of_sweep: bool) -> None:
        self._source = source
        self._own = names.OF_SWEEP if of_sweep else {}
        self._tokens = tokens(source)
        self._depth = 0
        self._before = 0
        self.next = next(self._tokens)

    def _take(self) -> Token:
        token = self.next
        self._before = token.end
        if token.kind != "end":
            self.next = next(self._tokens)
        return token

    def _took(self, *texts: str) -> Token | None:
        here = self.next.kind in ("sign", "name") and self.next.text in texts
        return self._take() if here else None

    def _need(self, text: str, why: str = "") -> None:
        if self._took(text) is None:
            raise ContractError(self.next.place, f"expected {text}{why}, got {self.next.text or 'the end'}")

    def either(self) -> Node:
        """Read ``a or b``."""
        left = self._both()
        while token := self._took("or"):
            left = Both(True, self._truth(left, token), self._truth(self._both(), token))
        return left

    def _both(self) -> Node:
        left = self._denied()
        while token := self._took("and"):
            left = Both(False, self._truth(left, token), self._truth(self._denied(), token))
        return left

    def _denied(self) -> Node:
        if token := self._took("not"):
            self._deeper(token)
            node = Not(self._truth(self._denied(), token))
            self._depth -= 1
            return node
        return self._compared()

    def _compared(self) -> Node:
        """Read ``a < b``, and ``a < b < c`` as both of its halves."""
        if self.next.text == "verdict":
            return self._verdict()
        left = self._sum()
        found: Node | None = None
        while token := self._took(*COMPARISONS):
            right = self._sum()
            half = Comparison(token.text, self._number(left, token), self._number(right, token))
            found = half if found is None else Both(False, found, half)
            left = right
        return left if found is None else found

    def _verdict(self) -> Node:
        place = self._take().place
        sign = self._took("==", "!=")
        if sign is None or self.next.kind != "text":
            raise ContractError(place, "compare verdict with == or != and a text, such as 'collapsed'")
        token = self._take()
        wanted = token.text[1:-1]
        if wanted not in list(Verdict):
            raise ContractError(token.place, f"no verdict {wanted}; there are: {', '.join(Verdict)}")
        return VerdictIs(wanted, sign.text == "==")

    def _sum(self) -> Node:
        left = self._product()
        while token := self._took("+", "-"):
            right = self._product()
            left = Arithmetic(token.text, self._number(left, token), self._number(right, token))
        return left

    def _product(self) -> Node:
        left = self._signed()
        while token := self._took("*", "/"):
            right = self._signed()
            left = Arithmetic(token.text, self._number(left, token), self._number(right, token))
        return left

    def _signed(self) -> Node:
        if token := self._took("-"):
            self._deeper(token)
            node = Negative(self._number(self._signed(), token))
            self._depth -= 1
            return node
        return self._atom()

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return Number(float(token.text))
        if token.kind == "text":
            return Metric(token.text[1:-1], False, token.text)
        if token.text == "(":
            self._deeper(token)
            node = self.either()
            self._need(")")
            self._depth -= 1
            return node
        if token.kind != "name" or token.text in ("and", "or", "not"):
            raise ContractError(token.place, f"expected a number or a metric, got {token.text or 'the end'}")
        if self.next.text == "(":
            return self._call(token)
        return Step() if token.text == "step" else self._metric(token)

    def _metric(self, token: Token) -> Metric:
        if token.text in self._own:
            return Metric(self._own[token.text], False, token.text)
        baseline, name = token.text.startswith("baseline."), token.text.removeprefix("baseline.")
        if token.text == "verdict":
            raise ContractError(token.place, "verdict stands alone, as in verdict == 'collapsed'")
        if token.text == "baseline":
            raise ContractError(token.place, "write baseline.reward, or another metric of the pinned run")
        key = names.metric(name)
        if key is None and name in names.OF_SWEEP:
            raise ContractError(token.place, f"{name} is of a sweep: it takes a preset with [sweep]")
        if key is None:
            raise ContractError(token.place, names.unknown(name))
        return Metric(key, baseline, token.text)

    def _call(self, token: Token) -> Node:
        self._deeper(token)
        self._need("(")
        if token.text == "first":
            node = self._first(token)
        elif token.text in SUMMARIES:
            node = self._summary(token)
        else:
            known = ", ".join((*SUMMARIES, "first"))
            raise ContractError(token.place, f"no function {token.text}; there are: {known}")
        self._depth -= 1
        return node

    def _first(self, token: Token) -> Node:
        inner = self._truth(self.either(), token)
        unit = "step"
        if self._took(","):
            place, unit = self.next.place, self._take().text
            if unit not in ("step", "epoch"):
                raise ContractError(place, f"expected step or epoch, got {unit or 'the end'}")
        self._need(")")
        return First(inner, unit == "epoch", self._source[token.place : self._before])

    def _summary(self, token: Token) -> Node:
        named = self._take()
        if named.kind == "text":
            metric = Metric(named.text[1:-1], False, named.text)
        elif named.kind == "name" and named.text != "step":
            metric = self._metric(named)
        else:
            raise ContractError(
                named.place, f"{token.text} takes a metric, such as {token.text}(reward, last=50)"
            )
        last = self._last(2 if token.text in FROM_TWO else 1) if self._took(",") else None
        self._need(")", ", or last=50")
        return Summary(token.text, metric, last, self._source[token.place : self._before])

    def _last(self, least: int) -> int:
        self._need("last", "=50")
        self._need("=")
        token = self._take()
        count = int(token.text) if token.kind == "number" and token.text.isdecimal() else 0
        if not least <= count <= MOST:
            raise ContractError(token.place, f"last takes a whole number of logged values, {least} to {MOST}")
        return count

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ContractError(token.place, f"more than {MAX_DEPTH} brackets within each other")

    def _truth(self, node: Node, token: Token) -> Node:
        if not isinstance(node, TRUTHS):
            raise ContractError(token.place, f"{token.text} takes conditions, such as reward > 0.8")
        return node

    def _number(self, node: Node, token: Token) -> Node:
        if isinstance(node, TRUTHS):
            raise ContractError(token.place, f"{token.text} takes numbers, not a condition")
        return node
