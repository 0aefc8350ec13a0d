"""The verbs about what a team agrees on beside its pipelines: rep, target, call, fx, setting."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from shlex import quote
from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.tables import Table, tell
from pipeboard.cli.verbs import takes, takes_json, together, verb
from pipeboard.domain.agreements import Agreement, whose
from pipeboard.domain.errors import Ambiguous, BadInput, NotFound, Refused
from pipeboard.domain.events import to_json
from pipeboard.domain.json_data import Document, json_number
from pipeboard.domain.lazy_dataclass import replace, with_values
from pipeboard.domain.locales import written
from pipeboard.domain.people import match_rep
from pipeboard.domain.settings import SETTINGS, Rep, Settings, chosen, meant_value
from pipeboard.domain.text import did_you_mean, quoted
from pipeboard.exchange.json_documents import rep_document
from pipeboard.workspace.configuration import change_rep, choose_setting
from pipeboard.workspace.recording import retried

if TYPE_CHECKING:
    from pipeboard.domain.metrics import Target

# Who owns deals.


@verb("rep list", "", "pipeboard rep list")
@takes_json
def list_reps(call: Call) -> int:
    """Everybody who owns deals."""
    reps = call.workspace.reader.reps()
    table = Table(("rep", "name", "team", "active", "role", "acts for"))
    rows = (
        (
            rep.name,
            rep.display_name,
            rep.team,
            "yes" if rep.active else "no",
            rep.role,
            rep.acts_for,
        )
        for rep in reps
    )
    return tell(call, {"reps": [rep_document(rep) for rep in reps]}, table, rows)


_takes_rep = together(
    takes("name", metavar="REP", help="as in @REP, often the account's name"),
    takes("--name", dest="display_name", metavar="NAME", help="the name to show"),
    takes("--team", metavar="TEAM", help="the team they are in"),
    takes(
        "--role", metavar="viewer|rep|manager|owner", help="what they may do; none takes it away"
    ),
    takes(
        "--acts-for", metavar="REPS", help="for whom they may act (--as): names, * for all, none"
    ),
    takes_json,
)


@verb("rep add", "REP", "pipeboard rep add ana --name 'Ana Lind' --team North")
@_takes_rep
def add_rep(call: Call) -> int:
    """Somebody new."""
    return _agreed_at_once(call, _new_rep)


def _new_rep(call: Call) -> Rep:
    asked = call.arguments
    name = asked.name.removeprefix("@")
    if _known_rep(call, name) is not None and retried(call.workspace, asked.token, "rep") is None:
        raise Refused(
            f"There is a rep {name} already.", hint=f"To change it: pipeboard rep set {quote(name)}"
        )
    has_roles = any(rep.role for rep in call.workspace.reader.reps())
    role = asked.role if asked.role is not None else "rep" if has_roles else ""
    return Rep(
        name,
        asked.display_name or "",
        asked.team or "",
        role=role,
        acts_for=asked.acts_for or "",
    )


@verb("rep set", "REP", "pipeboard rep set mara --team South")
@_takes_rep
@takes("--active", action="store_true", default=None, help="works here")
@takes("--inactive", dest="active", action="store_false", help="takes no more deals")
def change_rep_of(call: Call) -> int:
    """What is known of a rep."""
    return _agreed_at_once(call, _changed_rep)


def _changed_rep(call: Call) -> Rep:
    asked = call.arguments
    try:
        rep = match_rep(asked.name, call.workspace.reader.reps(), call.workspace.me)
    except NotFound as error:
        if not isinstance(error, Ambiguous) and not error.details["near"]:
            new = asked.name.removeprefix("@")
            error.hint = f"Add them: pipeboard rep add {quote(new)}"
        raise
    names = ("display_name", "team", "active", "role", "acts_for")
    given = {name: getattr(asked, name) for name in names}
    return replace(rep, **{name: value for name, value in given.items() if value is not None})


def _known_rep(call: Call, name: str) -> Rep | None:
    reps = call.workspace.reader.reps()
    return next((rep for rep in reps if rep.name.casefold() == name.casefold()), None)


def _agreed_at_once(call: Call, wanted: Callable[[Call], Rep]) -> int:
    """A rep is to be so, beside what others have said of them until now."""
    receipt = call.at_once(lambda: change_rep(call.workspace, wanted(call), **call.once))
    command_id = receipt.command_id or None
    return call.report_agreed(receipt, rep=_agreed_rep, command_id=lambda _: command_id)


def _agreed_rep(agreement: Agreement) -> Document:
    return rep_document(with_values(Rep(str(agreement.key[0])), agreement.after or {}))


# What numbers are held against, and how they are counted.


@verb("target set", "PERIOD AMOUNT", "pipeboard target set 2026Q4 130k --owner mara")
@takes("period", metavar="PERIOD", help="2026, 2026Q4, 2026-11 or 2026-W47")
@takes("amount", metavar="AMOUNT", help="such as 130k; none takes it away")
@takes("--owner", metavar="REP", default="", help="of a rep")
@takes("--team", metavar="TEAM", default="", help="of a team")
@takes_json
def set_target_of(call: Call) -> int:
    """What is to be won in a period by a rep, a team or everybody."""
    from pipeboard.workspace.reports import set_target

    asked = call.arguments
    amount = _unless_none(asked.amount)
    receipt = set_target(
        call.workspace,
        call.pipeline,
        asked.period,
        amount,
        owner=asked.owner,
        team=asked.team,
        **call.once,
    )
    return call.report_agreed(receipt, target=_agreed_target)


def _unless_none(text: str) -> str | None:
    """An amount or a rate as it was typed; the word none takes away what is there."""
    return None if text.lower() == "none" else text


def _agreed_target(agreement: Agreement) -> dict[str, object] | None:
    _, period, owner, team = agreement.key
    if agreement.after is None:
        return None
    amount = {name: agreement.after[name] for name in ("amount_minor", "currency")}
    return {"period": period, "amount": amount, "owner": owner or None, "team": team or None}


def _target(target: Target) -> dict[str, object]:
    return {
        "period": target.period,
        "amount": to_json(target.amount),
        "owner": target.owner or None,
        "team": target.team or None,
    }


def _of(call: Call, command: str) -> str:
    return f"pipeboard {command} -p {quote(call.pipeline.name)}"


@verb("target list", "", "pipeboard target list")
@takes_json
def list_targets(call: Call) -> int:
    """The targets of the pipeline."""
    from pipeboard.workspace.reports import targets_of

    found = targets_of(call.workspace, call.pipeline)
    document = {"targets": [_target(target) for target in found]}
    rows = (
        (target.period, whose(target.owner, target.team), written().money(target.amount))
        for target in found
    )
    empty = f"No target is set; for example: {_of(call, 'target set 2026Q4 130k')}"
    return tell(call, document, Table(("period", "whose", "target"), right=(2,)), rows, empty)


@verb("fx set", "CURRENCY RATE", "pipeboard fx set USD 0.92")
@takes("currency", metavar="CURRENCY", help="such as USD")
@takes("rate", metavar="RATE", help="what one unit is worth; none takes it away")
@takes("--on", metavar="DATE", help="from that day on, else from today")
@takes_json
def set_rate_of(call: Call) -> int:
    """What a currency is worth in the workspace's, from a day on."""
    from pipeboard.workspace.reports import set_rate

    asked = call.arguments
    wanted = _unless_none(asked.rate)
    on = call.day(asked.on)
    receipt = set_rate(call.workspace, asked.currency, wanted, on=on, **call.once)
    return call.report_agreed(receipt, rate=_agreed_rate)


def _agreed_rate(agreement: Agreement) -> dict[str, object] | None:
    (code, day), rate = agreement.key, agreement.after
    if rate is None:
        return None
    parts = (json_number(rate[name]) for name in ("numerator", "denominator"))
    return {"currency": code, "from": day, "rate": float(Fraction(*parts))}


@verb("fx list", "", "pipeboard fx list")
@takes_json
def list_rates(call: Call) -> int:
    """Every rate, by currency and day."""
    rates = call.workspace.reader.numbers.rates()
    found = [(code, day, rate) for code, dated in rates.dated.items() for day, rate in dated]
    documents = [
        {"currency": code, "from": day.isoformat(), "rate": float(rate)}
        for code, day, rate in found
    ]
    rows = ((code, day.isoformat(), f"{float(rate):g}") for code, day, rate in found)
    table = Table(("currency", "from", f"in {rates.base}"), right=(2,))
    empty = "No rate is entered; for example: pipeboard fx set USD 0.92"
    return tell(call, {"base": rates.base, "rates": documents}, table, rows, empty)


@verb("setting list", "", "pipeboard setting list")
@takes_json
def list_settings(call: Call) -> int:
    """How the workspace counts."""
    found = {name: chosen(call.settings, name) for name in SETTINGS}
    rows = ((name, found[name], choice.help) for name, choice in SETTINGS.items())
    return tell(call, {"settings": found}, Table(("setting", "value", "what it is")), rows)


@verb("setting set", "SETTING VALUE", "pipeboard setting set fiscal-start april")
@takes("name", metavar="SETTING", help=", ".join(SETTINGS))
@takes("value", metavar="VALUE", help="such as sunday, april or referral,web,fair")
@takes_json
def set_setting(call: Call) -> int:
    """How numbers are counted, from now on and for every period."""
    asked = call.arguments
    if asked.name not in SETTINGS:
        hint = did_you_mean(asked.name, SETTINGS) or f"There are {', '.join(SETTINGS)}."
        raise BadInput(f"There is no setting {quoted(asked.name)}.", hint=hint)
    value = meant_value(asked.name, asked.value)
    receipt = choose_setting(call.workspace, asked.name, value, **call.once)

    def document(agreement: Agreement) -> dict[str, object]:
        stored = with_values(Settings(), agreement.after or {})
        return {"name": asked.name, "value": chosen(stored, asked.name)}

    return call.report_agreed(receipt, setting=document)


# What reps say that a period will bring.


@verb("call set", "PERIOD AMOUNT", "pipeboard call set 2026Q4 120k")
@takes("period", metavar="PERIOD", help="2026, 2026Q4, 2026-11 or 2026-W47")
@takes("amount", metavar="AMOUNT", help="such as 120k; none takes it back")
@takes("--owner", metavar="REP", default="", help="of a rep, else your own")
@takes_json
def change_call(call: Call) -> int:
    """What you (or a rep) say that a period will bring, whatever the deals add up to."""
    from pipeboard.workspace.reports import set_call

    asked, workspace = call.arguments, call.workspace
    amount = _unless_none(asked.amount)
    receipt = set_call(
        workspace, call.pipeline, asked.period, amount, owner=asked.owner, **call.once
    )
    call.command_id = receipt.command_id
    if asked.json:
        call.out.document({"summary": receipt.summary, "dry_run": asked.dry_run})
    call.tell(receipt)
    return 0


@verb("call list", "", "pipeboard call list")
@takes_json
def list_calls(call: Call) -> int:
    """What reps call for periods, as it stands."""
    from pipeboard.workspace.reports import calls_of

    found = sorted(calls_of(call.workspace, call.pipeline).items())
    document = {
        "calls": [
            {"period": period, "owner": owner, "amount": to_json(said)}
            for (period, owner), said in found
        ]
    }
    rows = ((period, f"@{owner}", written().money(said)) for (period, owner), said in found)
    empty = f"Nobody has called a period; for example: {_of(call, 'call set 2026Q4 120k')}"
    return tell(call, document, Table(("period", "whose", "call"), right=(2,)), rows, empty)
