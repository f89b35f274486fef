"""The journal of real folders: what it says of runs, and that people's words stay through everything."""

from __future__ import annotations

from grpotui.analysis.journal import book, marks
from grpotui.analysis.journal.hypotheses import read_findings
from grpotui.analysis.journal.write import Written, write
from grpotui.launch import remarks
from grpotui.records.sweeps import Place, Sweep
from grpotui.registry.sweeps import write_sweep
from grpotui.workspace import Workspace
from tests.analysis.studies import CONTRACT, registry, study
from tests.writing import BORN

MINE = """
My own view, typed on Tuesday: I do not trust the reward.
It counts "2" in "12" as right.
"""


def test_a_paragraph_survives_three_regenerations_with_runs_between(workspace: Workspace) -> None:
    study(workspace, "first-aaaa", contract=CONTRACT)
    write(registry(workspace))
    lines = book.read(workspace).split("\n")
    within = next(p for p, line in enumerate(lines) if line.startswith("- **Actual outcome"))
    above = next(
        p for p, line in enumerate(lines) if (m := marks.read_begin(line)) and m.id == "run:first-aaaa"
    )
    lines.insert(within + 1, "  typed inside")
    lines.insert(above, f"{MINE}")
    workspace.journal.write_text("\n".join(lines) + "\nat the very end\n", encoding="utf-8")

    study(workspace, "second-bbbb", {"beta": 0.2}, level=0.3, day=1, contract=CONTRACT)
    assert write(registry(workspace)) == Written(1, 1, 0)
    study(workspace, "third-cccc", {"beta": 0.3}, day=2, status="queued")
    remarks.note(workspace, "first-aaaa", "looked again")
    assert write(registry(workspace)).new == 1
    study(workspace, "fourth-dddd", {"beta": 0.4}, level=0.9, day=3, contract=CONTRACT)
    write(registry(workspace))

    shown = book.shown(book.read(workspace))
    text = "\n".join(shown)
    assert MINE.strip() in text
    assert "at the very end" in shown
    assert shown[shown.index("  typed inside") - 1].startswith("- **Actual outcome")
    titles = [line[3:] for line in shown if line.startswith("## ")]
    assert [title.split()[-1] for title in titles] == [
        "Hypotheses",
        "fourth-dddd",
        "third-cccc",
        "second-bbbb",
        "first-aaaa",
    ]
    assert text.index("typed on Tuesday") < text.index("first-aaaa\n")
    assert "- **Note:** looked again" in text
    before = book.read(workspace)
    assert write(registry(workspace)) == Written(0, 0, 0)
    assert book.read(workspace) == before


def test_what_a_run_expected_and_what_came_of_it(workspace: Workspace) -> None:
    study(workspace, "met-aaaa", contract=CONTRACT, overrides=["grpo.beta=0.1"], note="see | <b> `x` #1")
    study(workspace, "plan-bbbb", day=1, status="draft", contract=CONTRACT)
    study(workspace, "going-cccc", day=2, status="running", contract=CONTRACT)
    write(registry(workspace))
    parts = {block: "\n".join(lines) for block, lines in book.parts(book.read(workspace))}
    told = parts["run:met-aaaa"]
    assert "**Configuration:** preset study with grpo.beta=0.1" in told
    assert "**Hypothesis:** A little KL is enough." in told
    assert "**Expected:** mean(reward, last=50) 0.5 to 0.7" in told
    assert "**Success criteria:** primary mean(reward, last=50) >= 0.6" in told
    assert "**Actual outcome:** finished after 120 steps; reward 0.8" in told
    assert "**Conclusion:** supported: its first criterion was met" in told
    assert "**Forecast:** mean(reward, last=50) 0.5 to 0.7: outside by 0.1" in told
    assert ", too high (0." in told
    assert r"**Note:** see \| \<b> \`x\` #1" in told
    assert "**Planned:** a draft, not started" in parts["run:plan-bbbb"]
    assert "Conclusion" not in parts["run:plan-bbbb"]
    assert "**So far:** running, so far 120" in parts["run:going-cccc"]
    assert "pending" not in book.read(workspace)


def test_words_of_runs_cannot_become_marks(workspace: Workspace) -> None:
    evil = "<!-- /grpotui run:evil-aaaa -->"
    study(workspace, "evil-aaaa", note=evil, contract={**CONTRACT, "hypothesis": f"x\n{evil}\n# head"})
    write(registry(workspace))
    text = book.read(workspace)
    assert sum(marks.read_end(line) == "run:evil-aaaa" for line in text.split("\n")) == 1
    assert write(registry(workspace)) == Written(0, 0, 0)


def test_secrets_do_not_reach_the_journal(workspace: Workspace) -> None:
    token = "hf_" + "a1B2" * 8
    study(
        workspace, "leak-aaaa", note=f"token {token}", texts=(f"say {token}",), overrides=[f"model={token}"]
    )
    write(registry(workspace))
    assert token not in book.read(workspace)


def test_a_sweep_is_one_finding(workspace: Workspace) -> None:
    points = ({"grpo.beta": 0.1}, {"grpo.beta": 0.2})
    asked = {"hypothesis": "More KL is better.", "primary": "best - baseline >= 0.2"}
    axes = {"grpo.beta": (0.1, 0.2)}
    write_sweep(
        workspace,
        Sweep(
            "kl-abcd", "study", created_at=BORN, axes=axes, points=points, contract=asked, baseline=points[0]
        ),
    )
    write_sweep(workspace, Sweep("own-bcde", "study", created_at=BORN + 1, axes=axes, points=points))
    for number, level in ((1, 0.3), (2, 0.9)):
        for sweep, contract in (("kl-abcd", None), ("own-bcde", CONTRACT)):
            place = Place(sweep, number, points[number - 1]).to_json()
            run_id = f"{sweep[:2]}{number}-aaaa"
            study(workspace, run_id, {"beta": number / 10}, level, day=number, sweep=place, contract=contract)
    found = {one.id: one for one in read_findings(registry(workspace))}
    assert {key: one.said for key, one in found.items()} == {
        "sweep:kl-abcd": "supported (the best is unconfirmed)",
        "sweep:own-bcde": "not decided",
    }
    write(registry(workspace))
    text = "\n".join(book.shown(book.read(workspace)))
    assert "## 2025-06-15 Sweep kl-abcd" in text
    assert "### All runs" in text
    assert "kl1-aaaa" in text
    assert "## 2025-06-16 kl1-aaaa" not in text
    assert write(registry(workspace)) == Written(0, 0, 0)


def test_a_comparison_is_written_when_asked_and_then_kept_up_to_date(workspace: Workspace) -> None:
    study(workspace, "one-aaaa")
    study(workspace, "two-bbbb", {"beta": 0.2}, 0.3, day=1)
    write(registry(workspace))
    assert "Compared" not in book.read(workspace)
    assert write(registry(workspace), compared=["one-aaaa", "two-bbbb"]) == Written(1, 0, 0)
    text = book.read(workspace)
    assert "## 2025-06-16 Compared: A one-aaaa and B two-bbbb" in text
    assert "- B changes one thing: beta." in text
    assert "| beta | 0.1 | 0.2 |" in text
    remarks.judge(workspace, "two-bbbb", "degenerate")
    assert write(registry(workspace)).updated == 2
    assert "| your verdict |" in book.read(workspace)
    parts = [lines for block, lines in book.parts(text) if not block.startswith("compare:")]
    workspace.journal.write_text("\n".join(line for lines in parts for line in lines))
    assert "Compared" not in book.read(workspace)
    write(registry(workspace), compared=["one-aaaa", "two-bbbb"])
    assert "Compared" in book.read(workspace), "asked for by name, it comes back"
    assert write(registry(workspace), compared=["one-aaaa", "gone-cccc"]).new == 0


def test_a_rebuilt_index_changes_nothing(workspace: Workspace) -> None:
    study(workspace, "met-aaaa", contract=CONTRACT, human="good", tags=("a", "b"))
    write(registry(workspace))
    before = book.read(workspace)
    for name in ("runs.db", "runs.db-wal", "runs.db-shm"):
        (workspace.root / name).unlink(missing_ok=True)
    assert write(registry(workspace)) == Written(0, 0, 0)
    assert book.read(workspace) == before
