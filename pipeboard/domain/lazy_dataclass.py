"""Dataclasses that are quick to define: what a class does not use is never made.

The standard `dataclass` writes and compiles up to six functions a class, 0.4 ms for each of the 115
classes that a verb imports and of which it makes a dozen: a third of what a verb took. Here
`__init__` is compiled when the first instance is made, and the other methods are shared by all
classes. Type checkers see the standard ones, and whoever asks the standard library about such a
class (`dataclasses.asdict`, a test's comparison) gets its answer.

What this program has no use for is left out: `order`, `InitVar`, `__post_init__`, and fields that
are inherited.
"""

from __future__ import annotations

from operator import attrgetter
from types import FunctionType

TYPE_CHECKING = False  # `typing` itself is more than help needs
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from dataclasses import MISSING, dataclass, field, fields, replace
    from typing import Protocol, TypeVar

    T = TypeVar("T")

    class Made(Protocol):
        """An instance of a class that was made here."""

        __fields__: tuple[_Field, ...]
        __match_args__: tuple[str, ...]
        __compared__: Callable[[object], object]


__all__ = ["MISSING", "dataclass", "field", "fields", "replace", "with_values"]

_put = object.__setattr__
_FEW_SLOTS = 2


class FrozenInstanceError(AttributeError):
    """A value of a frozen class was to be changed."""


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


_MISSING = _Missing()


class _Field:
    """A field as it was declared."""

    __slots__ = ("compare", "default", "default_factory", "name", "repr", "type")

    def __init__(
        self,
        default: object = _MISSING,
        default_factory: Callable[[], object] | _Missing = _MISSING,
        compare: bool = True,
        repr: bool = True,
    ) -> None:
        self.name = ""
        self.type: object = None
        self.default = default
        self.default_factory = default_factory
        self.compare = compare
        self.repr = repr


def _decorator(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    eq: bool = True,
    kw_only: bool = False,
) -> object:
    """Gives a class what its annotated fields ask for, as the standard decorator does."""
    if cls is None:
        return lambda named: _made(named, frozen, slots, eq, kw_only)
    return _made(cls, frozen, slots, eq, kw_only)


def _made(cls: type, frozen: bool, slots: bool, eq: bool, kw_only: bool) -> type:
    body = dict(cls.__dict__)
    declared = tuple(_declared(cls, body))
    names = tuple(one.name for one in declared)
    compared = [one.name for one in declared if one.compare] or ["__class__"]
    added = {
        **_methods(body, frozen=frozen, eq=eq),
        "__fields__": declared,
        "__match_args__": () if kw_only else names,
        # Of one name it would be the value alone, which need not be equal to itself.
        "__compared__": attrgetter(*compared * (2 if len(compared) == 1 else 1)),
        "__dataclass_fields__": _StandardFields(),
    }
    if slots:
        gone = {*names, "__dict__", "__weakref__"}
        kept = {name: value for name, value in body.items() if name not in gone}
        made = type(cls)(cls.__name__, cls.__bases__, kept | added | {"__slots__": names})
        made.__qualname__ = cls.__qualname__
    else:
        made = cls
        for name, value in added.items():
            setattr(cls, name, value)
        for one in declared:
            if one.default is not _MISSING:
                setattr(cls, one.name, one.default)
            elif one.name in body:
                delattr(cls, one.name)
    made.__init__ = _init_on_use(made, frozen, kw_only)  # type: ignore[misc]
    return made


def _declared(cls: type, body: Mapping[str, object]) -> Iterator[_Field]:
    if any("__fields__" in vars(base) for base in cls.__mro__[1:]):
        raise TypeError(f"{cls.__name__} would inherit fields: let it hold the other one instead")
    for name, annotation in vars(cls).get("__annotations__", {}).items():
        if str(annotation).startswith("ClassVar"):
            continue
        value = body.get(name, _MISSING)
        found = value if isinstance(value, _Field) else _Field(value)
        found.name, found.type = name, annotation
        yield found


def _methods(body: Mapping[str, object], *, frozen: bool, eq: bool) -> dict[str, object]:
    """The methods that a class has not itself."""
    found: dict[str, object] = {"__repr__": _repr}
    if frozen:
        found |= {"__setattr__": _refuse, "__delattr__": _refuse}
        found |= {"__getstate__": _state, "__setstate__": _restore}
    if eq:
        found["__eq__"] = _equal
    found = {name: method for name, method in found.items() if name not in body}
    # A class with `__eq__` alone has None there.
    if eq and body.get("__hash__") is None:
        found["__hash__"] = _hash if frozen else None
    return found


def _init_on_use(cls: type, frozen: bool, kw_only: bool) -> Callable[..., None]:
    def __init__(self: object, *values: object, **named: object) -> None:
        cls.__init__ = made = _init(cls, frozen, kw_only)  # type: ignore[misc]
        made(self, *values, **named)

    return __init__


def _init(cls: type[Made], frozen: bool, kw_only: bool) -> Callable[..., None]:
    """The `__init__` of a class, as a person would write it. What is frozen and has many slots is
    open meanwhile, as a class of the same slots: `_put` takes three times as long for each."""
    known: dict[str, object] = {"_put": _put, "_MISSING": _MISSING}
    parameters, lines, ends = ["self", "*"] if kw_only else ["self"], ["pass"], []
    slots: tuple[str, ...] = vars(cls).get("__slots__", ())
    if frozen and cls.__bases__ == (object,) and len(slots) > _FEW_SLOTS:
        frozen = False
        known["_open"] = type(cls.__name__, (), {"__slots__": slots})
        lines = ["frozen = self.__class__", "_put(self, '__class__', _open)"]
        ends = ["self.__class__ = frozen"]
    for one in cls.__fields__:
        name = value = parameter = one.name
        if one.default is not _MISSING:
            known[f"_{name}_default"] = one.default
            parameter = f"{name}=_{name}_default"
        elif one.default_factory is not _MISSING:
            known[f"_{name}_factory"] = one.default_factory
            parameter = f"{name}=_MISSING"
            value = f"_{name}_factory() if {name} is _MISSING else {name}"
        parameters.append(parameter)
        lines.append(f"_put(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    body = "\n    ".join((*lines, *ends))
    exec(f"def __init__({', '.join(parameters)}):\n    {body}", known)
    made = known["__init__"]
    assert isinstance(made, FunctionType)
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


# The methods that all classes share.


def _repr(self: Made) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in self.__fields__ if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _equal(self: Made, other: object) -> object:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.__compared__(self) == self.__compared__(other)


def _hash(self: Made) -> int:
    return hash(self.__compared__(self))


def _refuse(self: object, name: str, value: object = None) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r}")


def _state(self: Made) -> list[object]:
    return [getattr(self, one.name) for one in self.__fields__]


def _restore(self: Made, state: list[object]) -> None:
    for one, value in zip(self.__fields__, state, strict=True):
        _put(self, one.name, value)


class _StandardFields:
    """The fields as the standard library keeps them, for whoever asks it about such a class: they
    are made when they are asked for first, and stand in the class from then on."""

    def __get__(self, instance: object, cls: type[Made]) -> dict[str, object]:
        import dataclasses

        types = {one.name: one.type for one in cls.__fields__}
        body: dict[str, object] = {"__annotations__": types}
        for one in cls.__fields__:
            shown = body[one.name] = dataclasses.field(compare=one.compare, repr=one.repr)
            if one.default is not _MISSING:
                shown.default = one.default
            elif one.default_factory is not _MISSING:
                shown.default_factory = one.default_factory
        made = dataclasses.dataclass(kw_only=not cls.__match_args__)
        found = dict(vars(made(type(cls.__name__, (), body)))["__dataclass_fields__"])
        cls.__dataclass_fields__ = found  # type: ignore[attr-defined]
        return found


def _fields(of: Made | type[Made]) -> tuple[_Field, ...]:
    """The fields of a class or of an instance, in their order."""
    return of.__fields__


def _replace(instance: T, /, **changes: object) -> T:
    """The same with other values in some fields."""
    return with_values(instance, changes)


def with_values(instance: T, changes: Mapping[str, object]) -> T:
    """As `replace`, where only the program that runs knows which fields change."""
    make: Callable[..., T] = type(instance)
    names = attrgetter("__fields__")(instance)
    return make(**{one.name: getattr(instance, one.name) for one in names} | dict(changes))


if not TYPE_CHECKING:
    MISSING, dataclass, field, fields, replace = _MISSING, _decorator, _Field, _fields, _replace
