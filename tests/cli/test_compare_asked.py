"""What ``grpotui compare`` is asked for: one form, another run than the baseline, steps by samples."""

from __future__ import annotations

import pytest

from grpotui.registry.desk import write_pin
from grpotui.workspace import Workspace
from tests.analysis.test_compare import write
from tests.support import Cli


def test_the_baseline_is_not_compared_with_itself(workspace: Workspace, cli: Cli) -> None:
    write(workspace, "base-aaaa")
    write_pin(workspace, "base-aaaa")
    found = cli("compare", "aaaa")
    assert (found.code, found.out) == (2, "")
    assert "base-aaaa is the baseline itself: name another run" in found.err
    assert "named twice" not in found.err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--json", "--csv"), "one form at a time: --json or --csv"),
        (("--csv", "--json"), "one form at a time: --csv or --json"),
        (("--markdown", "--csv", "--json"), "one form at a time: --markdown or --csv"),
    ],
)
def test_several_forms_are_refused(workspace: Workspace, cli: Cli, asked: tuple[str, ...], said: str) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb")
    found = cli("compare", "aaaa", "bbbb", *asked)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert len(found.err.splitlines()) == 1


def test_every_form_names_the_steps_that_are_after_as_many_samples(workspace: Workspace, cli: Cli) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"per_device_train_batch_size": 64})
    said = "Batches differ, so runs are aligned by samples: step 120 of A, step 30 of B are after as many."
    for form in ((), ("--markdown",), ("--csv",)):
        assert said in cli("compare", "aaaa", "bbbb", *form).out
    found = cli("compare", "aaaa", "bbbb", "--json").json
    assert (found["aligned_by"], found["aligned_at"]) == ("samples", {"A": 120, "B": 30})
    write(workspace, "like-cccc")
    assert "aligned by samples" not in cli("compare", "aaaa", "cccc").out
    assert cli("compare", "aaaa", "cccc", "--json").json["aligned_at"] == {}
