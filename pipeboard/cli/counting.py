"""The verbs about how numbers are counted: setting list and set."""

from __future__ import annotations

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.tables import Table
from pipeboard.domain.counting import SETTINGS, chosen, with_choice
from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import quoted


def list_settings(call: Call) -> int:
    """How the workspace counts."""
    found = {name: chosen(call.settings, name) for name in SETTINGS}
    if call.arguments.json:
        call.out.document({"settings": found})
        return 0
    rows = ((name, found[name], choice.says) for name, choice in SETTINGS.items())
    Table(("setting", "value", "what it is")).write(call.out, rows)
    return 0


def _set_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="SETTING", help=", ".join(SETTINGS))
    parser.add_argument("value", metavar="VALUE", help="such as sunday, april or now")
    parser.add_json()


def set_setting(call: Call) -> int:
    """How numbers are counted, from now on and for every period."""
    asked = call.arguments
    choice = SETTINGS.get(asked.name)
    if choice is None:
        hint = did_you_mean(asked.name, SETTINGS) or f"There are {', '.join(SETTINGS)}."
        raise BadInput(f"There is no setting {quoted(asked.name)}.", hint=hint)
    value = next((v for v in choice.values if v.startswith(asked.value.lower())), None)
    if value is None or len(asked.value) < min(3, len(value)):
        raise BadInput(
            f"{quoted(asked.value)} is nothing that {asked.name} can be.",
            hint=f"Write one of {', '.join(choice.values)}.",
        )
    if not asked.dry_run:
        call.workspace.save_settings(with_choice(call.settings, asked.name, value))
    if asked.json:
        call.out.document({"setting": {"name": asked.name, "value": value}})
    begin = "Not done (dry run): " if asked.dry_run else ""
    call.out.say(f"{begin}{asked.name} is {value}.")
    return 0


VERBS = {
    "setting list": Verb("", Parser.add_json, list_settings),
    "setting set": Verb("SETTING VALUE", _set_arguments, set_setting),
}
