"""Devices and leases. No test machine has a GPU, so NVML is played by a class with its calls."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from grpotui import format as fmt
from grpotui.errors import UserError
from grpotui.launch.machine import devices, leases, nvml, sharing
from grpotui.launch.machine.device import CPU, Device
from grpotui.launch.queue import held_up, tick, waiting
from grpotui.records import RunKind, Status
from grpotui.stream import read_json, write_json
from grpotui.workspace import RUNTIME_VARIABLE, Workspace, runtime_dir
from tests.launch.lab import Lab, until

GB = 10**9


@dataclass
class Nvml:
    """Two GPUs, the second divided into two instances when ``mig``."""

    used: dict[str, int] = field(default_factory=dict)
    pids: dict[str, list[int]] = field(default_factory=dict)
    drawing: dict[str, int] = field(default_factory=dict)
    mig: bool = False
    nvmlMemory_v2 = 2  # noqa: N815

    class NVMLError(Exception):
        pass

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:  # noqa: N802
        return f"GPU-{'ab'[index]}"

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:  # noqa: N802
        return uuid

    def nvmlDeviceGetUUID(self, handle: str) -> str:  # noqa: N802
        return handle

    def nvmlDeviceGetName(self, handle: str) -> bytes:  # noqa: N802
        return b"NVIDIA Test"

    def nvmlDeviceGetMemoryInfo(self, handle: str, version: int = 1) -> Any:  # noqa: N802
        return SimpleNamespace(total=80 * GB, used=self.used.get(handle, 0))

    def nvmlDeviceGetMigMode(self, handle: str) -> tuple[int, int]:  # noqa: N802
        divided = int(self.mig and handle == "GPU-b")
        return divided, divided

    def nvmlDeviceGetMaxMigDeviceCount(self, handle: str) -> int:  # noqa: N802
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, handle: str, number: int) -> str:  # noqa: N802
        if number > 1:
            raise self.NVMLError
        return f"MIG-{number}"

    def nvmlDeviceGetComputeRunningProcesses(self, handle: str) -> list[Any]:  # noqa: N802
        return [SimpleNamespace(pid=pid) for pid in self.pids.get(handle, [])]

    def nvmlDeviceGetGraphicsRunningProcesses(self, handle: str) -> list[Any]:  # noqa: N802
        return [SimpleNamespace(usedGpuMemory=self.drawing.get(handle, 0))]


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Nvml:
    found = Nvml()
    monkeypatch.setattr(nvml, "binding", lambda: found)
    monkeypatch.delenv("GRPOTUI_FAKE_DEVICES", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return found


def keys(visible: str | None = None) -> list[str]:
    return [device.key for device in devices.detect(visible)]


def stranger(device: Device) -> str:
    return sharing.foreign(device, sharing.look(device), ())


def test_without_a_driver_there_is_the_cpu() -> None:
    *gpus, last = devices.detect()
    assert last == CPU
    assert all(device.is_gpu for device in gpus)
    assert "CPU" in devices.describe()


def test_gpus_come_first_and_instances_in_the_place_of_a_divided_one(driver: Nvml) -> None:
    assert keys() == ["GPU-a", "GPU-b", "cpu"]
    driver.mig = True
    assert keys() == ["GPU-a", "MIG-0", "MIG-1", "cpu"]
    assert devices.detect()[1].label == "GPU 1:0"


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ("1", ["GPU-b"]),
        ("1,0", ["GPU-b", "GPU-a"]),
        ("GPU-b", ["GPU-b"]),
        ("", []),
        ("-1", []),
        ("0,7,1", ["GPU-a"]),
    ],
)
def test_cuda_visible_devices_is_respected(
    driver: Nvml, monkeypatch: pytest.MonkeyPatch, visible: str, expected: list[str]
) -> None:
    assert keys(visible) == [*expected, "cpu"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert keys() == [*expected, "cpu"]


def test_who_uses_a_gpu(driver: Nvml) -> None:
    gpu = devices.detect()[0]
    assert stranger(gpu) == ""
    driver.used["GPU-a"] = 3 * GB
    assert stranger(gpu) == ""
    driver.used["GPU-a"] = 61 * GB
    assert stranger(gpu) == "in use by unknown processes, 61 GB"
    driver.drawing["GPU-a"] = 60 * GB
    assert stranger(gpu) == ""
    driver.pids["GPU-a"] = [os.getpid()]
    assert f"of yours outside grpotui (pid {os.getpid()})" in stranger(gpu)


def test_a_gpu_in_use_is_not_taken_and_the_next_one_is(lab: Lab, driver: Nvml) -> None:
    driver.used["GPU-a"] = 61 * GB
    first = lab.launch("hold=1", device="auto")
    lab.until(first, Status.RUNNING)
    seen = (read_json(first.attempt_json(1)) or {})["environment"]
    assert seen["CUDA_VISIBLE_DEVICES"] == "GPU-b"
    second = lab.launch(device="cuda")
    reason = f"GPU 0 in use by unknown processes, 61 GB; GPU 1 busy with {first.id}"
    assert waiting(lab.workspace) == {second.id: reason}
    assert held_up(lab.workspace)
    on_cpu = lab.launch("steps=1")
    assert lab.ended(on_cpu) is Status.FINISHED
    lab.go(first)
    lab.ended(first)
    tick(lab.workspace, 10)  # the ending runner, which has the lock now, knows of no GPU
    assert lab.ended(second) is Status.FINISHED


def test_a_run_that_insists_on_a_gpu_is_refused_without_one(lab: Lab) -> None:
    for more in ({"kind": RunKind.EVAL}, {}):
        with pytest.raises(UserError, match="device: no GPU that it may use: it would wait"):
            lab.launch(device="cuda", **more)
    assert list(lab.workspace.runs()) == []
    run = lab.launch(device="cuda", force=True)
    assert waiting(lab.workspace) == {run.id: "no GPU that it may use"}
    assert lab.statuses(run) == ["queued"]


def test_a_lease_names_its_holder_and_ends_with_its_last_descriptor(workspace: Workspace) -> None:
    run = workspace.new_run("mine")
    (lease,) = leases.acquire([CPU], run)
    assert leases.holders(CPU) == [sharing.Holder(run.id, str(workspace.root))]
    assert leases.acquire([CPU], run) == []
    kept = os.dup(lease.fd)
    lease.close()
    assert leases.holders(CPU)
    os.close(kept)
    assert leases.holders(CPU) == []


def test_a_lease_outlives_a_killed_runner(lab: Lab) -> None:
    run = lab.launch("hold=1")
    lab.until(run, Status.RUNNING)
    lab.kill(run, "runner")
    assert [holder.run for holder in leases.holders(CPU)] == [run.id]
    lab.kill(run, "trainer")
    until(lambda: leases.holders(CPU) == [])


def test_workspaces_share_devices_and_wake_each_other(lab: Lab, tmp_path: Path) -> None:
    other = Lab(Workspace(tmp_path / "other"))
    other.workspace.create()
    (other.workspace.presets / "fake.toml").write_text((lab.workspace.presets / "fake.toml").read_text())
    try:
        first = lab.launch("hold=1")
        second = other.launch("steps=2")
        reason = f"CPU busy with {first.id} of {lab.workspace.root}"
        assert waiting(other.workspace) == {second.id: reason}
        lab.go(first)
        assert other.ended(second) is Status.FINISHED
    finally:
        other.clean_up()


def test_a_runtime_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.setenv(RUNTIME_VARIABLE, str(tmp_path / "link"))
    with pytest.raises(UserError, match="belongs to somebody else"):
        runtime_dir()
    monkeypatch.setenv(RUNTIME_VARIABLE, str(tmp_path / "new"))
    assert runtime_dir().stat().st_mode & 0o777 == 0o700
    assert leases.holders(Device("x", "X", "x")) == []


def test_without_a_runtime_folder_a_run_stays_queued(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUNTIME_VARIABLE, "/proc/nowhere")
    assert tick(lab.workspace) == []
    with pytest.raises(
        UserError, match="is queued, but nothing can be started now: cannot make /proc/nowhere"
    ):
        lab.launch()
    with lab.registry() as registry:
        assert [row.status for row in registry.queued()] == [Status.QUEUED]


@contextmanager
def process_of(run_id: str) -> Iterator[int]:
    """A process that bears the mark of a run."""
    environment = {**os.environ, "GRPOTUI_RUN_ID": run_id}
    process = subprocess.Popen([sys.executable, "-c", "input()"], env=environment, stdin=subprocess.PIPE)
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def test_a_run_of_two_gpus_sees_both(lab: Lab, driver: Nvml) -> None:
    run = lab.launch("hold=1", device="cuda", overrides=("launch.devices=2",))
    lab.until(run, Status.RUNNING)
    seen = (read_json(run.attempt_json(1)) or {})["environment"]
    assert seen["CUDA_VISIBLE_DEVICES"] == "GPU-a,GPU-b"
    assert [device["label"] for device in lab.process(run)["devices"]] == ["GPU 0", "GPU 1"]


def test_the_processes_of_runs_that_share_a_gpu_are_no_strangers(driver: Nvml) -> None:
    gpu = devices.detect()[0]
    ours = sharing.Holder("ours-aaaa", "/w", slots=0, memory=30 * GB)
    need = sharing.Need(memory=20 * GB)
    driver.used["GPU-a"] = 61 * GB
    with process_of("ours-aaaa") as pid:
        driver.pids["GPU-a"] = [pid]
        assert sharing.foreign(gpu, sharing.look(gpu), [ours]) == ""
        assert "of yours outside grpotui" in sharing.foreign(gpu, sharing.look(gpu), [])
        driver.pids["GPU-a"] = [pid, os.getpid()]
        stranger = f"used by a process of yours outside grpotui (pid {os.getpid()}), 61 GB"
        assert sharing.obstacle(gpu, need, [ours]) == stranger


@pytest.mark.parametrize(
    ("used", "asked", "free"),
    [(0, [], 80), (10, [], 70), (0, [30], 50), (10, [30], 50), (45, [30], 35), (45, [30, 40], 10)],
)
def test_memory_that_was_asked_for_is_not_free(driver: Nvml, used: int, asked: list[int], free: int) -> None:
    """In a container nobody can tell whose memory is in use: ours as far as it was asked for."""
    driver.used["GPU-a"] = used * GB
    gpu = devices.detect()[0]
    there = [sharing.Holder(f"run-{n}", "/w", n, 0, size * GB) for n, size in enumerate(asked)]
    assert sharing.free_memory(gpu, sharing.look(gpu), there) == free * GB


def test_the_device_is_told_by_the_machines_number(lab: Lab, driver: Nvml) -> None:
    driver.pids["GPU-a"] = [os.getpid()]
    run = lab.launch("hold=1", device="cuda")
    lab.until(run, Status.RUNNING)
    told = read_json(run.attempt_json(1)) or {}
    write_json(run.attempt_json(1), {**told, "device": "cuda:0 NVIDIA Test"})
    assert lab.summary(run).device == "cuda:1 NVIDIA Test"
    assert fmt.device(lab.summary(run).device) == "GPU1"
