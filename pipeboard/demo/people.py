"""Made-up reps, companies and the people in them; none is meant to exist."""

from __future__ import annotations

from random import Random

from pipeboard.domain.deal import Contact
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import fold


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COLLEAGUES = (
    ("mara", "Mara Lindqvara", "North"),
    ("jonas", "Jonas Abara", "South"),
    ("ines", "Inês Carvalhal", "South"),
    ("tomek", "Tomek Wronski", "North"),
    ("aino", "Aino Rautamaa", "North"),
    ("luc", "Luc Delavigne", "West"),
    ("priya", "Priya Nandal", "West"),
    ("owen", "Owen Carrick", "West"),
    ("sena", "Sena Yildan", "South"),
    ("bart", "Bart Hoekema", "West"),
    ("eva", "Eva Zelenka", "South"),
    ("nils", "Nils Torvang", "North"),
)
_STARTS = _words(
    "Alder Bren Cast Dorn Elm Fjell Grim Halv Isar Jorv Kest Lind Marl Nord Ost Pell Quar Raut "
    "Silv Tarn Ulv Vel Wend Ylla Zell Aur Brom Cald Drav Esk Fenn Garr Hest Ivor Kiv Lum Morv "
    "Nev Oral Pern Rost Skav Tolv Umbr Varn Wick"
)
_ENDS = _words(
    "aro anto ava eby edda elin ello enko erra essa evo iano ika illa imo inga isto ivo ona orra "
    "osta ova ulla una uro vale worth mere gard holt"
)
_TRADES = _words(
    "Dairy Foods Pharma Bakery Coffee Pumps Glass Snacks Paper Seeds Oils Mills Labs Malt Labels"
)
_FORMS = ("GmbH", "GmbH", "AG", "BV", "NV", "Oy", "AB", "AS", "ApS", "Ltd", "SAS", "SpA", "Lda")
_FIRST = _words(
    "Mika Zoë Łukasz Søren Anaïs Petra Henrik Chiara Jürgen Marek Linnea Piet Amélie Oskar Greta "
    "Tuomas Ilse Rafael Signe Bastian Noor Klara Emil Dorota Anton Freya Matteo Hanna Joris Silvia"
)
_LAST = _words(
    "Saarelin Wittmers Wronak Kjærum Rochelle Hallberg Brandtner Moravek Lundahl Vermeulen "
    "Castagno Okkonen Thorsby Reinholt Dalgaardt Fontayne Zielko Petrakis Nyborgen Aaltola "
    "Grubner Svenning Marchetto Koller Estrada Winkelaar Byström Novotka Farrow Delacour"
)
_JOBS = {
    "user": ("Line manager", "Shift lead", "Quality engineer"),
    "champion": ("Head of operations", "Plant manager", "Head of quality"),
    "decision_maker": ("Managing director", "CFO", "VP operations"),
    "blocker": ("Head of purchasing", "IT security", "Works council"),
}


@dataclass(frozen=True, slots=True)
class Company:
    """A customer to be: its name, and its domain in the zone kept for examples (RFC 2606)."""

    name: str
    domain: str


def team(me: str, size: int) -> tuple[Rep, ...]:
    """`me` and made-up colleagues, `size` reps in all."""
    others = [Rep(*row) for row in _COLLEAGUES if row[0] != me.casefold()]
    return (Rep(me, me[:1].upper() + me[1:], "North"), *others[: size - 1])


def company(place: int, rng: Random) -> Company:
    """The company at that place of a list in which no name stands twice for a long while."""
    step = 367  # shares no divisor with the number of names, so that each comes once in a round
    names = len(_STARTS) * len(_ENDS)
    round_, at = divmod(place, names)
    start, end = divmod(at * step % names, len(_ENDS))
    stem = _STARTS[start] + _ENDS[end]
    kind = rng.choice(_FORMS if rng.random() < 0.6 else _TRADES)
    suffix = f"{rng.choice(_TRADES)} {rng.choice(_FORMS)}" if round_ else kind
    return Company(f"{stem} {suffix}", f"{stem.lower()}.example")


def person(rng: Random, company: Company, role: str) -> Contact:
    """Somebody at that company in that role; the phone number is one kept for films."""
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    address = f"{fold(f'{first}.{last}')}@{company.domain}"
    phone = f"+49 30 23125 {rng.randrange(1000):03d}" if rng.random() < 0.6 else ""
    return Contact(f"{first} {last}", role, address, phone, rng.choice(_JOBS[role]))
