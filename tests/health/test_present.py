from __future__ import annotations

from grpotui.health.present import now, quoted


def test_now_adds_what_the_verdict_could_not_know() -> None:
    latest = {"reward": 0.951, "grpotui/jaccard_cross": 0.82, "grpotui/template_share": 0.9, "kl": 0.3}
    assert now("template", latest) == "now reward 0.95, Jaccard 0.82, 90% one template"
    assert now("kl", latest) == "now reward 0.95, KL 0.30"
    assert now("", {"reward": 0.5, "zero_std": 0.25}) == "now reward 0.50, zero-std 0.25"
    assert now("template", {}) == ""
    assert now("outputs near-identical", {"reward": None}) == ""


def test_a_quote_shows_what_was_read_in_it() -> None:
    quote = {"text": "It is 23.", "prompt": "11 + 12 =", "parsed": None, "answer": "23", "reward": -1.0}
    assert quoted(quote) == '"It is 23." after "11 + 12 =": nothing parsed, answer 23, reward -1.0'
    assert quoted({"text": "a", "prompt": "b"}) == '"a" after "b"'
    assert quoted({}) == '"" after ""'
