"""Values written into the text of presets: nothing else changes."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from grpotui.presets import PresetError
from grpotui.presets.rewriting import rewritten

TEXT = '''# What this is for.
model = "tiny"          # a toy

[task]
name = "arithmetic"     # sums
prompt = """
[grpo]
{a} {op} {b} = """

[[rewards]]
name    = "exact"       # first number
correct = 1.0

[[rewards]]
name    = "format"

[grpo]                  # TRL's own names
beta            = 0.1   # at 0 the runs fell to -1.0
learning_rate   = 5e-6
top_k           = 3     # "# not a comment" is one

# Where it goes.
[launch]
tags = ["a", "b"]       # two
'''


def lines_that_differ(new: str) -> list[tuple[str, str]]:
    old, found = TEXT.splitlines(), new.splitlines()
    assert len(old) == len(found)
    return [pair for pair in zip(old, found, strict=True) if pair[0] != pair[1]]


def test_a_value_changes_in_its_place_and_its_comment_stays_where_it_was() -> None:
    new = rewritten(TEXT, {"grpo.beta": 0.02, "launch.tags": ["c"]}, "x")
    assert lines_that_differ(new) == [
        (
            "beta            = 0.1   # at 0 the runs fell to -1.0",
            "beta            = 0.02  # at 0 the runs fell to -1.0",
        ),
        ('tags = ["a", "b"]       # two', 'tags = ["c"]            # two'),
    ]


def test_a_new_value_stands_behind_the_last_one_of_its_table_in_line_with_it() -> None:
    new = rewritten(TEXT, {"grpo.temperature": 0.7}, "x").splitlines()
    place = new.index("temperature     = 0.7")
    assert new[place - 1].startswith("top_k") and new[place + 1 : place + 3] == ["", "# Where it goes."]


def test_a_table_that_is_not_there_is_made() -> None:
    new = rewritten(TEXT, {"eval.every": 50}, "x")
    assert new.startswith(TEXT) and tomllib.loads(new)["eval"] == {"every": 50}


def test_a_table_is_written_in_one_line() -> None:
    new = rewritten(TEXT, {"grpo.generation_kwargs": {"min_new_tokens": 96}}, "x")
    assert "generation_kwargs = {min_new_tokens = 96}" in new.splitlines()
    again = rewritten(new, {"grpo.generation_kwargs": {"min_new_tokens": 4, "x": "y"}}, "x")
    assert tomllib.loads(again)["grpo"]["generation_kwargs"] == {"min_new_tokens": 4, "x": "y"}


def test_entries_of_lists_and_the_top_are_reached() -> None:
    new = rewritten(TEXT, {"rewards.1.name": "length", "rewards.0.correct": 2.0, "model": "tiny:chars"}, "x")
    data = tomllib.loads(new)
    assert [reward["name"] for reward in data["rewards"]] == ["exact", "length"]
    assert (data["rewards"][0]["correct"], data["model"]) == (2.0, "tiny:chars")
    assert "# first number" in new and "# a toy" in new


@pytest.mark.parametrize(
    "text",
    [
        "grpo.beta = 0.1 # c\ngrpo.top_k = 2\n[a]\nb = 1\n",
        "grpo = { beta = 0.1, top_k = 2 } # c\n",
        "[a]\nb = 1 # c\n[grpo]\nbeta = 1",
        "[grpo]\r\nbeta = 1 # c\r\n\r\n[a]\r\nb = 1\r\n",
        "[grpo.generation_kwargs]\nx = 1 # c\n",
        "[ grpo ]\n'beta' = 1 # c\n",
        '"grpo"."beta" = 1 # c\n',
        "# c\n",
        "[a.b]\nx = 1\n[c]\ny = 1\n[a]\nz = 1 # c\n[grpo]\ntop_k = [\n  [1], # c\n]\n",
    ],
)
def test_however_it_is_written(text: str) -> None:
    before: dict[str, Any] = tomllib.loads(text)
    new = rewritten(
        text, {"grpo.beta": 5, "grpo.temperature": 1e-06, "grpo.run_name": 'a "b" # c\n\x1b'}, "x"
    )
    grpo = {**before.get("grpo", {}), "beta": 5, "temperature": 1e-06, "run_name": 'a "b" # c\n\x1b'}
    assert tomllib.loads(new) == {**before, "grpo": grpo}
    assert "# c" in new.replace('a \\"b\\" # c', "")


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ("[grpo", "grpo.beta", "x.toml, line 1, column 6: malformed TOML"),
        ("grpo = 3", "grpo.beta", "x.toml: grpo.beta: grpo has no beta in this file"),
        ("", "rewards.0.name", ""),
        ("rewards = []", "rewards.0.name", "x.toml: rewards.0.name: rewards has no 0 in this file"),
        ("rewards = [1]", "rewards.9999999999.name", "rewards has no 9999999999"),
    ],
)
def test_what_has_no_place_is_said(text: str, field: str, why: str) -> None:
    if not why:
        assert tomllib.loads(rewritten(text, {field: "exact"}, "x.toml")) == {
            "rewards": {"0": {"name": "exact"}}
        }
        return
    with pytest.raises(PresetError, match=why.replace("[", r"\[")):
        rewritten(text, {field: "exact"}, "x.toml")
