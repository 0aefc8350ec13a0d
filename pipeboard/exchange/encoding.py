"""Which encoding a file of unknown origin is written in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted

# Which code page 8-bit text is in: the one in which its letters are those of one language.

# The letters of each language beside a to z; punctuation and signs fit all of them.
_LANGUAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "windows-1252": (
            "äöüß",
            "àâæçéèêëîïôœùûüÿ",
            "áéíñóúü",
            "àèéìíòóù",
            "áâãàçéêíóôõú",
            "éëïóöüèêá",
            "åäöé",
            "æøåéèêòôóä",
            "äöåšž",
            "áðéíóúýþæö",
        ),
        "windows-1250": (
            "áčďéěíňóřšťúůýž",
            "áäčďéíĺľňóôŕšťúýž",
            "ąćęłńóśźż",
            "áéíóöőúüű",
            "čćđšž",
            "ăâîşţ",
        ),
        "windows-1254": ("çğıöşüâî",),
        "cp850": ("äöüß", "àâæçéèêëîïôùûüÿ", "áéíñóúü", "àèéìíòóù", "áâãàçéêíóôõú", "åäöé", "æøåé"),
        "mac-roman": ("àâæçéèêëîïôœùûüÿ", "äöüß", "áéíñóúü", "àèéìíòóù", "áâãàçéêíóôõú"),
        "windows-1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž"),
    }
)
_RARE = {"áðéíóúýþæö", "ăâîşţ", "äõöüšž"}
# Signs that stand in no word: where they do, the code page is another one.
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[‚¤¥§¬±¶×÷¦¹²³ªº¼½¾¿¡£](?=[^\W\d_])")
# Nor does a capital behind a small letter (`cafŽ` is `café` of a Mac), or these before one.
_BEHIND_SMALL = re.compile(r"[a-z][^\W\d_a-zA-Z]")
_BEFORE_SMALL = re.compile(r"(?<=[A-Z])[ŽÄŸ](?=[a-z])|\bŸ(?=[a-z])")
_ANYWHERE = set("€‚„…‹‘’“”•–—™›\xa0¡¢£¤¥§©«®°±²³µ¶·¹»¼½¾¿ª´¨×÷")


def _without_capital(found: re.Match[str]) -> str:
    return f"{found[0][0]}\ufffd" if found[0][1].isupper() else found[0]


def code_pages(part: bytes) -> list[str]:
    """The code pages from the likeliest on, of those for Latin letters."""
    return sorted(_LANGUAGES, key=lambda name: _score(part, name, _LANGUAGES[name]), reverse=True)


def _score(part: bytes, name: str, languages: tuple[str, ...]) -> float:
    """How much of the letters one language explains, 0 to 1; a rare language counts less."""
    try:
        text = part.decode(name)
    except UnicodeDecodeError:
        return -1.0
    text = _BEFORE_SMALL.sub("\ufffd", _BEHIND_SMALL.sub(_without_capital, text))
    text = text.replace("İ", "i").lower()
    high = [char for char in text if ord(char) > 127 and char not in _ANYWHERE]
    high += _SIGN_IN_WORD.findall(text)
    if not high:
        return 1.0 if name == "windows-1252" else 0.5
    best = 0.0
    for letters in languages:
        share = sum(char in letters for char in high) / len(high)
        best = max(best, share - (0.02 if letters in _RARE else 0.0))
    # Polish has other letters beside this one, which is the ü of a Mac.
    return best - 0.03 if set(high) == {"ź"} else best


_CHUNK = 1 << 20

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "a database"),
)
_PACKED = (
    (b"PK\x03\x04", "a zip file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"7z\xbc\xaf", "a 7z file"),
    (b"(\xb5/\xfd", "a zstd file"),
    (b"Rar!", "a rar file"),
)
# In text of Latin letters, accented ones stand alone or in pairs.
_NOT_LATIN = re.compile(rb"[\x80-\xff]{5}")
_HIGH = re.compile(rb"[\x80-\xff]")


class Encoding(NamedTuple):
    """A codec that reads the whole file, what to do with bytes it cannot read, and a remark."""

    name: str
    errors: str = "strict"
    warning: str | None = None


def find_encoding(path: Path, named: str | None = None) -> Encoding:
    """The encoding of a text file, proven by decoding all of it; `named` is the person's word.

    UTF-8 and UTF-16 with or without BOM, else the code page whose letters make words of one
    language, else what charset-normalizer finds; 8-bit text is never certain, so other readings
    are told. Raises BadInput for an empty or a binary file, and for a name that does not fit.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise BadInput(f"{path.name} is empty", hint="Export it again, with its header row.")
    if named is not None:
        return _named(path, named)
    for kinds, hint in ((_OTHER_FILES, _SAVE_IT), (_PACKED, _UNPACK_IT)):
        for magic, kind in kinds:
            if head.startswith(magic):
                raise _binary(path, f": it looks like {kind}", hint)
    if b"\x1b$" in head and _decodes(path, "iso2022_jp"):
        return Encoding("iso2022_jp")
    marked = next((name for bom, name in _BOMS if head.startswith(bom)), None) or _wide(head)
    if marked:
        return _as_marked(path, marked)
    nuls = _nuls(path)
    if _decodes(path, "utf-8"):
        found = Encoding("utf-8", warning=_twice_encoded(path))
    else:
        found = _damaged_utf8(path) or _eight_bit(path)
    if nuls:
        are = ("NUL character, which is no text, was", "NUL characters, which are no text, were")
        said = f"{how_many(nuls, *are)} left out."
        found = found._replace(warning=" ".join(filter(None, (found.warning, said))))
    return found


def _as_marked(path: Path, name: str) -> Encoding:
    if _decodes(path, name):
        return Encoding(name)
    if name == "utf-8-sig" and (found := _damaged_utf8(path, name)):
        return found
    raise _binary(path, f": it begins as {name.upper()} but does not go on so")


_MOST_NULS = 0.1
_NO_TEXT = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")


def _nuls(path: Path) -> int:
    """How many NULs a damaged text holds, few or behind its end; BadInput where it is no text."""
    nuls = size = last = 0
    for chunk in _chunks(path):
        if b"\0" in chunk:
            nuls += chunk.count(0)
        text = chunk.rstrip(b"\0")
        last = size + len(text) if text else last
        size += len(chunk)
    if not nuls:
        return 0
    behind = size - last
    if nuls - behind > _MOST_NULS * last or any(map(_NO_TEXT.search, _chunks(path))):
        raise _binary(path)
    return nuls


_SAVE_IT = "Save it as CSV (UTF-8) in the program that it comes from, then import that."
_UNPACK_IT = "Unpack it, then import the file that is in it."


def _binary(path: Path, why: str = "", hint: str = _SAVE_IT) -> BadInput:
    return BadInput(f"{path.name} is not a text file{why}", hint=hint)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark shows as a NUL in nearly every second byte of Western text."""
    half = len(head) // 2
    high, low = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if low > 0.6 * half and high < 0.05 * half:
        return "utf-16-le"
    if high > 0.6 * half and low < 0.05 * half:
        return "utf-16-be"
    if b"\0" in head:
        return next((name for name in ("utf-16-le", "utf-16-be") if _is_text(head, name)), None)
    return None


def _is_text(head: bytes, name: str) -> bool:
    """Whether letters of any script, and lines and cells of a table, are what the bytes say."""
    text = head[: len(head) // 2 * 2].decode(name, "replace")
    odd = sum(not (char.isprintable() or char in "\r\n\t") for char in text)
    has_cells = any(mark in text for mark in ",;\t")
    return has_cells and "\n" in text.replace("\r", "\n") and odd <= len(text) / 100


# The second bytes of letters, as Windows shows them, and bare where it has no sign for one.
_SHOWN = bytes(range(0x80, 0xC0)).decode("windows-1252", "ignore")
_TWICE = re.compile(f"[\xc2-\xc5][\x80-\x9f{_SHOWN}]")


def _twice_encoded(path: Path) -> str | None:
    """A remark on names such as `MÃ¼ller`, which a program read wrongly before it wrote them."""
    text = next(_chunks(path), b"").decode("utf-8", "ignore")
    for found in _TWICE.finditer(text):
        word = re.split(r"[\s,;\t\"]", text[max(0, found.start() - 20) : found.end() + 20])
        odd = next((part for part in word if found[0] in part), found[0])
        try:
            meant = odd.encode("windows-1252").decode("utf-8")
        except UnicodeError:
            continue
        return f"{odd!r} seems to be {meant!r}, broken before the file was written: it stays so."
    return None


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for chunk in _chunks(path):
            if "\0" in decoder.decode(chunk) and name.startswith("utf-16"):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _damaged_utf8(path: Path, name: str = "utf-8") -> Encoding | None:
    """UTF-8 in which a program broke a few characters, or to which lines in Windows-1252 were put,
    is still UTF-8."""
    decoder = codecs.getincrementaldecoder(name)(errors="surrogateescape")
    good = latin = bad = broken = longest = 0
    example = ""
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        high = _BESIDE_ASCII.findall(text)
        good, latin = good + len(high), latin + sum(char in _LATIN for char in high)
        for found in _NO_UTF8.finditer(text):
            at, end = found.span()
            bad, longest = bad + end - at, max(longest, end - at)
            read = _as_windows(found[0].encode("utf-8", "surrogateescape"), text[end : end + 1])
            broken += read.count("\ufffd")
            if not example and "\ufffd" not in read:
                before, after = _CELL_END.split(text[:at][-40:]), _CELL_END.split(text[end:][:40])
                example = f"{before[-1]}{read}{after[0]}"
    is_mixed = longest <= _LONGEST_WRONG and good == latin and 9 * good >= bad
    if good < 9 * bad and not is_mixed:
        return None
    were = ("broken character was", "broken characters were")
    told = [f"{how_many(broken, *were)} read as \ufffd."] if broken else []
    if bad > broken:
        are = ("character is", "characters are")
        told.append(
            f"{how_many(bad - broken, *are)} not written in UTF-8 as the others are, and read as "
            f"windows-1252: check the names ({example!r})."
        )
    return Encoding(name, _MIXED, " ".join(told))


_MIXED = "pipeboard.mixed"
_LATIN = {*map(chr, range(0xA0, 0x180)), *"€‚„…‹‘’“”•–—™›šŠžŽœŒ"}
_LONGEST_WRONG = 2
_BESIDE_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")
_NO_UTF8 = re.compile("[\udc80-\udcff]+")
_CELL_END = re.compile(r"[\s,;\"\ud800-\udfff]")
_LEADS_LATIN = b"\xc2\xc3\xc4\xc5"
_NO_LETTERS = b"\xfe\xff"


def _as_windows(bad: bytes, behind: str) -> str:
    """Bytes that are no UTF-8 as Windows-1252; what begins a letter that was cut off is lost."""
    cut = bad[-1] in _LEADS_LATIN and not (behind.isascii() and behind.isalpha())
    if cut or bad[-1] in _NO_LETTERS:
        return bad[:-1].decode("windows-1252", "replace") + "\ufffd"
    return bad.decode("windows-1252", "replace")


def _read_mixed(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return _as_windows(bad, error.object[error.end : error.end + 1].decode("latin-1")), error.end


codecs.register_error(_MIXED, _read_mixed)


def _named(path: Path, name: str) -> Encoding:
    try:
        codec = codecs.lookup(name).name
    except LookupError as error:
        raise BadInput(
            f"{quoted(name)} is no encoding", hint="For example: utf-8, windows-1250, shift_jis."
        ) from error
    if not _decodes(path, codec):
        raise BadInput(
            f"{path.name} is not written in {name}: some of its bytes mean nothing there",
            hint="Leave --encoding out to have it found.",
        )
    return Encoding(codec)


def candidates(path: Path) -> list[tuple[str, str]]:
    """The encodings that a text can be written in, most likely first, each with a word as it reads
    in it; one, or none for bytes that are no text, where there is no doubt."""
    try:
        sure = find_encoding(path)
    except BadInput:
        return []
    if sure.warning is None or sure.errors != "strict":
        return [(sure.name, "")]
    part = _telling_part(path)
    names = _eight_bit_names(path, part)
    word = _telling_word(names, part)
    return [(name, _read(word, name)) for name in names]


def _eight_bit(path: Path) -> Encoding:
    part = _telling_part(path)
    names = _eight_bit_names(path, part)
    if not names:
        raise BadInput(
            f"The encoding of {path.name} cannot be found out", hint="Save it as UTF-8 first."
        )
    return Encoding(names[0], warning=_told(names, part))


def _eight_bit_names(path: Path, part: bytes) -> list[str]:
    """The encodings that fit, most likely first."""
    names = [name for name in code_pages(part) if _decodes(path, name)]
    if names[:1] == ["windows-1252"] and b"\xa4" in part and not _ONLY_WINDOWS.search(part):
        names.insert(0, "iso8859-15")  # the sign for any currency there is that of the euro here
    if names and not any(_NOT_LATIN.search(chunk) for chunk in _chunks(path)):
        return names
    from charset_normalizer import from_bytes  # 15 ms, for the few files that need it

    guesses = [guess.encoding.replace("_", "-") for guess in from_bytes(part)]
    guesses = [_WIDER.get(name, name) for name in guesses]
    guesses = [name for name in dict.fromkeys(guesses) if _decodes(path, name)]
    return guesses and [*guesses, *(name for name in names if name not in guesses)]


_ONLY_WINDOWS = re.compile(rb"[\x80-\x9f]")
_WIDER = {"iso8859-8": "cp1255"}
"""What Windows writes, with signs of currencies, where the letters are the same."""


def _telling_word(names: list[str], part: bytes) -> bytes:
    """A word that does not read the same in all of the encodings, if there is one."""
    words: list[bytes] = _WORD.findall(part)
    return next((w for w in words if len({_read(w, name) for name in names}) > 1), words[0])


def _told(names: list[str], part: bytes) -> str:
    """What was taken, and how a word that tells them apart reads in two others."""
    taken, *others = names[:3]
    word = _telling_word(names[:3], part)
    read = _read(word, taken)
    unlike = ((_read(word, name), name) for name in others)
    readings = ", ".join(f"{text!r} as {name}" for text, name in unlike if text != read)
    return (
        f"The encoding was guessed as {taken}: check the names ({read!r}"
        + (f"; it would be {readings}" if readings else "")
        + "). Another: --encoding NAME."
    )


_WORD = re.compile(rb"[^\s,;\t\"]*[\x80-\xff][^\s,;\t\"]*")


def _read(word: bytes, name: str) -> str:
    return word[:48].decode(name, "replace")


def _telling_part(path: Path) -> bytes:
    for chunk in _chunks(path):
        if found := _HIGH.search(chunk):
            start = max(0, found.start() - 4096)
            return chunk[start : start + (1 << 16)]
    return b""
