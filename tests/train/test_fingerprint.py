"""A model is known by what is in its files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grpotui.train import fingerprint
from grpotui.train.fingerprint import SAMPLED, WHOLE, identify, model_folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(bytes(range(256)) * 4096)
    return folder


def change(file: Path, place: int) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


def test_a_copy_is_the_same_model_and_one_bit_makes_another(model: Path) -> None:
    before = identify(model)
    assert before["weights_hashed"] == WHOLE
    copy = shutil.copytree(model, model.with_name("copy"))
    assert identify(copy) == before
    change(copy / "model.safetensors", 500_000)
    after = identify(copy)
    assert after["weights_sha256"] != before["weights_sha256"]
    assert after["config_sha256"] == before["config_sha256"]
    (copy / "config.json").write_text('{"vocab_size": 2}')
    assert identify(copy)["config_sha256"] != before["config_sha256"]


def test_large_weights_are_known_by_blocks_of_them(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "WHOLE_BYTES", 1000)
    monkeypatch.setattr(fingerprint, "SAMPLE_BYTES", 100)
    before = identify(model)
    assert before["weights_hashed"] == SAMPLED
    file = model / "model.safetensors"
    for place in (0, file.stat().st_size - 1):
        change(file, place)
        assert identify(model)["weights_sha256"] != before["weights_sha256"]
        change(file, place)
    assert identify(model) == before
    file.rename(model / "other.safetensors")
    assert identify(model)["weights_sha256"] != before["weights_sha256"]


def test_what_is_not_there_has_no_hash(tmp_path: Path) -> None:
    assert identify(tmp_path)["weights_sha256"] is None
    assert identify(tmp_path)["config_sha256"] is None


def test_where_a_model_lies(model: Path) -> None:
    assert model_folder(str(model)) == model
    assert model_folder("nobody/has-this-one") is None
