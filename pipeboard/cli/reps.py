"""The verbs about the people who own deals: rep list, add, set."""

from __future__ import annotations

from pipeboard.cli.call import Call
from pipeboard.cli.tables import Table, tell
from pipeboard.cli.verbs import takes, takes_json, together, verb
from pipeboard.domain.agreements import Agreement
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.domain.lazy_dataclass import replace, with_values
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import did_you_mean, quoted
from pipeboard.workspace.configuration import change_rep
from pipeboard.workspace.recording import retried


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
    return tell(call, {"reps": [_document(rep) for rep in reps]}, table, rows)


def _document(rep: Rep) -> dict[str, object]:
    return {
        "name": rep.name,
        "display_name": rep.display_name or None,
        "team": rep.team or None,
        "active": rep.active,
        "role": rep.role or None,
        "acts_for": rep.acts_for.split(),
    }


_takes_rep = together(
    takes("name", metavar="REP", help="as in @REP, often the account's name"),
    takes("--name", dest="display_name", metavar="NAME", help="the name to show"),
    takes("--team", metavar="TEAM", help="the team they are in"),
    takes("--role", metavar="ROLE", help="viewer, rep, manager or owner; none takes it away"),
    takes(
        "--acts-for", metavar="REPS", help="for whom they may act (--as): names, * for all, none"
    ),
    takes_json,
)


@verb("rep add", "REP", "pipeboard rep add ana --name 'Ana Lind' --team North")
@_takes_rep
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


@verb("rep set", "REP", "pipeboard rep set mara --team South")
@_takes_rep
@takes("--active", action="store_true", default=None, help="works here")
@takes("--inactive", dest="active", action="store_false", help="takes no more deals")
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
