"""Whether a deal came to us or we went to it, as its source tells (`capabilities.md` 24)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CHANNELS = ("in", "out")

# Calls, e-mails and messages are how we approach somebody; the rest is how they find us.
CHANNEL_OF: Mapping[str, str] = MappingProxyType(
    {
        "referral": "in",
        "inbound": "in",
        "web": "in",
        "event": "in",
        "partner": "in",
        "advertising": "in",
        "cold-call": "out",
        "email": "out",
        "social": "out",
        "outbound": "out",
    }
)


def channel_of(source: str) -> str:
    """`in` or `out`; empty where the source does not tell."""
    return CHANNEL_OF.get(source.strip().lower(), "")
