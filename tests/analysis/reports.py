"""What tests of reports look at."""

from __future__ import annotations

from grpotui.analysis.report.build import Report, build
from grpotui.analysis.report.selecting import choose
from grpotui.analysis.report.statement import Table
from grpotui.workspace import Workspace
from tests.analysis.studies import registry, study

TEN = "sentence_length_10"


def report(workspace: Workspace, *refs: str, **by: str) -> Report:
    reader = registry(workspace)
    return build(reader, choose(reader, refs, **by))


def said(found: Report, title: str) -> list[str]:
    """Return the sentences of a section, with their labels."""
    lines = (one for part in found.sections if part.title == title for one in part.statements)
    return [f"{one.label}: {one.text}" if one.label else one.text for one in lines]


def table(found: Report) -> list[dict[str, str]]:
    (block,) = [b for part in found.sections for b in part.blocks if isinstance(b, Table)]
    return [dict(zip(block.headers, row, strict=True)) for row in block.rows]


def cliff(workspace: Workspace) -> None:
    """Write the seed sweep in small: learns but collapses with little KL, does not learn with much."""
    for day, (run_id, beta, level) in enumerate((("b000-aaaa", 0.0, 0.95), ("b002-bbbb", 0.02, 0.9))):
        study(
            workspace, run_id, {"beta": beta}, level,
            day=day, reward=TEN, verdict="collapsed", cause="template",
        )  # fmt: skip
    study(workspace, "b010-cccc", {"beta": 0.1}, 0.1, day=2, reward=TEN)
    study(workspace, "b030-dddd", {"beta": 0.3}, 0.1, day=3, reward=TEN)
    study(
        workspace,
        "happy-eeee",
        {"beta": 0.02},
        0.97,
        day=4,
        reward="happy_binary",
        binary=True,
        verdict="solved",
    )
    study(workspace, "plan-ffff", {"beta": 0.04}, day=5, status="draft", reward=TEN)
