"""What verbs print: one JSON document, or aligned plain text that no data can turn into anything else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.preflight import Finding

_SIGNS = {"error": "✖", "warning": "▲", "info": "·"}


def print_json(document: Any) -> None:
    """Print one JSON document to stdout, in ASCII that can be printed."""
    click.echo(json.dumps(document, indent=2).replace("\x7f", "\\u007f"))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under headers; every cell is cleaned, columns are as wide as their widest cell."""
    cells = [[clean(cell, 120) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    for row in (headers, *cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def print_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Print name and value pairs, one per line; pairs without a value are left out."""
    shown = [(clean(name), value) for name, value in fields if value]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name.ljust(width)}  {clean(value)}")


def finding_line(finding: Finding) -> str:
    """Return what the preflight found as one line."""
    by_field = finding.rule in ("preset", "exact") and finding.fields
    name = ", ".join(finding.fields) if by_field else finding.rule
    return clean(f"{_SIGNS[finding.level]} {name}: {finding.message}")
