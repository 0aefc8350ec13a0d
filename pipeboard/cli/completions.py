"""The verb that prints what a shell completes pipeboard by: verbs, flags and fixed words in the
script, whatever is in the database asked for by `__complete`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pipeboard.cli.call import Call
from pipeboard.cli.columns import COLUMNS
from pipeboard.cli.completing import KINDS
from pipeboard.cli.folders import words_folders
from pipeboard.cli.listing import SORT_KEYS
from pipeboard.cli.manual import Manual, every_verb, manual_of
from pipeboard.cli.shells import SHELLS, ShellWord
from pipeboard.cli.verbs import NESTED, TOPICS, takes, verb
from pipeboard.cli.verbs import VERBS as EVERY_VERB
from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal_fields import TYPED
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_fields import FIELDS as TERMS
from pipeboard.domain.filter_fields import STATES
from pipeboard.domain.roles import who_may
from pipeboard.domain.settings import SETTINGS, SPLIT_BY
from pipeboard.domain.templates import TEMPLATES
from pipeboard.domain.text import did_you_mean, quoted
from pipeboard.exchange.layouts import NAMES as TOOLS
from pipeboard.ui.palette import BASES

_PLACES = 4
"""How many words of a verb are told apart; all further ones are as the last."""
_FILES = "%FILES"
_SAME = {"KEEP": "DEAL", "OTHER": "DEAL", "+TAG": "TAG", "-TAG": "TAG"}


# What may stand for a word or a value, by what the help calls it.


@cache
def _known() -> Mapping[str, tuple[ShellWord, ...]]:
    """The words that never change, from the tables that read them."""
    relative = (f"{when}-{what}" for what in ("quarter", "month", "week", "year")
                for when in ("this", "last"))  # fmt: skip
    return {
        "FILTER": (
            *(ShellWord(f"{term.name}:", term.help) for term in TERMS),
            *(ShellWord(name, text) for name, text in STATES.items()),
            ShellWord("q:", "the question is answered"),
            ShellWord("saved:", "what the filter with this name means"),
        ),
        "FIELD=VALUE": tuple(ShellWord(f"{name}=") for name in TYPED),
        "KEY": tuple(map(ShellWord, SORT_KEYS)),
        "A,B": tuple(ShellWord(column.name) for column in COLUMNS),
        "PERIOD": tuple(map(ShellWord, (*relative, "last90d", "all"))),
        "GROUP": tuple(map(ShellWord, SPLIT_BY)),
        "TOOL": tuple(map(ShellWord, TOOLS)),
        "TEMPLATE": tuple(map(ShellWord, TEMPLATES)),
        "ROLE": tuple(map(ShellWord, ROLES)),
        "TOPIC|VERB": (
            *(ShellWord(topic, about) for topic, about in TOPICS.items()),
            *_verbs(),
        ),
        "VERB": tuple(ShellWord(verb) for verb in who_may() if " " not in verb),
        "SETTING": tuple(ShellWord(name, choice.help) for name, choice in SETTINGS.items()),
        "THEME": tuple(map(ShellWord, BASES)),
        "TRANSLATION": tuple(
            ShellWord(file.stem) for file in sorted(words_folders({}, own=False)[-1].glob("*.toml"))
        ),
        "FILE": (ShellWord(_FILES),),
        "PATH": (ShellWord(_FILES),),
    }


def _verbs() -> tuple[ShellWord, ...]:
    return tuple(ShellWord(verb, summary) for verb, (_, summary) in EVERY_VERB.items())


def _words_for(called: str) -> tuple[ShellWord, ...]:
    """What may stand for a value that the help calls so."""
    name = _SAME.get(called, called)
    if "|" in name and name not in _known():
        return tuple(map(ShellWord, name.split("|")))
    asked = (ShellWord(f"%{name}"),) if name in KINDS else ()
    return (*_known().get(name, ()), *asked)


def _places(words: str) -> Iterator[tuple[str, tuple[ShellWord, ...]]]:
    """Under its number what may stand at a place, and under `place/word` what may stand there
    behind that word: the values of a setting."""
    for place, found in enumerate(_at_places(words)):
        if found:
            yield f"{place}", found
    slots = words.split()
    if "VALUE" in slots:
        for name, choice in SETTINGS.items():
            words_of = choice.values or (choice.example,)
            yield f"{slots.index('VALUE')}/{name}", tuple(map(ShellWord, words_of))


def _at_places(words: str) -> Iterator[tuple[ShellWord, ...]]:
    """What may stand as the first word of a verb, the second and so on, read off its usage."""
    slots = [slot for slot in words.split() if not slot.startswith("--")]
    if "--" in words:
        slots = slots[: len(re.split(r"\s+--", words)[0].split())]
    standing = {0}
    for _ in range(_PLACES):
        for at in sorted(standing):  # what may be left out lets the next one stand there too
            if at < len(slots) and slots[at][0] in "[+-" and _is_whole(slots[at]):
                standing.add(at + 1)
        names = [slots[at].removesuffix("...").strip("[].") for at in sorted(standing)
                 if at < len(slots)]  # fmt: skip
        yield tuple(dict.fromkeys(word for name in names for word in _words_for(name)))
        standing = {
            after
            for at in standing
            if at < len(slots)
            for after in ((at, at + 1) if "..." in slots[at] else (at + 1,))
        }


def _is_whole(slot: str) -> bool:
    """Does what may be left out end here? In `[NAME [DEAL]]` there is no deal without a name."""
    return slot.count("[") == slot.count("]")


def _table(manuals: Mapping[str, Manual]) -> Iterator[tuple[str, Sequence[ShellWord]]]:
    """Under `verb/place` and `verb/place/word` what may stand there, under `verb/--flag` what its
    value may be, under `verb/-` the flags, in this order; flags without a value have no row."""
    yield "/0", _verbs()
    for first, inner in NESTED.items():
        yield f"{first}/0", [ShellWord(name, summary) for name, summary in inner.items()]
    for typed, manual in manuals.items():
        for place, words in _places(manual.words):
            yield f"{typed}/{place}", words
        flags = [flag for flag in manual.flags if not flag.of_every_verb]
        for flag in flags:
            for name in flag.names if flag.value else ():
                yield f"{typed}/{name}", _words_for(flag.value)
        if flags:
            yield (
                f"{typed}/-",
                [ShellWord(name, flag.help) for flag in flags for name in flag.names],
            )
    common = [flag for flag in manuals[""].flags if flag.of_every_verb]
    for flag in common:
        for name in flag.names if flag.value else ():
            yield f"*/{name}", _words_for(flag.value)
    yield "*/--", [ShellWord(name, flag.help) for flag in common for name in flag.names]


def script(shell: str) -> str:
    """What the shell is to read."""
    manuals = {verb: manual_of(verb) for verb in ("", *every_verb())}
    dashed = [verb for verb, manual in manuals.items() if manual.dashed_words]
    # Places that take the same words are one row; those of every verb stay behind all others.
    rows: dict[tuple[ShellWord, ...], list[str]] = {}
    for name, words in _table(manuals):
        alike = (ShellWord(name), *words) if name.startswith("*") else tuple(words)
        rows.setdefault(alike, []).append(name)
    merged = [
        (names, words[1:] if names[0].startswith("*") else words) for words, names in rows.items()
    ]
    return "\n".join(SHELLS[shell](merged, dashed)) + "\n"


@verb(
    "completions",
    "|".join(SHELLS),
    "pipeboard completions bash > ~/.local/share/bash-completion/completions/pipeboard",
    "pipeboard completions zsh > ~/.zfunc/_pipeboard",
    "pipeboard completions fish > ~/.config/fish/completions/pipeboard.fish",
)
@takes("shell", metavar="|".join(SHELLS), help="the shell that asks")
def completions(call: Call) -> int:
    """The script of a shell on stdout."""
    shell = call.arguments.shell
    if shell not in SHELLS:
        raise BadInput(
            f"There are no completions for {quoted(shell)}.",
            hint=did_you_mean(shell, SHELLS) or f"There are some for {', '.join(SHELLS)}.",
        )
    call.out.text(script(shell).rstrip("\n"))
    return 0
