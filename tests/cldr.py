"""Makes `pipeboard/domain/locale_table.py` of the CLDR, as Babel carries it.

`pip install babel`, then `python -m tests.cldr > pipeboard/domain/locale_table.py`. Nothing of it
is needed to run.
"""

from __future__ import annotations

import json
import re

LOCALES = (
    "cs_CZ", "da_DK", "de_AT", "de_CH", "de_DE", "en_GB", "en_IN", "en_US", "es_ES", "es_MX",
    "fi_FI", "fr_CA", "fr_CH", "fr_FR", "it_IT", "ja_JP", "nb_NO", "nl_NL", "pl_PL", "pt_BR",
    "pt_PT", "sv_SE", "tr_TR",
)  # fmt: skip
TYPE = f"tuple[{', '.join(['str'] * 8 + ['int'] + ['str'] * 3)}]"

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
    )  # fmt: skip


def main() -> None:
    """Prints the module."""
    from babel import __version__

    print('"""How days and amounts are written in other languages; made by `tests/cldr.py`."""')
    print(f"\n# Of the CLDR, as Babel {__version__} carries it (Unicode License v3).\n")
    print(f"LOCALE_ROWS: dict[str, {TYPE}] = {{")
    for name in LOCALES:
        print(f"    {json.dumps(name)}: (")
        for value in row(name):
            print(f"        {json.dumps(value, ensure_ascii=False)},")
        print("    ),")
    print("}")


if __name__ == "__main__":
    main()
