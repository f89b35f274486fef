"""Bytes that narrow a search down never hide what is there, whoever wrote the line."""

from __future__ import annotations

import itertools
import json
import random
import re

import pytest

from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.registry.search import Condition, Wanted, pattern_of
from grpotui.registry.written import Written, needed
from grpotui.stream import parse_line
from grpotui.workspace import Workspace
from tests.writing import RunWriter

TEXTS = (
    "The dog was happy",
    'a "quoted"\tdog\nin </two> & lines\\',
    "Übergröße 😀 dog",
    "日本語 のうた É é",
    "a dog, a cat, a dog",
    "1/2 of <b>it</b> isn't",
    "ΣΊΣΥΦΟΣ σίσυφος",
    "",
)


def _large(line: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: f"\\u{found.group(1).upper()}", line)


def _for_pages(line: str) -> str:
    return line.replace("/", "\\/").replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


WRITERS = {
    "Python": lambda data: json.dumps(data),
    "as it is": lambda data: json.dumps(data, ensure_ascii=False),
    "capital digits": lambda data: _large(json.dumps(data)),
    "safe for pages": lambda data: _for_pages(json.dumps(data, ensure_ascii=False)),
}


@pytest.fixture(params=list(WRITERS))
def registry(request: pytest.FixtureRequest, workspace: Workspace) -> Registry:
    writer = RunWriter(workspace.run("study-ab2c"))
    writer.asked()
    writer.status("running")
    with writer.run.completions.open("w", encoding="utf-8") as file:
        for step, text in enumerate(TEXTS, 1):
            made = [{"text": t, "reward": 0.5} for t in (text, "nothing of it")]
            line = {"step": step, "group": 0, "mode": "train", "prompt": "The dog:", "completions": made}
            file.write(WRITERS[request.param](line) + "\n")
    writer.close()
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)


def found(registry: Registry, wanted: Wanted) -> set[tuple[int, int]]:
    return {(hit.group.step, hit.place) for hit in registry.search("study-ab2c", wanted)}


def test_every_part_of_a_text_is_found(registry: Registry) -> None:
    rng = random.Random(0)
    for text in TEXTS[:-1]:
        for _ in range(60):
            start = rng.randrange(len(text))
            part = text[start : start + rng.randrange(1, 9)]
            pattern = re.compile(re.escape(part), 0 if any(c.isupper() for c in part) else re.IGNORECASE)
            expected = {(step, 0) for step, one in enumerate(TEXTS, 1) if pattern.search(one)}
            expected |= {(step, 1) for step in range(1, 9) if pattern.search("nothing of it")}
            assert found(registry, Wanted(part)) == expected, part


EXPRESSIONS = (
    *("d[io]g$", "(the )?dog", "(?i)the d+o", "a (dog|cat)", "an?|ü", "(?:go)*dog", r"\bof <b>"),
    *("日.語", "(?i)ÜBERG", "(?i)é é", "o{0}g{1,2}", "(?s)dog.in", "(?<=a )dog", "(?!a)dog", "", "^$"),
    *("(?i:DOG) w", "[^d]og"),
)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_match_of_an_expression_is_found(registry: Registry, expression: str) -> None:
    pattern = re.compile(expression)
    expected = {(step, 0) for step, one in enumerate(TEXTS, 1) if pattern.search(one)}
    expected |= {(step, 1) for step in range(1, 9) if pattern.search("nothing of it")}
    assert found(registry, Wanted(pattern=pattern)) == expected
    assert found(registry, Wanted(pattern=pattern, reward=Condition.parse("<0.1"))) == set()


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("ne+dle", "dle"),
        ("^needle$", "needle"),
        ("(needle)", "needle"),
        ("x(ab)+cde", "xab"),
        ("one|two", ""),
        ("(?i:dog)", ""),
        ("a?bc", "bc"),
        (r"the \w+ was", "the "),
    ],
)
def test_the_longest_text_that_every_match_holds(expression: str, text: str) -> None:
    assert needed(pattern_of(expression)) == text


def test_lines_without_the_text_are_not_read(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def parse(raw: bytes) -> dict[str, object] | None:
        read.append(raw)
        return parse_line(raw)

    monkeypatch.setattr("grpotui.registry.search.parse_line", parse)
    assert found(registry, Wanted("quoted")) == {(2, 0)}
    assert found(registry, Wanted(pattern=pattern_of("quo+ted"))) == {(2, 0)}
    assert len(read) == 2


def test_stretches_are_named_once_and_gaps_are_none() -> None:
    data = b"dog dog|dog|cat|DOG|dogs"
    starts = [at + 1 for at in (-1, 11, 15, 19)]
    ends = [7, 15, 19, 24]
    written = Written.of("dog", folded=True)
    assert written is not None
    assert list(written.held(data, starts, ends)) == [0, 2, 3]
    assert [Written.of(text, folded=True) for text in ("", "ü", "</")] == [None] * 3


def test_random_texts_in_random_lines() -> None:
    rng = random.Random(1)
    for _, folded in itertools.product(range(300), (True, False)):
        lines = ["".join(rng.choices('aAbBéÉ日\n/"\\', k=6)) for _ in range(5)]
        text = "".join(rng.choices('aAbBéÉ日\n/"\\', k=rng.randrange(1, 4)))
        raw = [json.dumps(line, ensure_ascii=rng.random() < 0.5).encode() for line in lines]
        ends = list(itertools.accumulate(len(line) + 1 for line in raw))
        starts = [0, *ends[:-1]]
        written = Written.of(text, folded)
        pattern = re.compile(re.escape(text), re.IGNORECASE if folded else 0)
        expected = {number for number, line in enumerate(lines) if pattern.search(line)}
        if written is not None:
            assert expected <= set(written.held(b"\n".join(raw) + b"\n", starts, ends))
