"""`earnest cases`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, BrandSlug, ConfigFile


def cases(
    config: ConfigFile = None,
    brand: BrandSlug = None,
    state: Annotated[str, typer.Option(help="open, pending, snoozed, resolved, or all.")] = "open",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most cases to list, for each brand.")] = 200,
    as_json: AsJson = False,
) -> None:
    """List the cases: who complained about what, how urgent it is, and whose it is.

    Example: earnest cases --state all --json
    """
    from dataclasses import asdict

    from domain.errors import InvalidInput
    from domain.states import ConversationState
    from runtime.cli.brands import wanted_brands
    from runtime.cli.printing import print_json, print_table
    from runtime.cli.workplace import open_workplace
    from storage.queries.queue import list_cases

    if state != "all" and state not in list(ConversationState):
        raise InvalidInput(f"There is no state “{state}”; write {', '.join(ConversationState)} or all.")
    wanted = None if state == "all" else ConversationState(state)
    with open_workplace(config) as place, place.database.read() as session:
        items = [
            (slug, item)
            for brand_id, slug in wanted_brands(session, brand)
            for item in list_cases(session, brand_id=brand_id, state=wanted, limit=limit).items
        ]
    if as_json:
        print_json({"items": [{"brand": slug, **asdict(item)} for slug, item in items]})
        return
    print_table(
        f"{len(items)} cases",
        ("case", "brand", "priority", "state", "who", "about", "opened", "team"),
        (
            (item.id, slug, item.priority, item.state, item.person_name, item.theme,
             f"{item.opened_at:%Y-%m-%d}", item.team) for slug, item in items
        ),
    )  # fmt: skip
