"""The verbs that make deals and change what they say: add, set, assign, tag, archive, merge."""

from __future__ import annotations

import re

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb, deal_arguments, last_word, read_stdin
from pipeboard.domain.errors import BadInput
from pipeboard.domain.quick_add import EXAMPLE, join_arguments

_ASSIGNMENT = re.compile(r"(?:fields?\.[^=]+|[a-z_]+)=", re.IGNORECASE)


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", help=f"for example: {EXAMPLE}")
    parser.epilog = "'add -' reads a deal from each line of stdin."
    parser.add_json()


def add(call: Call) -> int:
    """One deal from the words, or one from each line of stdin; prints the refs."""
    from pipeboard.cli.beginning import open_or_make

    words = call.arguments.words
    if not words:
        raise BadInput("What deal?", hint=f"For example: pipeboard add {EXAMPLE}")
    open_or_make(call)
    if words != ["-"]:
        return _add_line(call, join_arguments(words), dry_run=call.arguments.dry_run)
    lines = [line for line in read_stdin().splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        _check_line(call, number, line)
    for line in [] if call.arguments.dry_run else lines:
        _add_line(call, line, dry_run=False)
    return 0


def _add_line(call: Call, line: str, *, dry_run: bool) -> int:
    receipt = call.workspace.add(line, pipeline=call.pipeline, dry_run=dry_run)
    return call.report(receipt, refs=True)


def _check_line(call: Call, number: int, line: str) -> None:
    """Nothing of the lines is written unless all can be read."""
    try:
        call.workspace.add(line, pipeline=call.pipeline, dry_run=True)
    except BadInput as error:
        raise BadInput(
            f"Line {number}: {error.message}", hint=error.hint, details=error.details
        ) from error


def set_fields(call: Call) -> int:
    """New values for fields, as they are typed."""
    words = call.arguments.words
    assignments = [word for word in words if _ASSIGNMENT.match(word)]
    if not assignments:
        raise BadInput("Set what?", hint="For example: pipeboard set 142 value=40k close=19dec")
    ids = call.ids([word for word in words if word not in assignments])
    receipt = call.workspace.set_fields(ids, assignments, dry_run=call.arguments.dry_run)
    return call.report(receipt)


def _assign_arguments(parser: Parser) -> None:
    deal_arguments(parser)
    parser.add_argument("--note", metavar="TEXT", default="", help="a word for the new owner")


def assign(call: Call) -> int:
    """To another owner."""
    refs, rep = last_word(call.arguments.words, "deals and a rep", "assign")
    receipt = call.workspace.assign(
        call.ids(refs),
        rep.removeprefix("@"),
        note=call.arguments.note,
        dry_run=call.arguments.dry_run,
    )
    return call.report(receipt)


def tag(call: Call) -> int:
    """Tags with + in front are put on, with - taken off."""
    words = call.arguments.words
    add = [word[1:] for word in words if word.startswith("+")]
    remove = [word[1:] for word in words if word.startswith("-")]
    if not add and not remove:
        raise BadInput("Which tags?", hint="For example: pipeboard tag 142 +inbound -cold")
    ids = call.ids([word for word in words if word[:1] not in {"+", "-"}])
    return call.report(call.workspace.tag(ids, add, remove, dry_run=call.arguments.dry_run))


def archive(call: Call) -> int:
    """Out of sight; undo or unarchive brings them back."""
    ids = call.ids(call.arguments.words)
    return call.report(call.workspace.archive(ids, dry_run=call.arguments.dry_run))


def unarchive(call: Call) -> int:
    """Back from the archive."""
    ids = call.ids(call.arguments.words)
    return call.report(call.workspace.unarchive(ids, dry_run=call.arguments.dry_run))


def _merge_arguments(parser: Parser) -> None:
    parser.add_argument("keep", metavar="KEEP", help="the deal that stays")
    parser.add_argument("others", nargs="+", metavar="OTHER", help="the deals that go into it")
    parser.add_argument(
        "--yes-closed",
        action="store_true",
        help="also won and lost deals, whose outcome then leaves the numbers",
    )
    parser.add_json()


def merge(call: Call) -> int:
    """Several deals become the first of them."""
    asked = call.arguments
    keep = call.workspace.find_deal(asked.keep, call.only_pipeline)
    others = [call.workspace.find_deal(ref, call.only_pipeline).id for ref in asked.others]
    return call.report(
        call.workspace.merge(keep.id, others, closed=asked.yes_closed, dry_run=asked.dry_run)
    )


VERBS = {
    "add": Verb("LINE...", _add_arguments, add, dashed_words=True),
    "set": Verb("DEAL... FIELD=VALUE...", deal_arguments, set_fields),
    "assign": Verb("DEAL... REP", _assign_arguments, assign),
    "tag": Verb("DEAL... +TAG... -TAG...", deal_arguments, tag, dashed_words=True),
    "archive": Verb("DEAL...", deal_arguments, archive),
    "unarchive": Verb("DEAL...", deal_arguments, unarchive),
    "merge": Verb("KEEP OTHER...", _merge_arguments, merge),
}
