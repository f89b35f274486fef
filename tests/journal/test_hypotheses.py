"""What is known of a hypothesis: open while a run goes on, in dispute until a person says what holds."""

from __future__ import annotations

import pytest

from grpotui.analysis.journal import book, marks
from grpotui.analysis.journal.hypotheses import (
    MIXED,
    OPEN,
    REFUTED,
    SUPPORTED,
    Hypothesis,
    hypotheses,
    read_findings,
)
from grpotui.analysis.journal.write import write
from grpotui.launch import remarks
from grpotui.workspace import Workspace
from tests.analysis.studies import CONTRACT, registry, study


def only(workspace: Workspace) -> Hypothesis:
    (found,) = hypotheses(read_findings(registry(workspace), book.read(workspace)))
    return found


def replaced(workspace: Workspace) -> dict[str, str]:
    found = read_findings(registry(workspace), book.read(workspace))
    return {one.name: one.superseded for one in found}


def type_below(workspace: Workspace, run_id: str, text: str) -> None:
    lines = book.read(workspace).split("\n")
    at = next(p for p, line in enumerate(lines) if marks.read_end(line) == f"run:{run_id}")
    lines[at + 1 : at + 1] = ["", text]
    workspace.journal.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    "other", [{"seed": 7}, {"max_steps": 10}, {"beta": 0.2}, {"seed": 4, "max_steps": 10}]
)
def test_a_later_run_that_says_otherwise_supersedes_nothing(
    workspace: Workspace, other: dict[str, float]
) -> None:
    study(workspace, "one-aaaa", contract=CONTRACT)
    study(workspace, "two-bbbb", {"seed": 2}, day=1, contract=CONTRACT)
    study(
        workspace,
        "last-cccc",
        other,
        0.3,
        day=2,
        contract={**CONTRACT, "hypothesis": "a little  KL is enough"},
    )
    found = only(workspace)
    assert (found.state, found.text) == (MIXED, "a little  KL is enough")
    assert [(f.id, f.said, f.superseded) for f in found.findings] == [
        ("run:last-cccc", REFUTED, ""),
        ("run:two-bbbb", SUPPORTED, ""),
        ("run:one-aaaa", SUPPORTED, ""),
    ]
    write(registry(workspace))
    assert "- **runs disagree:** a little  KL is enough" in book.read(workspace)


def test_what_a_person_says_makes_the_headline(workspace: Workspace) -> None:
    study(workspace, "one-aaaa", contract=CONTRACT)
    study(workspace, "two-bbbb", {"seed": 2}, day=1, contract=CONTRACT)
    study(workspace, "last-cccc", {"seed": 4}, 0.3, day=2, contract=CONTRACT)
    remarks.note(workspace, "two-bbbb", "supersedes: last-cccc because it was cut short")
    assert only(workspace).state == SUPPORTED
    assert replaced(workspace) == {"last-cccc": "two-bbbb", "two-bbbb": "", "one-aaaa": ""}
    write(registry(workspace))
    text = book.read(workspace)
    assert "- **supported:** A little KL is enough." in text
    assert "last-cccc: not supported; superseded by two-bbbb" in text
    assert "**Superseded by:** two-bbbb" in text
    remarks.note(workspace, "two-bbbb", "I was wrong")
    assert only(workspace).state == MIXED, "the note as it stands in the log book is the tool's line"
    write(registry(workspace))
    assert "uperseded by" not in book.read(workspace)


def test_people_who_say_the_opposite_make_no_circle(workspace: Workspace) -> None:
    study(workspace, "one-aaaa", contract=CONTRACT)
    study(workspace, "two-bbbb", level=0.3, day=1, contract=CONTRACT)
    remarks.note(workspace, "two-bbbb", "supersedes: one-aaaa")
    remarks.note(workspace, "one-aaaa", "Supersedes: two-bbbb.")
    assert (only(workspace).state, replaced(workspace)) == (
        SUPPORTED,
        {"two-bbbb": "one-aaaa", "one-aaaa": ""},
    )
    remarks.note(workspace, "two-bbbb", "no, really: supersedes: one-aaaa")
    assert replaced(workspace) == {"two-bbbb": "", "one-aaaa": "two-bbbb"}
    write(registry(workspace))
    type_below(workspace, "one-aaaa", "I looked into both. Supersedes: two-bbbb")
    assert replaced(workspace) == {"two-bbbb": "one-aaaa", "one-aaaa": ""}
    write(registry(workspace))
    assert "two-bbbb: not supported; superseded by one-aaaa" in book.read(workspace)


def test_a_circle_of_three_is_ended_too(workspace: Workspace) -> None:
    for day, (run_id, note) in enumerate(
        {"a-aaaa": "b-bbbb", "b-bbbb": "c-cccc", "c-cccc": "a-aaaa"}.items()
    ):
        study(workspace, run_id, day=day, contract=CONTRACT, note=f"supersedes: {note}")
    assert replaced(workspace) == {"c-cccc": "b-bbbb", "b-bbbb": "", "a-aaaa": "c-cccc"}


def test_runs_of_other_hypotheses_and_none_are_named_too(workspace: Workspace) -> None:
    other = {**CONTRACT, "hypothesis": "Else."}
    study(workspace, "old-aaaa", contract=CONTRACT)
    study(workspace, "new-bbbb", day=1, contract=other, note="supersedes: old-aaaa")
    study(workspace, "last-cccc", day=2)
    write(registry(workspace))
    type_below(workspace, "last-cccc", "The parser was wrong. Supersedes: bbbb, and supersedes: no-such-run")
    assert replaced(workspace) == {"new-bbbb": "last-cccc", "old-aaaa": "new-bbbb"}


@pytest.mark.parametrize("status", ["running", "queued", "draft"])
def test_a_hypothesis_is_open_while_one_of_its_runs_is(workspace: Workspace, status: str) -> None:
    study(workspace, "one-aaaa", contract=CONTRACT)
    study(workspace, "two-bbbb", {"seed": 2}, day=1, contract=CONTRACT, status=status)
    assert only(workspace).state == OPEN
    write(registry(workspace))
    text = book.read(workspace)
    assert "### Settled" not in text
    assert text.index("### Open") < text.index("- **open:** A little KL") < text.index("one-aaaa: supported")
    remarks.note(workspace, "one-aaaa", "supersedes: two-bbbb")
    assert only(workspace).state == SUPPORTED, "unless a person says that it need not be waited for"


def test_open_ones_stand_before_settled_ones(workspace: Workspace) -> None:
    study(workspace, "one-aaaa", level=0.3, contract=CONTRACT)
    study(workspace, "two-bbbb", day=-1, status="running", contract={**CONTRACT, "hypothesis": "Else."})
    write(registry(workspace))
    text = book.read(workspace)
    places = [text.index(part) for part in ("### Open", "Else.", "### Settled", "A little KL is enough")]
    assert places == sorted(places)
