"""What `earnest doctor` says of accounts: each thing that can be wrong, said once, with its mend."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from domain.labels import Use
from domain.time import SystemClock
from runtime.cli.checkups.accounts import look_at_accounts
from runtime.cli.checkups.finding import Finding, Health
from runtime.cli.connecting.installed import missing_libraries
from runtime.wiring import build_vault
from storage.tables import BrandRevision, Credential
from storage.vault import Owner
from tests.integration.runtime.quay import Quay


@pytest.fixture
def connected(quay: Quay) -> Quay:
    """The quay with its account connected and its profile in force."""
    quay.connect("--sources", "1", "--apply", "--set", "record.licence=2026-11-01")
    return quay


def look(quay: Quay, *, offline: bool = False) -> list[Finding]:
    return [found for found in look_at_accounts(quay.load(), offline=offline) if "tern x" not in found.about]


def of(findings: list[Finding], *healths: Health) -> list[str]:
    return [f"{each.about}: {each.message} {each.mend}".strip() for each in findings if each.health in healths]


def test_all_is_well(connected: Quay) -> None:
    findings = look(connected)
    assert of(findings, Health.WRONG, Health.WARNING) == []
    told = of(findings, Health.WELL)
    assert "tern harbour: The read keys of @tern can: read posts." in told
    assert "tern harbour: The write keys of @tern can: write replies." in told
    assert any("keys/write.key and opens 2 stored entries" in line for line in told)


def test_an_account_that_nobody_connected_is_noted(quay: Quay) -> None:
    findings = look_at_accounts(quay.load())
    assert of(findings, Health.NOTE) == [
        "tern x: No keys of @tern_kettles are stored. Run: earnest connect x --brand tern"
    ]
    assert of(findings, Health.WRONG, Health.WARNING) == []


def test_missing_keys_want_a_look_where_something_needs_them(connected: Quay) -> None:
    connected.ok("disconnect", "harbour")
    told = of(look(connected), Health.WARNING)
    mend = "Run: earnest connect harbour --brand tern"
    # A collector that asks for its key only when it reads may do without.
    assert told == [
        f"tern harbour: No read keys of @tern are stored; harbour reads only what needs none. {mend}",
        f"tern harbour: No write keys of @tern are stored, so it is answered by hand. {mend}",
    ]
    assert of(look(connected), Health.NOTE) == []
    (connected.folder / "earnest.yaml").write_text("brands: [tern.yaml]\noutbox: {to: file}\n")
    assert len(of(look(connected), Health.WARNING)) == 1


def test_a_source_that_can_t_be_read_without_keys_is_wrong(quay: Quay) -> None:
    quay.file.write_text(quay.file.read_text() + "sources: [{id: calls, type: x, options: {read: [mentions]}}]\n")
    told = of(look_at_accounts(quay.load(), listen_only=True), Health.WRONG)
    assert [line.partition(" Run:")[0] for line in told] == [
        "tern x: No read keys of @tern_kettles are stored, and calls can't be read without."
    ]
    quay.file.write_text(quay.file.read_text().replace("type: x,", "type: x, enabled: false,"))
    assert of(look_at_accounts(quay.load(), listen_only=True), Health.WRONG) == []


def test_a_refused_key_is_wrong_unless_nobody_asks(connected: Quay) -> None:
    connected.sea.closed = True
    told = of(look(connected), Health.WRONG)
    assert len(told) == 2
    assert all("Harbour answers 401" in line and "earnest connect harbour --brand tern" in line for line in told)
    offline = look(connected, offline=True)
    assert of(offline, Health.WRONG) == []
    assert any("wasn't asked about: --offline" in line for line in of(offline, Health.NOTE))


def test_keys_of_another_account_are_wrong(connected: Quay) -> None:
    connected.file.write_text(connected.file.read_text().replace("id-tern", "id-puffin"))
    assert any("are of @tern (id-tern), not of @tern" in line for line in of(look(connected), Health.WRONG))


@pytest.mark.parametrize(
    ("away", "health", "told"),
    [(timedelta(-1), Health.WRONG, "keys ended on"), (timedelta(3), Health.WARNING, "keys end on")],
)
def test_the_end_of_a_key_is_told_in_time(connected: Quay, away: timedelta, health: Health, told: str) -> None:
    database = connected.open()
    with database.write() as session:
        ends = SystemClock().now() + away
        session.execute(update(Credential).where(Credential.use == "write").values(expires_at=ends))
    database.close()
    found = of(look(connected), health)
    assert len(found) == 1
    assert told in found[0]
    assert "write" in found[0]
    assert "earnest connect harbour" in found[0]


def test_a_key_that_is_renewed_may_end(connected: Quay) -> None:
    database = connected.open()
    owner = Owner(brand="tern", platform="harbour", account="@tern", use=Use.WRITE)
    build_vault(connected.load(), database, SystemClock()).keep(owner, "refresh_token", "r")
    with database.write() as session:
        ends = SystemClock().now() - timedelta(hours=1)
        session.execute(update(Credential).where(Credential.name == "access_token").values(expires_at=ends))
        session.execute(update(Credential).where(Credential.use == "read").values(expires_at=None))
    database.close()
    assert of(look(connected), Health.WRONG, Health.WARNING) == []


def test_key_files_that_others_read_or_that_are_gone_are_wrong(connected: Quay) -> None:
    keys = connected.folder / "data" / "keys"
    (keys / "read.key").chmod(0o644)
    (keys / "write.key").unlink()
    told = of(look(connected, offline=True), Health.WRONG)
    assert len(told) == 2
    assert "chmod 600" in told[0]
    assert "There is no write key" in told[1]


def test_a_listener_doesn_t_miss_the_write_key(connected: Quay) -> None:
    (connected.folder / "data" / "keys" / "write.key").unlink()
    assert of(look(connected, offline=True), Health.WRONG)
    findings = look_at_accounts(connected.load(), listen_only=True)
    assert of(findings, Health.WRONG, Health.WARNING) == []
    assert not any("write" in line for line in of(findings, Health.WELL))


def test_a_moved_token_is_wrong(connected: Quay) -> None:
    database = connected.open()
    with database.write() as session:
        session.execute(update(Credential).where(Credential.use == "read").values(account="puffin"))
    database.close()
    assert any("stored for something else" in line for line in of(look(connected, offline=True), Health.WRONG))


def test_one_token_for_both_wants_a_look(quay: Quay) -> None:
    quay.sea.one_token = True
    quay.connect("--sources", "1", "--apply", "--set", "record.licence=2026-11-01")
    assert [line.partition(" harbour gives")[0] for line in of(look(quay), Health.WARNING)] == [
        "tern's harbour tern: It reads and writes with one token, so a process that listens could write with it. Where"
    ]


def test_a_record_that_is_missing_wants_a_look(quay: Quay) -> None:
    quay.connect("--sources", "1", "--apply")
    (told,) = of(look(quay, offline=True), Health.WARNING)
    assert told.startswith("tern harbour: Harbour wants to know that you answer there. Then write when and how under")
    assert told.endswith("the account's records: licence.")


def test_options_in_force_that_can_t_be_used_are_wrong(connected: Quay) -> None:
    database = connected.open()
    with database.write() as session:
        row = session.query(BrandRevision).one()
        sources = [{**source, "options": {"key": "east"}} for source in row.profile["sources"]]
        row.profile = {**row.profile, "sources": sources}
    database.close()
    told = of(look(connected, offline=True), Health.WRONG)
    assert len(told) == 1
    assert "tern harbour: Its options.key can't be used: `key` isn't a setting here." in told[0]


def test_a_database_without_tokens_has_nothing_to_say(quay: Quay) -> None:
    database = quay.open()
    with database.write() as session:
        session.execute(delete(Credential))
    database.close()
    assert of(look(quay, offline=True), Health.WRONG, Health.WARNING, Health.WELL) == []


def test_a_missing_library_is_named_with_what_to_run(
    connected: Quay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missing_libraries("harbour") == missing_libraries("bluesky") == []
    info = tmp_path / "earnest" / "earnest-9.dist-info"
    info.mkdir(parents=True)
    needs = 'Requires-Dist: tide-tables[all]>=2; extra == "harbour"\nRequires-Dist: other; extra == "pier"\n'
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: earnest\nVersion: 9\n{needs}")
    monkeypatch.syspath_prepend(info.parent)
    told = of(look(connected), Health.WRONG)
    command = f"{sys.executable} -m pip install 'earnest[harbour]'"
    assert told == [f"harbour: tide-tables isn't installed, and harbour is used. Run: {command}"]
    done = connected.run("connect", "harbour")
    assert done.exit_code == 1
    assert "pip install 'earnest[harbour]'" in done.output
