"""The verb of the weekly review: review."""

from __future__ import annotations

from pipeboard import outlet
from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE
from pipeboard.cli.verbs import takes, takes_one, verb
from pipeboard.domain.dates import Direction, local_date, parse_date
from pipeboard.workspace.finding import find_deal


@verb(
    "review",
    "",
    "pipeboard review --since 2w",
    "pipeboard review --html > review.html",
    "pipeboard review --decide 142 'thu send the offer' --to jonas",
)
@takes("--since", metavar="T", help="what to compare with, else the last review")
@takes("--hold", action="store_true", help="keep it: the next one starts here")
@takes("--held", metavar="DAY", help="a past review as it was; list tells which")
@takes("--decide", nargs=2, metavar=("DEAL", "STEP"), help='what was decided: D-12 "thu call Bob"')
@takes("--to", metavar="REP", default="", help="who does what was decided")
@takes_one(
    json="one JSON document",
    md="Markdown, which is also the plain form",
    html="one page, for a browser",
)
def review(call: Call) -> int:
    """The weekly review: the number, what changed, deals to discuss, flow, decisions."""
    from pipeboard.exchange.review_document import review_document, review_markdown, review_page
    from pipeboard.workspace.review import decide, held_on, held_reviews, hold
    from pipeboard.workspace.review import review as review_of

    asked, workspace = call.arguments, call.workspace
    if asked.decide:
        ref, step = asked.decide
        deal = find_deal(workspace, ref, call.only_pipeline)
        return call.report(decide(workspace, deal.id, step, asked.to, **call.once))
    if asked.held == "list":
        zone = call.settings.zone
        for held in held_reviews(workspace, call.pipeline):
            call.out.line(local_date(held.at, zone).isoformat())
        return DONE
    if asked.held:
        day = parse_date(asked.held, workspace.today, Direction.BACK)
        document = held_on(workspace, call.pipeline, day).contents
    else:
        call.tell_whose()
        found = review_of(workspace, call.pipeline, call.instant("--since"))
        document = review_document(found)
        if asked.hold:
            receipt = hold(workspace, call.pipeline, document, at=found.at, **call.once)
            call.command_id = receipt.command_id
            call.out.say(*filter(None, (receipt.summary, *receipt.notes)))
    if asked.json:
        call.out.document({"review": document})
    elif asked.html:
        for part in review_page(document):
            outlet.data(part, end="")
    else:
        call.out.text(review_markdown(document).rstrip("\n"))
    return DONE
