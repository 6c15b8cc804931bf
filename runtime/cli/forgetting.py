"""What `earnest forget` does: find who is meant, show what will go, ask, erase, and say what is left to do."""

from collections.abc import Sequence

import typer

from people.finding import Found, find_people
from runtime.application import Application
from runtime.cli.brands import wanted_brands
from runtime.cli.errors import say
from runtime.cli.progress import counting
from runtime.forgetting import Forgotten, count_holdings, forget_person


def find(parts: Application, who: str, *, brand: str | None) -> list[Found]:
    """Return who is meant, one person a brand; raises NotFound and InvalidInput."""
    with parts.database.read() as session:
        brands = [brand_id for brand_id, _ in wanted_brands(session, brand)]
        return find_people(session, who, brand_ids=brands)


def ask(parts: Application, found: Sequence[Found]) -> None:
    """Show what will go and ask; ends the command when the answer is no."""
    with parts.database.read() as session:
        held = {each.id: count_holdings(session, each.id).counts for each in found}
    for each in found:
        accounts = ", ".join(f"{platform}:{handle}" for platform, handle in each.accounts) or "no account"
        told = ", ".join(f"{name}: {count}" for name, count in held[each.id].items() if count)
        say(f"{each.brand}: person {each.id}{f', {each.name}' if each.name else ''} ({accounts})")
        say(f"  {told or 'nothing but their name'}")
    say("All of this goes, and what hangs on it. It can't be undone.")
    typer.confirm("Erase all of it?", abort=True, err=True)


def erase(parts: Application, found: Sequence[Found]) -> list[Forgotten]:
    """Erase each of them."""
    done = []
    with counting("Erasing") as progress:
        for each in found:
            done.append(forget_person(parts, each.id))
            progress(each.brand, 1)
    return done


def show_forgotten(done: Sequence[Forgotten]) -> None:
    """Print what was erased, and on standard error what a person has to do."""
    for each in done:
        print(f"{each.brand}: person {each.person_id} is erased; {sum(each.touched.values())} rows and lines went.")
        if each.under_way:
            say(f"{each.under_way} replies may be on their way; their text goes once their outcome is known.")
        if not each.scrubbed:
            say("Somebody else was using the database, so its file may hold traces: run this again by their number.")
        for webhook in each.untold:
            say(f"The webhook {webhook} It is told again for a week, and until then the posts' ids are kept for it.")
        for path in each.files:
            say(f"{path} names them still, and isn't Earnest's to change; mend or remove it.")
        for path in each.archives:
            say(f"{path} can't be looked into; a backup from before holds them, and brings them back when restored.")
