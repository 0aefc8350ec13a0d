"""What months, outcomes, yes and no are called in the languages that sales tools speak."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from pipeboard.domain.text import fold, slug
from pipeboard.exchange.words.month_names import CROATIAN_MONTHS, MONTH_NAMES


def _by_word(names: Mapping[int, str]) -> Mapping[str, int]:
    return MappingProxyType(
        {word: month for month, words in names.items() for word in words.split()}
    )


MONTHS = _by_word(MONTH_NAMES)
CROATIAN = _by_word(CROATIAN_MONTHS)
"""Months that Croatian calls otherwise than its neighbours: `listopad` is October."""


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
    "gagne|gagnee|fermee gagne|ferme gagne|fermee gagnee|cloture gagne|conclu|signe|"
    "ganado|ganada|cerrado ganado|cerrada ganada|venta ganada|negocio ganado|"
    "vinto|vinta|chiuso vinto|chiusa vinta|"
    "ganho|ganha|fechado ganho|fechada ganha|vendido|"
    "gesloten gewonnen|afgesloten gewonnen|"
    "wygrana|wygrane|wygrany|zamkniete wygrane|sprzedane|"
    "vyhrano|vyhrany|vyhrana|uzavreno vyhrano|vyhrane|"
    "megnyert|megnyerve|nyert|lezart megnyert|"
    "kazanildi|kazanilan|kapali kazanildi|kazanilmis|"
    "выиграна|выигран|выиграно|сделка успешна|успешно|успешно реализовано|успешно реализована|"
    "сделка выиграна|успешно завершена|"
    "виграно|виграна|угода успішна|успішно|успішно реалізовано|"
    "vunnen|vunnet|stangd vunnen|lukket vundet|vundet|vundne|lukket vunnet|vunnede|"
    "voitettu|suljettu voitettu|"
    "castigat|castigata|inchis castigat|"
    "спечелена|спечелен|dobiveno|dobijeno|pridobljeno|voidetud|laimeta|laimets|"
    "menang|thanh cong|thang|ปิดการขายสําเร็จ|ชนะ|जीता|تم الفوز|فوز|مغلق فوز|ربح|"
    "贏單|已贏單|赢单|成交|已成交|赢得|受注|成約|수주|성사|נסגר בהצלחה|זכייה"
)
_LOST = (
    "lost|lose|apology|abandoned|cancelled|canceled|no sale|失敗|丢失|未成交|"
    "χαμένη|χαμένο|χάθηκε|נסגר הפסד|נסגרה הפסד|"
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
    "закрыто и не реализовано|закрыта и не реализована|не реализовано|не реализована|"
    "програно|програна|угода провалена|закрито і не реалізовано|"
    "forlorad|forlorat|stangd forlorad|lukket tabt|tabt|tapt|lukket tapt|"
    "havitty|suljettu havitty|"
    "pierdut|pierduta|inchis pierdut|"
    "загубена|загубен|izgubljeno|izgubljena|kaotatud|"
    "kalah|that bai|thua|แพ้|ปิดการขายไม่สําเร็จ|हारा|خسارة|مغلق خسارة|تمت الخسارة|"
    "輸單|丟單|输单|丢单|失败|失注|실주|실패|הפסד|אבוד"
)
_OPEN = (
    "open|active|suspended|on hold|in progress|in process|todo|to do|standby|stand by|stalled|"
    "on track|not started|draft|ongoing|pending|new|reopened|in work|working|"
    "offen|aktiv|in bearbeitung|laufend|ouvert|ouverte|en cours|actif|abierto|abierta|en curso|"
    "activo|aperto|aperta|in corso|attivo|aberto|aberta|em andamento|ativo|lopend|otwarta|otwarte|"
    "otwarty|w toku|otevreno|otevreny|otevrena|otvorene|nyitott|folyamatban|acik|devam ediyor|"
    "открыта|открыто|в работе|в процессе|відкрита|відкрито|в роботі|oppen|pagaende|aben|apen|"
    "pagar|avoin|kesken|deschis|deschisa|in curs|进行中|進行中|진행중|진행 중|פתוח"
)
_AWAY = "archived|deleted|archiviert|geloscht|archive|supprime|archivado|eliminado|archiviato"


_ENDING = (
    "closed|done|finished|completed|dead|disqualified|rejected|declined|refused|not interested|"
    "duplicate|junk|no deal|signed|paid|invoiced|dropped|unqualified|geschlossen|erledigt|"
    "abgelehnt|abgesagt|storniert|unterschrieben|ferme|fermee|cloture|refuse|annule|signe|cerrado|"
    "cerrada|rechazado|descartado|chiuso|chiusa|rifiutato|fechado|fechada|rejeitado|gesloten|"
    "afgewezen|zamkniete|odrzucone|uzavreno|zamitnuto|закрыто|закрыта|отказ|реализовано|"
    "реализована|完了|终止|已关闭|종료|"
    "accepted|ordered|expired|churned|beauftragt|angenommen|bestellt|bezahlt|fakturiert|"
    "abgeschlossen|abgelaufen|accepte|acceptee|commande|aceptado|aceptada|vencido|accettato|"
    "accettata|aceito|aceita|geaccepteerd|besteld|zaakceptowane|prijato|hyvaksytty|godkand"
)


def _keys(words: str) -> frozenset[str]:
    return frozenset(word_key(word) for word in words.split("|"))


def word_key(word: str) -> str:
    """A word as the tables hold it: folded, and without what stands between its parts."""
    return slug(word).replace("_", "")


WON, LOST, OPEN, AWAY = map(_keys, (_WON, _LOST, _OPEN, _AWAY))
_ENDS = WON | LOST | _keys(_ENDING)


# What the stages are called in which deals are won or lost.

# The place of a stage or of its pipeline, and the probability of one that closes: `6 - Won`,
# `C2:LOSE`, `Won (100%)`.
_NUMBERED = re.compile(
    r"^C\d+:"
    r"|^\W*(?:(?:stage|phase|step|s)\s?)?(?:\d{1,2}(?!\d*\s*%)|(?:100|0)\s*%)[\s.):\]_\-–—]*(?=[^\W\d_])"
    r"|[\s\-–—]*[(\[]?\s*\b(?:100|0)\s*%\s*[)\]]?\s*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def closing_outcome(stage: str) -> Literal["won", "lost"] | None:
    """The outcome that the name of a stage stands for, or None for a stage to work in.

    `Closed Won`, `closedwon`, `Gewonnen`, `6 - Won (100%)` and `Closed Lost to Competition` (Zoho)
    are outcomes; `Lost customers` is a stage.
    """
    word = word_key(_NUMBERED.sub("", stage)) if "?" not in stage else ""
    if word in WON or word.startswith("closedwon"):
        return "won"
    if word in LOST or word.startswith("closedlost"):
        return "lost"
    return None


_PARTS = re.compile(r"[\s\-–—:/|,.;()\[\]!]+")
_BECAUSE = {"to", "by", "on", "for", "due", "because", "of", "an", "wegen", "pour", "por", "per"}


@lru_cache(maxsize=4096)
def words_beside(stage: str) -> str:
    """What the name of a closing stage says beside won or lost: `Competition` of `Closed Lost to
    Competition`, and of any other name all of it. Empty for a plain word."""
    name = _NUMBERED.sub("", stage).strip()
    if (word := word_key(name)) in WON | LOST or not word:
        return ""
    for found in _PARTS.finditer(name):
        if word_key(name[: found.start()]) in WON | LOST:
            rest = name[found.end() :].rstrip(" )]!")
            words = rest.split(" ")
            while len(words) > 1 and words[0].casefold() in _BECAUSE:
                words.pop(0)
            return " ".join(words)
    return name


def sounds_closed(stage: str) -> bool:
    """Whether deals in a stage of that name may be won or lost, which only a person knows."""
    if "?" in stage:
        return False
    words = [word for word in map(word_key, _PARTS.split(stage)) if word]
    return any(word in _ENDS for word in words) or word_key(stage) in _ENDS


# What is ticked, and what is not; spreadsheets write it in capitals, `YANLIŞ`.

_YES = {
    "true", "yes", "y", "1", "x", "on", "archived", "t", "✓", "✔", "☑", "✅",
    "wahr", "ja", "vrai", "oui", "verdadero", "si", "sí", "vero", "sì", "verdadeiro", "sim",
    "waar", "prawda", "tak", "pravda", "ano", "áno", "igaz", "igen", "doğru", "evet", "истина",
    "да", "так", "sant", "sand", "tosi", "kyllä", "adevărat", "ναι", "αληθές", "はい", "是", "예",
}  # fmt: skip
_NO = {
    "false", "no", "n", "0", "off", "not archived", "f", "✗", "✘", "☐", "❌",
    "falsch", "nein", "faux", "non", "falso", "não", "nao", "onwaar", "nee", "fałsz", "nie",
    "nepravda", "ne", "hamis", "nem", "yanlış", "hayır", "ложь", "нет", "ні", "falskt", "falsk",
    "usann", "nej", "nei", "epätosi", "ei", "fals", "nu", "όχι", "ψευδές", "いいえ", "否", "아니요",
}  # fmt: skip
YES, NO = (frozenset(map(fold, words)) for words in (_YES, _NO))
