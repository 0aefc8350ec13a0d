"""Which signs a terminal is given, and that each takes one cell."""

from __future__ import annotations

import pytest

from pipeboard.domain.money import Money
from pipeboard.ui.draw.line import Glyphs, choose_glyphs, full_money, money_text, spelled

UTF8 = {"LANG": "en_GB.UTF-8", "TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("setting", "environ", "encoding", "glyphs"),
    [
        ("auto", UTF8, "utf-8", Glyphs.UNICODE),
        ("auto", UTF8, "UTF8", Glyphs.UNICODE),
        ("auto", {}, "utf-8", Glyphs.UNICODE),
        ("auto", UTF8, "iso8859-1", Glyphs.ASCII),
        ("auto", {**UTF8, "LC_ALL": "C"}, "utf-8", Glyphs.ASCII),
        ("auto", {"LANG": "POSIX"}, "utf-8", Glyphs.ASCII),
        ("auto", {"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", Glyphs.ASCII),
        ("auto", {"LANG": "C", "LC_CTYPE": "fi_FI.UTF-8"}, "utf-8", Glyphs.UNICODE),
        ("auto", {"LANG": "C.UTF-8"}, "utf-8", Glyphs.UNICODE),
        ("auto", {**UTF8, "TERM": "linux"}, "utf-8", Glyphs.ASCII),
        ("auto", {**UTF8, "TERM": "vt100"}, "utf-8", Glyphs.ASCII),
        ("auto", {**UTF8, "TERM": "vt102"}, "utf-8", Glyphs.ASCII),
        ("auto", {**UTF8, "TERM": "vt220"}, "utf-8", Glyphs.ASCII),
        ("ascii", UTF8, "utf-8", Glyphs.ASCII),
        ("unicode", {"LANG": "C"}, "ascii", Glyphs.UNICODE),
        ("nonsense", UTF8, "utf-8", Glyphs.UNICODE),
    ],
)
def test_signs_are_chosen_by_what_the_terminal_can_show(
    setting: str, environ: dict[str, str], encoding: str, glyphs: Glyphs
) -> None:
    assert choose_glyphs(setting, environ, encoding) is glyphs


def test_ascii_takes_as_many_cells() -> None:
    line = spelled((("▌›·▾▴‹─┼│●○✓✗…→↻", "text"),), Glyphs.ASCII)
    assert line == ((">>-v^<-+|#-+x.>@", "text"),)


def test_a_currency_without_an_ascii_sign_is_named() -> None:
    assert money_text(Money(4_000_000, "EUR"), Glyphs.ASCII, symbol=True) == "EUR 40k"
    assert money_text(Money(4_000_000, "USD"), Glyphs.ASCII, symbol=True) == "$40k"
    assert full_money(Money(4_000_000, "EUR"), Glyphs.ASCII) == "EUR 40,000"
    assert full_money(Money(4_000_000, "EUR"), Glyphs.UNICODE) == "€40,000"
