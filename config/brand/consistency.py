"""Checks what the parts of a brand say of each other: doubled ids, people, goals, money, sources."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from pydantic_core import PydanticCustomError

from config.brand.goals import Metric, Unit, parse_figure
from config.brand.hours import parse_hours
from config.brand.raw import Data, entries, group, words
from config.durations import parse_duration
from config.mistakes import Fault
from config.places import read_money
from config.shapes import guess

Found = TypeVar("Found")
_IDS = (
    (("products",), "id"), (("facts",), "id"), (("promises",), "id"), (("gestures",), "id"), (("goals",), "id"),
    (("canned_responses",), "short_code"), (("queries",), "name"), (("sources",), "id"),
    (("webhooks",), "id"), (("staff", "people"), "login"), (("staff", "teams"), "id"),
)  # fmt: skip
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WRITTEN = {Unit.SHARE: "a share such as 80%", Unit.TIME: "a time such as 2h", Unit.COUNT: "a count such as 25"}


def find_doubles(data: Data) -> Iterator[Fault]:
    """Yield every id that two entries of one list share, and accounts that are listed twice."""
    for names, key in _IDS:
        seen: dict[str, int] = {}
        for path, entry in entries(data, *names):
            value = str(entry.get(key) or "").removeprefix("/")
            if value and value in seen:
                message = f"“{value}” is taken by entry {seen[value]} of {'.'.join(names)}."
                yield Fault((*path, key), message, f"Give one of them another {key}.")
            seen.setdefault(value, int(path[-1]) + 1)
    owned: set[tuple[str, str]] = set()
    for path, entry in entries(data, "accounts"):
        account = (str(entry.get("platform")), _handle(entry.get("handle")))
        if account in owned:
            yield Fault((*path, "handle"), f"The account “{account[1]}” is listed twice.", "Keep one of the two.")
        owned.add(account)


def _handle(value: object) -> str:
    return str(value).removeprefix("@").casefold()


def find_wrong_people(data: Data) -> Iterator[Fault]:
    """Yield names of people and teams that are not on the staff, and approvals that nobody could give."""
    people = list(entries(data, "staff", "people"))
    logins = [str(person.get("login")) for _, person in people]
    manager = data.get("account_manager")
    if isinstance(manager, str) and manager not in logins:
        yield Fault(
            ("account_manager",), f"Nobody on the staff logs in as “{manager}”.", _mean(manager, logins, "staff.people")
        )
    teams = [str(team.get("id")) for _, team in entries(data, "staff", "teams")]
    for path, person in people:
        for where, word in words(person, "teams"):
            if word not in teams:
                yield Fault((*path, *where), f"There is no team “{word}”.", _mean(word, teams, "staff.teams"))
        for where, word in words(person, "roles"):
            if word == "admin":
                mend = "Write community_manager, support or marketing; earnest users makes admins."
                yield Fault((*path, *where), "A brand's file can't make somebody admin.", mend)
    able = sum(_may_approve(person) for _, person in people)
    approvals = data.get("approvals")
    if people and isinstance(approvals, int) and approvals > max(able, 1):
        message = f"{approvals} people must approve, but only {able} on the staff can."
        yield Fault(("approvals",), message, "Lower it, or give more people the role community_manager or support.")


def _may_approve(person: Data) -> bool:
    return "roles" not in person or any(word in {"community_manager", "support"} for _, word in words(person, "roles"))


def _mean(word: str, known: list[str], place: str) -> str:
    meant = guess(word, known)
    return f"Did you mean {meant}?" if meant else f"Add it to {place}, or remove it here."


def find_wrong_figures(data: Data) -> Iterator[Fault]:
    """Yield goals measured in another unit than their metric, targets out of order, mixed currencies."""
    for path, goal in entries(data, "goals"):
        metric = goal.get("metric")
        if not isinstance(metric, str) or metric not in set(Metric):
            continue
        for key in ("target", "baseline"):
            figure = _try(parse_figure, goal.get(key))
            if figure and figure.unit is not Metric(metric).unit:
                wanted = _WRITTEN[Metric(metric).unit]
                yield Fault((*path, key), f"{metric} isn't measured so.", f"Write {wanted}.")
    for priority, target in group(data, "sla").items():
        first, last = (_try(parse_duration, group(target).get(key)) for key in ("first_response", "resolution"))
        if first and last and last < first:
            message = "A case would have to be resolved before its first answer."
            yield Fault(("sla", priority, "resolution"), message, "Write at least first_response.")
    budget = _try(read_money, group(data, "budget").get("gestures"))
    for path, gesture in entries(data, "gestures"):
        cost = _try(read_money, gesture.get("cost"))
        if budget and cost and cost.currency != budget.currency:
            message = f"The budget for gestures is in {budget.currency}."
            yield Fault((*path, "cost"), message, f"Write the cost in {budget.currency}.")


def find_closed_brand(data: Data) -> Iterator[Fault]:
    """Yield a fault when nobody is ever there: no SLA clock would run."""
    hours = group(data, "opening_hours")
    if all(_try(parse_hours, hours.get(day, "closed" if day in _DAYS[5:] else "09:00-17:00")) == () for day in _DAYS):
        yield Fault(
            ("opening_hours",), "Nobody is ever there, so no answer would ever be late.", "Open on one day at least."
        )


def find_wrong_platforms(data: Data) -> Iterator[Fault]:
    """Yield answering accounts that aren't the brand's, and rules for sending unattended that can't apply."""
    owned = {(str(account.get("platform")), _handle(account.get("handle"))) for _, account in entries(data, "accounts")}
    used = group(data, "platforms")
    for platform, use in used.items():
        account = group(use).get("account")
        if isinstance(account, str) and (platform, _handle(account)) not in owned:
            mend = "Add it to accounts, or remove it here."
            yield Fault(("platforms", platform, "account"), f"“{account}” isn't an account of the brand's there.", mend)
    codes = [str(canned.get("short_code")).removeprefix("/") for _, canned in entries(data, "canned_responses")]
    for path, rule in entries(data, "auto_send"):
        for where, word in words(rule, "short_codes"):
            if word.removeprefix("/") not in codes:
                mend = _mean(word, codes, "canned_responses")
                yield Fault((*path, *where), f"There is no canned response “{word}”.", mend)
        chosen = rule.get("platform")
        if isinstance(chosen, str) and (
            chosen not in used or group(used, chosen).get("answer", "reviewed") != "reviewed"
        ):
            mend = f"Write answer: reviewed under platforms.{chosen}, or remove the rule."
            yield Fault((*path, "platform"), f"Earnest doesn't send on {chosen} for this brand.", mend)


def _try(read: Callable[[object], Found], value: object) -> Found | None:
    """Return what `read` makes of a value, or None: that it can't be read is reported elsewhere."""
    try:
        return read(value)
    except PydanticCustomError:
        return None
