"""The verbs that make deals, change what they say, and take them from stage to stage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeboard.cli.arguments import read_stdin
from pipeboard.cli.call import Call
from pipeboard.cli.verbs import last_word, takes, takes_deals, takes_json, verb
from pipeboard.domain import commands as c
from pipeboard.domain.dates import Direction
from pipeboard.domain.deal import LOSS_CATEGORIES, Deal, Loss
from pipeboard.domain.deal_fields import parse_assignment
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import read
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money, names_currency, parse_money
from pipeboard.domain.pipeline import Stage
from pipeboard.domain.quick_add import EXAMPLE, join_arguments
from pipeboard.domain.text import few, quoted
from pipeboard.workspace.execution import merge_deals
from pipeboard.workspace.new_deals import add_all, add_deal, win_with_sequels
from pipeboard.workspace.recording import Receipt

_ASSIGNMENT = re.compile(r"(?:fields?\.[^=]+|[a-z_]+)=", re.IGNORECASE)
_takes_new_rep = takes(
    "--new-rep", action="store_true", help="the owner may be somebody new: make that rep"
)


@verb(
    "add",
    "LINE...",
    "pipeboard add Lumen Oy: packaging line 40k @mara +inbound close:19dec",
    "pipeboard add - < leads.txt",
    dashed_words=True,
    more="Several words are joined to one line, which is one deal. 'add -' reads a deal from each "
    "line of stdin (UTF-8, blank lines left out): all or none.",
)
@takes("words", nargs="*", metavar="LINE", help=f"for example: {EXAMPLE}")
@_takes_new_rep
@takes_json
def add(call: Call) -> int:
    """One deal from the words, or one from each line of stdin; prints the refs."""
    from pipeboard.cli.setup import open_or_make

    words = call.arguments.words
    if not words:
        raise BadInput("What deal?", hint=f"For example: pipeboard add {EXAMPLE}")
    if words == ["-"]:
        lines = _numbered(read_stdin())
        open_or_make(call)
        return _add_all(call, lines)
    open_or_make(call)
    receipt = call.for_owner(
        lambda new_rep: add_deal(
            call.workspace,
            join_arguments(words),
            pipeline=call.pipeline,
            new_rep=new_rep,
            **call.once,
        )
    )
    return call.report(receipt, *_new_deals(call, receipt), refs=True)


def _numbered(text: str) -> dict[int, str]:
    """The lines that say something, by their number in the file from 1."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return {number: line for number, line in enumerate(lines, 1) if line.strip()}


def _add_all(call: Call, lines: Mapping[int, str]) -> int:
    """A deal from each line, or from none; the one that cannot be read is named by its number."""
    receipt = add_all(
        call.workspace, lines, pipeline=call.pipeline, new_rep=call.arguments.new_rep, **call.once
    )
    ids = [receipt.command_id] if receipt.command_id else []
    return call.report(receipt, *_new_deals(call, receipt), refs=True, command_ids=ids)


def _new_deals(call: Call, receipt: Receipt) -> tuple[str, ...]:
    from pipeboard.cli import echo

    pipelines, zone = call.documents.pipelines, call.documents.zone
    return tuple(echo.new_deal(deal, pipelines[deal.pipeline_id], zone) for deal in receipt.deals)


@verb(
    "set",
    "DEAL... FIELD=VALUE...",
    "pipeboard set 142 value=45k close=19dec",
    "pipeboard set --where +renewal p=60 --dry-run",
)
@takes_deals
@_takes_new_rep
def set_fields(call: Call) -> int:
    """New values for fields, as they are typed."""
    words = call.arguments.words
    assignments = [word for word in words if _ASSIGNMENT.match(word)]
    if not assignments:
        raise BadInput("Set what?", hint="For example: pipeboard set 142 value=40k close=19dec")
    ids = call.ids([word for word in words if word not in assignments])
    receipt = call.for_owner(
        lambda new_rep: call.execute(c.SetFields(tuple(assignments), new_rep), ids)
    )
    return call.report(receipt, *_now_set(call, assignments, receipt))


def _now_set(call: Call, assignments: Sequence[str], receipt: Receipt) -> tuple[str, ...]:
    from pipeboard.cli import echo

    said, pipelines, today = [], call.documents.pipelines, call.workspace.today
    # An amount that names no currency is in that of each deal.
    one_of_each = {deal.currency_in(pipelines[deal.pipeline_id]): deal for deal in receipt.deals}
    for currency, deal in one_of_each.items():
        changes = dict(parse_assignment(text, today, currency) for text in assignments)
        # Texts are told as they were stored, cleaned and each tag once.
        texts = {n: read(deal, n) for n, value in changes.items() if isinstance(value, str | tuple)}
        said.append(echo.settings_of(changes | texts, deal))
    return tuple(dict.fromkeys(said))


@verb(
    "assign",
    "DEAL... REP",
    "pipeboard assign 142 143 mara --note 'You know them.'",
    "pipeboard assign --where 'owner:mara' jonas -y",
)
@takes_deals
@_takes_new_rep
@takes("--note", metavar="TEXT", default="", help="a word for the new owner")
def assign(call: Call) -> int:
    """To another owner."""
    refs, rep = last_word(call, "a rep", "assign")
    ids, name, note = call.ids(refs), rep.removeprefix("@"), call.arguments.note
    receipt = call.for_owner(lambda new_rep: call.execute(c.Assign(name, note, new_rep), ids))
    owned = (f"Owner: @{deal.owner}." for deal in receipt.deals[:1] if deal.owner)
    return call.report(receipt, *owned)


@verb("tag", "DEAL... +TAG... -TAG...", "pipeboard tag 142 +renewal -cold", dashed_words=True)
@takes_deals
def tag(call: Call) -> int:
    """Tags with + in front are put on, with - taken off."""
    words = call.arguments.words
    add = [word[1:] for word in words if word.startswith("+")]
    remove = [word[1:] for word in words if word.startswith("-")]
    if not add and not remove:
        raise BadInput("Which tags?", hint="For example: pipeboard tag 142 +inbound -cold")
    ids = call.ids([word for word in words if word[:1] not in {"+", "-"}])
    return call.report(call.execute(c.TagWith(tuple(add), tuple(remove)), ids))


@verb(
    "archive",
    "DEAL...",
    "pipeboard archive 150",
    more="What was won or lost stays in the numbers; only open deals leave them.",
)
@takes_deals
def archive(call: Call) -> int:
    """Out of sight; undo or unarchive brings them back."""
    ids = call.ids(call.arguments.words)
    return call.report(call.execute(c.Archive(), ids))


@verb("unarchive", "DEAL...", "pipeboard unarchive 151")
@takes_deals
def unarchive(call: Call) -> int:
    """Back from the archive."""
    ids = call.ids(call.arguments.words)
    return call.report(call.execute(c.Unarchive(), ids))


@verb("merge", "KEEP OTHER...", "pipeboard merge 142 143")
@takes("keep", metavar="KEEP", help="the deal that stays")
@takes("others", nargs="+", metavar="OTHER", help="the deals that go into it")
@takes(
    "--yes-closed",
    action="store_true",
    help="also won and lost deals, whose outcome then leaves the numbers",
)
@takes_json
def merge(call: Call) -> int:
    """Several deals become the first of them."""
    asked = call.arguments
    keep = call.deal(asked.keep)
    others = [call.deal(ref) for ref in asked.others]
    ids = [deal.id for deal in others]
    closed = asked.yes_closed or _may_leave_numbers(call, others)
    return call.report(merge_deals(call.workspace, keep.id, ids, closed=closed, **call.once))


def _may_leave_numbers(call: Call, others: Sequence[Deal]) -> bool:
    """Whether a person says that won and lost deals may go; nobody else is asked, nor `-y`."""
    ended = [deal for deal in others if deal.closed_at is not None]
    if not ended or not call.may_ask or call.arguments.yes or call.arguments.dry_run:
        return False
    told = ", ".join(f"{deal.ref} {deal.name} ({deal.outcome})" for deal in ended)
    call.confirm(f"Merged, {told} leaves the numbers of that time. Go on?")
    return True


# From stage to stage.


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
    stage = _stage(call, deals, name)
    command = c.Move(stage.id, call.arguments.override)
    return call.report(call.execute(command, [deal.id for deal in deals]))


def _stage(call: Call, deals: Sequence[Deal], text: str) -> Stage:
    """The stage of that name in the pipeline that all the deals are in."""
    pipelines = {deal.pipeline_id for deal in deals}
    if len(pipelines) > 1:
        raise BadInput(
            "The deals are in several pipelines.", hint="Name the pipeline with -p NAME."
        )
    return call.documents.pipelines[pipelines.pop()].find_stage(text)


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
    day = call.day(asked.follow_up, Direction.AHEAD)
    deals = call.deals(asked.words)
    ids = tuple(deal.id for deal in deals)
    value = None if asked.value is None else _amount(call, asked.value, deals)
    command = c.Win(value, call.day(asked.on), asked.override)
    if day is None:
        receipt = call.execute(command, ids)
    else:
        receipt = call.as_found(
            lambda: win_with_sequels(
                call.workspace, command, ids, day, seen=call.seen(ids), **call.once
            )
        )
    return call.report(receipt, *_closed(call, receipt, len(ids)))


def _amount(call: Call, text: str, deals: Sequence[Deal]) -> Money:
    """An amount for deals that all are in one currency, or that says its own."""
    pipelines = call.documents.pipelines
    codes = sorted({deal.currency_in(pipelines[deal.pipeline_id]) for deal in deals})
    amount = parse_money(text, codes[0])
    if len(codes) > 1 and not names_currency(text):
        raise BadInput(
            f"--value: {quoted(text)} names no currency, and the deals are in {few(codes, 4)}.",
            hint=f"Write it like '{codes[0]} {text}'.",
        )
    return amount


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
    stage_id = None if asked.stage is None else _stage(call, deals, asked.stage).id
    command = c.Reopen(stage_id, asked.override)
    return call.report(call.execute(command, [deal.id for deal in deals]))
