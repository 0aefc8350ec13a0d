"""The verbs about a rep's own forecast: call set and list."""

from __future__ import annotations

from pipeboard.cli.call import Call
from pipeboard.cli.tables import Table
from pipeboard.cli.verbs import takes, takes_json, verb
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money
from pipeboard.workspace.reports import calls_of, set_call


@verb("call set", "PERIOD AMOUNT", "pipeboard call set 2026Q4 120k")
@takes("period", metavar="PERIOD", help="2026, 2026Q4, 2026-11 or 2026-W47")
@takes("amount", metavar="AMOUNT", help="such as 120k; none takes it back")
@takes("--owner", metavar="REP", default="", help="of a rep, else your own")
@takes_json
def change_call(call: Call) -> int:
    """What you (or a rep) say that a period will bring, whatever the deals add up to."""
    asked, workspace = call.arguments, call.workspace
    amount = None if asked.amount.lower() == "none" else asked.amount
    receipt = set_call(
        workspace, call.pipeline, asked.period, amount, owner=asked.owner, **call.once
    )
    call.command_id = receipt.command_id
    if asked.json:
        call.out.document({"summary": receipt.summary, "dry_run": asked.dry_run})
    begin = "Not done (dry run): " if asked.dry_run else ""
    call.out.say(f"{begin}{receipt.summary}", *receipt.notes)
    return 0


@verb("call list", "", "pipeboard call list")
@takes_json
def list_calls(call: Call) -> int:
    """What reps call for periods, as it stands."""
    found = sorted(calls_of(call.workspace, call.pipeline).items())
    if call.arguments.json:
        call.out.document({"calls": [_document(*about, said) for about, said in found]})
        return 0
    rows = ((period, f"@{owner}", written().money(said)) for (period, owner), said in found)
    Table(("period", "whose", "call"), right=(2,)).write(call.out, rows)
    if not found:
        call.out.say("Nobody has called a period; for example: pipeboard call set 2026Q4 120k")
    return 0


def _document(period: str, owner: str, said: Money) -> dict[str, object]:
    amount = {"amount_minor": said.minor, "currency": said.currency}
    return {"period": period, "owner": owner, "amount": amount}
