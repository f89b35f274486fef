"""Searching completions: what is found, what is not, and what cannot be asked."""

from __future__ import annotations

import json

import pytest

from grpotui.errors import UserError
from grpotui.registry import connect, sync
from grpotui.registry import search as searching
from grpotui.registry.queries import Registry
from grpotui.registry.search import Condition, Wanted, pattern_of
from grpotui.workspace import Workspace
from tests.support import Cli
from tests.writing import RunWriter, sample

TEXTS = ("The dog was happy", "the cat was sad", 'a "quoted" dog\nin two lines', "Übergröße 😀 dog", "dig")


@pytest.fixture
def registry(workspace: Workspace) -> Registry:
    writer = RunWriter(workspace.run("study-ab2c"))
    writer.asked()
    writer.process()
    writer.attempt()
    writer.status("running")
    for step in range(1, 4):
        made = [sample(text, place / 4) for place, text in enumerate(TEXTS)]
        writer.group(0, made, prompt="dog in the prompt only", step=step)
        writer.group(1, [sample(f"step {step}", 0.5)], step=step)
        writer.log_step(reward=0.5)
    writer.close()
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)


def found(registry: Registry, wanted: Wanted) -> list[tuple[int, int, int]]:
    return [(hit.group.step, hit.group.group, hit.place) for hit in registry.search("study-ab2c", wanted)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("dog", [0, 2, 3]),
        ("DOG", []),
        ("Dog", []),
        ("the", [0, 1]),
        ("The", [0]),
        ('"quoted"', [2]),
        ("dog\nin", [2]),
        ("über", [3]),
        ("Über", [3]),
        ("größe", [3]),
        ("😀", [3]),
        ("prompt only", []),
        ("tokens", []),
        ("d.g", []),
    ],
)
def test_plain_texts(registry: Registry, text: str, places: list[int]) -> None:
    assert found(registry, Wanted(text, last=1)) == [(1, 0, place) for place in places]
    assert len(found(registry, Wanted(text))) == 3 * len(places)


def test_regular_expressions_and_rewards(registry: Registry) -> None:
    assert found(registry, Wanted(pattern=pattern_of(r"d[io]g$"), first=2, last=2)) == [(2, 0, 3), (2, 0, 4)]
    assert found(registry, Wanted(reward=Condition.parse("<0.25"), first=3)) == [(3, 0, 0)]
    assert found(registry, Wanted(reward=Condition.parse(">= .5"), last=1)) == [
        (1, 0, 2),
        (1, 0, 3),
        (1, 0, 4),
        (1, 1, 0),
    ]
    assert found(registry, Wanted("dog", reward=Condition.parse("=0.5"), last=1)) == [(1, 0, 2)]
    assert found(registry, Wanted(mode="eval")) == []
    assert len(found(registry, Wanted(task="t", mode="train"))) in (0, 18)


def test_a_file_is_read_in_parts(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(registry, Wanted("dog"))
    monkeypatch.setattr(searching, "SPAN", 10)
    assert found(registry, Wanted("dog")) == whole


def test_what_a_resumed_attempt_replaced_is_not_found(workspace: Workspace, registry: Registry) -> None:
    writer = RunWriter(workspace.run("study-ab2c"))
    writer.group(0, [sample("second try")], step=2)
    writer.close()
    sync(registry.connection, workspace)
    assert found(registry, Wanted("dog", first=2)) == []
    assert found(registry, Wanted("second")) == [(2, 0, 0)]


def test_a_file_that_is_gone_or_cut_short_is_searched_as_far_as_it_goes(
    workspace: Workspace, registry: Registry
) -> None:
    path = workspace.run("study-ab2c").completions
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    assert 0 < len(found(registry, Wanted("dog"))) < 9
    path.unlink()
    assert found(registry, Wanted("dog")) == []


@pytest.mark.parametrize("text", ["", "cheap", "<", "< 1 2", "=nan", "<1e", "<\x1b[31m"])
def test_conditions_that_make_no_sense(text: str) -> None:
    with pytest.raises(UserError, match=r"write such as <0\.1"):
        Condition.parse(text)


def test_a_broken_expression_is_said() -> None:
    with pytest.raises(UserError, match=r"regular expression '\(': missing"):
        pattern_of("(")


def test_the_verb_exports_lines(registry: Registry, cli: Cli) -> None:
    done = cli("completions", "study", "--search", "dog", "--reward", "<0.6", "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [(line["step"], line["place"], line["text"]) for line in lines[:2]] == [
        (1, 0, TEXTS[0]),
        (1, 2, TEXTS[2]),
    ]
    assert lines[0]["prompt"] == "dog in the prompt only"
    assert len(lines) == 6
    assert len(cli("completions", "study", "--search", "dog", "--limit", "2").out.splitlines()) == 2
    assert cli("completions", "study", "--search", "nowhere").err == "no completion is like that\n"
    assert cli("completions", "study", "--regex", "(").code == 2


def test_what_is_cut_off_is_said(registry: Registry, cli: Cli) -> None:
    cut = cli("completions", "study", "--search", "dog", "--limit", "2")
    assert cut.err == "the first 2: there are more\n"
    whole = cli("completions", "study", "--search", "dog", "--limit", "9")
    assert (len(whole.out.splitlines()), whole.err) == (9, "")
