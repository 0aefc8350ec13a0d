"""Names of months in 18 languages, folded as `fold` does; made of CLDR 47 with Babel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeboard.domain.text import slug

_NAMES: Mapping[int, str] = MappingProxyType(
    {
        1: (
            "ene|enero|gen|gennaio|ian|ianuarie|jan|janeiro|janner|januar|januari|january|janv|"
            "janvier|led|leden|ledna|oca|ocak|sty|styczen|stycznia|tammi|tammikuu|tammikuuta|січ|"
            "січень|січня|янв|январь|января"
        ),
        2: (
            "feb|febbraio|feber|febr|febrero|februar|februari|februarie|february|fev|fevereiro|"
            "fevr|fevrier|helmi|helmikuu|helmikuuta|lut|lutego|luty|sub|subat|uno|unor|unora|лют|"
            "лютии|лютого|февр|февраль|февраля"
        ),
        3: (
            "bre|brezen|brezna|maalis|maaliskuu|maaliskuuta|maart|maerz|mar|marc|marca|march|"
            "marcius|marco|mars|mart|martie|marts|marz|marzec|marzo|mrt|бер|березень|березня|мар|"
            "март|марта"
        ),
        4: (
            "abr|abril|apr|april|aprile|aprilie|aprilis|avr|avril|dub|duben|dubna|huhti|huhtikuu|"
            "huhtikuuta|kwi|kwiecien|kwietnia|nis|nisan|апр|апрель|апреля|квіт|квітень|квітня"
        ),
        5: (
            "kve|kveten|kvetna|mag|maggio|mai|maio|maj|maja|majus|may|mayis|mayo|mei|touko|"
            "toukokuu|toukokuuta|маи|мая|трав|травень|травня"
        ),
        6: (
            "cerven|cervna|cvn|cze|czerwca|czerwiec|giu|giugno|haz|haziran|iun|iunie|juin|jun|"
            "june|junho|juni|junio|junius|kesa|kesakuu|kesakuuta|июн|июнь|июня|черв|червень|"
            "червня"
        ),
        7: (
            "cervence|cervenec|cvc|heina|heinakuu|heinakuuta|iul|iulie|juil|juillet|jul|julho|"
            "juli|julio|julius|july|lip|lipca|lipiec|lug|luglio|tem|temmuz|июл|июль|июля|лип|"
            "липень|липня"
        ),
        8: (
            "ago|agosto|agu|agustos|aout|aug|august|augusti|augustus|augusztus|elo|elokuu|"
            "elokuuta|sie|sierpien|sierpnia|srp|srpen|srpna|авг|август|августа|серп|серпень|"
            "серпня"
        ),
        9: (
            "eyl|eylul|sep|sept|september|septembre|septembrie|septiembre|set|setembro|settembre|"
            "syys|syyskuu|syyskuuta|szept|szeptember|wrz|wrzesien|wrzesnia|zar|zari|вер|вересень|"
            "вересня|сент|сентябрь|сентября"
        ),
        10: (
            "eki|ekim|loka|lokakuu|lokakuuta|oct|october|octobre|octombrie|octubre|okt|oktober|"
            "ott|ottobre|out|outubro|paz|pazdziernik|pazdziernika|rij|rijen|rijna|жовт|жовтень|"
            "жовтня|окт|октябрь|октября"
        ),
        11: (
            "kas|kasim|lis|listopad|listopada|listopadu|marras|marraskuu|marraskuuta|noiembrie|"
            "nov|november|novembre|novembro|noviembre|лист|листопад|листопада|нояб|ноябрь|ноября"
        ),
        12: (
            "ara|aralik|dec|december|decembre|decembrie|des|desember|dez|dezember|dezembro|dic|"
            "dicembre|diciembre|gru|grudnia|grudzien|joulu|joulukuu|joulukuuta|pro|prosince|"
            "prosinec|груд|грудень|грудня|дек|декабрь|декабря"
        ),
    }
)

MONTHS: Mapping[str, int] = MappingProxyType(
    {word: month for month, words in _NAMES.items() for word in words.split("|")}
)


# What won, lost, open and put away are called, in the languages that sales tools speak.

# English first, then German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Slovak,
# Hungarian, Turkish, Russian, Ukrainian, Swedish, Danish, Norwegian, Finnish, Romanian, Greek,
# Chinese, Japanese, Korean, Hebrew. `|` parts words.
_WON = (
    "won|win|solgt|salgt|sald|vendida|vendue|venduto|venduta|"
    "κερδισμένη|κερδισμένο|κερδήθηκε|נסגר זכייה|נסגרה זכייה|"
    "closed won|close won|deal won|won closed|won deal|successful|sold|contract won|"
    "gewonnen|abgeschlossen gewonnen|geschlossen gewonnen|abschluss gewonnen|auftrag gewonnen|"
    "auftrag erhalten|verkauft|"
    "gagne|gagnee|ferme gagne|fermee gagnee|cloture gagne|conclu|signe|"
    "ganado|ganada|cerrado ganado|cerrada ganada|venta ganada|negocio ganado|"
    "vinto|vinta|chiuso vinto|chiusa vinta|"
    "ganho|ganha|fechado ganho|fechada ganha|vendido|"
    "gesloten gewonnen|afgesloten gewonnen|"
    "wygrana|wygrane|wygrany|zamkniete wygrane|sprzedane|"
    "vyhrano|vyhrany|vyhrana|uzavreno vyhrano|vyhrane|"
    "megnyert|megnyerve|nyert|lezart megnyert|"
    "kazanildi|kazanilan|kapali kazanildi|kazanilmis|"
    "выиграна|выигран|выиграно|сделка успешна|успешно|успешно реализовано|сделка выиграна|"
    "успешно завершена|"
    "виграно|виграна|угода успішна|успішно|успішно реалізовано|"
    "vunnen|vunnet|stangd vunnen|lukket vundet|vundet|vundne|lukket vunnet|vunnede|"
    "voitettu|suljettu voitettu|"
    "castigat|castigata|inchis castigat|"
    "赢单|成交|已成交|赢得|受注|成約|수주|성사|נסגר בהצלחה|זכייה"
)
_LOST = (
    "lost|abandoned|cancelled|canceled|no sale|χαμένη|χαμένο|χάθηκε|נסגר הפסד|נסגרה הפסד|"
    "closed lost|close lost|deal lost|lost closed|lost deal|loose|lost opportunity|"
    "verloren|abgeschlossen verloren|geschlossen verloren|auftrag verloren|"
    "perdu|perdue|ferme perdu|fermee perdue|cloture perdu|"
    "perdido|perdida|cerrado perdido|cerrada perdida|venta perdida|negocio perdido|"
    "perso|persa|chiuso perso|chiusa persa|"
    "fechado perdido|fechada perdida|"
    "gesloten verloren|afgesloten verloren|"
    "przegrana|przegrane|przegrany|utracona|utracone|zamkniete utracone|zamkniete przegrane|"
    "prohrano|prohrany|prohrana|ztraceno|uzavreno ztraceno|prehrane|stratene|"
    "elvesztett|elveszitett|elvesztve|elveszett|lezart elvesztett|"
    "kaybedildi|kaybedilen|kapali kaybedildi|kaybedilmis|"
    "проиграна|проигран|проиграно|сделка провалена|провалена|сделка проиграна|"
    "закрыто и не реализовано|не реализовано|"
    "програно|програна|угода провалена|закрито і не реалізовано|"
    "forlorad|forlorat|stangd forlorad|lukket tabt|tabt|tapt|lukket tapt|"
    "havitty|suljettu havitty|"
    "pierdut|pierduta|inchis pierdut|"
    "输单|丢单|失败|失注|실주|실패|הפסד|אבוד"
)
_OPEN = (
    "open|active|suspended|on hold|in progress|ongoing|pending|new|reopened|in work|working|"
    "offen|aktiv|in bearbeitung|laufend|ouvert|ouverte|en cours|actif|abierto|abierta|en curso|"
    "activo|aperto|aperta|in corso|attivo|aberto|aberta|em andamento|ativo|lopend|otwarta|otwarte|"
    "otwarty|w toku|otevreno|otevreny|otevrena|otvorene|nyitott|folyamatban|acik|devam ediyor|"
    "открыта|открыто|в работе|в процессе|відкрита|відкрито|в роботі|oppen|pagaende|aben|apen|"
    "pagar|avoin|kesken|deschis|deschisa|in curs|进行中|進行中|진행중|진행 중|פתוח"
)
_AWAY = "archived|deleted|archiviert|geloscht|archive|supprime|archivado|eliminado|archiviato"


def _keys(words: str) -> frozenset[str]:
    return frozenset(word_key(word) for word in words.split("|"))


def word_key(word: str) -> str:
    """A word as the tables hold it: folded, and without what stands between its parts."""
    return slug(word).replace("_", "")


WON, LOST, OPEN, AWAY = map(_keys, (_WON, _LOST, _OPEN, _AWAY))
WORDS = MappingProxyType({"won": WON, "lost": LOST, "open": OPEN, "away": AWAY})
