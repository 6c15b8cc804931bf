"""`earnest queue`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, BrandSlug, ConfigFile


def queue(
    config: ConfigFile = None,
    brand: BrandSlug = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most drafts to list, for each brand.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """List the drafts that wait for a person, most urgent first.

    Example: earnest queue --brand ploverday --limit 20
    """
    from domain.time import SystemClock
    from runtime.cli.brands import wanted_brands
    from runtime.cli.printing import print_json, print_table, shorten
    from runtime.cli.workplace import open_workplace
    from storage.queries.queue import QueueFilter, list_queue

    now = SystemClock().now()
    with open_workplace(config) as place, place.database.read() as session:
        items = [
            (slug, item)
            for brand_id, slug in wanted_brands(session, brand)
            for item in list_queue(session, brand_id=brand_id, filters=QueueFilter(at=now), limit=limit).items
        ]
    if as_json:
        from dataclasses import asdict

        print_json({"items": [{"brand": slug, **asdict(item)} for slug, item in items]})
        return
    several = len({slug for slug, _ in items}) > 1
    print_table(
        f"{len(items)} drafts wait",
        ("draft", "brand", "priority", "intent", "platform", "from", "said"),
        (
            (item.draft_id, slug if several else None, item.priority, item.intent, item.platform, item.handle,
             shorten(item.text)) for slug, item in items
        ),
    )  # fmt: skip
