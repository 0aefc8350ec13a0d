"""Every word of the tables by which files of the world are read: what it means."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeboard.exchange.amounts import read_currency_name
from pipeboard.exchange.columns import match_columns
from pipeboard.exchange.history import read_status
from pipeboard.exchange.layouts import GENERIC
from pipeboard.exchange.moments import MomentReader
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.exchange.units import unit_of
from pipeboard.exchange.values import is_flag, read_category, read_flag
from pipeboard.exchange.words.currency_names import CURRENCY_NAMES
from pipeboard.exchange.words.languages import CROATIAN, MONTHS, closing_outcome, sounds_closed

# What is said of a deal, parted by `|`.

WON = (
    "won|win|solgt|salgt|sald|vendida|vendue|venduto|venduta|κερδισμένη|κερδισμένο|κερδήθηκε|"
    "נסגר זכייה|נסגרה זכייה|closed won|close won|deal won|won closed|won deal|successful|sold|"
    "contract won|gewonnen|abgeschlossen gewonnen|geschlossen gewonnen|abschluss gewonnen|"
    "auftrag gewonnen|auftrag erhalten|verkauft|gagne|gagnee|fermee gagne|ferme gagne|"
    "fermee gagnee|cloture gagne|conclu|signe|ganado|ganada|cerrado ganado|cerrada ganada|"
    "venta ganada|negocio ganado|vinto|vinta|chiuso vinto|chiusa vinta|ganho|ganha|"
    "fechado ganho|fechada ganha|vendido|gesloten gewonnen|afgesloten gewonnen|wygrana|wygrane|"
    "wygrany|zamkniete wygrane|sprzedane|vyhrano|vyhrany|vyhrana|uzavreno vyhrano|vyhrane|"
    "megnyert|megnyerve|nyert|lezart megnyert|kazanildi|kazanilan|kapali kazanildi|kazanilmis|"
    "выиграна|выигран|выиграно|сделка успешна|успешно|успешно реализовано|успешно реализована|"
    "сделка выиграна|успешно завершена|виграно|виграна|угода успішна|успішно|"
    "успішно реалізовано|vunnen|vunnet|stangd vunnen|lukket vundet|vundet|vundne|lukket vunnet|"
    "vunnede|voitettu|suljettu voitettu|castigat|castigata|inchis castigat|спечелена|спечелен|"
    "dobiveno|dobijeno|pridobljeno|voidetud|laimeta|laimets|menang|thanh cong|thang|"
    "ปิดการขายสําเร็จ|ชนะ|जीता|تم الفوز|فوز|مغلق فوز|ربح|贏單|已贏單|赢单|成交|已成交|赢得|"
    "受注|成約|수주|성사|"
    "נסגר בהצלחה|זכייה"
)
LOST = (
    "lost|lose|apology|abandoned|cancelled|canceled|no sale|失敗|丢失|未成交|χαμένη|χαμένο|χάθηκε|"
    "נסגר הפסד|נסגרה הפסד|closed lost|close lost|deal lost|lost closed|lost deal|loose|"
    "lost opportunity|verloren|abgeschlossen verloren|geschlossen verloren|auftrag verloren|"
    "perdu|perdue|ferme perdu|fermee perdue|cloture perdu|perdido|perdida|cerrado perdido|"
    "cerrada perdida|venta perdida|negocio perdido|perso|persa|chiuso perso|chiusa persa|"
    "fechado perdido|fechada perdida|gesloten verloren|afgesloten verloren|przegrana|przegrane|"
    "przegrany|utracona|utracone|zamkniete utracone|zamkniete przegrane|prohrano|prohrany|"
    "prohrana|ztraceno|uzavreno ztraceno|prehrane|stratene|elvesztett|elveszitett|elvesztve|"
    "elveszett|lezart elvesztett|kaybedildi|kaybedilen|kapali kaybedildi|kaybedilmis|проиграна|"
    "проигран|проиграно|сделка провалена|провалена|сделка проиграна|закрыто и не реализовано|"
    "закрыта и не реализована|не реализовано|не реализована|програно|програна|угода провалена|"
    "закрито і не реалізовано|forlorad|forlorat|stangd forlorad|lukket tabt|tabt|tapt|"
    "lukket tapt|havitty|suljettu havitty|pierdut|pierduta|inchis pierdut|загубена|загубен|"
    "izgubljeno|izgubljena|kaotatud|kalah|that bai|thua|แพ้|ปิดการขายไม่สําเร็จ|हारा|خسارة|"
    "مغلق خسارة|تمت الخسارة|輸單|丟單|输单|丢单|失败|失注|실주|실패|הפסד|אבוד"
)
OPEN = (
    "open|active|suspended|on hold|in progress|in process|todo|to do|standby|stand by|stalled|"
    "on track|not started|draft|ongoing|pending|new|reopened|in work|working|offen|aktiv|"
    "in bearbeitung|laufend|ouvert|ouverte|en cours|actif|abierto|abierta|en curso|activo|"
    "aperto|aperta|in corso|attivo|aberto|aberta|em andamento|ativo|lopend|otwarta|otwarte|"
    "otwarty|w toku|otevreno|otevreny|otevrena|otvorene|nyitott|folyamatban|acik|devam ediyor|"
    "открыта|открыто|в работе|в процессе|відкрита|відкрито|в роботі|oppen|pagaende|aben|apen|"
    "pagar|avoin|kesken|deschis|deschisa|in curs|进行中|進行中|진행중|진행 중|פתוח"
)
AWAY = "archived|deleted|archiviert|geloscht|archive|supprime|archivado|eliminado|archiviato"
CLOSED = (
    "closed|done|finished|completed|dead|disqualified|rejected|declined|refused|not interested|"
    "duplicate|junk|no deal|signed|paid|invoiced|dropped|unqualified|geschlossen|erledigt|"
    "abgelehnt|abgesagt|storniert|unterschrieben|ferme|fermee|cloture|refuse|annule|signe|"
    "cerrado|cerrada|rechazado|descartado|chiuso|chiusa|rifiutato|fechado|fechada|rejeitado|"
    "gesloten|afgewezen|zamkniete|odrzucone|uzavreno|zamitnuto|закрыто|закрыта|отказ|"
    "реализовано|реализована|完了|终止|已关闭|종료"
)


@pytest.mark.parametrize(("words", "outcome"), [(WON, "won"), (LOST, "lost")])
def test_every_word_for_an_outcome_means_it(words: str, outcome: str) -> None:
    for word in words.split("|"):
        assert closing_outcome(word) == closing_outcome(word.upper()) == outcome, word
        assert read_status(word).outcome == outcome, word
        assert sounds_closed(word), word


def test_every_word_for_a_deal_in_work_or_put_away_means_it() -> None:
    for word in OPEN.split("|"):
        assert (read_status(word).outcome, read_status(word).archived) == ("open", False), word
        assert closing_outcome(word) is None, word
    for word in AWAY.split("|"):
        assert (read_status(word).outcome, read_status(word).archived) == (None, True), word
    for word in CLOSED.split("|"):
        assert sounds_closed(word), word


@pytest.mark.parametrize("word", ["deleted", "gelöscht", "supprimé", "eliminado"])
def test_what_was_deleted_is_told_from_what_was_put_away(word: str) -> None:
    assert read_status(word).deleted
    assert not read_status("archived").deleted


YES = (
    "1|adevărat|ano|archived|doğru|evet|igaz|igen|ja|kyllä|on|oui|pravda|prawda|sand|sant|si|"
    "sim|sì|sí|t|tak|tosi|true|verdadeiro|verdadero|vero|vrai|waar|wahr|x|y|yes|áno|αληθές|ναι|"
    "да|истина|так|☑|✅|✓|✔|はい|是|예"
)
NO = (
    "0|ei|epätosi|f|fals|falsch|false|falsk|falskt|falso|faux|fałsz|hamis|hayır|n|nao|ne|nee|"
    "nei|nein|nej|nem|nepravda|nie|no|non|not archived|nu|não|off|onwaar|usann|yanlış|ψευδές|"
    "όχι|ложь|нет|ні|☐|✗|✘|❌|いいえ|否|아니요"
)


@pytest.mark.parametrize(("words", "means"), [(YES, True), (NO, False)])
def test_every_word_for_yes_and_no_means_it(words: str, means: bool) -> None:
    for word in words.split("|"):
        assert is_flag(word), word
        assert read_flag(word) is read_flag(word.upper()) is means, word
    assert not is_flag("perhaps")


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("Omitted", "omitted"), ("Not forecasted", "omitted"), ("Pipeline", "pipeline"),
        ("Best", "best"), ("Best Case", "best"), ("Most likely", "best"), ("Commit", "commit"),
        ("Sure", None),
    ],
)  # fmt: skip
def test_a_tools_word_for_a_forecast_is_one_of_ours(word: str, category: str | None) -> None:
    assert read_category(word) == category


# What the name of a column says.

POWERS = {
    1_000: (
        "thousand thousands thou ths tsd tausend millier milliers miles milhares migliaia "
        "migliaio duizend duizenden tys tysiac tysiace tisic tisice tis tuhat tuhatta "
        "tuhansia tusen tusind ezer bin тыс тысяч тысячи тысячах тис тисяч хил ribu nghin "
        "ngan พัน 千 천 k"
    ),
    1_000_000: (
        "million millions mio mln mn mm millionen millones milhoes milioni milione miljoen "
        "milion miliony milionow miljoner millioner miljoonaa millio milyon млн миллион "
        "миллионов мільйон juta trieu ล้าน 百万 百萬 백만 m"
    ),
    1_000_000_000: (
        "billion billions bn mrd milliarden milliards mld miliardi miliard miljard miljarder "
        "milliarder млрд milyar ty b"
    ),
    100: ("hundreds"),
    10_000: ("万 萬 만"),
    100_000: ("lakh lakhs lac lacs แสน"),
    10_000_000: ("crore crores cr 千万"),
    100_000_000: ("億 亿 억"),
}


@pytest.mark.parametrize("factor", POWERS)
def test_every_word_for_a_power_of_ten_means_it(factor: int) -> None:
    for word in POWERS[factor].split():
        unit = unit_of(f"Amount ({word} EUR)", "USD")
        assert (unit.name, unit.factor, unit.currency) == ("Amount", factor, "EUR"), word
        assert unit_of(f"Amount ({word})", "USD").factor == factor, word


COINS = (
    "cent cents centimes centime centavos centimos centesimi pence penny paise paisa ore groszy "
    "haleru kopecks копеек kurus minor minor_units"
)


@pytest.mark.parametrize("coin", COINS.split())
def test_every_word_for_the_smallest_coin_means_it(coin: str) -> None:
    assert unit_of(f"Amount ({coin})", "EUR").is_minor
    assert not unit_of("Amount (EUR)", "EUR").is_minor


CODES = "usd eur gbp chf jpy cad aud nzd sek nok dkk pln czk huf inr cny brl mxn zar rub uah"


@pytest.mark.parametrize("code", CODES.split())
def test_a_code_of_a_currency_may_be_written_small_in_a_name(code: str) -> None:
    for name in (f"amount_{code}", f"Amount ({code})", f"Amount {code.upper()}"):
        assert unit_of(name, "EUR").currency == code.upper()
    for word in ("all", "top", "try"):
        assert unit_of(f"amount_{word}", "EUR").currency is None


BEHIND = (
    "_сделки|_угоди|_del_negocio|_do_negocio|_der_verkaufschance|_des_deals|_de_l_opportunite|"
    "_de_l_affaire|_de_la_transaction|_de_la_oportunidad|_da_oportunidade|_dell_opportunita|"
    "_ht|_ttc|_netto|_brutto|_net|_gross|_bez_dph|_excl_vat|_ex_vat|_excl_btw|_sin_iva|"
    "_sem_iva|_senza_iva|_utc|_gmt"
)
BEFORE = "deal_|opportunity_|related_|lead_|associated_|box_|item_|current_|linked_|assigned_"


def test_what_stands_around_the_word_for_a_field_is_no_part_of_it() -> None:
    for end in BEHIND.split("|"):
        assert match_columns((f"amount{end}",), GENERIC, [["5"], ["6"]]).targets == {
            f"amount{end}": "value"
        }
    for start in BEFORE.split("|"):
        assert match_columns((f"{start}amount",), GENERIC, [["5"], ["6"]]).targets == {
            f"{start}amount": "value"
        }
    assert match_columns(("amount_other",), GENERIC, [["5"]]).targets == {
        "amount_other": "field.amount_other"
    }


# The longer tables, in `words.txt`: a meaning a line, and all words for it.


def told() -> dict[str, set[str]]:
    """What each word of the longer tables means, by what it is a word for."""
    found: dict[str, set[str]] = {}
    for kind, table in (
        ("column", SYNONYMS), ("month", MONTHS), ("month of Croatian", CROATIAN),
        ("currency", CURRENCY_NAMES),
    ):  # fmt: skip
        for word, meaning in table.items():
            found.setdefault(f"{kind} {meaning}", set()).add(word)
    return found


def test_every_word_for_a_column_a_month_and_a_currency_is_written_down() -> None:
    """What differs is a change of what people's files become: `words.txt` says it too, then."""
    file = Path(__file__).with_name("words.txt")
    if os.environ.get("PIPEBOARD_REDRAW"):
        lines = [f"{meaning}: {'|'.join(sorted(words))}\n" for meaning, words in told().items()]
        file.write_text("".join(lines), encoding="utf-8")
    written = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        meaning, _, words = line.partition(": ")
        written[meaning] = set(words.split("|"))
    found = told()
    other = {
        meaning: found.get(meaning, set()) ^ written.get(meaning, set())
        for meaning in written.keys() | found.keys()
        if found.get(meaning) != written.get(meaning)
    }
    assert other == {}, "where that is meant, PIPEBOARD_REDRAW=1 writes words.txt anew"


def test_every_word_for_a_month_is_read_in_a_date() -> None:
    for word, month in MONTHS.items():
        reader = MomentReader(ZoneInfo("UTC"), date(2017, 12, 31), None, lambda _: ())
        assert reader.column(0)(f"3 {word} 2016").day == date(2016, month, 3), word


def test_every_name_of_a_currency_is_read_as_its_code() -> None:
    for word, code in CURRENCY_NAMES.items():
        assert read_currency_name(word, "EUR") == code, word
