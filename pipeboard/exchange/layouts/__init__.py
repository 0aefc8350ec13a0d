"""The tools whose files are known, and which of them wrote a given header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import did_you_mean, quoted
from pipeboard.exchange.layouts import layout as own
from pipeboard.exchange.layouts import tools, trello
from pipeboard.exchange.layouts.layout import Layout

GENERIC = Layout(name="csv", columns={})
"""A file of no known tool; its columns are matched by their meaning."""

LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        layout.name: layout
        for layout in (
            own.OURS,
            tools.PIPEDRIVE,
            tools.HUBSPOT,
            tools.SALESFORCE,
            tools.ZOHO,
            trello.TRELLO,
            tools.ACTIVECAMPAIGN,
            tools.CLOSE,
            tools.ATTIO,
            tools.COPPER,
            tools.FRESHSALES,
            tools.BITRIX24,
            tools.ODOO,
            tools.SUITECRM,
            tools.ESPOCRM,
            tools.MONDAY,
            GENERIC,
        )
    }
)

NAMES = ("auto", *LAYOUTS)
"""What `--from` takes."""

_ENOUGH = 3


def layout_named(
    name: str, header: tuple[str, ...], sample: Sequence[Sequence[str]] = ()
) -> Layout:
    """The layout that `--from` names, `auto` being found out, by cells of the first records too;
    raises BadInput for another name."""
    if name in ("auto", own.OURS.name):
        found = detect(header)
        if found is GENERIC:
            found = own.list_of_ours(header, sample) or found
        if name == "auto" or found.is_ours:
            return found
    if name not in LAYOUTS:
        raise BadInput(
            f"There is no tool {quoted(name)} to import from",
            hint=did_you_mean(name, NAMES) or f"Tools: {', '.join(NAMES)}.",
        )
    if name == "trello" and trello.BOARD_LAYOUT.hits(header):
        return trello.BOARD_LAYOUT
    return LAYOUTS[name]


def detect(header: tuple[str, ...]) -> Layout:
    """The tool most of whose spellings the header has, or `GENERIC` where no tool is clearly it."""
    known = (*LAYOUTS.values(), trello.BOARD_LAYOUT)
    ranked = sorted(known, key=lambda layout: layout.hits(header), reverse=True)
    best, second = (layout.hits(header) for layout in ranked[:2])
    return ranked[0] if best >= _ENOUGH and best > second else GENERIC
