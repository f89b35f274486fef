"""One thing that will go wrong, why, what to set instead, and what others found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from grpotui.preflight.experience import EXPERIENCE
from grpotui.presets.rows import edit_text

Fix = Mapping[str, Any]
"""Dotted field -> value that it should have; all of them together."""


class Severity(StrEnum):
    """How a finding is to be taken: an error is not launched without --force."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found. Each of ``fixes`` mends it by itself; the first keeps most of what was asked."""

    rule: str
    level: Severity
    fields: tuple[str, ...]
    message: str
    why: str = ""
    fixes: tuple[Fix, ...] = ()
    experience: str = ""
    """What the logs of earlier experiments have to say of it; empty where they say nothing."""

    def to_json(self) -> dict[str, Any]:
        """Return the public form, as in ``check --json``."""
        return {
            "rule": self.rule,
            "level": str(self.level),
            "fields": list(self.fields),
            "message": self.message,
            "why": self.why,
            "fixes": [dict(fix) for fix in self.fixes],
            "experience": self.experience,
        }


def overrides(fix: Fix) -> list[str]:
    """Return a fix as ``--set`` takes it."""
    return [f"{field}={edit_text(value)}" for field, value in fix.items()]


def refusal(findings: Sequence[Finding], forcible: bool) -> str:
    """Return the first error and its fix in one line; empty when there is no error."""
    errors = [finding for finding in findings if finding.level is Severity.ERROR]
    if not errors:
        return ""
    first = errors[0]
    mend = "".join(f" --set {override}" for override in overrides(first.fixes[0])) if first.fixes else ""
    more = f"; and {len(errors) - 1} more, see 'grpotui check'" if len(errors) > 1 else ""
    force = " (--force launches it anyway)" if forcible else ""
    return f"{first.rule}: {first.message}{mend and f'; try{mend}'}{more}{force}"


def told(finding: Finding) -> Finding:
    """Return the finding with what the logs say of its rule."""
    return replace(finding, experience=finding.experience or EXPERIENCE.get(finding.rule, ""))
