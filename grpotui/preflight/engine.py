"""Is what generates there, and is it for this machine alone?"""

from __future__ import annotations

from collections.abc import Iterator

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan

_EVERYBODY = ("0.0.0.0", "::", "[::]")  # noqa: S104 - to be warned of


def engine(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find what vLLM lacks."""
    if not plan.grpo["use_vllm"]:
        return
    if facts.vllm is False:
        yield Finding(
            "vllm",
            Severity.ERROR,
            ("grpo.use_vllm",),
            "use_vllm is true, and vLLM is not installed here",
            "pip install 'trl[vllm]' brings the version that TRL wants.",
            ({"grpo.use_vllm": False},),
        )
    host = str((plan.data.get("grpo") or {}).get("vllm_server_host") or "")
    if host in _EVERYBODY:
        yield Finding(
            "vllm-host",
            Severity.WARNING,
            ("grpo.vllm_server_host",),
            f"vllm_server_host is {host}, every address of this machine",
            "A server that listens there takes requests, and weights, from the whole network: start "
            "'trl vllm-serve' with --host 127.0.0.1. Left out, grpotui looks for it on 127.0.0.1.",
            ({"grpo.vllm_server_host": "127.0.0.1"},),
        )
