"""import --join: a second file that says more of the reps, products or accounts of deals."""

from __future__ import annotations

from pathlib import Path

from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE
from pipeboard.domain.locales import in_figures
from pipeboard.workspace.finding import find_pipeline


def join_file(call: Call, path: Path) -> int:
    """Puts the other columns of the file on the deals that have the key of their line."""
    from pipeboard.exchange.reading import ReadOptions
    from pipeboard.exchange.side_files import open_side_table
    from pipeboard.workspace.import_rows import join

    asked = call.arguments
    options = ReadOptions(encoding=asked.encoding or None, sheet=asked.sheet or None)
    table = open_side_table(path, asked.join, asked.map, options)
    name = asked.into or asked.pipeline
    pipeline_id = find_pipeline(call.workspace, name).id if name else None
    joined = join(call.workspace, table, path.name, pipeline_id, **call.once)
    call.out.say(*filter(None, (joined.said_before, *table.doubts(joined.met))))
    if asked.json:
        call.out.document(
            {
                "read": joined.lines,
                "matched": joined.met,
                "updated": joined.deals,
                "reps": joined.reps,
                "mapping": dict(table.targets),
                "command_id": joined.command_id or None,
            }
        )
        return DONE
    begin = "Would be: " if asked.dry_run else ""
    call.out.line(
        f"{begin}{in_figures(joined.lines)} lines read, {in_figures(joined.met)} meet a deal by "
        f"{table.field}, {in_figures(joined.deals)} deals updated, "
        f"{in_figures(joined.reps)} teams set."
    )
    return DONE
