from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.exchange import fields
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.rows import DealRow, Rejected, RowContact
from tests.exchange.files import deals_of, open_file, rows_of, write


def test_amounts_are_in_the_currency_of_their_row(tmp_path: Path) -> None:
    text = "deal,value,currency\na,40k,EUR\nb,1 234.50,\nc,€5,gbp\nd,100.0,JPY\ne,0,\nf,,\ng,n/a,\n"
    values = [row.value for row in deals_of(tmp_path, text)]
    assert values == [
        Money(4_000_000, "EUR"),
        Money(123_450, "USD"),
        Money(500, "EUR"),
        Money(100, "JPY"),
        Money(0, "USD"),
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        ("a,abc,EUR,,", "value", "abc", "not an amount"),
        ("a,-5,EUR,,", "value", "-5", "cannot be negative"),
        ("a,5,EUX,,", "currency", "EUX", "EUX"),
        ("a,5,EUR,soon,", "created", "soon", "not a date"),
        ("a,5,EUR,,Paused", "status", "Paused", "not a status"),
        (",5,EUR,,", "", "", "no title"),
    ],
)
def test_a_cell_that_cannot_be_read_rejects_its_row_where_that_is_asked_for(
    tmp_path: Path, cells: str, column: str, value: str, reason: str
) -> None:
    text = f"deal,value,currency,created,status\nok,1,EUR,2017-01-01,open\n{cells}\n"
    sound, row = rows_of(tmp_path, text, options=ReadOptions(strict=True))
    assert not isinstance(sound, Rejected)
    assert isinstance(row, Rejected)
    assert (row.line, row.column, row.value) == (3, column, value)
    assert reason in row.reason
    assert ",".join(row.raw.values()) == cells


def test_a_column_of_a_kind_that_files_have_no_word_for_is_read_as_people_type_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {**fields.KINDS, "offer_expires_on": fields.CellKind.TYPED}
    monkeypatch.setattr(fields, "KINDS", kinds)
    (row,) = deals_of(tmp_path, "deal,offer expires on\na,+3d\n")
    assert row.others == {"offer_expires_on": date(2018, 1, 3)}


def test_a_deal_without_a_title_is_named_by_account_and_product_or_its_id(tmp_path: Path) -> None:
    text = "id,account,product\n1,Lumen,GTX\n2,Lumen,\n3,,GTX\n"
    assert [row.title for row in deals_of(tmp_path, text)] == ["Lumen - GTX", "Lumen", "3"]


def test_what_maps_to_nothing_becomes_custom_fields_and_nothing_is_lost(tmp_path: Path) -> None:
    text = 'deal,product,Region,Remark for us\nPilot,GTX,,"two\nlines"\n'
    (row,) = deals_of(tmp_path, text)
    assert row.fields == {"product": "GTX", "Remark for us": "two\nlines"}
    assert row.raw == {
        "deal": "Pilot",
        "product": "GTX",
        "Region": "",
        "Remark for us": "two\nlines",
    }


def test_people_tags_and_notes_are_gathered(tmp_path: Path) -> None:
    text = (
        "deal,contact,email,phone,tags,label,note,comments\n"
        'Pilot,Mika Laine; Ana Ruiz,m@x.fi; a@x.es,+358 40,"hot, new","hot","first","second"\n'
        "Renewal,,info@x.fi,,,,,\n"
    )
    first, second = deals_of(tmp_path, text)
    assert first.contacts == (
        RowContact("Mika Laine", None, "m@x.fi", "+358 40"),
        RowContact("Ana Ruiz", None, "a@x.es", None),
    )
    assert first.tags == ("hot", "new")
    assert [note.text for note in first.notes] == ["first", "second"]
    assert second.contacts == (RowContact("info@x.fi", None, "info@x.fi"),)


@pytest.mark.parametrize(
    ("cells", "people"),
    [
        (("Mika Laine (m@x.fi); Ana <a@x.es>; Bo", "", ""),
         [("Mika Laine", "m@x.fi", None), ("Ana", "a@x.es", None), ("Bo", None, None)]),
        (("Mika (m@x.fi)", "other@x.fi", ""), [("Mika (m@x.fi)", "other@x.fi", None)]),
        (("Mika (m@x.fi); Ana", "; a@x.es", ""),
         [("Mika (m@x.fi)", None, None), ("Ana", "a@x.es", None)]),
        (("Mika (m@x.fi)", ";", ""), [("Mika", "m@x.fi", None)]),
        (("", "", "+358 40"), [("+358 40", None, "+358 40")]),
        (("", "m@x.fi", "+358 40"), [("m@x.fi", "m@x.fi", "+358 40")]),
    ],
)  # fmt: skip
def test_a_person_is_called_by_what_is_known_of_them(
    tmp_path: Path, cells: tuple[str, ...], people: list[tuple[str, str | None, str | None]]
) -> None:
    (row,) = deals_of(tmp_path, f"deal,contact,email,phone\nA,{','.join(cells)}\n")
    assert [(one.name, one.email, one.phone) for one in row.contacts] == people


@pytest.mark.parametrize(
    ("stage", "estimate", "final", "value", "kept"),
    [
        ("Won", "5", "7", 700, {"amount": "5"}),
        ("Won", "7", "7", 700, {}),
        ("Won", "", "7", 700, {}),
        ("Won", "5", "", 500, {}),
        ("Demo", "5", "7", 500, {"actual revenue": "7"}),
        ("Lost", "5", "7", 500, {"actual revenue": "7"}),
    ],
)
def test_what_a_deal_was_won_for_is_its_value(
    tmp_path: Path, stage: str, estimate: str, final: str, value: int, kept: dict[str, str]
) -> None:
    text = f"deal,stage,amount,actual revenue\nA,{stage},{estimate},{final}\n"
    (row,) = deals_of(tmp_path, text)
    assert (row.value and row.value.minor, row.fields) == (value, kept)


@pytest.mark.parametrize("rating", [0, 4, -1, 5, "3", True])
def test_a_rating_lies_between_0_and_4(tmp_path: Path, rating: object) -> None:
    answers = [{"question": "need", "text": "a", "rating": rating, "evidence": "mail"}]
    (row,) = rows_of(tmp_path, json.dumps([{"title": "A", "answers": answers}]), "a.json")
    assert isinstance(row, DealRow if rating in (0, 4) and rating is not True else Rejected)
    if isinstance(row, DealRow):
        assert (row.answers[0].rating, row.answers[0].evidence) == (rating, "mail")


def test_the_tags_of_a_touch_and_an_address_that_is_none_are_told(tmp_path: Path) -> None:
    touch = {"type": "call", "objection": "price", "variant": "short"}
    deal = {"title": "A", "stage": "Demo", "touches": [touch],
            "contacts": [{"name": "Mika", "email": "m.x.fi"}]}  # fmt: skip
    (row,) = deals_of(tmp_path, json.dumps([deal]), "a.json")
    assert (row.touches[0].objection, row.touches[0].variant) == ("price", "short")
    assert row.remarks == ("odd_email",)


def test_a_probability_belongs_to_open_deals(tmp_path: Path) -> None:
    text = "deal,stage,probability\na,Demo,60\nb,Won,100\nc,Lost,30%\n"
    ongoing, won, lost = deals_of(tmp_path, text)
    assert ongoing.probability_bp == 6000
    assert (won.probability_bp, won.fields) == (None, {})
    assert (lost.probability_bp, lost.fields) == (None, {"probability": "30%"})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("deal,stage,probability\na,Lost,0\n", {}),
        ("deal,stage,probability\na,Won,0\n", {}),
        ("deal,stage,probability\na,Lost,100\n", {}),
        ("deal,stage,probability\na,Won,99\n", {"probability": "99"}),
        ("deal,pipeline\na,North\n", {"pipeline": "North"}),
        ("deal,currency\na,SEK\n", {"currency": "SEK"}),
        ("deal,value,currency\na,5,SEK\n", {}),
        ('deal,assignees\na,"ana, bo"\n', {"assignees": "ana, bo"}),
        ("deal,assignees\na,ana\n", {}),
        ("deal,stage,loss reason\na,Demo,dear\n", {"loss reason": "dear"}),
        ("deal,stage,loss reason\na,Lost,dear\n", {}),
        ("deal,stage,forecast category\na,Demo,perhaps\n", {"forecast category": "perhaps"}),
        ("deal,stage,forecast category\na,Demo,Best Case\n", {}),
    ],
)
def test_a_cell_that_says_more_than_a_deal_holds_stays_as_a_field(
    tmp_path: Path, text: str, kept: dict[str, str]
) -> None:
    (row,) = deals_of(tmp_path, text)
    assert row.fields == kept
    if "assignees" in text:
        assert row.owner == "ana"


@pytest.mark.parametrize(
    ("column", "field", "most"),
    [("owner", "owner", 100), ("source", "source", 100), ("loss reason", "lost_reason", 1000)],
)  # fmt: skip
def test_a_cell_that_is_longer_than_its_field_stays_as_text(
    tmp_path: Path, column: str, field: str, most: int
) -> None:
    for length in (most, most + 1):
        (row,) = deals_of(tmp_path, f"deal,stage,{column}\nA,Lost,{'x' * length}\n")
        found = getattr(row, field) or ""
        assert len(found) == (length if length == most else 0)
        assert (column in row.fields) is (length != most)


def test_a_link_behind_the_name_of_an_account_is_a_link_where_it_leads_out(tmp_path: Path) -> None:
    cell = "Lumen (https://x.example/1), Bolt (Bolt%20a1.md)"
    (row,) = deals_of(tmp_path, f'deal,account\na,"{cell}"\n')
    assert (row.account, row.others["links"]) == ("Lumen, Bolt", ("https://x.example/1",))


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ("deal,owner\na,bo\n", ("no_stage",)),
        ("deal,Entered Demo\na,2017-05-04\n", ()),
        ("deal,stage\na,Demo\n", ()),
        ("deal,stage,value,closed\na,Lost,0,2017-05-04\n", ("lost_at_zero",)),
        ("deal,stage,value,closed\na,Lost,,2017-05-04\n", ()),
        ("deal,stage,value,closed\na,Won,0,2017-05-04\n", ()),
        ("deal,stage,value\na,Demo,0\n", ()),
        ("deal,stage,close date\na,Demo,Q4 2018\n", ("period",)),
        ("deal,stage,expected close\na,Demo,Q4 2018\n", ("period",)),
        ("deal,stage,expected close\na,Demo,2018-12-31\n", ()),
        ("deal,stage,value,currency\na,Demo,€5,USD\n", ("two_currencies",)),
        ("deal,stage,value,currency\na,Demo,€5,\n", ()),
        ("deal,stage,value,currency\na,Demo,€5,EUR\n", ()),
    ],
)
def test_what_is_odd_about_a_row_is_told(
    tmp_path: Path, text: str, remarks: tuple[str, ...]
) -> None:
    (row,) = deals_of(tmp_path, text)
    assert row.remarks == remarks


def test_amounts_that_name_no_currency_are_counted_and_0_is_none_of_them(tmp_path: Path) -> None:
    path = write(tmp_path, "deal,value\na,0\nb,5\nc,€7\nd,\n")
    with open_file(path) as reading:
        assert len(list(reading.rows())) == 4
        (said,) = [one for one in reading.remarks() if "without a currency" in one]
    assert said.startswith("1 amount without a currency taken as USD")


def test_text_is_cleaned_of_everything_that_steers_a_terminal(tmp_path: Path) -> None:
    text = "deal,owner,product,note\n\x1b]0;x\x07Pi\u202elot,a\x9bna,\x1b[31mGTX,a\x1bb\n"
    (row,) = deals_of(tmp_path, text)
    for told in (row.title, row.owner or "", row.fields["product"], row.notes[0].text):
        assert told.isprintable()


def test_formulas_come_back_as_they_were(tmp_path: Path) -> None:
    (row,) = deals_of(tmp_path, "deal,product\n'=1+1,'+358 40 555\n")
    assert (row.title, row.fields) == ("=1+1", {"product": "+358 40 555"})


def test_rows_of_a_report_below_the_deals_are_left_out(tmp_path: Path) -> None:
    text = (
        '"Opportunity Name","Account Name","Stage","Amount","Close Date"\n'
        '"Pilot","Lumen","Closed Won","5,000.00","3/18/2017"\n\n\n'
        '"Opportunity Report"\n"Copyright (c) 2017"\n'
    )
    (row,) = deals_of(tmp_path, text)
    assert (row.title, row.value, row.outcome) == ("Pilot", Money(500_000, "USD"), "won")


ALONE: dict[str, object] = {
    "currency": "SEK", "ref": "D-7", "version": "3", "next_every": "2w", "probability": "40%",
    "forecast_category": "commit", "lost_category": "price", "probability_bp": "4000",
    "contact_role": "champion",
    "contact_email": "mika@lumen.example", "contact_phone": "+358 40 555", "status": "lost",
    "trial_close": "3", "active": "false", "is_won": "true", "is_lost": "true",
    "is_closed": "true", "archived": "true", "deleted": "true", "stage": "Demo",
    "contacts": [{"name": "Mika"}], "notes": [{"text": "They called", "author": "ana"}],
    "touches": [{"type": "call", "direction": "out", "at": "2017-05-04T10:00:00Z"}],
    "answers": [{"question": "need", "text": "yes"}], "terms": [{"item": "price", "ours": "5"}],
    "entered": [{"stage": "Demo", "at": "2017-05-04T10:00:00Z"}],
    "checklist": {"1:demo": "done"}, "rank": "7",
    "asks": [{"rep": "bo", "text": "price?", "by": "ana"}],
    "steps_done": [{"text": "call", "at": "2017-05-04T10:00:00Z"}],
}  # fmt: skip
BESIDE = {
    "currency": ("value", "5"),
    "contact_role": ("contact_name", "Mika"),
    "contact_email": ("contact_name", "Mika"),
    "contact_phone": ("contact_name", "Mika"),
    "next_every": ("next_due", "2018-02-01"),
    "source": ("owner", "ana"),
}
"""What says something only of another field."""
OF_OUR_OWN = {f"{name}_precision" for name in ("created", "closed")} | {
    f"{name}_source" for name in ("probability", "forecast_category")
}
"""Whose word it is, or how exact: told by our own files alone."""


@pytest.mark.parametrize("target", sorted(fields.KINDS.keys() - OF_OUR_OWN))
def test_each_field_is_read_from_a_file_that_has_it_alone(target: str, tmp_path: Path) -> None:
    """Nothing is read only because another column is there too."""
    kind = fields.KINDS[target]
    usual = {fields.CellKind.MONEY: "500", fields.CellKind.MOMENT: "2017-05-04"}
    said_alone = ALONE.get(target) or usual.get(kind, "Nordic")
    cell = said_alone if isinstance(said_alone, str) else json.dumps(said_alone)
    name, said = BESIDE.get(target, ("source", "web"))

    def read(outcome: str, x: str) -> DealRow:
        state = () if target in ("status", "stage") else (f"s={(outcome and 'status') or '-'}",)
        told = (f"x={x}", f"y={name}", *state)
        quoted = cell.replace('"', '""')
        content = f'deal,y,s,x\nPilot,{said},{outcome},"{quoted}"\n'
        (row,) = deals_of(tmp_path, content, overrides=told)
        return replace(row, raw={})

    assert any(read(outcome, target) != read(outcome, "-") for outcome in ("", "won", "lost"))


@pytest.mark.parametrize("target", ["title", "external_id", "ref", "stage", "status", "version"])
def test_what_a_deal_is_known_and_placed_by_is_read_or_its_row_is_rejected(
    target: str, tmp_path: Path
) -> None:
    """Any other cell that cannot be read becomes a custom field, and that is told."""
    cell = "odd" if target == "status" else "x" * ((1 << 20) + 1)
    text = f"deal,owner,x\nPilot,ana,{cell}\n"
    options = () if target != "title" else ("deal=account",)
    (row,) = rows_of(tmp_path, text, overrides=(f"x={target}", *options))
    assert isinstance(row, Rejected)
    (other,) = deals_of(tmp_path, "deal,x\nPilot,odd\n", overrides=("x=value",))
    assert other.fields == {"x": "odd"}


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("created", "٢٠١٧-٠٣-١٨ ١٣:٥٩", "created_at", datetime(2017, 3, 18, 12, 59, tzinfo=UTC)),
        ("expected close", "２０１７-０３-１８", "expected_close", date(2017, 3, 18)),
        ("next step date", "٢٠١٧-٠٣-١٨", "next_due", date(2017, 3, 18)),
        ("probability", "٦٠٪", "probability_bp", 6_000),
        ("value", "١٢٫٥", "value", Money(1_250, "USD")),
        ("tags", "b; a; b;", "tags", ("b", "a")),
        ("owner", " Ana  Ruiz ", "owner", "Ana Ruiz"),
        ("archived", "yes", "archived", True),
        ("currency", "euro", "value", None),
    ],
)
def test_a_cell_is_read_as_what_its_column_is(
    tmp_path: Path, column: str, cell: str, field: str, value: object
) -> None:
    (row,) = deals_of(tmp_path, f"deal,{column},stage\na,{cell},Lead\n")
    assert getattr(row, field) == value


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        ({"stage": "Demo", "probability": "60"}, {}),
        ({"stage": "Won", "probability": "60"}, {"probability": "60"}),
        ({"stage": "Lost", "probability": "0"}, {}),
        ({"stage": "Won", "probability": "100"}, {}),
        ({"stage": "Demo", "forecast category": "Commit"}, {}),
        ({"stage": "Demo", "forecast category": "Umber"}, {"forecast category": "Umber"}),
        ({"stage": "Demo", "lost reason": "dear"}, {"lost reason": "dear"}),
        ({"stage": "Lost", "lost reason": "dear"}, {}),
        ({"stage": "Demo", "currency": "EUR"}, {"currency": "EUR"}),
        ({"stage": "Demo", "currency": "EUR", "value": "5"}, {}),
        ({"stage": "Demo", "pipeline": "North"}, {"pipeline": "North"}),
    ],
)
def test_a_cell_that_says_more_than_the_deal_can_hold_stays_as_a_field(
    tmp_path: Path, cells: dict[str, str], fields: dict[str, str]
) -> None:
    text = f"deal,{','.join(cells)}\na,{','.join(cells.values())}\n"
    (row,) = deals_of(tmp_path, text)
    assert dict(row.fields) == fields


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ({"deal": "A", "company": "Acme", "product": "GTX"}, "A"),
        ({"company": "Acme", "product": "GTX"}, "Acme - GTX"),
        ({"company": "Acme", "id": "X1"}, "Acme"),
        ({"product": "GTX", "id": "X1"}, "X1"),
    ],
)
def test_a_deal_without_a_title_is_called_by_what_else_is_known(
    tmp_path: Path, cells: dict[str, str], title: str
) -> None:
    text = f"{','.join(cells)},stage\n{','.join(cells.values())},Lead\n"
    (row,) = deals_of(tmp_path, text)
    assert row.title == title


@pytest.mark.parametrize(
    ("cells", "remarks"),
    [
        ({"stage": "Demo"}, ()),
        ({"owner": "ana"}, ("no_stage",)),
        ({"stage": "Lost", "value": "0"}, ("no_closing_date", "lost_at_zero")),
        ({"stage": "Lost", "value": "1"}, ("no_closing_date",)),
        ({"stage": "Won", "value": "0"}, ("no_closing_date",)),
        ({"stage": "Demo", "expected close": "Q1 2017"}, ("period",)),
        ({"stage": "Demo", "expected close": "2017-03-01"}, ()),
        ({"stage": "Demo", "email": "nobody"}, ("odd_email",)),
        ({"stage": "Demo", "email": "a@x.fi; nobody"}, ("odd_email",)),
        ({"stage": "Demo", "email": "a@x.fi; b@x.fi"}, ()),
    ],
)
def test_what_is_odd_in_a_row_is_remarked(
    tmp_path: Path, cells: dict[str, str], remarks: tuple[str, ...]
) -> None:
    text = f"deal,{','.join(cells)}\na,{','.join(cells.values())}\n"
    (row,) = deals_of(tmp_path, text)
    assert row.remarks == remarks
    lost = ReadOptions(lost_zero_is_unknown=True)
    (asked,) = deals_of(tmp_path, text, options=lost)
    assert asked.remarks == tuple(one for one in remarks if one != "lost_at_zero")


def test_percentages_that_can_be_read_otherwise_are_told(tmp_path: Path) -> None:
    def told(header: str, *cells: str) -> list[str]:
        path = write(tmp_path, f"deal,{header}\n" + "".join(f"a,{cell}\n" for cell in cells))
        with open_file(path) as reading:
            list(reading.rows())
            return [one for one in reading.remarks() if "percent" in one]

    assert told("probability", "60", "40") == []
    assert told("probability", "0.6", "0.4") == []
    (small,) = told("probability", "60", "0.6")
    assert small.startswith("0.6 in 'probability' was read as 0.6 percent")
    (whole,) = told("probability", "1", "1")
    assert whole.startswith("Numbers of 'probability' such as 1 were read as fractions of 1")
    (named,) = told("probability %", "0.6", "0.4")
    assert named.startswith("Numbers of 'probability %' such as 0.6 were read")


@pytest.mark.parametrize(
    ("header", "row", "value"),
    [
        ("deal,stage,created,amount", "A,Lead,umber,5", 500),
        ("deal,stage,probability,amount", "A,Lead,umber,5", 500),
        ("deal,stage,currency,amount", "A,Lead,umber,5", None),
    ],
)
def test_an_amount_is_read_whatever_else_cannot_be_unless_that_is_its_currency(
    header: str, row: str, value: int | None, tmp_path: Path
) -> None:
    other = "B,Lead,,7" if "currency" not in header else "B,Lead,EUR,7"
    first, _ = deals_of(tmp_path, f"{header}\n{row}\n{other}\n", currency="EUR",
                        overrides=[f"{name}={name}" for name in header.split(",")[2:3]
                                   if name == "probability"])  # fmt: skip
    assert (first.value and first.value.minor) == value


OWNERS = [
    ("Ana Ruiz; Ben Otto", "", "Ana Ruiz", True),
    ("Ana Ruiz|Ben Otto", "", "Ana Ruiz", True),
    ('"Ana Ruiz\nBen Otto"', "", "Ana Ruiz", True),
    ('"Ana Ruiz, Ben Otto"', "Ben Otto", "Ana Ruiz", True),
    ('"@Ana Ruiz, @Ben Otto"', "", "Ana Ruiz", True),
    ('"ana@x.fi, ben@x.fi"', "", "ana@x.fi", True),
    ("@Ana Ruiz", "", "Ana Ruiz", False),
    ('"Ruiz, Ana"', "Ben Otto", "Ruiz, Ana", False),
    ('"Ana Ruiz, Ben Otto"', "", "Ana Ruiz, Ben Otto", False),
    ('"Unassigned, Ben Otto"', "Ben Otto", "Ben Otto", False),
]


@pytest.mark.parametrize(("cell", "other", "owner", "is_several"), OWNERS)
def test_the_first_of_several_owners_has_the_deal_and_the_cell_stays_whole(
    tmp_path: Path, cell: str, other: str, owner: str, is_several: bool
) -> None:
    first, _ = deals_of(tmp_path, f"deal,stage,owner\na,Lead,{cell}\nb,Lead,{other}\n")
    whole = cell.strip('"').replace("\n", "\n")
    assert (first.owner, first.fields) == (owner, {"owner": whole} if is_several else {})
    assert ("several_owners" in first.remarks) == is_several


def test_other_words_for_owners_hold_for_each_of_several(tmp_path: Path) -> None:
    options = ReadOptions(values=("owner:Ana Ruiz=mara", "owner:Ruiz, Ana=jonas"))
    text = 'deal,owner\na,"Ana Ruiz; Ben"\nb,"Ruiz, Ana"\n'
    with open_file(write(tmp_path, text), options=options) as reading:
        rows = [row for row in reading.rows() if isinstance(row, DealRow)]
    assert [row.owner for row in rows] == ["mara", "jonas"]


@pytest.mark.parametrize(
    ("cell", "people", "links"),
    [
        ("Bo Lind (https://x.fi/1)", [("Bo Lind", None)], ("https://x.fi/1",)),
        ("Bo (https://x.fi/1), Cy (a.md)", [("Bo", None), ("Cy", None)], ("https://x.fi/1",)),
        ("Bo <b@x.fi>, Cy Lo (c@x.fi)", [("Bo", "b@x.fi"), ("Cy Lo", "c@x.fi")], ()),
        ("Bo|Cy", [("Bo", None), ("Cy", None)], ()),
        ("Lind, Bo", [("Lind, Bo", None)], ()),
    ],
)
def test_several_people_in_a_cell_are_as_many_contacts(
    tmp_path: Path, cell: str, people: list[tuple[str, str | None]], links: tuple[str, ...]
) -> None:
    (row,) = deals_of(tmp_path, f'deal,contact\na,"{cell}"\n')
    assert [(one.name, one.email) for one in row.contacts] == people
    assert row.others.get("links", ()) == links


def test_of_a_span_of_days_the_last_one_is_expected_and_told(tmp_path: Path) -> None:
    (row,) = deals_of(
        tmp_path, "deal,close,created\na,1 May 2026 → 3 May 2026,2 May → 3 May 2026\n"
    )
    assert (row.expected_close, row.created_at) == (date(2026, 5, 3), None)
    assert ("period" in row.remarks, row.fields) == (True, {"created": "2 May → 3 May 2026"})


def test_a_day_that_is_mentioned_as_notion_does_is_that_day(tmp_path: Path) -> None:
    (row,) = deals_of(tmp_path, "deal,close\na,@5 March 2026\n")
    assert row.expected_close == date(2026, 3, 5)
