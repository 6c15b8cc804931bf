"""`earnest reprocess`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from runtime.cli.options import AsJson, BrandSlug, ConfigFile


def reprocess(
    config: ConfigFile = None,
    brand: BrandSlug = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only what was posted on this day (UTC) or later; all when left out."),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=1024, help="How many mentions are relabelled at once.")] = 64,
    now: Annotated[
        bool, typer.Option("--now", help="Do it here, even if earnest run is there to do it beside its other work.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Leave it to earnest run and don't wait for its end.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Relabel stored mentions with the current model. What people corrected stays; sent digests stay as they were.

    Where earnest run works, it does this in the background, and ending this command doesn't end it; elsewhere it is
    done here. Killed and started again it goes on where it stopped. Drafts and cases that are there are not remade.

    Example: earnest reprocess --brand ploverday --since 2026-10-01
    """
    from runtime.cli.printing import print_json
    from runtime.cli.reprocessing import reprocess_mentions, show_reprocessing

    done = reprocess_mentions(
        config, brand=brand, since=since.replace(tzinfo=UTC) if since else None, batch=batch, here=now, detach=detach
    )
    if as_json:
        print_json(done)
    else:
        show_reprocessing(done)
    if done.stuck:
        from runtime.cli.errors import FAILED

        raise typer.Exit(FAILED)
