"""The fit of a deal: how much of what the ideal customer is like it is known to be.

What the ideal customer is like are the traits of a pipeline. Unknown is not unfit: what nobody
knows of a deal counts neither for nor against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from pipeboard.domain.deal import Deal, channel_of
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_nodes import COMPARES, Op
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money, half_up, parse_money
from pipeboard.domain.pipeline import OWN, Pipeline, Trait
from pipeboard.domain.text import did_you_mean, fold, quoted

OF_WORDS = ("source", "source_detail", "channel", "contact_reason", "tags")
OF_A_NUMBER = "value"
FIELDS = (*OF_WORDS, OF_A_NUMBER)
"""The fields of a deal that a trait can be about, beside those of one's own."""
HEAVIEST = 100

BANDS = ((70, "70 to 100"), (40, "40 to 69"), (0, "0 to 39"))
"""From which fit on deals stand together in numbers, and what they are called there."""


@dataclass(frozen=True, slots=True)
class TraitFit:
    """A trait of the ideal customer, whether a deal has it (None: nobody knows), what the deal
    says of it, and why that tells nothing where it says something."""

    trait: Trait
    fits: bool | None
    said: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a deal fits: `percent` is the weight of the traits that it has, in percent of the
    weight of those that are known, halves up; None where none is."""

    percent: int | None
    traits: tuple[TraitFit, ...]

    @property
    def known(self) -> int:
        return sum(one.fits is not None for one in self.traits)

    def named(self, fits: bool | None) -> list[str]:
        """What the traits are called that the deal has, has not, or of which nobody knows."""
        return [one.trait.label for one in self.traits if one.fits is fits]

    @property
    def words(self) -> str:
        """`67 of 100 (2 of 3 known)`, and `67 of 100` where everything is."""
        points = "n/a" if self.percent is None else f"{self.percent} of 100"
        of = len(self.traits)
        return points if self.known == of else f"{points} ({self.known} of {of} known)"


def fit(deal: Deal, pipeline: Pipeline) -> Fit | None:
    """The fit of a deal; None where its pipeline does not say what the ideal customer is like."""
    if not pipeline.traits:
        return None
    traits = tuple(_judged(trait, deal, pipeline.currency) for trait in pipeline.traits)
    known = sum(one.trait.weight for one in traits if one.fits is not None)
    if not known:
        return Fit(None, traits)
    from fractions import Fraction  # most pipelines ask for no fit

    return Fit(half_up(Fraction(100 * sum(_weights(traits)), known)), traits)


def band_of(percent: int) -> str:
    """Where a fit stands in numbers."""
    return next(name for least, name in BANDS if percent >= least)


def _weights(traits: Iterable[TraitFit]) -> Iterable[int]:
    return (one.trait.weight for one in traits if one.fits)


def _judged(trait: Trait, deal: Deal, currency: str) -> TraitFit:
    said: str | Money
    if trait.field == OF_A_NUMBER:
        if deal.value is None:
            return TraitFit(trait, None, "")
        return _compared(trait, deal.value, written().money(deal.value), currency)
    texts = _texts(deal, trait)
    said = ", ".join(texts)
    if not said:
        return TraitFit(trait, None, "")
    if not _is_range(trait.wanted[0]):
        return TraitFit(trait, not _words(texts).isdisjoint(map(fold, trait.wanted)), said)
    try:
        return _compared(trait, parse_money(said, currency, coarsely=True), said, currency)
    except BadInput:
        return TraitFit(trait, None, said, "no number")


def _texts(deal: Deal, trait: Trait) -> tuple[str, ...]:
    """What a deal says of a trait; nothing of what is empty."""
    match field := trait.field:
        case _ if own := trait.own_field:
            texts: tuple[str, ...] = (deal.custom(own),)
        case "channel":
            texts = (channel_of(deal.source),)
        case "tags":
            texts = deal.tags
        case _:
            texts = (getattr(deal, field),) if field in OF_WORDS else ()
    return tuple(filter(None, texts))


def _words(texts: Iterable[str]) -> set[str]:
    """Each text, and each of those that stand in one, as lists of other tools have them."""
    return {fold(word) for text in texts for word in (text, *text.replace(";", ",").split(","))}


def _compared(trait: Trait, number: Money, said: str, currency: str) -> TraitFit:
    """Whether a number is in one of the ranges; of one in another currency nobody knows."""
    ranges = [ends for one in trait.wanted if (ends := _ends(one, currency))]
    alike = [ends for ends in ranges if ends[0][1].currency == number.currency]
    if not alike:
        return TraitFit(trait, None, said, f"in {number.currency}")
    fits = any(all(COMPARES[op](number.minor, end.minor) for op, end in ends) for ends in alike)
    return TraitFit(trait, fits, said)


# What may be wanted: words, or ranges of numbers as filters have them.


def _is_range(text: str) -> bool:
    return text.startswith(("<", ">", "=")) or ".." in text


@lru_cache(maxsize=256)
def _ends(text: str, currency: str) -> tuple[tuple[Op, Money], ...]:
    """What a number must compare with to be in a range; nothing where that is none."""
    try:
        return _read(text, currency)
    except BadInput:
        return ()  # refused before it is kept: only a damaged database has one


def _read(text: str, currency: str) -> tuple[tuple[Op, Money], ...]:
    from pipeboard.domain.filter_terms import read_range  # with all that filters compare

    ends = read_range(text, currency)
    return tuple((one.op, one.value) for one in ends if isinstance(one.value, Money))


def check_traits(pipeline: Pipeline) -> None:
    """Raises `BadInput` for a trait that no deal could be held against."""
    seen: set[str] = set()
    for trait in pipeline.traits:
        if fold(trait.field) in seen:
            raise BadInput(f"The trait {quoted(trait.field)} is there twice.")
        seen.add(fold(trait.field))
        _check(trait, pipeline.currency)


def _check(trait: Trait, currency: str) -> None:
    what = f"The trait {quoted(trait.field)}"
    is_own = bool(trait.own_field)
    if not is_own and trait.field not in FIELDS:
        raise BadInput(
            f"{what} is about no field of a deal.",
            hint=did_you_mean(trait.field, FIELDS)
            or f"Write {OWN}{trait.field} for one of your own, or one of {', '.join(FIELDS)}.",
        )
    if not 1 <= trait.weight <= HEAVIEST:
        raise BadInput(f"{what} weighs from 1 to {HEAVIEST}, not {trait.weight}.")
    ranges = [_is_range(one) for one in trait.wanted]
    if not ranges:
        raise BadInput(f"{what} says nothing that is wanted.", hint=_EXAMPLES)
    if any(ranges) and not all(ranges):
        raise BadInput(f"{what} wants words or ranges of numbers, not both.", hint=_EXAMPLES)
    if all(ranges) is not (trait.field == OF_A_NUMBER) and not is_own:
        kind = "a range of numbers" if trait.field == OF_A_NUMBER else "words"
        raise BadInput(f"{what} wants {kind}.", hint=_EXAMPLES)
    for one in trait.wanted if all(ranges) else ():
        try:
            _read(one, currency)
        except BadInput as error:
            raise BadInput(
                f"{what} wants {quoted(one)}: {error.message}.", hint=error.hint
            ) from error


_EXAMPLES = 'For example: wanted = ["software", "media"], or wanted = ["50..500"] or [">=1m"].'
