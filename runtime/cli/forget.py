"""`earnest forget`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, BrandSlug, ConfigFile


def forget(
    person: Annotated[str, typer.Argument(help="Their number at the desk, @handle, or platform:handle.")],
    config: ConfigFile = None,
    brand: BrandSlug = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person everywhere: what they wrote, what was written to and about them, and who they are.

    It can't be undone. What is still to be sent to them is withdrawn, and what they post later isn't taken in. Exits
    with 1 when something has to be done by hand, which it names.

    Example: earnest forget mastodon:@ada@example.social --brand ploverday
    """
    from runtime.cli.errors import FAILED
    from runtime.cli.forgetting import ask, erase, find, show_forgotten
    from runtime.cli.printing import print_json
    from runtime.cli.working import open_application

    with open_application(config, at_once=False) as parts:
        found = find(parts, person, brand=brand)
        if not yes:
            ask(parts, found)
        done = erase(parts, found)
    if as_json:
        print_json({"items": done})
    else:
        show_forgotten(done)
    if any(each.files or each.under_way or not each.scrubbed for each in done):
        raise typer.Exit(FAILED)
