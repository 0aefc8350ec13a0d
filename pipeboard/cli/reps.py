"""The verbs about the people who own deals: rep list, add, set."""

from __future__ import annotations

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.tables import Table
from pipeboard.domain.agreements import Agreement
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.domain.lazy_dataclass import replace, with_values
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import did_you_mean, quoted
from pipeboard.workspace.configuration import change_rep
from pipeboard.workspace.recording import retried


def list_reps(call: Call) -> int:
    """Everybody who owns deals."""
    reps = call.workspace.reader.reps()
    if call.arguments.json:
        call.out.document({"reps": [_document(rep) for rep in reps]})
        return 0
    table = Table(("rep", "name", "team", "active", "role", "acts for"))
    table.write(
        call.out,
        (
            (
                rep.name,
                rep.display_name,
                rep.team,
                "yes" if rep.active else "no",
                rep.role,
                rep.acts_for,
            )
            for rep in reps
        ),
    )
    return 0


def _document(rep: Rep) -> dict[str, object]:
    return {
        "name": rep.name,
        "display_name": rep.display_name or None,
        "team": rep.team or None,
        "active": rep.active,
        "role": rep.role or None,
        "acts_for": rep.acts_for.split(),
    }


def _rep_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="REP", help="as in @REP, often the account's name")
    parser.add_argument("--name", dest="display_name", metavar="NAME", help="the name to show")
    parser.add_argument("--team", metavar="TEAM", help="the team they are in")
    parser.add_argument(
        "--role", metavar="ROLE", help="viewer, rep, manager or owner; none takes it away"
    )
    parser.add_argument(
        "--acts-for", metavar="REPS", help="for whom they may act (--as): names, * for all, none"
    )
    parser.add_json()


def _set_arguments(parser: Parser) -> None:
    _rep_arguments(parser)
    activity = parser.add_mutually_exclusive_group()
    activity.add_argument("--active", action="store_true", default=None, help="works here")
    activity.add_argument(
        "--inactive", dest="active", action="store_false", help="takes no more deals"
    )


def add(call: Call) -> int:
    """Somebody new."""
    asked = call.arguments
    name = asked.name.removeprefix("@")
    if _known(call, name) is not None and retried(call.workspace, asked.token, "rep") is None:
        raise Refused(f"There is a rep {name} already.", hint=f"See 'pipeboard rep set {name}'.")
    has_roles = any(rep.role for rep in call.workspace.reader.reps())
    role = asked.role if asked.role is not None else "rep" if has_roles else ""
    return _save(
        call,
        Rep(
            name,
            asked.display_name or "",
            asked.team or "",
            role=role,
            acts_for=asked.acts_for or "",
        ),
    )


def change(call: Call) -> int:
    """What is known of a rep."""
    asked = call.arguments
    name = asked.name.removeprefix("@")
    rep = _known(call, name)
    if rep is None:
        reps = [known.name for known in call.workspace.reader.reps()]
        raise NotFound(
            f"There is no rep {quoted(name)}.",
            hint=did_you_mean(name, reps) or f"Add them with 'pipeboard rep add {name}'.",
        )
    names = ("display_name", "team", "active", "role", "acts_for")
    given = {name: getattr(asked, name) for name in names}
    changed = replace(rep, **{name: value for name, value in given.items() if value is not None})
    return _save(call, changed)


def _known(call: Call, name: str) -> Rep | None:
    reps = call.workspace.reader.reps()
    return next((rep for rep in reps if rep.name.casefold() == name.casefold()), None)


def _save(call: Call, rep: Rep) -> int:
    receipt = change_rep(call.workspace, rep, **call.once)
    return call.report_agreed(receipt, rep=_agreed, command_id=lambda _: receipt.command_id or None)


def _agreed(agreement: Agreement) -> dict[str, object]:
    return _document(with_values(Rep(str(agreement.key[0])), agreement.after or {}))


VERBS = {
    "rep list": Verb("", Parser.add_json, list_reps, examples=("pipeboard rep list",)),
    "rep add": Verb(
        "REP",
        _rep_arguments,
        add,
        examples=("pipeboard rep add ana --name 'Ana Lind' --team North",),
    ),
    "rep set": Verb(
        "REP", _set_arguments, change, examples=("pipeboard rep set mara --team South",)
    ),
}
