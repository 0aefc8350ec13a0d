"""The currencies of ISO 4217: their decimals, and the signs that people write for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import quoted

# ISO 4217, list one, by number of decimals. Metals and units of account without decimals are left
# out. ANG, BGN and HRK were withdrawn from 2023 on, and stay because older deals hold them.
_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT "
    "LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG "
    "YER ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

EXPONENTS: Mapping[str, int] = MappingProxyType(
    {code: decimals for decimals, codes in _CODES.items() for code in codes.split()}
)

# Signs that are printed, because each stands for one currency only.
_PRINTED = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪",
    "NGN": "₦", "PHP": "₱", "VND": "₫", "UAH": "₴", "TRY": "₺", "RUB": "₽", "KZT": "₸",
    "GEL": "₾", "AZN": "₼", "CRC": "₡", "GHS": "₵", "MNT": "₮", "BRL": "R$", "AUD": "A$",
    "CAD": "C$", "NZD": "NZ$", "SGD": "S$", "HKD": "HK$", "MXN": "MX$", "TWD": "NT$", "CNY": "CN¥",
}  # fmt: skip

_READ = {sign.casefold(): code for code, sign in _PRINTED.items()} | {
    "us$": "USD", "au$": "AUD", "ca$": "CAD", "zł": "PLN", "zl": "PLN", "kč": "CZK", "ft": "HUF",
    "лв": "BGN", "lei": "RON", "sfr": "CHF", "sfr.": "CHF", "fr.": "CHF", "฿": "THB",
    "руб": "RUB", "руб.": "RUB", "tl": "TRY", "円": "JPY",
}  # fmt: skip

_DOLLARS_AND_PESOS = frozenset({
    "ARS", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD", "HKD",
    "JMD", "KYD", "LRD", "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "UYU", "XCD",
})  # fmt: skip
_KRONER = frozenset({"SEK", "NOK", "DKK", "ISK"})
_RUPEES = frozenset({"INR", "PKR", "LKR", "NPR", "MUR", "SCR"})

# Signs that several currencies use: the workspace's own currency decides when it is one of them,
# else the first; the sign alone is refused where None comes first.
_SHARED: dict[str, tuple[str | None, frozenset[str]]] = {
    "$": ("USD", _DOLLARS_AND_PESOS),
    "£": ("GBP", frozenset({"EGP", "FKP", "GIP", "SHP", "SSP"})),
    "¥": ("JPY", frozenset({"CNY"})),
    "￥": ("JPY", frozenset({"CNY"})),
    "元": ("CNY", frozenset({"TWD"})),
    "kr": (None, _KRONER),
    "kr.": (None, _KRONER),
    "rs": (None, _RUPEES),
    "rs.": (None, _RUPEES),
}


def exponent(code: str) -> int:
    """How many decimals the currency has: 2 for EUR, 0 for JPY. Raises BadInput for no currency."""
    try:
        return EXPONENTS[code]
    except KeyError:
        raise _unknown(code) from None


def currency_code(text: str) -> str:
    """The ISO 4217 code that was typed, in capitals. Raises BadInput for no currency."""
    code = text.strip().upper()
    exponent(code)
    return code


def printed_sign(code: str) -> str:
    """The sign to print before an amount (`€`), or an empty string where only the code is clear."""
    return _PRINTED.get(code, "")


def read_currency(text: str, default: str) -> str | None:
    """The code that a sign or a code stands for where `default` is the usual currency.

    None when the text is neither. Raises BadInput when the sign stands for several currencies.
    """
    code = text.upper()
    if code in EXPONENTS:
        return code
    sign = text.casefold()
    if sign in _SHARED:
        first, others = _SHARED[sign]
        if default in others:
            return default
        if first is None:
            raise BadInput(
                f"{quoted(text)} can be {', '.join(sorted(others))}",
                hint=f"Write the code, for example 40000 {min(others)}.",
            )
        return first
    return _READ.get(sign)


def _unknown(code: str) -> BadInput:
    near = did_you_mean(code, EXPONENTS) if len(code) <= 12 else ""
    return BadInput(
        f"{quoted(code)} is not a currency",
        hint=near or "Use a code of ISO 4217, for example EUR, USD or JPY.",
    )
