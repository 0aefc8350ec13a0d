"""The verbs for what stands beside a deal: its people, its terms, its checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from pipeboard.cli.call import Call
from pipeboard.cli.verbs import takes, takes_json, takes_seen, together, verb
from pipeboard.domain import commands as c
from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import Contact, Deal, Term
from pipeboard.domain.errors import NotFound
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.text import did_you_mean, fold, quoted
from pipeboard.workspace.finding import find_deal

T = TypeVar("T", Contact, Term)
_REACH = ("role", "title", "phone", "email")
_SIDES = ("ours", "theirs", "agreed")


def _deal(call: Call) -> Deal:
    return find_deal(call.workspace, call.arguments.deal, call.only_pipeline)


_takes_deal = together(
    takes("deal", metavar="DEAL", help="142, D-142 or part of a name"), takes_seen
)


@verb(
    "contact",
    "DEAL NAME",
    "pipeboard contact 142 'Mika Laine' --role decision_maker --phone '+358 40 555'",
)
@_takes_deal
@takes("name", metavar="NAME", help="the person, known or new")
@takes("--role", metavar="ROLE", help=f"one of {', '.join(ROLES)}")
@takes("--title", metavar="TEXT", help="what they are at their company")
@takes("--phone", metavar="NUMBER", help="their telephone")
@takes("--email", metavar="ADDRESS", help="their e-mail")
@takes("--remove", action="store_true", help="take them off the deal")
@takes_json
def contact(call: Call) -> int:
    """A person of the deal: added, changed in what is given, or taken away."""
    deal = _deal(call)
    typed = Contact(call.arguments.name)
    key, wanted = _changed(call, deal.contacts, typed, lambda person: person.name, _REACH)
    return call.report(call.execute(c.SetContact(key, wanted), [deal.id]))


@verb("term", "DEAL TERM", "pipeboard term 142 Payment --ours '30 days' --theirs '60 days'")
@_takes_deal
@takes("item", metavar="TERM", help="what is negotiated: payment, delivery")
@takes("--ours", metavar="TEXT", help="our position")
@takes("--theirs", metavar="TEXT", help="their position")
@takes("--agreed", metavar="TEXT", help="what was agreed")
@takes("--remove", action="store_true", help="take it off the sheet")
@takes_json
def term(call: Call) -> int:
    """A line of the terms sheet: added, changed in what is given, or taken away."""
    deal = _deal(call)
    typed = Term(call.arguments.item)
    key, wanted = _changed(call, deal.terms, typed, lambda line: line.item, _SIDES)
    return call.report(call.execute(c.SetTerm(key, wanted), [deal.id]))


def _changed(
    call: Call, lines: Mapping[str, T], typed: T, name_of: Callable[[T], str], fields: Sequence[str]
) -> tuple[str, T | None]:
    """The key of what is called as was `typed`, "" where it is new, and what becomes of it: None
    takes it off the deal. An empty text empties a field."""
    name, names = name_of(typed), {key: name_of(line) for key, line in lines.items()}
    key = next((key for key, known in names.items() if fold(known) == fold(name)), "")
    if not call.arguments.remove:
        given = {field: getattr(call.arguments, field) for field in fields}
        changes = {field: text for field, text in given.items() if text is not None}
        return key, replace(lines.get(key, typed), **changes)
    if not key:
        known = ", ".join(names.values()) or "none"
        raise NotFound(
            f"There is no {quoted(name)} on this deal.",
            hint=did_you_mean(name, list(names.values())) or f"There are: {known}.",
        )
    return key, None


@verb("tick", "DEAL ITEM", "pipeboard tick 142 Goals")
@_takes_deal
@takes("item", metavar="ITEM", help="its number, or part of its words")
@takes("--clear", action="store_true", help="not done after all")
@takes_json
def tick(call: Call) -> int:
    """An item of the checklist of the deal's stage, ticked or cleared."""
    asked, deal = call.arguments, _deal(call)
    stage = call.documents.pipelines[deal.pipeline_id].stage(deal.stage_id)
    item = _item(asked.item, stage.checklist, stage.name)
    return call.report(call.execute(c.Check(stage.id, item, not asked.clear), [deal.id]))


def _item(text: str, checklist: tuple[str, ...], stage: str) -> str:
    """The item meant by a number from 1 or by part of its words."""
    if text.isdigit() and 1 <= int(text) <= len(checklist):
        return checklist[int(text) - 1]
    found = [item for item in checklist if fold(text) in fold(item)]
    exact = [item for item in found if fold(item) == fold(text)]
    if len(exact or found) == 1:
        return (exact or found)[0]
    raise NotFound(
        f"{stage} has no checklist item {quoted(text)}."
        if not found
        else f"{quoted(text)} could be {', '.join(found)}.",
        hint=f"There are: {', '.join(checklist)}." if checklist else "Its checklist is empty.",
    )
