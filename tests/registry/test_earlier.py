from __future__ import annotations

from grpotui.registry.earlier import Earlier, like, reward_name, settings_of, tried
from grpotui.registry.history import known


def test_the_reference_holds_what_the_logs_authors_saw() -> None:
    runs = {run.id: run for run in known(None)}
    assert (runs["sweep#4"].verdict, runs["sweep#4"].cause) == ("collapsed", "template")
    assert runs["sweep#4"].settings == {"beta": 0.01, "learning_rate": 1e-5, "num_generations": 8}
    assert "template" in runs["sweep#4"].note
    assert (runs["lo96kcmm"].verdict, runs["sweep#14"].verdict) == ("no-signal", "solved")
    assert not [run for run in known(None) if "proposed" in run.id]


def test_the_nearest_run_with_the_same_end_is_named() -> None:
    found = like("collapsed", "template", "sentence_length_10", {"beta": 0.012}, known(None))
    assert found[0].id == "sweep#4"
    assert str(found[0]).startswith("sweep#4 (sentence_length_10, beta 0.01")
    assert like("collapsed", "kl", "", {}, known(None)) == []


def test_runs_of_ones_own_come_first_when_they_are_as_near() -> None:
    own = Earlier("mine", "collapsed", "template", "sentence_length_10", {"beta": 0.01})
    found = like("collapsed", "template", "sentence_length_10", {"beta": 0.01}, [own, *known(None)])
    assert found[0] == own


def test_configs_of_any_shape_are_read() -> None:
    assert settings_of({"grpo": {"beta": 0.1, "temperature": "x", "bf16": True}}) == {"beta": 0.1}
    assert settings_of({"grpo": None}) == {}
    assert reward_name({"rewards": [{"name": "exact"}]}) == "exact"
    assert reward_name({"rewards": []}) == reward_name({}) == ""


def test_one_setting_in_common_is_no_likeness() -> None:
    ran = {"beta": 0.1, "learning_rate": 1e-4, "num_generations": 8}
    bare = Earlier("bare", "stuck", reward="exact", settings={"beta": 0.1})
    far = Earlier("far", "stuck", reward="exact", settings={"beta": 0.1, "learning_rate": 1e-5})
    near = Earlier("near", "stuck", reward="exact", settings={"beta": 0.15, "learning_rate": 2e-4})
    assert tried("exact", ran, [bare, far]) == []
    assert tried("exact", ran, [bare, far, near]) == [near]
    assert tried("other", ran, [near]) == []
    assert tried("exact", {"beta": 0.0, "num_generations": 3}, known(None)) == []
    found = tried("exact", {"beta": 0.1, "learning_rate": 5e-6}, known(None), most=9)
    assert [run.id for run in found][:2] == ["ljokc85g", "au3eohjq"]
    assert all({"beta", "learning_rate"} <= run.settings.keys() for run in found)
