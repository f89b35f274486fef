from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import pytest

from grpotui.presets import PresetError, code_files
from grpotui.presets.code import prepare_imports, require_same
from grpotui.workspace import Workspace

MARK = "import pathlib; pathlib.Path('imported').touch()\n"
"""A file that shows when anybody imports it."""


def config(*names: str, task: str = "arithmetic") -> dict[str, Any]:
    return {"task": {"name": task}, "rewards": [{"name": name} for name in names], "grpo": {"name": "a.py:b"}}


@pytest.fixture
def root(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(workspace.root)
    return workspace.root


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MARK + text)
    return path


def names(root: Path, *wanted: str, task: str = "arithmetic") -> list[str]:
    found = [str(file.path.relative_to(root)) for file in code_files(config(*wanted, task=task), root)]
    assert not (root / "imported").exists()
    return found


def test_a_plain_preset_has_none(root: Path) -> None:
    assert names(root, "exact", "sentence_length_3") == []
    assert code_files({"task": "x.py:y", "rewards": "z", "curriculum": None}, root) == []


def test_files_of_the_workspace_with_their_hash(root: Path) -> None:
    path = write(root / "rewards" / "mine.py", "def good(): ...\n")
    (file,) = code_files(config("rewards/mine.py:good"), root)
    assert file.path == path and file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert names(root, task="rewards/mine.py:good") == ["rewards/mine.py"]


def test_modules_run_their_packages_too(root: Path) -> None:
    write(root / "lab" / "__init__.py")
    write(root / "lab" / "judge" / "__init__.py")
    write(root / "lab" / "judge" / "strict.py")
    found = names(root, "lab.judge.strict:score")
    assert found == ["lab/__init__.py", "lab/judge/__init__.py", "lab/judge/strict.py"]


def test_what_they_import_from_the_workspace_counts(root: Path) -> None:
    write(root / "mine.py", "import json\nfrom helper import deep\nimport lab.far\nfrom . import near\n")
    write(root / "helper.py", "def f():\n    from nearer import x\n")
    write(root / "lab" / "__init__.py")
    write(root / "lab" / "far.py", "import mine\n")
    write(root / "near.py")
    write(root / "nearer.py")
    write(root / "stranger.py")
    found = names(root, "mine.py:good")
    assert sorted(found) == ["helper.py", "lab/__init__.py", "lab/far.py", "mine.py", "near.py", "nearer.py"]


def test_installed_modules_are_shown_as_well(root: Path) -> None:
    (file,) = code_files(config("json.tool:main"), root)[1:]
    assert file.path.name == "tool.py" and file.path.is_absolute()


def test_curricula_and_nested_tables_are_searched(root: Path) -> None:
    write(root / "mine.py")
    nested = {"curriculum": [{"steps": 5, "task": {"parts": [{"name": "mine.py:easy"}]}}]}
    assert [file.path.name for file in code_files(nested, root)] == ["mine.py"]


@pytest.mark.parametrize(
    "name", ["gone.py:good", "no_such_module:x", "sys:exit", "a\0b.py:x", "~nobody/x.py:y", "presets.py:x"]
)
def test_names_that_lead_to_no_file(root: Path, name: str) -> None:
    (root / "presets.py").mkdir()
    with pytest.raises(PresetError, match=r"there is no file|no module"):
        code_files(config(name), root)


def test_broken_sources_have_a_hash_too(root: Path) -> None:
    write(root / "broken.py", "def (:\x00")
    assert names(root, "broken.py:x") == ["broken.py"]
    (root / "huge.py").write_bytes(b"#" * (5 * 2**20))
    with pytest.raises(PresetError, match="larger than"):
        code_files(config("huge.py:x"), root)


def test_a_link_is_followed(root: Path, tmp_path: Path) -> None:
    real = write(tmp_path / "elsewhere.py")
    (root / "mine.py").symlink_to(real)
    (file,) = code_files(config("mine.py:x"), root)
    assert file.path == real


def test_a_run_keeps_the_code_that_it_was_launched_with(root: Path) -> None:
    path = write(root / "mine.py")
    wanted = config("mine.py:x")
    recorded = [file.to_json() for file in code_files(wanted, root)]
    assert require_same(recorded, wanted, root) == code_files(wanted, root)
    assert require_same(None, config("exact"), root) == []
    path.write_text("other")
    for known in (recorded, None, [], "x", [None, {"path": 5}]):
        with pytest.raises(PresetError, match=r"mine\.py changed since this run was launched"):
            require_same(known, wanted, root)


def test_caches_are_not_believed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "path", [*sys.path])
    prepare_imports(root, root / "logs")
    from importlib.util import cache_from_source

    cached = Path(cache_from_source(str(root / "mine.py")))
    assert (
        sys.dont_write_bytecode
        and sys.path[-1] == str(root)
        and not cached.is_relative_to(root / "__pycache__")
    )
    assert not cached.exists() and not cached.is_relative_to(root / "__pycache__")
