"""The known word that was probably meant, for every message about an unknown one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, without regard to case, or None when none is like it."""
    known = {choice.casefold(): choice for choice in choices}
    wanted = word.casefold()
    if wanted in known:
        return known[wanted]
    from difflib import get_close_matches  # costs more to import than most commands take

    close = get_close_matches(wanted[:80], known)
    if close:
        # The first letter is seldom the wrong one: EUX is EUR rather than UGX.
        return known[next((choice for choice in close if choice[0] == wanted[0]), close[0])]
    begun = [choice for folded, choice in known.items() if wanted and folded.startswith(wanted)]
    return begun[0] if len(begun) == 1 else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`Did you mean value?`, or an empty string when no choice is near."""
    near = nearest(word, choices)
    return f"Did you mean {near}?" if near else ""
