from __future__ import annotations

from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.encoding import candidates, code_pages, find_encoding
from tests.exchange.files import deals_of, open_file, write

TEXT = "Deal,Account\nVerpackungslinie,Müller & Söhne\nAménagement,Café Noir\n"


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("windows-1252", "windows-1252"),
    ],
)
def test_the_same_text_is_read_from_every_encoding(tmp_path: Path, codec: str, found: str) -> None:
    data = TEXT.encode(codec)
    assert find_encoding(write(tmp_path, data)).name == found
    accounts = [row.account for row in deals_of(tmp_path, data)]
    assert accounts == ["Müller & Söhne", "Café Noir"]


def test_an_encoding_that_is_not_western_is_found_and_told_of(tmp_path: Path) -> None:
    names = ["Северный ветер", "Общество с ограниченной ответственностью", "Московский завод"]
    text = "Deal,Account\n" + "".join(f"Поставка оборудования,{name}\n" for name in names * 20)
    with open_file(write(tmp_path, text.encode("windows-1251"))) as reading:
        accounts = [row.raw["Account"] for row in reading.rows()]
        assert accounts[:3] == names
        assert "guessed" in reading.warnings[0]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["Северный ветер", "山田製作所", "شركة الشمال"])
def test_wide_text_without_a_mark_is_found_whatever_its_letters(
    tmp_path: Path, codec: str, name: str
) -> None:
    data = ("取引,Account\n" + f"設備,{name}\n" * 20).encode(codec)
    assert find_encoding(write(tmp_path, data)).name == codec
    assert {row.raw["Account"] for row in deals_of(tmp_path, data, overrides=["取引=title"])} == {
        name
    }


@pytest.mark.parametrize("letters", ["ü", "ß", "é", "Ü", "É", "Å", "Æ", "ă", "ł", "œ", "ğ"])
def test_a_name_that_was_broken_before_it_was_written_is_told_and_stays(
    tmp_path: Path, letters: str
) -> None:
    broken = f"A{letters}ron".encode().decode("windows-1252")
    with open_file(write(tmp_path, f"Deal,Account\nA,{broken} AG\n")) as reading:
        assert [row.raw["Account"] for row in reading.rows()] == [f"{broken} AG"]
        assert reading.warnings[0].startswith(f"{broken!r} seems to be 'A{letters}ron'")
    for sound in ("Ã la carte", "AÇORES Ãndico", f"A{letters}ron"):
        with open_file(write(tmp_path, f"Deal,Account\nA,{sound}\n")) as reading:
            assert not any("seems to be" in said for said in reading.warnings)


def test_a_few_broken_characters_do_not_turn_utf_8_into_another_encoding(tmp_path: Path) -> None:
    data = TEXT.encode() * 10 + b"Broken,\xff\n"
    with open_file(write(tmp_path, data)) as reading:
        rows = list(reading.rows())
    assert rows[0].raw["Account"] == "Müller & Söhne"
    assert rows[-1].raw["Account"] == "\ufffd"
    assert "1 broken character" in reading.warnings[0]


MIXED = {
    "a line of another program": ("Müller,Öl AG", "Acmé"),
    "capitals": ("Müller", "Ärzte Süd"),
    "curved quotes": ("Øre", "“Nord” — Süd"),
    "among letters that are not Latin": ("山田製作所", "Müller"),
}


@pytest.mark.parametrize("is_marked", [False, True], ids=["plain", "with a mark"])
@pytest.mark.parametrize("name", MIXED)
def test_lines_in_another_encoding_are_read_and_told(
    tmp_path: Path, name: str, is_marked: bool
) -> None:
    utf_8, windows = MIXED[name]
    mark = b"\xef\xbb\xbf" if is_marked else b""
    lines = [f'Line,"{utf_8}"\n'.encode() * 3, f'Line,"{windows}"\n'.encode("windows-1252")]
    with open_file(write(tmp_path, mark + b"Deal,Account\n" + b"".join(lines))) as reading:
        accounts = [row.raw["Account"] for row in reading.rows()]
        assert (accounts[0], accounts[-1]) == (utf_8, windows)
        assert "read as windows-1252" in reading.warnings[0]


def test_a_letter_that_was_cut_off_is_lost_and_no_other_letter(tmp_path: Path) -> None:
    with open_file(write(tmp_path, TEXT.encode() * 3 + b"Line,M\xc3\n")) as reading:
        assert [row.raw["Account"] for row in reading.rows()][-1] == "M\ufffd"
        assert "1 broken character" in reading.warnings[0]


def test_a_mistake_far_into_the_file_is_noticed(tmp_path: Path) -> None:
    data = b"Deal,Account\n" + b"Line,Oy\n" * 300_000 + "Línea,Señor\n".encode("windows-1252")
    assert find_encoding(write(tmp_path, data)).name == "windows-1252"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 and so on", "zip"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\n\x00\x01\x02\x03 binary", "not a text file"),
        (b"\xff\xfea", "not a text file"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        find_encoding(write(tmp_path, data))
    assert caught.value.hint


def test_eight_bit_text_has_candidates_each_with_a_word_that_tells(tmp_path: Path) -> None:
    found = candidates(write(tmp_path, "Deal,Account\nŁódź,Wrocław\n".encode("windows-1250")))
    assert found[0] == ("windows-1250", "Łódź")
    assert len(found) > 1 and len(dict(found)) == len(found)
    assert all(word != "Łódź" for _, word in found[1:])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("windows-1250", "Nazwa szansy;Wartość;Etap;Właściciel\nProjekt 1;12 zł;Oferta;Jan\n"),
        ("windows-1250", "Ügylet neve;Érték;Felelős\nA;1 Ft;Győző\n"),
        ("windows-1250", "Název;Částka;Vlastník\nA;1 Kč;Jiří\n"),
        ("windows-1254", "Fırsat Adı;Aşama;Sahibi\nA;Teklif;Özgür\n"),
        ("windows-1257", "Sandoris;Savininkas\nPasiūlymas;Šarūnas\n"),
        ("windows-1252", "Affaire;Étape;Propriétaire\nCœur;Négo;François\n"),
        ("windows-1252", "Negócio;Responsável;Previsão\nSão;João;à vista\n"),
        ("cp850", "Angebot;Prüfung\nMüller;Größe\n"),
    ],
)
def test_a_code_page_is_found_by_the_few_letters_of_a_header(
    name: str, text: str, tmp_path: Path
) -> None:
    assert find_encoding(write(tmp_path, text.encode(name))).name == name


@pytest.mark.parametrize(
    ("data", "names"), [(TEXT.encode(), ["utf-8"]), (b"%PDF-1.4 and more", []), (b"", [])]
)
def test_where_there_is_no_doubt_there_is_no_other_candidate(
    data: bytes, names: list[str], tmp_path: Path
) -> None:
    assert [name for name, _ in candidates(write(tmp_path, data))] == names


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("latin-42", "is no encoding"),
        ("utf-8", "is not written in utf-8"),
        ("ascii", "not written"),
    ],
)
def test_an_encoding_that_is_named_is_one_and_that_of_the_file(
    tmp_path: Path, named: str, says: str
) -> None:
    file = write(tmp_path, TEXT.encode("windows-1252"))
    with pytest.raises(BadInput, match=says):
        find_encoding(file, named)
    assert find_encoding(file, "Windows-1252").name == "cp1252"


@pytest.mark.parametrize(
    ("inside", "behind", "told"),
    [(0, 0, ""), (1, 0, "1 NUL character, which is no text, was left out."),
     (9, 0, "9 NUL characters"), (10, 0, "10 NUL characters"), (12, 0, None),
     (0, 5_000, "5,000 NUL characters"), (9, 5_000, "5,009 NUL characters")],
)  # fmt: skip
def test_a_damaged_text_holds_few_nuls_or_has_them_behind_its_end(
    tmp_path: Path, inside: int, behind: int, told: str | None
) -> None:
    data = b"Deal,Stage\n" + b"A\0" * inside + b"x" * (88 - inside) + b"\n" + b"\0" * behind
    path = write(tmp_path, data)
    if told is None:
        with pytest.raises(BadInput, match="not a text file"):
            find_encoding(path)
        return
    assert told in (find_encoding(path).warning or "")
    assert bool(find_encoding(path).warning) is bool(told)


@pytest.mark.parametrize(
    ("start", "kind", "way_out"),
    [(b"%PDF", "a PDF document", "Save it as CSV"),
     (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save it as CSV"),
     (b"SQLite format 3", "a database", "Save it as CSV"),
     (b"PK\x03\x04", "a zip file", "Unpack it"), (b"\x1f\x8b", "a gzip file", "Unpack it"),
     (b"BZh9", "a bzip2 file", "Unpack it"), (b"\xfd7zXZ\0", "an xz file", "Unpack it"),
     (b"7z\xbc\xaf", "a 7z file", "Unpack it"), (b"(\xb5/\xfd", "a zstd file", "Unpack it"),
     (b"Rar!\x1a", "a rar file", "Unpack it")],
)  # fmt: skip
def test_another_kind_of_file_is_called_what_it_looks_like(
    tmp_path: Path, start: bytes, kind: str, way_out: str
) -> None:
    with pytest.raises(BadInput, match=f"it looks like {kind}") as refused:
        find_encoding(write(tmp_path, start + b" and so on"))
    assert refused.value.hint.startswith(way_out)


def test_the_sign_for_any_currency_is_that_of_the_euro(tmp_path: Path) -> None:
    found = find_encoding(write(tmp_path, "Deal;Wert\nMüller;5 €\n".encode("iso8859-15")))
    assert found.name == "iso8859-15"
    assert find_encoding(write(tmp_path, "Deal;Wert\nMüller;5 €\n".encode("cp1252"))).name == (
        "windows-1252"
    )


def test_what_windows_alone_writes_keeps_the_sign_for_any_currency(tmp_path: Path) -> None:
    for said, name in ((b"A \xa4 5", "iso8859-15"), (b"A \xa4 5 \x93new\x94", "windows-1252")):
        data = TEXT.encode("latin-1") * 3 + said + b",x\n"
        assert find_encoding(write(tmp_path, data)).name == name


@pytest.mark.parametrize(("good", "is_utf8"), [(1, True), (0, False)])
def test_a_text_is_utf_8_where_a_tenth_of_its_letters_are(
    tmp_path: Path, good: int, is_utf8: bool
) -> None:
    text = b"Deal,Stage\n" + "Müller,Lead\n".encode() * good + (
        "Größe,Öl\n".encode("cp1252") * 3
    )  # fmt: skip
    found = find_encoding(write(tmp_path, text))
    assert (found.name == "utf-8") is is_utf8
    if is_utf8:
        assert candidates(tmp_path / "deals.csv") == [("utf-8", "")]
    few = "Deal\nMüller\n".encode() + "Öl\n".encode("cp1252") * 10
    assert find_encoding(write(tmp_path, few)).name != "utf-8"


@pytest.mark.parametrize(
    ("name", "told"),
    [("Müller", "('Müller'). Another"), ("Muñoz", "('Muñoz'; it would be 'Muńoz' as ")],
)
def test_a_guess_shows_readings_that_differ_alone(tmp_path: Path, name: str, told: str) -> None:
    found = find_encoding(write(tmp_path, f"Deal,Value\n{name},1\n".encode("cp1252")))
    assert told in (found.warning or "")


ONE_BROKEN = "1 broken character was read as \ufffd."
ONE_MIXED = (
    "1 character is not written in UTF-8 as the others are, and read as windows-1252: check the "
    "names ('Müller')."
)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((b"B,\xff",), ONE_BROKEN),
        ((b"B,\xff", b"C,\xff"), "2 broken characters were read as \ufffd."),
        ((b"B,M\xfcller",), ONE_MIXED),
        (
            (b"B,M\xfcller", b"C,Caf\xe9 Noir"),
            ONE_MIXED.replace("1 character is", "2 characters are"),
        ),
        ((b"B,\xff", b"C,M\xfcller"), f"{ONE_BROKEN} {ONE_MIXED}"),
    ],
)
def test_what_was_broken_in_utf_8_is_counted_and_shown_by_the_first_name(
    tmp_path: Path, lines: tuple[bytes, ...], said: str
) -> None:
    found = find_encoding(write(tmp_path, TEXT.encode() * 20 + b"\n".join(lines) + b"\n"))
    assert (found.name, found.warning) == ("utf-8", said)


TELLING = {
    "windows-1252": (
        "äü öäü üä àæ âæ æà çæ éî èâ êî ëà î ïà ôë œ ùâ û üà ÿ áñ éñ íñ ñ óñ úü üí àò èì éì ì "
        "íè òà óì ùì áà âã ã àá çá éã êã íâ óâ ôá õ úâ éëó ëó ïó óë öë üéö èá êö áë öåé éåö "
        "æø ø åæ éø èø êø òæ ôå óæ äæ äš öš åš š ž ááðý ððé éðéý íðíý óðóý úðúý ýýæ þéþ æáíæ "
        "öðíö"
    ),
    "windows-1250": (
        "áě čáě ďě éáě ěá íř ňáě óáě řá šě ťě úě ůá ýě žě áä äá čáä ďä éáä íä ĺá ľť ňáä óáä "
        "ôš ŕä šô ťĺ úä ýä žô ąąć ćń ęń łłń ńć óś śń źń żćńż áű éáű íö óű öí őö úö üő űá čđ "
        "ćđ đ šć žć ăş âş îş ş ţă"
    ),
    "windows-1254": (
        "çğ ğç ıç öç ş üğ âğ îğ"
    ),
    "cp850": (
        "ääüß ööüß ààëî âæ æâ çè éë èâ êæ ë îâ ïâ ôÿ ùâ ûâ ÿ èìí éìí ìí íì òìí óì ùìí ááâã âã "
        "ãâ çã éâí êã íâ óâ ôâí õâ úâ åä äå öå éåö æå øøå åæ éæå"
    ),
    "mac-roman": (
        "àî âè æâç çè éàë èâ êü ëàç îà ïà ôàè œàü ùâ ûü üà ÿè äü öü üä ßäüß áü éáñ íáü ñáé "
        "óáü úáü üá àèì èò éò ìàè íàè òè óàè ùò áç âõ ãáç àõ çá éáâ êáç íáç óáç ôá õá úçé"
    ),
    "windows-1257": (
        "āčķ čāķ ēģ ģē īģ ķš ļš ņš šģ ūģ žģ ąš čąš ęž ėš įš šą ųš ūų žą äš õš öäš üäš šä žä"
    ),
}  # fmt: skip
"""Letters by code page that only one language has together, each of them needed for that."""


@pytest.mark.parametrize("page", TELLING)
def test_a_code_page_is_told_by_letters_that_one_language_has_together(page: str) -> None:
    for word in TELLING[page].split():
        assert code_pages(word.encode(page))[0] == page, word


@pytest.mark.parametrize(
    ("part", "pages"),
    [
        (b"plain", "windows-1252"),
        ("\u20ac 5 \u2013 \u201eja\u201c\u2026".encode("windows-1252"), "windows-1252"),
        ("GR\u00d6SSE".encode("windows-1252"), "windows-1252"),
        ("\u0130stanbul \u015eube".encode("windows-1254"), "windows-1254"),
        ("\u00e5\u00f6 4\u00b0".encode("windows-1252"), "windows-1252"),
        ("r\u00f4le \u00ab x \u00bb".encode("windows-1252"), "windows-1252"),
        (b"M\x81ller", "cp850"),  # no sign at all in Windows-1252
        (b"pr\x82cis", "cp850"),  # a quote within a word there
        (b"caf\x8e", "mac-roman"),  # a capital behind a small letter there
        (b"Soci\x8et\x8e", "mac-roman"),
        (b"M\x9fller", "mac-roman"),  # or before one
        (b"\x9fber", "mac-roman"),
        (b"B\x8ela", "mac-roman"),
        ("M\u00c4rz".encode("windows-1252"), "windows-1252"),
        ("p\u00f3\u017ano".encode("windows-1250"), "windows-1250"),
        ("\u00c9milie DUPR\u00c9".encode("windows-1252"), "windows-1252"),
    ],
)
def test_signs_tell_no_language_unless_they_stand_within_a_word(part: bytes, pages: str) -> None:
    assert code_pages(part)[0] == pages


@pytest.mark.parametrize(
    ("text", "codec", "found"),
    [
        ("a,b\n" * 30, "utf-16-le", "utf-16-le"),
        ("a,b\n" * 30, "utf-16-be", "utf-16-be"),
        ("\u0391\u0392,\u0393\n" * 30, "utf-16-le", "utf-16-le"),
        ("\u0391\u0392;\u0393\r" * 30, "utf-16-be", "utf-16-be"),
        ("\u0391\u0392\t\u0393\n" * 30, "utf-16-le", "utf-16-le"),
        ("\u0391\u0392 \u0393\n" * 30, "utf-16-le", None),  # no cells
        ("Deal\nA\n" * 30, "utf-16-le", "utf-16-le"),
        ("Deal\nA\n" * 30, "utf-16-be", "utf-16-be"),
        ("\u0391\u0392,\u0393 " * 30, "utf-16-le", None),  # no lines
    ],
)
def test_wide_text_without_a_mark_has_lines_and_cells(
    text: str, codec: str, found: str | None, tmp_path: Path
) -> None:
    path = write(tmp_path, text.encode(codec))
    if found is None:
        with pytest.raises(BadInput, match="not a text file"):
            find_encoding(path)
        return
    assert find_encoding(path).name == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MÃ¼ller", "'MÃ¼ller' seems to be 'Müller'"),
        ("Ana MÃ¼ller-GrÃ¶ÃŸe;x", "'MÃ¼ller-GrÃ¶ÃŸe' seems to be 'Müller-Größe'"),
        ("a,MÃ¼ller,b", "'MÃ¼ller' seems to be 'Müller'"),
        ("a\tMÃ¼ller\tb", "'MÃ¼ller' seems to be 'Müller'"),
        ('"MÃ¼ller"', "'MÃ¼ller' seems to be 'Müller'"),
        ("Å\u0081Ã³dÅº", ""),
        ("Ã la carte", ""),
        ("CÃO", ""),
        ("Ã la MÃ¼ller", "'MÃ¼ller' seems to be 'Müller'"),
        ("Ä\u017ematy", "'Äžmaty' seems to be 'Ğmaty'"),
        ("x" * 30 + "Ã¼" + "y" * 30, "'xxxxxxxxxxxxxxxxxxxxÃ¼yyyyyyyyyyyyyyyyyyyy' seems to be"),
        ("Müller", ""),
    ],
)
def test_a_word_that_was_broken_is_shown_alone_with_what_it_was(
    text: str, said: str, tmp_path: Path
) -> None:
    found = find_encoding(write(tmp_path, f"Deal,Account\n{text}\n"))
    assert found.name == "utf-8"
    assert (found.warning or "").startswith(said) and bool(found.warning) is bool(said)
    if said:
        assert (found.warning or "").endswith("broken before the file was written: it stays so.")


@pytest.mark.parametrize(
    ("bad", "read"),
    [
        (b"M\xfcller", "Müller"),
        (b"A\xe9\xe8b", "Aéèb"),
        (b"A\xc3", "A\ufffd"),
        (b"A\xc3x", "AÃx"),
        (b"A\xc4 b", "A\ufffd b"),
        (b"A\xc6 b", "AÆ b"),
        (b"A\xfe", "A\ufffd"),
        (b"A\xff", "A\ufffd"),
        (b"A\xfd", "Aý"),
        (b"A\x81", "A\ufffd"),
        (b"A\xfc\xc3", "Aü\ufffd"),
    ],
)
def test_bytes_that_are_no_utf_8_are_read_as_windows_writes_them(
    bad: bytes, read: str, tmp_path: Path
) -> None:
    data = TEXT.encode() * 20 + b"Line," + bad + b"\n"
    with open_file(write(tmp_path, data)) as reading:
        assert [row.raw["Account"] for row in reading.rows()][-1] == read


def test_what_begins_as_marked_text_goes_on_so_or_is_none(tmp_path: Path) -> None:
    for mark, name in ((b"\xef\xbb\xbf", None), (b"\xff\xfe\0\0", "UTF-32"),
                       (b"\0\0\xfe\xff", "UTF-32"), (b"\xfe\xff", "UTF-16")):  # fmt: skip
        path = write(tmp_path, mark + b"\xd8\xff\xff" * 5)
        said = f"it begins as {name or 'UTF-8-SIG'} but does not go on so"
        with pytest.raises(BadInput, match=said):
            find_encoding(path)
    japanese = "\u53d6\u5f15,Account\n\u8a2d\u5099,\u5c71\u7530\n".encode("iso2022_jp")
    assert find_encoding(write(tmp_path, japanese)).name == "iso2022_jp"
    hebrew = (
        "\u05d4\u05d6\u05d3\u05de\u05e0\u05d5\u05ea,\u05dc\u05e7\u05d5\u05d7\u05d5\u05ea\n" * 20
    )
    assert find_encoding(write(tmp_path, hebrew.encode("cp1255"))).name == "cp1255"


def test_the_candidates_of_other_letters_are_told_once_each_the_likeliest_first(
    tmp_path: Path,
) -> None:
    names = ["Северный ветер", "Общество с ограниченной ответственностью", "Московский завод"]
    text = "Deal,Account\n" + "".join(f"Поставка оборудования,{name}\n" for name in names * 20)
    found = [name for name, _ in candidates(write(tmp_path, text.encode("windows-1251")))]
    assert len(found) == len(set(found)) > 2
    assert found[0] in ("windows-1251", "cp1251")
    assert {"windows-1252", "windows-1250"} & set(found)
