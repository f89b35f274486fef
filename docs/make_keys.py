"""Write the page of keys from the app's own map.

make keys
"""

from __future__ import annotations

from pathlib import Path

from grpotui.tui import keymap

PAGE = Path(__file__).parent / "keys.md"


def page() -> str:
    """Return every key by screen, with the id that a settings file gives another key by."""
    lines = [
        "# Keys",
        "",
        "Made by `make keys` from the app. Letters and arrows only, no ctrl or function key is needed.",
    ]
    for section in (*keymap.SECTIONS, keymap.HELP):
        lines += ["", f"## {section.title}", "", "| key | does | id for the settings |", "|---|---|---|"]
        for key in section.keys:
            face = " ".join(f"`{part}`" for part in key.face.split())
            lines.append(
                f"| {face.replace('|', '&#124;')} | {key.help.replace('|', '&#124;')} | `{key.id}` |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
