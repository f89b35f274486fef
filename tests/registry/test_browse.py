"""The order of runs and the filter language, on real rows."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from grpotui.registry import connect, sync
from grpotui.registry.browse import Overview, overview, summaries
from grpotui.registry.filters import parse
from grpotui.workspace import Workspace
from tests.writing import RunWriter

NOW = 1_800_000_000.0
DAY = 86400.0


def make(
    workspace: Workspace, run_id: str, status: str, verdict: str = "", age: float = 3600, **more: Any
) -> None:
    """Write a run that is ``age`` seconds old, and ended ``ended`` seconds ago."""
    born = NOW - age
    writer = RunWriter(workspace.run(run_id), born)
    grpo = {"beta": more.get("beta", 0.1), "loss_type": "dapo"}
    told = {name: more[name] for name in ("name", "tags", "seed") if name in more}
    writer.asked(**{"seed": None, **told}, config={"model": "tiny", "grpo": grpo})
    effective = {"grpo": {**grpo, "epsilon": 0.2, "fp16": False}}
    writer.attempt(config=effective, max_steps=40, seed=None)
    writer.status("running", at=born)
    if "step" in more:
        writer.step = more["step"] - 1
        writer.log_step(reward=more.get("reward", 0.5))
    if verdict:
        writer.verdict(1, verdict, "", more.get("cause", ""), born + 1)
    if status != "running":
        writer.ended(status, at=NOW - more.get("ended", age))
    if "note" in more:
        writer.note(more["note"], born)
    if "human" in more:
        writer.event("human_verdict", born, verdict=more["human"])
    writer.close()


def look(workspace: Workspace, text: str = "", since: float | None = None) -> Overview:
    conn = connect(workspace)
    sync(conn, workspace)
    found = overview(conn, parse(text), NOW, since)
    conn.close()
    return found


def test_attention_then_live_then_newest(workspace: Workspace) -> None:
    make(workspace, "old", "finished", age=9000)
    make(workspace, "new", "finished", age=10)
    make(workspace, "live", "running", age=5000)
    make(workspace, "queued", "queued", age=4000)
    make(workspace, "failed", "failed", age=8000)
    make(workspace, "lost", "lost", age=7000)
    make(workspace, "template", "running", "collapsed", age=6000)
    make(workspace, "flat", "finished", "no-signal", age=6500)
    make(workspace, "warned", "finished", "warning", age=20)
    found = look(workspace)
    assert found.ids == ("template", "flat", "lost", "failed", "queued", "live", "new", "warned", "old")
    assert (found.total, found.live, found.attention, found.walk) == (9, 2, 4, (0, 1, 2, 3))
    assert found.happened == ()


def test_trouble_is_news_for_three_days_or_until_a_person_has_judged(workspace: Workspace) -> None:
    make(workspace, "new", "failed", age=4 * DAY, ended=2 * DAY)
    make(workspace, "past", "failed", age=9 * DAY, ended=4 * DAY)
    make(workspace, "live", "running", "collapsed", age=30 * DAY, human="degenerate")
    make(workspace, "read", "finished", "collapsed", age=DAY, human="good")
    make(workspace, "unread", "finished", "collapsed", age=DAY + 1, human="none")
    found = look(workspace)
    assert found.ids[:3] == ("unread", "new", "live")
    assert found.attention == 3


def test_what_happened_since_counts_each_run_once(workspace: Workspace) -> None:
    make(workspace, "before", "finished", age=9000, ended=8000)
    make(workspace, "done", "finished", age=9000, ended=60)
    make(workspace, "bad", "finished", "collapsed", age=500, ended=60)
    make(workspace, "gone", "lost", "collapsed", age=500, ended=60)
    make(workspace, "cut", "stopped", age=9000, ended=60)
    make(workspace, "solved", "running", "solved", age=500)
    found = look(workspace, since=NOW - 1000)
    expected = (("lost", 1), ("collapsed", 1), ("solved", 1), ("finished", 1), ("stopped", 1))
    assert found.happened == expected
    assert {found.ids[place] for place in found.walk} == {"bad", "gone", "done", "cut", "solved"}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", {"a-1", "b-2", "c-3"}),
        ("a-", {"a-1"}),
        ("COLLAPSED", {"b-2"}),
        ("stories  run", {"a-1"}),
        ("template b-2", {"b-2"}),
        ("beta was", set()),
        ("was beta", set()),
        ("tried", {"a-1"}),
        ("ÉTUDE", {"c-3"}),
        ("%", set()),
        ("'; DROP TABLE runs", set()),
        ("status:finished", {"b-2", "c-3"}),
        ("status:fin,run", {"a-1", "b-2", "c-3"}),
        ("verdict:coll", {"b-2"}),
        ("human:good", {"c-3"}),
        ("human:none", {"a-1", "b-2"}),
        ("tag:stor", {"a-1"}),
        ("tag:", {"a-1"}),
        ("tag:ories", set()),
        ("step>=12", {"a-1"}),
        ("step<12", {"b-2", "c-3"}),
        ("step<12 reward>0.8", {"b-2"}),
        ("seed=7", {"a-1"}),
        ("grpo.beta>=0.1", {"a-1", "c-3"}),
        ("grpo.beta=0.040", {"b-2"}),
        ("grpo.beta!=0.1 status:finished", {"b-2"}),
        ("grpo.epsilon=0.2", {"a-1", "b-2", "c-3"}),
        ("grpo.loss_type=DAPO", {"a-1", "b-2", "c-3"}),
        ("grpo.fp16=false", {"a-1", "b-2", "c-3"}),
        ("grpo.nothing=1", set()),
        ("grpo.nothing=none", {"a-1", "b-2", "c-3"}),
        ("model=tiny", {"a-1", "b-2", "c-3"}),
        ("x:y", set()),
    ],
)
def test_filters(workspace: Workspace, text: str, ids: set[str]) -> None:
    make(workspace, "a-1", "running", tags=["stories"], note="beta tried", step=12, reward=0.3, seed=7)
    make(workspace, "b-2", "finished", "collapsed", cause="template", step=4, reward=0.9, beta=0.04)
    make(workspace, "c-3", "finished", name="Étude", human="good", step=3, reward=0.1)
    found = look(workspace, text)
    assert set(found.ids) == ids
    assert found.total == 3
    assert parse(text).problem == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("step>=", "write a number"),
        ("step>=x", "write a number"),
        ("stepp>=1", "did you mean step?"),
        ("statos:failed", "statos: did you mean status:?"),
        ("zzz>1", "no field zzz"),
        ("status:nope", "one of draft, queued"),
        ("status=failed", "write status:failed"),
        ("grpo.beta>=", "write a value"),
        ("grpo.\x1b[31m=1", ""),
        ("a..b=1", "is no field"),
    ],
)
def test_what_cannot_be_understood_is_said_and_asks_for_nothing(
    workspace: Workspace, text: str, said: str
) -> None:
    make(workspace, "a-1", "running", step=12)
    found = parse(text)
    assert said in found.problem
    assert found.problem.isprintable()
    assert set(look(workspace, f"a-1 {text}").ids) <= {"a-1"}


def test_summaries_by_id(workspace: Workspace) -> None:
    for number in range(3):
        make(workspace, f"run-{number}", "finished", human="unsure", tags=["x", "y"])
    look(workspace)
    conn: sqlite3.Connection = connect(workspace)
    found = summaries(conn, ["run-2", "gone", "run-0"])
    assert set(found) == {"run-2", "run-0"}
    assert found["run-2"].human == "unsure"
    assert found["run-2"].tags == ("x", "y")
