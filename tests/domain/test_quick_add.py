"""The quick-add line: what is the company, the amount and the title, and what each key sets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.deal import NextStep
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import EXPONENTS, Money
from pipeboard.domain.quick_add import QuickAdd, join_arguments, parse_quick_add
from pipeboard.domain.text import clean_line, in_quotes, printable

MONDAY = date(2026, 11, 23)
WHOLE = (
    "Lumen Oy: packaging line pilot 40k @ana +inbound source:referral close:19dec p:60 "
    'stage:demo next:"3dec call Mika"'
)


class Read:
    """A line as it was read: what is given of the deal beside the rest, None where nothing is."""

    def __init__(self, parsed: QuickAdd) -> None:
        self.parsed = parsed

    def __getattr__(self, name: str) -> Any:
        given = {"tags": (), "account": "", **self.parsed.given}
        return given.get(name) if name in given else getattr(self.parsed, name, None)


def read(line: str, *, tui: bool = False, currency: str = "EUR") -> Read:
    return Read(parse_quick_add(line, today=MONDAY, currency=currency, tui=tui))


def refusal(line: str, *, tui: bool = False, currency: str = "EUR") -> BadInput:
    with pytest.raises(BadInput) as caught:
        read(line, tui=tui, currency=currency)
    return caught.value


def test_the_line_of_the_manual_makes_a_whole_deal() -> None:
    deal = read(WHOLE)
    assert (deal.account, deal.title) == ("Lumen Oy", "packaging line pilot")
    assert (deal.value, deal.probability_bp) == (Money(4_000_000, "EUR"), 6000)
    assert (deal.owner, deal.tags, deal.source) == ("ana", ("inbound",), "referral")
    assert (deal.expected_close, deal.stage) == (date(2026, 12, 19), "demo")
    assert deal.next_step == NextStep("call Mika", date(2026, 12, 3))


def test_the_chips_stand_in_the_order_of_the_line_and_leave_the_title() -> None:
    spans = read(WHOLE).spans
    assert [(span.kind, span.text) for span in spans] == [
        ("account", "Lumen Oy"),
        ("value", "€40,000"),
        ("owner", "@ana"),
        ("tag", "+inbound"),
        ("source", "referral"),
        ("close", "19 Dec"),
        ("p", "60%"),
        ("stage", "demo"),
        ("next", "3 Dec call Mika"),
    ]
    left = WHOLE
    for span in reversed(spans):
        left = left[: span.start] + left[span.end :]
    assert left.strip() == "packaging line pilot"


def test_the_board_also_takes_a_hash_for_tags_and_the_rest_after_an_angle_as_next_step() -> None:
    deal = read('Lumen Oy: pilot 40k #inbound > 3dec call "Mika about 19" racks', tui=True)
    assert deal.tags == ("inbound",)
    assert deal.next_step == NextStep('call "Mika about 19" racks', date(2026, 12, 3))
    assert read("pilot #inbound > later").title == "pilot #inbound > later"


def test_a_next_step_that_is_being_typed_is_none_yet() -> None:
    assert read("pilot > ", tui=True).next_step is None


@pytest.mark.parametrize(
    ("line", "account", "title"),
    [
        ("Lumen Oy: packaging pilot", "Lumen Oy", "packaging pilot"),
        ("Lumen Oy : pilot", "Lumen Oy", "pilot"),
        ("packaging pilot", "", "packaging pilot"),
        ("3M: adhesive line", "3M", "adhesive line"),
        ("Acme: Phase 2: rollout", "Acme", "Phase 2: rollout"),
        ("@ana Acme: renewal", "", "Acme: renewal"),
        ('"Acme: renewal"', "", "Acme: renewal"),
        ('"Lumen: Nordic": pilot', "Lumen: Nordic", "pilot"),
        ('account:"Lumen: Nordic" pilot', "Lumen: Nordic", "pilot"),
        ("Acme:renewal", "", "Acme:renewal"),
        ("meet at 10:30", "", "meet at 10:30"),
        ("see https://lumen.example now", "", "see https://lumen.example now"),
        ("Re:pilot", "", "Re:pilot"),
        ("Price tags: renewal", "Price tags", "renewal"),
    ],
)
def test_the_account_is_what_stands_before_the_first_colon_and_space(
    line: str, account: str, title: str
) -> None:
    deal = read(line)
    assert (deal.account, deal.title) == (account, title)


@pytest.mark.parametrize(
    ("line", "title", "minor", "currency"),
    [
        ("Lumen: pilot 40k", "pilot", 4_000_000, "EUR"),
        ("Lumen: 40k pilot", "pilot", 4_000_000, "EUR"),
        ("Lumen: pilot 40k, urgent", "pilot urgent", 4_000_000, "EUR"),
        ("Lumen: pilot 12.4k€ @ana", "pilot", 1_240_000, "EUR"),
        ("Lumen: pilot €1.234,50", "pilot", 123_450, "EUR"),
        ("Lumen: pilot $12.4k", "pilot", 1_240_000, "USD"),
        ("Lumen: $ 500 pilot", "pilot", 50_000, "USD"),
        ("Lumen: pilot 40000 @ana +x", "pilot", 4_000_000, "EUR"),
        ("Lumen: pilot 40000 USD", "pilot", 4_000_000, "USD"),
        ("Lumen: EUR 40000 pilot", "pilot", 4_000_000, "EUR"),
        ("Lumen: pilot CHF12k", "pilot", 1_200_000, "CHF"),
        ("Lumen: pilot 1 234 567,50 €", "pilot", 123_456_750, "EUR"),
        ("Lumen: pilot 40 000€ soon", "pilot soon", 4_000_000, "EUR"),
        ("Lumen: 4k display rollout 40k", "4k display rollout", 4_000_000, "EUR"),
        ('Lumen: 19" rack 4k', '19" rack', 400_000, "EUR"),
        ("Lumen: pilot value:40000", "pilot", 4_000_000, "EUR"),
        ("Lumen: Office 365 value:40k", "Office 365", 4_000_000, "EUR"),
        ("Lumen: 4k display value:40k", "4k display", 4_000_000, "EUR"),
        ("Lumen: setup 2000 @ana", "setup", 200_000, "EUR"),
        ("Lumen: setup 100", "setup", 10_000, "EUR"),
        ("Lumen: renewal 2015", "renewal", 201_500, "EUR"),
        ("Lumen: renewal 2037", "renewal", 203_700, "EUR"),
    ],
)
def test_the_last_amount_outside_quotes_is_the_value(
    line: str, title: str, minor: int, currency: str
) -> None:
    deal = read(line)
    assert (deal.title, deal.value) == (title, Money(minor, currency))


@pytest.mark.parametrize(
    "title",
    [
        "Phase 2",
        "365 migration",
        "Renewal 2016",
        "Renewal 2036",
        "setup 99",
        "Platform 2.0",
        "ladder 6ft",
        "cable 6.125ft",
        "order 900000000000",
        "order 90000000000k",
        "cable 5 m",
        "TOP 500 customers",
        "M365",
        "call +358 40 555 0142",
        "pilot 40 000",
        "60% discount",
        "365",
    ],
)
def test_numbers_in_a_name_are_no_amount(title: str) -> None:
    deal = read(f"Lumen: {title}")
    assert (deal.title, deal.value) == (title, None)


def test_quotes_keep_an_amount_in_the_title() -> None:
    deal = read('Lumen: "4k display" rollout')
    assert (deal.title, deal.value) == ("4k display rollout", None)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('Lumen: the "Big" deal 40k', 'the "Big" deal'),
        ('Lumen: "Big Bang" rollout', '"Big Bang" rollout'),
        ('Lumen: 19" rack', '19" rack'),
        ('Lumen: "packaging line"', "packaging line"),
        ('Lumen: "@home" kit', "@home kit"),
        ('Lumen: "close:soon" sign', "close:soon sign"),
        ('Lumen: "40k" club', "40k club"),
        ('Lumen: "+1" "Big" deal', '+1 "Big" deal'),
    ],
)
def test_quotes_stay_in_the_title_unless_they_were_needed(line: str, title: str) -> None:
    assert read(line).title == title


def test_a_plain_number_is_read_in_the_currency_of_the_workspace() -> None:
    assert read("Lumen: pilot 40000", currency="JPY").value == Money(40_000, "JPY")
    assert read("Lumen: pilot 40kr", currency="SEK").value == Money(4_000, "SEK")


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "CLF"])
def test_a_plain_number_is_an_amount_from_a_hundred_whole_units_on(currency: str) -> None:
    unit = 10 ** EXPONENTS[currency]
    assert read("Lumen: pilot 100", currency=currency).value == Money(100 * unit, currency)
    assert read("Lumen: pilot 99", currency=currency).value is None


@pytest.mark.parametrize(
    ("line", "currency", "kept"),
    [
        ("Lumen: pilot 1200.50", "JPY", "1200.50"),
        ("Lumen: pilot 1.2345k", "JPY", "1.2345k"),
        ("Lumen: pilot 1200.5678 @ana", "EUR", "1200.5678"),
    ],
)
def test_an_amount_with_more_decimals_than_the_currency_is_no_word_of_the_title(
    line: str, currency: str, kept: str
) -> None:
    told = refusal(line, currency=currency)
    assert told.message == f"'{kept}' has more decimals than {currency}."
    assert "In quotes it is part of the title" in told.hint
    assert read(line.replace(kept, f'"{kept}"'), currency=currency).value is None


@pytest.mark.parametrize("line", ["Lumen: version 12.5", "Lumen: article 40063813339310"])
def test_a_small_or_a_very_large_number_is_one_of_the_name(line: str) -> None:
    assert read(line, currency="JPY").title == line.removeprefix("Lumen: ")


def test_a_sign_alone_is_a_word_of_the_title() -> None:
    found = read("Lumen: pilot @ fair")
    assert (found.title, found.owner) == ("pilot @ fair", None)


def test_keys_set_what_has_no_sign() -> None:
    deal = read(
        'pilot owner:me tag:fair tag:"big deal" +FAIR Source:fair contact:"Mika Laine" '
        'reason:"saw the demo" field.product:GTX field."Product line":"GTX Pro" Probability:62.5'
    )
    assert deal.owner == "me"
    assert deal.tags == ("fair", "big deal")
    assert deal.source == "fair"
    assert (deal.contact, deal.contact_reason) == ("Mika Laine", "saw the demo")
    assert deal.fields == {"product": "GTX", "Product line": "GTX Pro"}
    assert deal.probability_bp == 6250


@pytest.mark.parametrize(
    ("text", "words", "due"),
    [
        ("fri", "", date(2026, 11, 27)),
        ("call Mika", "call Mika", None),
        ("fri call Mika", "call Mika", date(2026, 11, 27)),
    ],
)
def test_a_next_step_has_a_text_a_date_or_both(text: str, words: str, due: date | None) -> None:
    deal = read(f'pilot next:"{text}"')
    assert deal.next_step == NextStep(words, due)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("pilot clos:19dec", "'clos:19dec': no key 'clos'. Did you mean close?"),
        ("pilot tga:fair", "'tga:fair': no key 'tga'. Did you mean tag?"),
        ("pilot close:", "'close:': close needs a value right after the sign"),
        ("pilot close:31feb", "'close:31feb': '31feb': there is no such day"),
        ("pilot p:160", "'p:160': '160' is not a percentage from 0 to 100"),
        ("pilot p:33.333", "'p:33.333': '33.333' is not a percentage from 0 to 100"),
        ("pilot value:lots", "'value:lots': 'lots' is not an amount of money"),
        ("pilot @ana @bo", "'@bo': owner is given twice"),
        ("pilot next:mon next:tue", "'next:tue': next is given twice"),
        ("pilot stage:demo stage:lead", "'stage:lead': stage is given twice"),
        ("pilot contact:Mika contact:Bo", "'contact:Bo': contact is given twice"),
        ("pilot field.:x", "'field.:x': a field needs a name and a value"),
        ("pilot field.a:x field.a:y", "'field.a:y': the field a is given twice"),
        ('pilot next:"3dec call', "'next:\"3dec call': this quote is never closed"),
        ("pilot 900000000000 USD @ana", "'900000000000 USD' is too large an amount"),
        ("pilot €1000000000000", "'€1000000000000' is too large an amount"),
        ("pilot 12.5 JPY", "'12.5 JPY' has more decimals than JPY"),
        ("pilot EUR 12.3456 next:mon", "'EUR 12.3456' has more decimals than EUR"),
        ("Lumen: 40k @ana", "The deal has no title yet"),
        ("", "The deal has no title yet"),
        (":", "The deal has no title yet"),
        (": 40k @ana", "The deal has no title yet"),
    ],
)
def test_what_cannot_be_read_is_named(line: str, message: str) -> None:
    error = refusal(line)
    assert error.message.removesuffix(".") == message
    assert error.hint


def test_a_line_is_bounded() -> None:
    assert "2,000" in refusal("a " * 5_000).message
    assert "300" in refusal("a" * 1_000).message
    assert read("Lumen".ljust(2_000)).title == "Lumen"
    assert "2,001" in refusal("Lumen".ljust(2_001)).message


def test_an_address_whose_scheme_is_nearly_a_key_is_text() -> None:
    assert read("see tags://lumen").title == "see tags://lumen"
    assert "Did you mean tag?" in refusal("see tags:lumen").message


def test_control_characters_go_into_neither_the_deal_nor_the_message() -> None:
    assert read("Lu\x1bmen: pi\u202elot @a\x07na").title == "pilot"
    assert (
        refusal("pilot clos:\x1b[31m").message == "'clos:[31m': no key 'clos'. Did you mean close?"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([WHOLE], WHOLE),
        (["title:spare parts 40k"], "title:spare parts 40k"),
        (["Lumen Oy:", "pilot", "40k"], "Lumen Oy: pilot 40k"),
        (["Lumen Oy: pilot", "next:3dec call Mika"], 'Lumen Oy: pilot next:"3dec call Mika"'),
        (["pilot", "field.Product line:GTX"], 'pilot field."Product line":"GTX"'),
        (["pilot", 'next:"3dec call"', "@ana"], 'pilot next:"3dec call" @ana'),
        (["Re:pilot for Ana", "40k"], "Re:pilot for Ana 40k"),
    ],
)
def test_the_quotes_that_the_shell_took_are_put_back(arguments: list[str], line: str) -> None:
    assert join_arguments(arguments) == line


names = st.text(min_size=1, max_size=30).map(clean_line).filter(bool)


@given(title=names, account=names, owner=names, tag=names, next_text=names)
def test_any_text_in_quotes_comes_through_whole(
    title: str, account: str, owner: str, tag: str, next_text: str
) -> None:
    deal = read(
        f"account:{in_quotes(account)} {in_quotes(title)} @{in_quotes(owner)} "
        f"+{in_quotes(tag)} next:{in_quotes('2026-12-03 ' + next_text)} 40k"
    )
    assert (deal.title, deal.account, deal.owner) == (title, account, owner)
    assert (deal.tags, deal.value) == ((tag,), Money(4_000_000, "EUR"))


fragments = st.sampled_from(
    [
        *'@+#>":. \\\x1b€k',
        "Lumen",
        ": ",
        "40",
        "000",
        "EUR",
        "p:",
        "next:",
        "3dec",
        "field.a:",
        "5m",
    ]
)


@given(st.text(max_size=60) | st.lists(fragments, max_size=15).map("".join), st.booleans())
def test_any_text_is_a_deal_or_is_refused_in_words(line: str, tui: bool) -> None:
    try:
        deal = read(line, tui=tui)
    except BadInput as error:
        assert error.message == printable(error.message)
    else:
        assert deal.title == clean_line(deal.title) != ""
        ends = [0, *(span.end for span in deal.spans)]
        starts = [*(span.start for span in deal.spans), len(line)]
        assert all(end <= start for end, start in zip(ends, starts, strict=True))


def test_an_amount_of_several_words_is_marked_as_a_whole() -> None:
    line = "Lumen: pilot 40 000 EUR @ana"
    (span,) = (one for one in read(line).spans if one.kind == "value")
    assert line[span.start : span.end] == "40 000 EUR"


@pytest.mark.parametrize(
    ("line", "kind", "shown"),
    [
        ("Pilot value:40k", "value", "€40,000"),
        ("Pilot owner:ana", "owner", "@ana"),
        ("Pilot close:19dec", "close", "19 Dec"),
        ("Pilot p:62.5", "p", "62.5%"),
        ("Pilot source:web", "source", "web"),
        ("Pilot tag:big,new", "tag", "+big,new"),
        ("Pilot tag:big", "tag", "+big"),
        ("Pilot reason:pain", "reason", "pain"),
        ("Pilot source:none", "source", "none"),
        ("Pilot close:none", "close", "none"),
        ("Pilot tag:none", "tag", "+none"),
    ],
)
def test_a_key_is_shown_as_it_was_understood(line: str, kind: str, shown: str) -> None:
    (span,) = read(line).spans
    assert (span.kind, span.text) == (kind, shown)


def test_a_line_knows_its_company_or_none() -> None:
    lines = ("Lumen Oy: pilot", "pilot", "account:Acme pilot")
    parsed = [parse_quick_add(line, today=MONDAY, currency="EUR") for line in lines]
    assert [one.account for one in parsed] == ["Lumen Oy", "", "Acme"]


@pytest.mark.parametrize(
    ("begins", "most", "named"),
    [("+", 50, "tag"), ("source:", 100, "source"), ("@", 100, "owner"),
     ("account:", 300, "account"), ("reason:", 1_000, "reason")],
)  # fmt: skip
def test_a_value_that_is_too_long_is_refused_by_its_name(
    begins: str, most: int, named: str
) -> None:
    assert read(f"Pilot {begins}{'x' * most}").title == "Pilot"
    why = refusal(f"Pilot {begins}{'x' * (most + 1)}").message
    assert f"The {named} is too long" in why


def test_a_field_of_ones_own_is_as_long_as_a_file_or_a_form_may_have_it() -> None:
    assert read(f"Pilot field.x:{'y' * 1_900}").given["fields"] == {"x": "y" * 1_900}
    assert read(f"Pilot field.{'x' * 100}:y").given["fields"] == {"x" * 100: "y"}
    assert "The field name is too long" in refusal(f"Pilot field.{'x' * 101}:y").message


@pytest.mark.parametrize("word", ["own-er:bo", "so.urce:web", "clos-e:x", "sta+ge:x", "re:x"])
def test_what_is_no_word_before_a_colon_is_no_key_that_was_meant(word: str) -> None:
    added = read(f"{word} pilot")
    assert (added.title, dict(added.given), added.stage) == (f"{word} pilot", {}, None)


def test_a_title_and_an_account_that_are_too_long_are_refused_by_their_names() -> None:
    assert read("x" * 300).title == "x" * 300
    assert "The title is too long" in refusal("x" * 301).message
    assert "The account is too long" in refusal(f"{'x' * 301}: pilot").message


def test_a_line_of_a_title_alone_gives_nothing_else() -> None:
    added = read("Pilot")
    assert (added.title, dict(added.given), added.spans) == ("Pilot", {}, ())
    assert (added.stage, added.next_step, added.contact, added.account) == (None, None, "", "")


@pytest.mark.parametrize(
    ("line", "term", "position"),
    [
        ("Pilot clos:19dec", "clos:19dec", 6), ("clos:19dec Pilot", "clos:19dec", 0),
        ("Pilot  close:x @ana", "close:x", 7), ("Pilot source:", "source:", 6),
        ("Pilot source:web source:fair", "source:fair", 17), ("Pilot field.a:", "field.a:", 6),
    ],
)  # fmt: skip
def test_a_word_that_cannot_be_read_says_where_it_stands(
    line: str, term: str, position: int
) -> None:
    assert refusal(line).details == {"term": term, "position": position}


@pytest.mark.parametrize(
    "line", ["", "source:web site", "next:call Mika", "field.a:b c", '"a b" c']
)
def test_one_argument_is_the_line_as_it_is(line: str) -> None:
    assert join_arguments([line]) == line


def test_several_arguments_keep_together_what_the_shell_kept() -> None:
    assert join_arguments(["Pilot", "source:web site"]) == 'Pilot source:"web site"'
    assert join_arguments([]) == ""


@pytest.mark.parametrize(
    "key", ["source", "reason", "account", "close", "value", "p", "field.colour"]
)
def test_the_word_none_behind_a_key_gives_nothing(key: str) -> None:
    parsed = read(f"pilot {key}:none").parsed
    assert parsed.title == "pilot"
    assert not any(parsed.given.values())
