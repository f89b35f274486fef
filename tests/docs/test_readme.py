from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

from docs.make_keys import page as keys_page
from grpotui.cli.root import cli
from grpotui.presets.loader import available
from grpotui.presets.searching import SEARCH_SECTIONS, RolloutSettings
from grpotui.tui import keymap

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_verb_is_in_the_readme() -> None:
    missing = [verb for verb in cli.commands if f"`{verb}`" not in README]
    assert missing == []


def test_the_page_of_keys_is_that_of_the_app() -> None:
    assert (ROOT / "docs" / "keys.md").read_text(encoding="utf-8") == keys_page(), "run 'make keys'"


def test_keys_that_the_readme_names_are_those_of_their_screen() -> None:
    for section in keymap.SECTIONS:
        for row in (line for line in README.splitlines() if line.startswith(f"| {section.title} | `")):
            faces = {part for key in section.keys for part in key.face.split()}
            named = re.findall(r"`([^` ]+)` ", row.split("|")[2])
            assert set(named) <= faces, section.title


def test_links_and_pictures_are_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
        for name in re.findall(r"`(docs/[a-z_]+\.md)`", page.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_every_field_about_many_runs_is_in_the_settings() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, section in (*SEARCH_SECTIONS.items(), ("rollouts", RolloutSettings)):
        for field in dataclasses.fields(section):
            row = next(
                (line for line in page.splitlines() if line.startswith(f"| `{name}.{field.name}` |")), ""
            )
            assert row, f"{name}.{field.name}"
            shown = row.split("|")[2].strip().strip("`")
            given = not callable(field.default_factory) and field.default not in ("", dataclasses.MISSING)
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            assert shown == (json.dumps(default) if given else ""), f"{name}.{field.name}"


def test_presets_that_the_readme_names_are_shipped() -> None:
    shipped = {preset.name for preset in available(None)}
    assert set(re.findall(r"`(demo-[a-z]+)`", README)) <= shipped
