from __future__ import annotations

import re
from pathlib import Path

import pytest

from grpotui.cli.root import cli
from grpotui.presets.loader import available
from grpotui.tui import keymap

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEYS = README[README.index("## Keys") : README.index("## What it writes")]
FACES = {
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "comma": ",",
    "full_stop": ".",
    "slash": "/",
    "exclamation_mark": "!",
    "plus": "+",
    "minus": "-",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left": "←",
    "right": "→",
}


def test_every_verb_is_in_the_readme() -> None:
    missing = [verb for verb in cli.commands if f"`{verb}`" not in README]
    assert missing == []


@pytest.mark.parametrize("title", ["Runs", "Run", "Launch", "Resources"])
def test_every_key_of_a_screen_is_in_the_readme(title: str) -> None:
    (row,) = [line for line in KEYS.splitlines() if line.startswith(f"| {title} |")]
    (section,) = [section for section in keymap.SECTIONS if section.title == title]
    known = set(re.findall(r"`([^`]+)`", row)) | set("123456" if "`1`-`6`" in row else "")
    first = [key.keys.split(",")[0] for key in section.keys]
    missing = [key for key in first if FACES.get(key, key) not in known]
    assert missing == []


def test_links_and_pictures_are_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
        for name in re.findall(r"`(docs/[a-z_]+\.md)`", page.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_presets_that_the_readme_names_are_shipped() -> None:
    shipped = {preset.name for preset in available(None)}
    assert set(re.findall(r"`(demo-[a-z]+)`", README)) <= shipped
