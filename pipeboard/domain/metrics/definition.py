"""What is told of a number besides its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.result import Metric, Unit


@dataclass(frozen=True, slots=True)
class Definition:
    """One number: its name in JSON, its unit, a label for a screen, what it says, and the pure
    function that finds it, which it is called as. `more_is_better` is None where neither direction
    is good in itself. `at_end` marks what is asked of the open deals: of a period that is over, as
    of its end."""

    name: str
    unit: Unit
    label: str
    says: str
    of: Callable[[Basis], Metric]
    more_is_better: bool | None = None
    at_end: bool = False

    def __call__(self, basis: Basis) -> Metric:
        return self.of(basis)


def named(
    name: str, unit: Unit, label: str, *, better: bool | None = None, at_end: bool = False
) -> Callable[[Callable[[Basis], Metric]], Definition]:
    """Makes a number of the function that finds it; the first paragraph of its docstring is what
    people are told of it."""

    def defined(of: Callable[[Basis], Metric]) -> Definition:
        says = " ".join(cleandoc(of.__doc__ or "").partition("\n\n")[0].split())
        return Definition(name, unit, label, says, of, better, at_end)

    return defined
