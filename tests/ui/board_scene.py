"""A made-up pipeline, its board and one deal of it, for the tests of what is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeboard.domain.board import Board, Card, Column, Lens, Signs
from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.deal import Answer, Contact, Deal, NextStep, Note, Status, Term, Touch
from pipeboard.domain.deal_record import DealRecord, Entry
from pipeboard.domain.events import Event, Kind
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline, Stage, StageKind
from pipeboard.domain.signs import Sign
from pipeboard.domain.templates import SEVEN
from pipeboard.ui.draw.layout import BoardView, Window
from pipeboard.ui.keys import KeptKey

TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("Europe/Helsinki")
HINTS = (
    ("a", "Add"),
    ("↵", "Open"),
    ("H/L", "Move"),
    ("m", "Move…"),
    ("t", "Next"),
    ("n", "Note"),
    ("/", "Filter"),
    ("u", "Undo"),
    (KeptKey("?"), "Help"),
)


def _stage(number: int, name: str, percent: int) -> Stage:
    return Stage(number, name, probability_bp=percent * 100, expected_days=14, idle_days=14)


PIPELINE = Pipeline(
    1,
    "New business",
    "EUR",
    (
        _stage(1, "Lead", 10),
        replace(
            _stage(2, "Qualify", 25),
            criteria=(parse_criterion("answer authority"), parse_criterion("next step")),
            checklist=("ROI sheet sent", "Reference named"),
        ),
        _stage(3, "Demo", 40),
        _stage(4, "Proposal", 60),
        _stage(5, "Negotiate", 80),
        Stage(6, "Won", StageKind.WON),
        Stage(7, "Lost", StageKind.LOST),
    ),
    SEVEN,
)


def card(number: int, name: str, value: str | None, sign: str = " ", **facts: Any) -> Card:
    """A card of stage 1 with a next step in three days, unless `facts` say otherwise; `value` is
    written like `40000 EUR`, `due` and `closed` are days from today."""
    due, closed = facts.pop("due", 3), facts.pop("closed", None)
    amount = None
    if value is not None:
        units, currency = value.split()
        amount = Money(int(units) * 100, currency)
    return replace(
        Card(
            id=number,
            version=1,
            stage_id=1,
            title="Pilot",
            account=name,
            owner="ana",
            status=Status.OPEN,
            value=amount,
            sign=Sign(sign),
            next_text="call",
            next_due=None if due is None else TODAY + timedelta(days=due),
            days_in_stage=4,
            days_untouched=2,
            over_limit=False,
            probability_bp=2500,
            probability_by_hand=False,
            answered=3,
            expected_close=date(2026, 12, 19),
            closed_on=None if closed is None else TODAY + timedelta(days=closed),
            snoozed_until=None,
            rank=number,
        ),
        **facts,
    )


def _cards(foreign: str) -> tuple[tuple[Card, ...], ...]:
    nothing: dict[str, Any] = {"next_text": "", "due": None}
    lead = (
        card(101, "Acme GmbH", "12400 EUR", "?", days_in_stage=9, **nothing),
        card(102, "Borealis AS", "8000 EUR", "!", due=-2, days_in_stage=11),
        card(103, "Cobalt Ltd", f"3200 {foreign}", next_text="mail", due=4, owner="bo"),
        card(104, "Dune & Co", "15000 EUR", due=0, days_in_stage=2),
        card(105, "Eastgate", "6000 EUR", "~", due=19, days_in_stage=31, over_limit=True),
        card(106, "Fjord Labs", "22000 EUR", next_text="demo", days_in_stage=1),
        card(107, "Gable Inc", "4500 EUR", next_text="mail", due=1),
        card(108, "Hanse Technologies", "9000 EUR", "?", **nothing),
        card(109, "Ivy Foods", None, snoozed_until=date(2026, 12, 2)),
        card(110, "Juno", "900 EUR"),
        card(111, "Kite", "7000 EUR"),
    )
    qualify = (
        card(112, "Jade Hotels", "31000 EUR", days_in_stage=6),
        card(113, "Kestrel BV", "18000 EUR", "!", next_text="send quote", due=-1),
        card(
            114,
            "Lumen Oy",
            "40000 EUR",
            "~",
            title="Packaging line pilot",
            next_text="call Mika about the line audit",
            due=10,
            days_in_stage=26,
            over_limit=True,
            probability_bp=6000,
            probability_by_hand=True,
        ),
        card(115, "Ångström Ötvös", "1250000 EUR", next_text="meet", due=6),
        card(116, "東京電力株式会社", "55000 EUR", next_text="デモ", due=5),
    )
    demo = (card(117, "Pike Marine", "55000 EUR", next_text="demo", due=1),)
    proposal = (card(118, "Tarn Energy", "88000 EUR", "~", owner="cem", over_limit=True),)
    closed: dict[str, Any] = {"next_text": "", "due": None}
    won = (card(119, "Wren", "31000 EUR", status=Status.WON, closed=-3, **closed),)
    lost = (card(120, "Yarrow", "12000 EUR", status=Status.LOST, closed=-40, **closed),)
    columns = (lead, qualify, demo, proposal, (), won, lost)
    return tuple(
        tuple(replace(each, stage_id=stage) for each in cards)
        for stage, cards in enumerate(columns, 1)
    )


def _sums(cards: tuple[Card, ...], share: int = 100) -> tuple[Money, ...]:
    totals: dict[str, int] = {}
    for each in cards:
        if each.value is not None:
            code = each.value.currency
            totals[code] = totals.get(code, 0) + each.value.minor * share // 100
    return tuple(Money(minor, code) for code, minor in totals.items())


def board_of(columns: tuple[tuple[Card, ...], ...], owner: str | None = "ana") -> Board:
    """The board that has these cards in its stages."""
    still_open = tuple(each for cards in columns[:5] for each in cards)
    return Board(
        PIPELINE,
        Lens(1, TODAY, ZONE, "ana", owner),
        tuple(
            Column(stage, len(cards), _sums(cards), _sums(cards, 25))
            for stage, cards in zip(PIPELINE.stages, columns, strict=True)
        ),
        open_count=len(still_open),
        open_sums=_sums(still_open),
        open_weighted=_sums(still_open, 25),
        matching=len(still_open),
        total=len(still_open),
        stage_signs={
            stage: Signs(*(sum(each.sign == sign for each in cards) for sign in "!?~"))
            for stage, cards in enumerate(columns[:5], 1)
        },
    )


def view_of(
    columns: tuple[tuple[Card, ...], ...], owner: str | None = "ana", **facts: Any
) -> BoardView:
    """A view of the board with these cards."""
    shown: dict[str, Any] = {"width": 80, "height": 24, "cursor": (1, 2), "hints": HINTS, **facts}
    windows = tuple(Window(0, cards) for cards in columns)
    return BoardView(board_of(columns, owner), windows, **shown)


def scene(owner: str | None = "ana", foreign: str = "EUR", **facts: Any) -> BoardView:
    """A view of the made-up board; some deals are in the `foreign` currency."""
    return view_of(_cards(foreign), owner, **facts)


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


DEAL = Deal(
    id=114,
    pipeline_id=1,
    stage_id=2,
    title="Packaging line pilot",
    account="Lumen Oy",
    value=Money(4_000_000, "EUR"),
    owner="ana",
    source="event",
    source_detail="Nordic Pack fair",
    contact_reason="saw the case of a dairy",
    tags=("inbound", "nordic"),
    fields={"product": "GTX-200"},
    probability_bp=6000,
    expected_close=date(2026, 12, 19),
    created_at=at(10, 23),
    stage_entered_at=at(10, 28),
    last_touch_at=at(11, 21),
    next_step=NextStep("call Mika about the line audit", date(2026, 12, 3)),
    answers={
        "need": Answer("Scrap rate 9 % on line 2", 4, "audit report of 12 Oct"),
        "stake": Answer("none yet; Mika is neutral", 1),
    },
    contacts={
        "mika": Contact("Mika Laine", "champion", title="Plant manager", phone="+358 40 555 0142"),
        "outi": Contact("Outi Salo", "decision_maker", "outi@lumen.example", title="CFO"),
    },
    terms={"price": Term("Price", "40k", "34k"), "pay": Term("Payment", agreed="45 days")},
    checklist={"2/ROI sheet sent": "yes"},
)


def sheet_of(deal: Deal = DEAL) -> DealRecord:
    """A deal with two notes, a call, and a close date that was moved."""
    moved = Event(
        Kind.EXPECTED_CLOSE,
        at(11, 14, 7, 20),
        {"expected_close": date(2026, 11, 28)},
        {"expected_close": date(2026, 12, 19)},
    )
    return DealRecord(
        deal,
        PIPELINE,
        (
            Note(
                "n1", "Wants a reference from a dairy plant.\nAway until Monday.", "ana", at(11, 21)
            ),
            Note("n2", "Inbound from the fair.", "bo", at(10, 28)),
        ),
        (Touch("t1", "call", "out", "reached", "ana", at(11, 21, 15, 2)),),
        (Entry(7, deal.id, 3, moved, "c1", "set", "ana", "", moved.at),),
    )
