"""JSON as a type: how values are written, and what is taken for which kind where it comes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder as standard
from types import MappingProxyType
from typing import Any

import pytest

from pipeboard.domain.json_data import (
    Json,
    encoder,
    json_list,
    json_number,
    json_object,
    json_text,
    with_nulls,
)


@pytest.fixture(params=["quick", "slow"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the encoder in C, and where Python has none."""
    name: str = request.param
    if name == "slow":
        monkeypatch.setattr(standard, "c_make_encoder", None)
    return name


VALUES: tuple[object, ...] = (
    None, True, False, 0, -7, 2**70, 1.5, -0.0, "", "Müller\n\"\\", "\x00", [], {}, (1, 2),
    [None, [True]], {"b": 1, "a": [{"c": None}]}, {1: "one", None: "none"},
)  # fmt: skip


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_written_in_one_line_and_in_its_own_order(value: object) -> None:
    assert encoder()(value) == json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert encoder(", ", ": ", is_ascii=True)(value) == json.dumps(value)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_not_written(value: float) -> None:
    for within in (value, [value], {"amount": value}):
        with pytest.raises(ValueError, match="not JSON compliant"):
            encoder()(within)


@pytest.mark.usefixtures("way")
def test_other_values_are_written_as_they_are_made_known_and_else_not_at_all() -> None:
    def known(value: object) -> list[str]:
        return sorted(map(str, value)) if isinstance(value, set) else []

    assert encoder(default=known)({"tags": {"b", "a"}}) == '{"tags":["a","b"]}'
    with pytest.raises(TypeError):
        encoder()({"tags": {"b"}})


SAMPLES: dict[str, object] = {
    "object": {"a": 1}, "view": MappingProxyType({"a": 1}), "list": [1], "pair": (1, 2),
    "text": "1", "number": 1, "part": 1.0, "yes": True, "none": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("read", "taken"),
    [
        (json_object, {"object", "view"}),
        (json_list, {"list", "pair"}),
        (json_text, {"text"}),
        (json_number, {"number"}),
    ],
)
def test_only_values_of_its_kind_are_taken_for_it(
    read: Callable[[Any], object], taken: set[str]
) -> None:
    for name, value in SAMPLES.items():
        if name in taken:
            assert read(value) is value
        else:
            with pytest.raises(TypeError, match=r"no .*JSON"):
                read(value)


@pytest.mark.parametrize("value", [None, True, False, 0, -7, 1.5, "Müller"])
def test_a_text_that_says_nothing_is_null_wherever_it_stands(
    value: Json,
) -> None:
    whole: Json = {"a": ["", value, {"b": ""}], "c": value}
    assert with_nulls(whole) == {"a": [None, value, {"b": None}], "c": value}
    assert with_nulls(MappingProxyType({"a": ("", value)})) == {"a": [None, value]}
    assert with_nulls("") is None
