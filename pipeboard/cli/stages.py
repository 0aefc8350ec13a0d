"""The verbs that take deals from stage to stage: move, won, lost, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb, deal_arguments, last_word
from pipeboard.domain import commands as c
from pipeboard.domain.dates import Direction
from pipeboard.domain.deal import LOSS_CATEGORIES, Loss
from pipeboard.domain.locales import written
from pipeboard.domain.money import parse_money
from pipeboard.workspace.new_deals import win_with_sequels

if TYPE_CHECKING:
    from pipeboard.workspace.recording import Receipt


def _override(parser: Parser) -> None:
    parser.add_argument(
        "--override",
        metavar="REASON",
        default="",
        help="pass the gate; the reason is logged",
    )


def _on(parser: Parser) -> None:
    parser.add_argument("--on", metavar="DATE", help="the day it was, today unless given")


def _move_arguments(parser: Parser) -> None:
    deal_arguments(parser)
    _override(parser)


def move(call: Call) -> int:
    """To another open stage."""
    refs, name = last_word(call.arguments.words, "deals and a stage", "move")
    deals = call.deals(refs)
    stage = call.stage(deals, name)
    command = c.Move(stage.id, call.arguments.override)
    return call.report(call.execute(command, [deal.id for deal in deals]))


def _won_arguments(parser: Parser) -> None:
    deal_arguments(parser)
    parser.add_argument("--value", metavar="AMOUNT", help="the final value")
    parser.add_argument(
        "--follow-up", metavar="DATE", help="a lead for the next sale: ask how it goes, say +14d"
    )
    _on(parser)
    _override(parser)


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
        receipt = win_with_sequels(call.workspace, command, ids, day, **call.once)
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


def _lost_arguments(parser: Parser) -> None:
    deal_arguments(parser)
    parser.add_argument(
        "--category", metavar="CATEGORY", required=True, help=f"one of {', '.join(LOSS_CATEGORIES)}"
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, in words")
    parser.add_argument("--competitor", metavar="NAME", default="", help="who won it")
    parser.add_argument("--recycle", metavar="DATE", help="when to try again")
    parser.add_argument(
        "--objection", metavar="TAG", default="", help="what they had against it, as a tag"
    )
    _on(parser)


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


def _reopen_arguments(parser: Parser) -> None:
    deal_arguments(parser)
    parser.add_argument("--stage", metavar="STAGE", help="where to, else where it was closed")
    _override(parser)


def reopen(call: Call) -> int:
    """Back to work."""
    asked = call.arguments
    deals = call.deals(asked.words)
    stage_id = None if asked.stage is None else call.stage(deals, asked.stage).id
    command = c.Reopen(stage_id, asked.override)
    return call.report(call.execute(command, [deal.id for deal in deals]))


VERBS = {
    "move": Verb(
        "DEAL... STAGE",
        _move_arguments,
        move,
        examples=(
            "pipeboard move 142 proposal",
            "pipeboard move 142 negotiation --override 'They want to sign on Friday'",
        ),
    ),
    "won": Verb(
        "DEAL...",
        _won_arguments,
        won,
        examples=(
            "pipeboard won 142 --value 45k",
            "pipeboard won 142 --follow-up +3m --override 'Signed on the phone'",
        ),
    ),
    "lost": Verb(
        "DEAL... --category CATEGORY",
        _lost_arguments,
        lost,
        examples=("pipeboard lost 142 --category price --competitor Sehwerk --recycle +6m",),
    ),
    "reopen": Verb(
        "DEAL...",
        _reopen_arguments,
        reopen,
        examples=(
            "pipeboard reopen 150",
            "pipeboard reopen 150 --stage needs",
        ),
    ),
}
