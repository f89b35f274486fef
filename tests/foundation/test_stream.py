from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grpotui import stream
from grpotui.stream import LineWriter, Tail, encode_line, parse_line, read_json, read_line, write_json


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def steps(tail: Tail, **options: int) -> list[Any]:
    return [line.data.get("step") for line in tail.read(**options)]


def append(path: Path, raw: bytes) -> None:
    with path.open("ab") as file:
        file.write(raw)


def test_what_is_written_is_read_once(path: Path) -> None:
    writer, tail = LineWriter(path), Tail(path)
    assert tail.read() == []
    for step in range(3):
        assert writer.append({"step": step})
    assert steps(tail) == [0, 1, 2]
    assert not tail.changed()
    writer.append({"step": 3})
    assert tail.changed()
    assert steps(tail) == [3]
    assert steps(tail) == []
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_saved_place_goes_on(path: Path) -> None:
    writer, tail = LineWriter(path), Tail(path)
    writer.append({"step": 1})
    tail.read()
    writer.append({"step": 2})
    assert steps(Tail(path, tail.inode, tail.offset)) == [2]


def test_a_line_can_be_read_again_at_its_place(path: Path) -> None:
    append(path, '{"step": 1, "text": "äöü"}\n{"step": 2}\n'.encode())
    for line in Tail(path).read():
        assert read_line(path, line.offset, line.length) == line.data
    assert read_line(path, 5, 10) is None
    assert read_line(path, 10**12, 10) is None
    assert read_line(path, -1, 10) is None
    assert read_line(path.with_name("none"), 0, 10) is None


def test_a_torn_line_waits_for_its_rest(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"step": 1}\n{"st')
    assert steps(tail) == [1]
    assert tail.changed()
    assert steps(tail) == []
    append(path, b'ep": 2}\n')
    assert steps(tail) == [2]
    assert tail.bad_lines == 0


def test_a_new_writer_ends_the_torn_line_of_a_dead_one(path: Path) -> None:
    append(path, b'{"step": 1}\n{"step": 2, "tex')
    assert LineWriter(path).append({"step": 3})
    tail = Tail(path)
    assert steps(tail) == [1, 3]
    assert tail.bad_lines == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\xff\xfe\x80",
        b"\x1f\x8b\x08" + bytes(range(256)).replace(b"\n", b""),
        b"null",
        b"[1, 2]",
        b'"text"',
        b'{"step": 1',
        b'{"step": }',
        b'{"step": 1} trailing',
        b'{"a":' * 100_000,
        b'{"step":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"step":' + b"9" * 5000 + b"}",
    ],
    ids=[
        "binary",
        "gzip",
        "null",
        "list",
        "text",
        "torn",
        "hole",
        "trailing",
        "deep-open",
        "deep",
        "long-number",
    ],
)
def test_a_bad_line_is_counted_and_the_next_one_read(path: Path, raw: bytes) -> None:
    append(path, b'{"step": 1}\n' + raw + b'\n\n   \n{"step": 2}\n')
    tail = Tail(path)
    assert steps(tail) == [1, 2]
    assert tail.bad_lines == 1
    assert tail.offset == path.stat().st_size


def test_depth_up_to_the_limit_is_read() -> None:
    inner = stream.MAX_DEPTH - 1
    assert parse_line(b'{"a":' + b"[" * inner + b"]" * inner + b"}") is not None
    assert parse_line(b'{"a":' + b"[" * (inner + 1) + b"]" * (inner + 1) + b"}") is None


def test_not_a_number_is_read_as_null(path: Path) -> None:
    append(path, b'{"step": 1, "kl": NaN, "loss": -Infinity, "x": {"y": [NaN]}}\n')
    (line,) = Tail(path).read()
    assert line.data == {"step": 1, "kl": None, "loss": None, "x": {"y": [None]}}


def test_not_a_number_is_written_as_null_and_named() -> None:
    line = encode_line({"step": 1, "kl": math.nan, "loss": math.inf, "inner": {"x": [math.nan]}})
    data = json.loads(line)
    assert data == {"step": 1, "kl": None, "loss": None, "inner": {"x": [None]}, "nonfinite": ["kl", "loss"]}
    assert line.count(b"\n") == 1


def test_odd_values_cost_no_line(path: Path) -> None:
    writer = LineWriter(path)
    assert writer.append({"text": "a\nb\u2028\ud800\x00", "path": Path("/x"), "set": {1}, "big": 10**30})
    (line,) = Tail(path).read()
    assert line.data["text"] == "a\nb\u2028\ud800\x00"
    assert line.data["path"] == "/x"


def test_lines_that_are_too_long_are_skipped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_LINE", 4000)
    monkeypatch.setattr(stream, "_CHUNK", 1000)
    append(path, b'{"step": 1}\n{"text": "' + b"x" * 9000 + b'"}\n{"step": 2}\n')
    tail = Tail(path)
    assert steps(tail) == [1, 2]
    assert tail.bad_lines == 1


def test_a_line_that_never_ends_is_read_once_and_then_skipped(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MAX_LINE", 4000)
    monkeypatch.setattr(stream, "_CHUNK", 1000)
    tail = Tail(path)
    append(path, b'{"step": 1}\n' + b"x" * 10_000)
    assert steps(tail) == [1]
    assert path.stat().st_size - tail.offset <= 5000
    append(path, b'{"step": 66}\n{"step": 2}\n')
    assert steps(tail) == [2]
    assert tail.bad_lines == 1


def test_a_saved_place_within_a_long_line_reads_none_of_its_rest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MAX_LINE", 4000)
    monkeypatch.setattr(stream, "_CHUNK", 1000)
    append(path, b"x" * 5000)
    tail = Tail(path)
    assert tail.read() == []
    assert tail.offset == 5000
    append(path, b'{"step": 66}\n{"step": 2}\n')
    assert steps(Tail(path, tail.inode, tail.offset)) == [2]


def test_the_real_limit_holds_for_a_real_line(path: Path) -> None:
    append(path, b'{"text": "' + b"x" * stream.MAX_LINE + b'"}\n{"step": 2}\n')
    tail = Tail(path)
    assert steps(tail) == [2]
    assert tail.bad_lines == 1


@pytest.mark.parametrize("size", [1, 7, 64, 1024, 10**6])
def test_reading_in_portions_loses_nothing(path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_CHUNK", 16)
    for step in range(50):
        append(path, encode_line({"step": step, "text": "x" * (step * 7 % 90)}))
    tail, found = Tail(path), []
    for _ in range(60):
        found += steps(tail, max_bytes=size)
    assert found == list(range(50))


def test_a_replaced_file_is_read_from_its_start(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"step": 1}\n{"step": 2}\n')
    tail.read()
    other = path.with_name("other")
    append(other, b'{"step": 7}\n{"step": 8}\n{"step": 9}\n')
    other.replace(path)
    assert tail.changed()
    assert steps(tail) == [7, 8, 9]


def test_a_truncated_file_is_read_from_its_start(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"step": 1}\n{"step": 2}\n')
    tail.read()
    path.write_bytes(b'{"step": 5}\n')
    assert tail.changed()
    assert steps(tail) == [5]


def test_a_removed_file_is_no_change(path: Path) -> None:
    tail = Tail(path)
    append(path, b'{"step": 1}\n')
    tail.read()
    path.unlink()
    assert not tail.changed()
    assert tail.read() == []


def test_links_folders_and_pipes_are_no_streams(tmp_path: Path) -> None:
    secret, link = tmp_path / "secret", tmp_path / "link"
    secret.write_text('{"step": 1}\n')
    link.symlink_to(secret)
    folder, pipe = tmp_path / "folder", tmp_path / "pipe"
    folder.mkdir()
    os.mkfifo(pipe)
    for path in (link, folder, pipe, tmp_path / "none" / "x", tmp_path / ("n" * 300)):
        assert Tail(path).read() == []
        assert read_json(path) is None
        assert read_line(path, 0, 10) is None
    assert not LineWriter(link).append({"step": 2})
    assert secret.read_text() == '{"step": 1}\n'


def test_a_refusing_disk_is_counted_and_raises_nothing(tmp_path: Path) -> None:
    writer = LineWriter(tmp_path / "missing" / "metrics.jsonl")
    assert not writer.append({"step": 1})
    writer.path.parent.mkdir()
    assert writer.append({"step": 2})
    assert writer.dropped == 1
    full = LineWriter(Path("/dev/full"))
    assert not full.append({"step": 1})
    assert full.dropped == 1


WRITER = """
import sys
from pathlib import Path
from grpotui.stream import LineWriter
writer, step = LineWriter(Path(sys.argv[1])), 0
while True:
    writer.append({"step": step, "text": "x" * (step % 5000)})
    print(step, flush=True)
    step += 1
"""


def start_writer(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("wait", [1, 50, 300])
def test_killing_a_writer_loses_no_line_that_it_was_told_is_written(path: Path, wait: int) -> None:
    process = start_writer(path)
    assert process.stdout is not None
    told = -1
    for _ in range(wait):
        told = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split("\n")
    told = max([told, *(int(line) for line in rest[:-1])])
    assert process.wait() == -signal.SIGKILL
    assert LineWriter(path).append({"step": -1})
    tail = Tail(path)
    found = steps(tail)
    assert found[-1] == -1
    assert found[:-1] == list(range(len(found) - 1))
    assert len(found) - 1 > told
    assert tail.bad_lines <= 1


def test_a_disk_that_fills_within_a_line_costs_that_line_only(path: Path) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path; from grpotui.stream import LineWriter\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); writer = LineWriter(Path(sys.argv[1]))\n"
        "hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
        "writer.append({'step': 1}); resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))\n"
        "writer.append({'step': 2, 'text': 'x' * 100})\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))\n"
        "writer.append({'step': 3}); print(writer.dropped)"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
    assert steps(Tail(path)) == [1, 3]


def test_many_writers_never_mix_their_lines(path: Path) -> None:
    processes = [start_writer(path) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        for _ in range(100):
            process.stdout.readline()
    for process in processes:
        process.kill()
        process.communicate()
    tail = Tail(path)
    assert len(tail.read()) >= 300
    assert tail.bad_lines <= len(processes)  # a kill may tear the line that is being written


def test_small_files_are_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_json(path, {"id": "a", "loss": math.nan, "path": Path("/x"), "text": "\ud800"})
    assert read_json(path) == {"id": "a", "loss": None, "path": "/x", "text": "\ud800"}
    assert path.stat().st_mode & 0o777 == 0o600
    write_json(path, {"id": "b"})
    assert read_json(path) == {"id": "b"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_replacement_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_json(path, {"id": "a"})
    assert list(tmp_path.iterdir()) == [path]


def test_small_files_that_are_none_read_as_none(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    for raw in (b"", b"[]", b"\xff\xfe", b"{", b"null", b"[" * 100_000):
        path.write_bytes(raw)
        assert read_json(path) is None
