"""Dataclasses made on use are what the standard library's are."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from pipeboard.domain import lazy_dataclass as lazy

T = TypeVar("T")
STYLES = [
    {"frozen": True, "slots": True},
    {"frozen": True},
    {"slots": True},
    {},
    {"frozen": True, "slots": True, "eq": False},
    {"eq": False},
    {"frozen": True, "slots": True, "kw_only": True},
]


def both(**style: bool) -> list[type[Any]]:
    """The same class by the standard library and by ours."""
    made = []
    for module in (dataclasses, lazy):

        class Deal(Generic[T]):
            """A deal."""

            most: ClassVar[int] = 3
            number: int
            title: str = "none"
            tags: list[str] = module.field(default_factory=list)
            seen: int = module.field(default=0, compare=False, repr=False)

            def named(self) -> str:
                return f"{self.number} {self.title}"

        made.append(module.dataclass(**style)(Deal))
    return made


def said(act: Callable[[type[Any]], object], cls: type[Any]) -> str:
    """What comes of an act on a class, an error by its kind and words."""
    try:
        return repr(act(cls))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_values_are_made_compared_and_shown_as_the_standard_ones(style: dict[str, bool]) -> None:
    standard, ours = both(**style)
    for act in (
        lambda c: c(number=1),
        lambda c: c(1),
        lambda c: c(),
        lambda c: c(1, wrong=2),
        lambda c: c(1, "cable", ["hot"], 9).named(),
        lambda c: c(number=1) == c(number=1),
        lambda c: c(number=1) == c(number=1, seen=5),
        lambda c: c(number=1) != c(number=2),
        lambda c: c(number=1) == 1,
        lambda c: c(number=1).tags is c(number=1).tags,
        lambda c: isinstance(hash(c(number=1, tags=())), int),
        lambda c: hash(c(number=1, tags=())) == hash(c(number=1, tags=(), seen=4)),
        lambda c: (c.__match_args__, c.__doc__, c.__name__, c.__qualname__, c.most),
        lambda c: getattr(c, "__slots__", None),
        lambda c: hasattr(c(number=1), "__dict__"),
    ):
        assert said(act, ours) == said(act, standard)


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_copies_are_equal_and_of_their_own(style: dict[str, bool]) -> None:
    _, ours = both(**style)
    deal = ours(number=1, title="cable", tags=["hot"])
    for other in (copy.copy(deal), copy.deepcopy(deal), lazy.replace(deal)):
        assert (other.number, other.title, other.tags) == (1, "cable", ["hot"])
        assert other is not deal
    assert lazy.replace(deal, title="ropes").title == "ropes"
    with pytest.raises(TypeError, match="wrong"):
        lazy.replace(deal, wrong=1)


@lazy.dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float = 0.0


@lazy.dataclass(frozen=True, slots=True)
class Nothing:
    pass


@lazy.dataclass(frozen=True, slots=True)
class One:
    x: float


def test_a_frozen_value_cannot_be_changed() -> None:
    point = Point(1.0)
    with pytest.raises(AttributeError, match="'x'"):
        point.x = 2.0  # type: ignore[misc]
    with pytest.raises(AttributeError, match="'x'"):
        del point.x
    with pytest.raises(AttributeError, match="'z'"):
        point.z = 2.0  # type: ignore[attr-defined]
    assert point == Point(1.0)


def test_a_value_is_pickled_and_comes_back() -> None:
    assert pickle.loads(pickle.dumps(Point(1.0, 2.0))) == Point(1.0, 2.0)


def test_values_without_fields_and_with_a_strange_one_are_equal_as_tuples_are() -> None:
    strange = float("nan")
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    assert One(strange) == One(strange)


def test_a_value_is_matched_by_place() -> None:
    match Point(1.0, 2.0):
        case Point(x, y):
            assert (x, y) == (1.0, 2.0)


def test_the_standard_library_knows_the_fields() -> None:
    _, ours = both(frozen=True, slots=True)
    deal = ours(1, tags=["hot"])
    assert dataclasses.is_dataclass(ours)
    assert dataclasses.asdict(deal) == {"number": 1, "title": "none", "tags": ["hot"], "seen": 0}
    assert dataclasses.replace(deal, number=2).number == 2
    standard, _ = both(frozen=True, slots=True)
    for one, other in zip(dataclasses.fields(standard), lazy.fields(ours), strict=True):
        assert (one.name, one.type, one.compare) == (other.name, other.type, other.compare)
    assert dataclasses.fields(ours)[2].default_factory is list
    assert dataclasses.fields(ours)[0] is dataclasses.fields(deal)[0], "they are made once"


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_of_each_field_it_knows_what_is_true_of_it(style: dict[str, bool]) -> None:
    def told(cls: type[Any]) -> list[tuple[object, ...]]:
        missing = dataclasses.MISSING
        return [
            (
                one.name, one.compare, one.repr, one.kw_only, one.init,
                one.default is missing, one.default_factory is missing,
            )
            for one in dataclasses.fields(cls)
        ]  # fmt: skip

    standard, ours = both(**style)
    assert told(ours) == told(standard)
    defaults = {one.name: one.default for one in dataclasses.fields(ours)}
    assert (defaults["title"], defaults["seen"]) == ("none", 0)


def test_fields_are_not_inherited_in_silence() -> None:
    with pytest.raises(TypeError, match="Longer would inherit fields"):

        @lazy.dataclass
        class Longer(Point):  # type: ignore[misc]
            z: float = 0.0
