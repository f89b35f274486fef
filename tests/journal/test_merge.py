"""Nothing that a person typed is lost, wherever they typed it, whatever they did to the marks."""

from __future__ import annotations

import random
import string

import pytest

from grpotui.analysis.journal import marks
from grpotui.analysis.journal.merge import Block, Merged, merge, weave


def block(name: str, *lines: str, first: bool = False) -> Block:
    return Block(name, str(abs(hash(lines)) % 10**6), lambda: lines, first)


HEAD = block("head", "## Hypotheses", "", "- none", first=True)
ONE = block("run:one", "## one", "", "- reward 0.1", "- running")
ONE_LATER = block("run:one", "## one", "", "- reward 0.9", "- finished")
TWO = block("run:two", "## two", "", "- reward 0.5")


def body(text: str, name: str) -> list[str]:
    lines = text.split("\n")
    start = next(p for p, line in enumerate(lines) if (m := marks.read_begin(line)) and m.id == name)
    stop = next(p for p, line in enumerate(lines) if p > start and marks.read_end(line) == name)
    return lines[start + 1 : stop]


def shown(text: str) -> list[str]:
    return [line for line in text.split("\n") if line and not marks.is_mark(line)]


def test_a_new_file_has_a_title_then_the_blocks_newest_first() -> None:
    found = merge("", [HEAD, TWO, ONE])
    assert found.new == ["head", "run:two", "run:one"]
    assert shown(found.text)[0] == "# Journal"
    assert shown(found.text)[2:] == [
        "## Hypotheses",
        "- none",
        "## two",
        "- reward 0.5",
        *ONE.make()[:1],
        *ONE.make()[2:],
    ]
    again = merge(found.text, [HEAD, TWO, ONE])
    assert (again.text, again.new, again.updated, again.edited) == (found.text, [], [], [])


def test_new_blocks_come_behind_the_first_one_and_text_stays_where_it_was() -> None:
    text = merge("", [HEAD, ONE]).text
    mine = text.replace("<!-- grpotui run:one", "about one\n\n<!-- grpotui run:one") + "\nat the end\n"
    found = merge(mine, [HEAD, TWO, ONE_LATER]).text
    order = shown(found)
    assert (
        order.index("## two") < order.index("about one") < order.index("## one") < order.index("at the end")
    )
    assert "- reward 0.9" in order
    assert "- reward 0.1" not in order


def test_a_paragraph_typed_inside_a_block_stays_between_its_lines() -> None:
    text = merge("", [ONE]).text.replace("- reward 0.1", "- reward 0.1\n\nI do not trust this.\n")
    found = merge(text, [ONE_LATER])
    assert found.edited == ["run:one"]
    lines = [line for line in body(found.text, "run:one") if line]
    assert lines == ["## one", "I do not trust this.", "- reward 0.9", "- finished"]
    later = merge(found.text, [block("run:one", "## one", "", "- reward 1.0", "- finished")]).text
    assert [line for line in body(later, "run:one") if line] == [
        "## one",
        "I do not trust this.",
        "- reward 1.0",
        "- finished",
    ]


def test_a_changed_line_is_theirs_and_the_new_one_goes_below() -> None:
    text = merge("", [ONE]).text.replace("- reward 0.1", "- reward 0.1 (a bug in the reward!)")
    same = merge(text, [block("run:one", "## one", "", "- reward 0.1", "- finished")]).text
    assert [line for line in body(same, "run:one") if line] == [
        "## one",
        "- reward 0.1 (a bug in the reward!)",
        "- finished",
    ]
    other = merge(same, [ONE_LATER]).text
    assert [line for line in body(other, "run:one") if line] == [
        "## one",
        "- reward 0.1 (a bug in the reward!)",
        "- reward 0.9",
        "- finished",
    ]


def test_a_line_that_was_taken_away_stays_away() -> None:
    text = merge("", [ONE]).text.replace("- running\n", "")
    found = merge(text, [block("run:one", "## one", "", "- reward 0.7", "- running")]).text
    assert [line for line in body(found, "run:one") if line] == ["## one", "- reward 0.7"]


def test_a_moved_block_is_renewed_where_it_stands() -> None:
    text = merge("", [TWO, ONE]).text
    lines = text.split("\n")
    start = next(p for p, line in enumerate(lines) if "grpotui run:two" in line)
    stop = next(p for p, line in enumerate(lines) if marks.read_end(line) == "run:two")
    moved = lines[start : stop + 1]
    rest = [*lines[:start], *lines[stop + 1 :], "mine", *moved]
    found = merge("\n".join(rest), [block("run:two", "## two", "", "- reward 0.6"), ONE]).text
    order = shown(found)
    assert order.index("## one") < order.index("mine") < order.index("## two")
    assert order.count("## two") == 1
    assert "- reward 0.6" in order


def test_a_block_moved_into_another_one_is_renewed_there() -> None:
    text = merge("", [TWO, ONE]).text
    lines = text.split("\n")
    start = next(p for p, line in enumerate(lines) if "grpotui run:two" in line)
    stop = next(p for p, line in enumerate(lines) if marks.read_end(line) == "run:two")
    moved = lines[start : stop + 1]
    rest = [*lines[:start], *lines[stop + 1 :]]
    at = rest.index("- reward 0.1")
    rest[at:at] = moved
    found = merge("\n".join(rest), [block("run:two", "## two", "", "- reward 0.6"), ONE_LATER]).text
    order = shown(found)
    assert order.count("## two") == order.count("## one") == 1
    assert order.index("## one") < order.index("- reward 0.6") < order.index("- finished")


def test_a_block_that_was_taken_out_stays_out_until_it_is_asked_for() -> None:
    text = merge("", [TWO, ONE]).text
    lines = text.split("\n")
    start = next(p for p, line in enumerate(lines) if "grpotui run:two" in line)
    stop = next(p for p, line in enumerate(lines) if marks.read_end(line) == "run:two")
    without = "\n".join([*lines[:start], *lines[stop + 1 :]])
    found = merge(without, [TWO, ONE_LATER])
    assert found.left_out == ["run:two"]
    assert "## two" not in found.text
    assert merge(found.text, [TWO, ONE_LATER], again=["run:two"]).new == ["run:two"]


@pytest.mark.parametrize("which", ["begin", "end", "both", "all"])
def test_without_its_marks_text_is_a_persons(which: str) -> None:
    text = merge("", [TWO, ONE]).text
    kept = []
    for line in text.split("\n"):
        mark, stop = marks.read_begin(line), marks.read_end(line)
        is_begin = mark is not None and mark.id == "run:two" and which in ("begin", "both")
        is_end = stop == "run:two" and which in ("end", "both")
        if not (is_begin or is_end or (which == "all" and marks.is_mark(line))):
            kept.append(line)
    found = merge("\n".join(kept) + "mine\n", [block("run:two", "## two", "", "- reward 0.6"), ONE])
    assert "mine" in found.text
    if which == "end":
        assert body(found.text, "run:two") == ["## two", "", "- reward 0.6"]
        assert shown(found.text).count("## two") == 1
    else:
        assert "- reward 0.5" in found.text


def test_a_copied_block_is_left_as_it_is() -> None:
    text = merge("", [ONE]).text
    lines = text.split("\n")
    start = next(p for p, line in enumerate(lines) if "grpotui run:one" in line)
    stop = next(p for p, line in enumerate(lines) if marks.read_end(line) == "run:one")
    copied = "\n".join([*lines, "my copy:", *lines[start : stop + 1]])
    found = merge(copied, [ONE_LATER]).text
    assert shown(found).count("- reward 0.1") == 1
    assert shown(found).count("- reward 0.9") == 1
    assert found.index("- reward 0.9") < found.index("my copy:") < found.index("- reward 0.1")


def test_a_file_of_ones_own_keeps_every_byte_of_it() -> None:
    own = "My diary\n\n  two  blanks \nno newline at the end"
    found = merge(own, [HEAD, ONE]).text
    assert found.startswith(own + "\n")
    assert found.index("no newline") < found.index("## Hypotheses") < found.index("## one")


def test_lines_of_windows_stay_such_lines() -> None:
    text = merge("", [HEAD, ONE]).text.replace("\n", "\r\n") + "mine\r\n"
    found = merge(text, [HEAD, ONE_LATER])
    assert found.edited == []
    assert found.text.count("\r\n") == found.text.count("\n")
    assert "- reward 0.9\r\n" in found.text
    assert "mine\r\n" in found.text


def test_an_emptied_file_begins_anew() -> None:
    assert merge(" \n", [ONE]).new == ["run:one"]
    assert merge("", []).text.startswith("# Journal")


def test_whatever_is_typed_anywhere_is_still_there() -> None:
    """Random edits between random regenerations: typed lines, moved lines, deleted marks."""
    rng = random.Random(5)
    for _ in range(300):
        text, typed = "", []
        for turn in range(6):
            names = [f"run:{n}" for n in range(turn + 1)][::-1]
            blocks = [
                block(
                    name,
                    f"## {name}",
                    "",
                    *(f"- {name} {rng.random():.2f}" for _ in range(rng.randrange(4))),
                    "",
                )
                for name in names
            ]
            text = merge(text, blocks).text
            lines = text.split("\n")
            for _ in range(rng.randrange(3)):
                word = "".join(rng.choice(string.ascii_letters) for _ in range(12))
                lines.insert(rng.randrange(len(lines) + 1), word)
                typed.append(word)
            if rng.random() < 0.3:
                marked = [p for p, line in enumerate(lines) if marks.is_mark(line)]
                if marked:
                    del lines[rng.choice(marked)]
            if rng.random() < 0.3:
                a, b = sorted(rng.randrange(len(lines) + 1) for _ in range(2))
                at = rng.randrange(len(lines) + 1)
                part = lines[a:b]
                rest = [*lines[:a], *lines[b:]]
                at = min(at, len(rest))
                lines = [*rest[:at], *part, *rest[at:]]
            text = "\n".join(lines)
        final = merge(text, blocks).text.split("\n")
        assert [word for word in typed if final.count(word) != 1] == []


def test_weaving_without_changes_gives_the_new_lines() -> None:
    before, made = ["a", "", "b"], ["a", "", "c", "d"]
    assert weave([marks.digest(line) for line in before], before, made) == made


def test_marks_are_read_back() -> None:
    mark = marks.read_begin(marks.begin("run:x", "s1", ["a", "b"]))
    assert mark == marks.Begin("run:x", "s1", (marks.digest("a"), marks.digest("b")))
    assert marks.read_wrote(marks.wrote(["a", "b"])) == ("a", "b")
    assert marks.read_begin(marks.wrote(["s1"])) is None
    assert marks.read_end(marks.end("run:x")) == "run:x"
    assert not marks.is_mark("<!-- grpotui is great -->x")
    assert isinstance(merge("", []), Merged)
