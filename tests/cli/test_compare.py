"""``grpotui compare``: one content in four forms."""

from __future__ import annotations

import csv
import io

from grpotui.registry.desk import write_pin
from grpotui.workspace import Workspace
from tests.analysis.test_compare import write
from tests.support import Cli


def test_every_form_says_the_same(workspace: Workspace, cli: Cli) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2, "seed": 7}, level=0.5)
    found = cli("compare", "base-aaaa", "bbbb", "--json").json
    assert [run["id"] for run in found["runs"]] == ["base-aaaa", "other-bbbb"]
    assert found["differences"][0] == {"field": "grpo.beta", "values": {"A": 0.1, "B": 0.2}, "cause": True}
    assert found["aligned_by"] == "step"
    (reward,) = [row["values"] for row in found["outcome"] if row["name"] == "reward"]
    assert reward["B"]["mark"] == "▼"
    assert reward["A"]["low"] < reward["A"]["value"] < reward["A"]["high"]
    markdown, table = (
        cli("compare", "base-aaaa", "bbbb", "--markdown").out,
        cli("compare", "aaaa", "bbbb").out,
    )
    rows = list(csv.reader(io.StringIO(cli("compare", "base-aaaa", "bbbb", "--csv").out)))
    for sentence in (*found["changes"], *found["conclusions"]):
        assert sentence in markdown
        assert sentence in table
        assert [sentence] in rows
    for row in found["outcome"]:
        assert f"| {row['name']} |" in markdown
        assert row["name"] in table
        assert any(one[0] == row["name"] and len(one) == 3 for one in rows)
    (prompt,) = found["prompts"]
    assert (prompt["mode"], prompt["prompt"]) == ("train", "one")
    for letter, run_id in (("A", "base-aaaa"), ("B", "other-bbbb")):
        told = prompt["values"][letter]
        assert (told["step"], len(told["history"])) == (120, 120)
        quoted = f"x1 ● {run_id} 120" if told["reward"] >= 0.9 else f"x1 ◐ {run_id} 120"
        assert [text["text"] for text in told["texts"]] == [f"{run_id} 120"]
        assert quoted in markdown
        assert quoted in table
        assert any(quoted in row for row in rows)
    assert "at step 40" in cli("compare", "base-aaaa", "bbbb", "--step", "40", "--markdown").out
    assert cli("compare", "base-aaaa", "bbbb", "--prompts", "0", "--json").json["prompts"] == []
    assert found["pools"][1] == {
        "runs": ["B"],
        "seeds": 1,
        "reward": {key: reward["B"][key] for key in ("value", "low", "high", "mark")},
        "held_out": None,
    }
    assert "| beta | 0.1 | 0.2 |" in markdown
    assert ["beta", "0.1", "0.2"] in rows


def test_one_run_stands_beside_the_baseline(workspace: Workspace, cli: Cli) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2})
    alone = cli("compare", "other-bbbb")
    assert (alone.code, alone.out) == (2, "")
    assert "or one beside a pinned baseline" in alone.err
    write_pin(workspace, "base-aaaa")
    assert [run["id"] for run in cli("compare", "other-bbbb", "--json").json["runs"]] == [
        "base-aaaa",
        "other-bbbb",
    ]
    assert cli("compare", "other-bbbb", "nothing").code == 2
    write_pin(workspace, "gone-cccc")
    assert "the pinned baseline gone-cccc is gone" in cli("compare", "other-bbbb").err
    assert "2 to 4 runs, got 5" in cli("compare", *["other-bbbb"] * 5).err
