"""A probe whose points all tie refutes no hypothesis before its best is confirmed."""

from __future__ import annotations

from grpotui.analysis.journal.hypotheses import read_findings
from grpotui.analysis.sweep.promise import TIED, UNCONFIRMED
from grpotui.records import RunKind
from grpotui.workspace import Workspace
from tests.analysis.sweep.made import Made, grid

CONTRACT = {"hypothesis": "Hotter is better.", "primary": "best - baseline >= 0.3"}
MORE = {"baseline": {"grpo.temperature": 0.6}, "contract": CONTRACT}


def probe(workspace: Workspace, less: float, turns: bool) -> Made:
    """Two points; the second is better by ``less``, or so at every second prompt and worse at the others."""
    made = Made(workspace, *grid(temperature=(0.6, 1.0)), RunKind.ROLLOUTS, more=dict(MORE))
    low = {f"prompt {n}": [0.4 + 0.01 * n] * 4 for n in range(8)}
    signs = [-1 if turns and n % 2 else 1 for n in range(8)]
    high = {
        prompt: [value + sign * less + 0.001 * n for value in values]
        for n, (sign, (prompt, values)) in enumerate(zip(signs, low.items(), strict=True))
    }
    made.asks(1, low)
    made.asks(2, high)
    return made


def test_a_criterion_that_a_tied_best_fails_is_inconclusive(workspace: Workspace) -> None:
    made = probe(workspace, 0.2, turns=True)
    found = made.study()
    assert len(found.ranking.ties) == 1
    assert [(mark.state, mark.why) for mark in found.marks] == [("inconclusive", TIED)]
    (finding,) = read_findings(made.registry(), "")
    assert finding.supported is None


def test_a_best_that_stands_out_and_fails_settles_it(workspace: Workspace) -> None:
    made = probe(workspace, 0.2, turns=False)
    found = made.study()
    assert found.ranking.ties == ()
    assert [(mark.state, mark.why) for mark in found.marks] == [("not met", UNCONFIRMED)]
    (finding,) = read_findings(made.registry(), "")
    assert finding.supported is False
