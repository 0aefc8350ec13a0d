"""Makes tables of the CLDR, as Babel carries it: how locales write, and what months are called.

`pip install babel`, then `python -m tests.cldr > pipeboard/domain/locale_table.py` and
`python -m tests.cldr months > pipeboard/exchange/words/month_names.py`. Nothing of it is needed
to run.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping
from textwrap import wrap

from pipeboard.domain.text import fold

LOCALES = (
    "cs_CZ", "da_DK", "de_AT", "de_CH", "de_DE", "en_GB", "en_IN", "en_US", "es_ES", "es_MX",
    "fi_FI", "fr_CA", "fr_CH", "fr_FR", "it_IT", "ja_JP", "nb_NO", "nl_NL", "pl_PL", "pt_BR",
    "pt_PT", "sv_SE", "tr_TR",
)  # fmt: skip
TYPE = f"tuple[{', '.join(['str'] * 8 + ['int'] + ['str'] * 5)}]"

_FIELDS = {
    "E": "{weekday}", "EEE": "{weekday}", "d": "{d}", "dd": "{d:02}", "M": "{m}", "MM": "{m:02}",
    "MMM": "{month}", "y": "{year}", "yy": "{yy:02}",
}  # fmt: skip
_TOKEN = re.compile(r"'([^']*)'|([EdMy]+)")


def shape(pattern: str) -> str:
    """A pattern of the CLDR as a format string."""
    return _TOKEN.sub(lambda found: found[1] or _FIELDS[found[2]], pattern)


def plain(text: str) -> str:
    """With spaces that every terminal and every parser knows."""
    return text.replace("\xa0", " ").replace("\u202f", " ").strip()


def row(name: str) -> tuple[object, ...]:
    """What the table says of a locale, in the order of `Manner`'s fields."""
    from babel import Locale
    from babel.numbers import get_currency_symbol, get_territory_currencies

    locale = Locale.parse(name)
    shapes = locale.datetime_skeletons
    short = re.sub("y+", "yy", locale.date_formats["short"].pattern)
    months = [locale.months["format"]["abbreviated"][month] for month in range(1, 13)]
    weekdays = [locale.days["format"]["abbreviated"][day] for day in range(7)]
    symbols = locale.number_symbols["latn"]
    money = locale.currency_formats["standard"]
    own = get_territory_currencies(locale.territory)[0]
    return (
        " ".join(months),
        " ".join(weekdays),
        shape(shapes["yMMMEd"].pattern),
        shape(shapes["MMMd"].pattern),
        shape(shapes["yMMMd"].pattern),
        shape(short),
        plain(symbols["decimal"]) or ".",
        plain(symbols["group"]) or " ",
        money.grouping[1],
        money.pattern.partition(";")[0].replace("#,##,##0.00", "{n}").replace("#,##0.00", "{n}")
        .replace("¤", "{sign}").replace("\xa0", " "),
        own,
        plain(get_currency_symbol(own, locale)),
        in_full(locale.months, range(1, 13)),
        in_full(locale.days, range(7)),
    )  # fmt: skip


def in_full(names: Mapping[str, Mapping[str, Mapping[int, str]]], numbers: range) -> str:
    """All months or weekdays in full, and once more where they are called otherwise alone."""
    forms = (names[form]["wide"] for form in ("format", "stand-alone"))
    return " ".join(dict.fromkeys(" ".join(form[one] for one in numbers) for form in forms))


# Languages whose months files name, and short forms that people write beside those of the CLDR.
MONTH_LANGUAGES = (
    "ar", "bg", "ca", "cs", "da", "de", "de_AT", "el", "en", "es", "et", "fa", "fi", "fr", "he",
    "hi", "hu", "id", "it", "lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr",
    "sr_Latn", "sv", "th", "tr", "uk",
)  # fmt: skip
DISPUTED = "hr"
"""Croatian calls October what Polish and Czech call November."""
COMMON = {2: "feber фев", 3: "maerz mrt", 5: "mai", 8: "agt", 9: "sept сен", 11: "ноя"}
_MONTH = re.compile(r"(?:[^\W\d_]|[\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e4e])+")


def month_words(language: str) -> dict[str, int]:
    """The months of a language by each of their names, of one word and folded."""
    from babel import Locale

    found = {}
    for form in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for month, name in Locale.parse(language).months[form][width].items():
                word = fold(name).rstrip(".")
                if _MONTH.fullmatch(word):
                    found[word] = month
                    if language == "he":
                        found[f"ב{word}"] = month
    return found


def print_months() -> None:
    """Prints the module with the names of months."""
    from babel import __version__

    words: defaultdict[str, set[int]] = defaultdict(set)
    for language in MONTH_LANGUAGES:
        for word, month in month_words(language).items():
            words[word].add(month)
    for month, names in COMMON.items():
        for name in names.split():
            words[name].add(month)
    disputed = sorted(word for word, months in words.items() if len(months) > 1)
    if disputed:
        raise SystemExit(f"Two languages mean other months by {', '.join(disputed)}.")
    print(
        '"""Names of months in 34 languages, folded as `fold` does; made by `tests/cldr.py`."""\n'
    )
    print("from __future__ import annotations\n\nfrom collections.abc import Mapping\n")
    print(f"# Of the CLDR, as Babel {__version__} carries it (Unicode License v3).\n")
    _print_table("MONTH_NAMES", {word: next(iter(months)) for word, months in words.items()})
    print()
    _print_table("CROATIAN_MONTHS", month_words(DISPUTED))


def _print_table(name: str, words: dict[str, int]) -> None:
    print(f"{name}: Mapping[int, str] = {{")
    for month in range(1, 13):
        lines = wrap(" ".join(sorted(word for word in words if words[word] == month)), 84)
        print(
            f"    {month}: ("
            if len(lines) > 1
            else f"    {month}: {json.dumps(lines[0], ensure_ascii=False)},"
        )
        if len(lines) > 1:
            for at, line in enumerate(lines):
                print(
                    f"        {json.dumps(line + ' ' * (at < len(lines) - 1), ensure_ascii=False)}"
                )
            print("    ),")
    print("}")


def _print_value(value: object) -> None:
    """Prints a value of a row, a long text in lines."""
    lines = wrap(value, 85) if isinstance(value, str) and len(value) > 88 else []
    if not lines:
        return print(f"        {json.dumps(value, ensure_ascii=False)},")
    parts = [f"{line} " for line in lines[:-1]] + lines[-1:]
    print("        (")
    for part in parts:
        print(f"            {json.dumps(part, ensure_ascii=False)}")
    print("        ),")


def main() -> None:
    """Prints the module that is asked for."""
    if sys.argv[1:] == ["months"]:
        return print_months()
    from babel import __version__

    print('"""How days and amounts are written in other languages; made by `tests/cldr.py`."""')
    print(f"\n# Of the CLDR, as Babel {__version__} carries it (Unicode License v3).\n")
    print(f"LOCALE_ROWS: dict[\n    str, {TYPE}\n] = {{")
    for name in LOCALES:
        print(f"    {json.dumps(name)}: (")
        for value in row(name):
            _print_value(value)
        print("    ),")
    print("}")


if __name__ == "__main__":
    main()
