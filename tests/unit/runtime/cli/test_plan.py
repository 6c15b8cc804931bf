"""What connecting again changes in a brand's file: nothing is doubled, asked for twice, or thrown away."""

from typing import Any

from config.brand.profile import Profile
from platforms.connecting import Connected, Identity
from runtime.cli.connecting.plan import Plan, make_plan, recorded_by

OFFERED: tuple[dict[str, Any], ...] = ({"options": {"read": ["mentions"]}}, {"options": {"read": ["search"]}})
FILE = """\
slug: tern
sources:
  - id: calls     # who writes to us
    type: x
    options: {read: [mentions]}
"""


def _profile(*, account: dict[str, str] | None = None, **records: str) -> Profile:
    source = {"id": "calls", "type": "x", "options": {"read": ["mentions"]}, "records": records}
    return Profile.model_validate(
        {
            "slug": "tern", "name": "Tern", "time_zone": "UTC", "queries": [{"name": "brand", "expression": "tern"}],
            "accounts": [{"platform": "x", "handle": "@tern", "records": account or {}}], "sources": [source],
        }
    )  # fmt: skip


def _plan(profile: Profile, **records: str) -> Plan:
    connected = Connected(identity=Identity(handle="@tern", id=""), read={})
    return make_plan(
        profile, connected, platform="x", chosen=OFFERED[:1], reply=False, records={}, read_records=records
    )  # fmt: skip


def test_what_is_on_record_is_found() -> None:
    profile = _profile(account={"label": "2026-11-01", "empty": " "}, approval="ticket 4711")
    assert recorded_by(profile, "x", "@TERN") == ({"label": "2026-11-01"}, {"approval": "ticket 4711"})
    assert recorded_by(profile, "x", "@dove") == ({}, {"approval": "ticket 4711"})
    assert recorded_by(profile, "reddit", "@tern") == ({}, {})


def test_a_new_record_goes_into_a_source_that_is_there() -> None:
    plan = _plan(_profile(), approval="ticket 4711")
    assert plan.sources == ()
    assert "    records:\n      approval: ticket 4711\n" in plan.write_into(FILE, file="tern.yaml")
    assert "# who writes to us" in plan.write_into(FILE, file="tern.yaml")


def test_a_record_that_is_there_changes_nothing() -> None:
    plan = _plan(_profile(approval="ticket 4711"), approval="ticket 4711")
    assert plan.write_into(FILE, file="tern.yaml") == FILE
