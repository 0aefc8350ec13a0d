"""What the metrics screen asks: which side of a rate to open, and how the workspace counts."""

from __future__ import annotations

from pipeboard.domain.counting import SETTINGS, chosen, with_choice
from pipeboard.domain.metrics.wording import counted
from pipeboard.domain.settings import Settings
from pipeboard.ui.draw.metrics.block import Spot
from pipeboard.ui.overlays.menu import Choice, Menu
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.screens.deal_actions import DealActions


async def ask_which_side(screen: DealActions, spot: Spot) -> tuple[str, frozenset[int]] | None:
    """The deals that a number counts, or of a rate all that it is a share of, with their name; None
    where the person takes it back."""
    counts, every = (frozenset(deal.id for deal in deals) for deals in (spot.deals, spot.base))
    if not every - counts:
        return spot.title, counts
    if counts:
        choices = [
            Choice("c", f"{counted(len(counts), 'deal')} that it counts"),
            Choice("a", f"all {counted(len(every), 'deal')} that it is a share of"),
        ]
        key = await screen.ask(Menu(spot.title, choices))
        if key is None:
            return None
        if key == "c":
            return spot.title, counts
    return f"{spot.title}: all", every


async def ask_how_to_count(screen: DealActions, settings: Settings) -> tuple[Settings, str] | None:
    """Changes how the workspace counts; the new settings and what was done in words."""
    names = [Option(n, n, f"{chosen(settings, n)}: {c.says}") for n, c in SETTINGS.items()]
    name = await screen.ask(Picker("How numbers are counted", names))
    if name is None:
        return None
    values = [Option(value, value) for value in SETTINGS[name].values]
    value = await screen.ask(Picker(f"{name}, now {chosen(settings, name)}", values))
    if value is None:
        return None
    wanted = with_choice(settings, name, value)
    await screen.board_app.write_queue.ask(lambda workspace: workspace.save_settings(wanted))
    return wanted, f"{name} is {value}."
