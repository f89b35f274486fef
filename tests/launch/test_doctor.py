"""``doctor``: what it checks, and what it says to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grpotui.launch.check import doctor
from grpotui.launch.check.doctor import Finding, examine
from grpotui.launch.machine import devices, nvml
from grpotui.launch.machine.device import CPU, Device
from grpotui.launch.machine.identity import marked
from grpotui.registry import place
from grpotui.workspace import Workspace
from tests.faults.disks import fill, small_disk
from tests.launch.lab import Lab, opened, until
from tests.support import Cli


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    yield from opened(workspace, monkeypatch)


def of(workspace: Workspace | None, check: str) -> list[Finding]:
    return [finding for finding in examine(workspace) if finding.check == check]


def test_all_is_well_in_a_new_workspace(cli: Cli) -> None:
    done = cli("doctor", "--json")
    assert done.code == 0, done.out
    checks = {finding["check"]: finding for finding in done.json}
    wanted = {"python", "trl", "devices", "driver", "file system", "disk", "permissions", "runs.db"}
    assert wanted <= set(checks)
    assert checks["leases"]["message"] == "every device is free"
    assert checks["orphans"]["message"] == "none"
    assert "✖" not in cli("doctor").out


def test_without_a_workspace_the_machine_is_checked(cli: Cli) -> None:
    done = cli("doctor", in_workspace=False)
    assert done.code == 0 and "grpotui init" in done.out


def test_a_package_outside_its_range_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda name: "0.9.6")
    found = {finding.check: finding for finding in examine(None)}
    assert found["trl"].level == "bad" and "0.9.6, but" in found["trl"].message


def test_a_torch_without_cuda_beside_a_gpu_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = Device("GPU-a", "GPU 0", "NVIDIA Test", 10**10)
    monkeypatch.setattr(devices, "detect", lambda visible=None, fake=None: [gpu, CPU])
    monkeypatch.setattr(nvml, "driver", lambda: ("550.54", ""))
    monkeypatch.setattr(doctor, "_torch_build", lambda: "2.9.0+cpu")
    assert [f.message for f in of(None, "driver")] == ["NVIDIA 550.54"]
    assert of(None, "torch")[-1].level == "bad"
    monkeypatch.setattr(nvml, "driver", lambda: ("", "Driver/library version mismatch"))
    assert of(None, "driver")[0].level == "bad"


def test_a_network_file_system_keeps_its_index_elsewhere(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_kind", lambda root, device: "nfs4")
    monkeypatch.setattr(doctor, "file_system", lambda path: "nfs4")
    (finding,) = of(workspace, "file system")
    assert finding.level == "warn" and "one machine" in finding.message
    (index,) = of(workspace, "runs.db")
    assert index.level == "ok" and "(nfs4)" in index.message
    assert not workspace.db.exists()


def test_a_damaged_registry_is_bad(cli: Cli, workspace: Workspace) -> None:
    workspace.db.write_bytes(b"no database" * 100)
    done = cli("doctor")
    assert done.code == 1 and "rebuild" in done.out


def test_what_others_may_read_or_write(workspace: Workspace) -> None:
    for mode, level in ((0o755, "warn"), (0o777, "bad"), (0o700, "ok")):
        workspace.logs.chmod(mode)
        assert [f.level for f in of(workspace, "permissions")] == [level]


def test_a_full_disk_is_bad(tmp_path: Path, cli: Cli) -> None:
    with small_disk(tmp_path / "disk") as disk:
        workspace = Workspace(disk / "work")
        workspace.create()
        fill(disk)
        assert [f.level for f in of(workspace, "disk")] == ["bad"]
        assert [f.level for f in of(workspace, "runs.db")] == ["ok"]


def test_orphans_and_their_leases_are_found(lab: Lab, cli: Cli) -> None:
    run = lab.launch("steps=100000", "litter")
    lab.until_step(run, 1)
    until(lambda: len(marked(run)) == 2)
    assert [f.level for f in (*of(lab.workspace, "orphans"), *of(lab.workspace, "leases"))] == ["ok", "ok"]
    lab.kill(run, "runner")
    found = of(lab.workspace, "orphans")
    assert len(found) == 2 and all("takes it over" in f.message and run.id in f.message for f in found)
    (lease,) = of(lab.workspace, "leases")
    assert lease.level == "warn" and run.id in lease.message
    assert cli("ls").code == 0
    until(lambda: lab.process(run)["adopted"])
    assert [f.level for f in (*of(lab.workspace, "orphans"), *of(lab.workspace, "leases"))] == ["ok", "ok"]


def test_orphans_of_a_run_that_is_gone_are_found(lab: Lab) -> None:
    run = lab.launch("steps=100000")
    lab.until_step(run, 1)
    trainer = lab.pid(run, "trainer")
    known = marked(run)
    lab.kill(run, "runner")
    kept = lab.workspace.root / "kept"
    run.path.rename(kept)
    (finding,) = of(lab.workspace, "orphans")
    assert f"kill {trainer}" in finding.message and "gone" in finding.message
    kept.rename(run.path)
    assert marked(run) == known
