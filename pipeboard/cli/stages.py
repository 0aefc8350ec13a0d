"""The verbs that take deals from stage to stage: move, won, lost, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.verbs import last_word, takes, takes_deals, verb
from pipeboard.domain import commands as c
from pipeboard.domain.dates import Direction
from pipeboard.domain.deal import LOSS_CATEGORIES, Loss
from pipeboard.domain.locales import written
from pipeboard.domain.money import parse_money
from pipeboard.workspace.new_deals import win_with_sequels

if TYPE_CHECKING:
    from pipeboard.workspace.recording import Receipt

_takes_override = takes(
    "--override", metavar="REASON", default="", help="pass the gate; the reason is logged"
)
_takes_on = takes("--on", metavar="DATE", help="the day it was, today unless given")


@verb(
    "move",
    "DEAL... STAGE",
    "pipeboard move 142 proposal",
    "pipeboard move 142 negotiation --override 'They want to sign on Friday'",
)
@takes_deals
@_takes_override
def move(call: Call) -> int:
    """To another open stage."""
    refs, name = last_word(call, "a stage", "move")
    deals = call.deals(refs)
    stage = call.stage(deals, name)
    command = c.Move(stage.id, call.arguments.override)
    return call.report(call.execute(command, [deal.id for deal in deals]))


@verb(
    "won",
    "DEAL...",
    "pipeboard won 142 --value 45k",
    "pipeboard won 142 --follow-up +3m --override 'Signed on the phone'",
)
@takes_deals
@takes("--value", metavar="AMOUNT", help="the final value")
@takes("--follow-up", metavar="DATE", help="a lead for the next sale: ask how it goes, say +14d")
@_takes_on
@_takes_override
def won(call: Call) -> int:
    """Won, with the final value; and what follows the sale."""
    asked = call.arguments
    value = None if asked.value is None else parse_money(asked.value, call.settings.currency)
    day = call.day(asked.follow_up, Direction.AHEAD)
    ids = call.ids(asked.words)
    command = c.Win(value, call.day(asked.on), asked.override)
    if day is None:
        receipt = call.execute(command, ids)
    else:
        receipt = win_with_sequels(
            call.workspace, command, ids, day, seen=call.seen(ids), **call.once
        )
    return call.report(receipt, *_closed(call, receipt, len(ids)))


def _closed(call: Call, receipt: Receipt, count: int) -> tuple[str, ...]:
    """On which day the deals ended, and at what value a single one."""
    from pipeboard.cli import echo

    if not receipt.deals:
        return ()
    deal = receipt.deals[0]
    value = written().money(deal.value) if deal.value and count == 1 else ""
    again = deal.loss.recycle_on if deal.loss else None
    return (
        echo.joined(
            (
                echo.closed_on(deal, call.settings.zone),
                value,
                f"again on {written().date(again)}" if again else "",
            )
        ),
    )


@verb(
    "lost",
    "DEAL... --category CATEGORY",
    "pipeboard lost 142 --category price --competitor Sehwerk --recycle +6m",
)
@takes_deals
@takes("--category", metavar="CATEGORY", required=True, help=f"one of {', '.join(LOSS_CATEGORIES)}")
@takes("--reason", metavar="TEXT", default="", help="why, in words")
@takes("--competitor", metavar="NAME", default="", help="who won it")
@takes("--recycle", metavar="DATE", help="when to try again")
@takes("--objection", metavar="TAG", default="", help="what they had against it, as a tag")
@_takes_on
def lost(call: Call) -> int:
    """Lost, for a reason."""
    asked = call.arguments
    loss = Loss(
        asked.category,
        asked.reason,
        asked.competitor,
        call.day(asked.recycle, Direction.AHEAD),
        asked.objection,
    )
    ids = call.ids(asked.words)
    receipt = call.execute(c.Lose(loss, call.day(asked.on)), ids)
    return call.report(receipt, *_closed(call, receipt, len(ids)))


@verb("reopen", "DEAL...", "pipeboard reopen 150", "pipeboard reopen 150 --stage needs")
@takes_deals
@takes("--stage", metavar="STAGE", help="where to, else where it was closed")
@_takes_override
def reopen(call: Call) -> int:
    """Back to work."""
    asked = call.arguments
    deals = call.deals(asked.words)
    stage_id = None if asked.stage is None else call.stage(deals, asked.stage).id
    command = c.Reopen(stage_id, asked.override)
    return call.report(call.execute(command, [deal.id for deal in deals]))
