"""`earnest connect`: an account is asked for, shown, and then kept with all that belongs to it, or with nothing."""

from typing import Any

import pytest
from sqlalchemy import event, func, select
from typer.testing import CliRunner

from domain.labels import Use
from domain.time import SystemClock
from platforms.connecting import Identity
from runtime.cli.connecting.saving import KeySet, save
from runtime.cli.main import app
from runtime.wiring import build_vault
from storage.tables import AuditEvent, BrandRevision, Credential
from storage.vault import Owner
from tests.integration.runtime.quay import ANSWERS, BRAND, SECRETS, Quay

OWNER = Owner(brand="tern", platform="harbour", account="@tern", use=Use.READ)


def _kept(quay: Quay, use: Use, name: str = "access_token") -> str | None:
    database = quay.open()
    found = build_vault(quay.load(), database, SystemClock()).find(OWNER.of(use), name)
    database.close()
    return found.value if found else None


def _count(quay: Quay, row: Any) -> int:
    database = quay.open()
    with database.read() as session:
        found = session.scalar(select(func.count()).select_from(row)) or 0
    database.close()
    return found


def _is_untouched(quay: Quay) -> bool:
    rows = _count(quay, Credential) + _count(quay, AuditEvent) + _count(quay, BrandRevision)
    return not rows and quay.file.read_text() == BRAND and not (quay.folder / "data" / "keys").exists()


def test_a_person_is_led_from_question_to_question(quay: Quay) -> None:
    for number in range(6):
        quay.post(f"The tern kettle sings {number} \x1b[2J<b>")
    quay.post("Nothing of ours")
    told = quay.ok("connect", "harbour", given=f"{ANSWERS}y\nregistered on 2026-11-01\n1\ny\n")
    assert "The read keys are of @tern on Harbour: read posts." in told
    assert "The write keys are of @tern on Harbour: write replies." in told
    assert told.count("@ada: The tern kettle sings") == 5
    assert "1 more on the pages" in told
    assert "1 posts match none of the brand's queries" in told
    assert "\x1b" not in told
    assert "tern's profile is in force" in told  # the brand's first time
    data = quay.load().brands["tern"].profile
    account = data.accounts[1]
    assert (account.handle, account.id, account.options) == ("@tern", "id-tern", {"berth": 7})
    assert account.records == {"licence": "registered on 2026-11-01"}
    assert [(source.id, source.type) for source in data.sources] == [("harbour", "harbour")]
    assert data.platforms["harbour"].answer == "reviewed"
    assert {_kept(quay, use) for use in Use} == {"tk-tern-read-7f3a9c", "tk-tern-write-7f3a9c"}
    # What the platform renewed during the preview is kept too.
    assert _kept(quay, Use.READ, "session") == "session-7-5d1e"


def test_the_brand_s_file_keeps_its_comments_and_order(quay: Quay) -> None:
    quay.ok("config", "apply")
    told = quay.connect("--set", "record.licence=yes")
    assert "Now run: earnest config apply" in told
    lines = quay.file.read_text().splitlines()
    assert [line for line in lines if line in BRAND.splitlines()] == BRAND.splitlines()
    assert lines.index("  - platform: harbour") < lines.index("canned_responses:")
    assert _count(quay, BrandRevision) == 1
    assert "revision 2" in quay.ok("config", "apply")


def test_no_token_is_given_away_anywhere(quay: Quay, caplog: pytest.LogCaptureFixture) -> None:
    quay.post("I love my tern kettle")
    shown = quay.connect() + quay.ok("collect", "--now") + quay.ok("connect", "--list", "--check")
    done = quay.run("doctor")
    shown += done.output + caplog.text + quay.ok("keys", "rotate") + quay.ok("disconnect", "harbour")
    assert [secret for secret in SECRETS if secret in shown] == []
    assert [secret for secret in SECRETS if secret.encode() in quay.everything()] == []


@pytest.mark.parametrize(
    ("words", "given", "told"),
    [
        ((), "tern\nwrong\n\n", "doesn't know this handle"),
        ((), "tern\npw-3f9c-secret\n9999\n", "refuses the code"),
        ((), f"{ANSWERS}y\n\nall\nn\n", "Nothing was saved"),
        (("--sources", "7"), f"{ANSWERS}y\n\n", "isn't a choice of sources"),
        (("--set", "pasword=x"), f"{ANSWERS}y\n\nall\n", "Nothing asks for “pasword”"),
        (("--set", "password=pw-3f9c-secret"), "tern\n", "is a secret, and others can read command lines"),
        (("--set", "password=@/no/such/file"), "tern\n", "can't be read"),
        (("--yes",), "", "--set password=@FILE, or EARNEST_HARBOUR_PASSWORD"),
        (("--brand", "dove"), "", "There is no brand “dove”"),
    ],
)
def test_nothing_is_saved_when_a_step_fails(quay: Quay, words: tuple[str, ...], given: str, told: str) -> None:
    done = quay.run("connect", "harbour", *words, given=given)
    assert done.exit_code
    assert told in done.output
    assert _is_untouched(quay)


def test_nothing_is_saved_when_the_preview_is_refused(quay: Quay) -> None:
    quay.sea.shut_quays.add("west")
    done = quay.run("connect", "harbour", given=f"{ANSWERS}y\n\nall\ny\n")
    assert done.exit_code == 1
    assert "harbour-2 can't be read: Harbour answers 403 at this quay." in done.output
    assert _is_untouched(quay)


def test_nothing_is_saved_where_the_file_would_be_wrong(quay: Quay) -> None:
    wrong = BRAND + "sources: [{id: harbour, type: nonsense}]\n"
    quay.file.write_text(wrong)
    done = quay.run("connect", "harbour", given=f"{ANSWERS}y\n\nall\ny\n")
    assert done.exit_code == 2
    assert "Nothing can read a source of type “nonsense”" in done.output
    assert quay.file.read_text() == wrong
    assert not _count(quay, Credential)


def test_an_edit_of_the_file_meanwhile_is_not_undone(quay: Quay, monkeypatch: pytest.MonkeyPatch) -> None:
    quay.post("The tern kettle sings")
    edited = f"{BRAND}# written while the preview was looked at\n"
    monkeypatch.setattr(quay.sea, "open_quay", lambda _quay: quay.file.write_text(edited))
    done = quay.run("connect", "harbour", given=f"{ANSWERS}y\nregistered on 2026-11-01\n1\ny\n")
    assert done.exit_code == 2
    assert "was changed meanwhile; nothing was saved" in done.output
    assert quay.file.read_text() == edited
    assert not _count(quay, Credential)


@pytest.mark.parametrize("step", ["file", "commit"])
def test_keys_and_file_are_saved_together_or_not_at_all(quay: Quay, step: str) -> None:
    database = quay.open()
    loaded, clock = quay.load(), SystemClock()
    text = "\udcff" if step == "file" else BRAND + "# more\n"  # the first can't be written as UTF-8

    def refuse(_connection: object) -> None:
        raise OSError("the disk is full")

    if step == "commit":
        event.listen(database.engine, "commit", refuse)
    identity = Identity(handle="@tern", id="1")
    with pytest.raises((UnicodeEncodeError, OSError)):
        save(
            database, build_vault(loaded, database, clock), clock, owner=OWNER,
            sets={Use.READ: KeySet(values={"access_token": "x"}, identity=identity)}, expires_at=None,
            profile=loaded.brands["tern"].profile, file=quay.file, before=BRAND, text=text, apply=True,
        )  # fmt: skip
    database.close()
    assert quay.file.read_text() == BRAND
    assert not _count(quay, Credential) + _count(quay, BrandRevision)


def test_a_script_gives_secrets_in_the_environment(quay: Quay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARNEST_HARBOUR_PASSWORD", "pw-dove")
    told = quay.ok("connect", "harbour", "--yes", "--set", "handle=dove", "--sources", "2", "--no-reply", "--apply")
    assert "no write key is stored" in told
    profile = quay.load().brands["tern"].profile
    assert [account.publish for account in profile.accounts] == [True, False]
    assert "harbour" not in profile.platforms
    assert not (quay.folder / "data" / "keys" / "write.key").exists()


def test_a_second_account_is_told_from_the_first_and_the_first_isn_t_doubled(quay: Quay) -> None:
    quay.connect("--sources", "1", "--apply")
    quay.connect("--sources", "1", "--apply", "--set", "record.licence=now")
    profile = quay.load().brands["tern"].profile
    assert [account.handle for account in profile.accounts] == ["@tern_kettles", "@tern"]
    assert profile.accounts[1].records == {"licence": "now"}
    assert [source.id for source in profile.sources] == ["harbour"]
    password = quay.folder / "dove"
    password.write_text("pw-dove")
    quay.ok("connect", "harbour", "--yes", "--set", "handle=dove", "--set", f"password=@{password}", "--sources", "1,2")
    sources = quay.load().brands["tern"].profile.sources
    told = [(source.id, getattr(source, "account", "")) for source in sources]
    assert told == [("harbour", None), ("harbour-2", "@dove"), ("harbour-3", "@dove")]


def test_new_keys_set_a_stopped_source_going(quay: Quay) -> None:
    quay.connect("--sources", "1", "--apply")
    quay.ok("disconnect", "harbour")
    assert quay.run("collect").exit_code
    assert quay.json("collect")["items"][0]["skipped"] == "it is stopped until somebody mends it"
    quay.post("I love my tern kettle")
    before = quay.file.read_text()
    told = quay.connect("--sources", "1")
    assert quay.file.read_text() == before
    assert "Stopped, and read again from now on: harbour." in told
    (reading,) = quay.json("collect", "--now")["items"]
    assert (reading["skipped"], reading["posts"]["new"]) == (None, 1)
    assert "read again" not in quay.connect("--sources", "1")


def test_an_odd_answer_is_asked_for_again(quay: Quay) -> None:
    told = quay.run("connect", "harbour", given=f"{ANSWERS}y\nregistered on 2026-11-01\ny\n1\ny\n")
    assert told.exit_code == 0, told.output
    assert "“y” isn't a choice of sources" in told.output
    assert "Sources: harbour." in told.output


def test_what_the_file_has_on_record_isn_t_asked_for_again(quay: Quay) -> None:
    quay.connect("--sources", "1", "--set", "record.licence=registered on 2026-11-01")
    before = quay.file.read_text()
    told = quay.ok("connect", "harbour", given=f"{ANSWERS}y\n1\ny\n")
    assert "Harbour wants to know" not in told
    assert "Save the keys; tern.yaml stays as it is?" in told
    assert quay.file.read_text() == before


def test_a_handle_may_be_written_as_people_write_it(quay: Quay) -> None:
    quay.connect("--apply")
    done = quay.run("disconnect", "harbour", "--account", "@dove")
    assert done.output.strip() == "@dove on harbour isn't connected; there are: tern on harbour for tern."
    assert "Removed the keys of tern's harbour tern" in quay.ok("disconnect", "harbour", "--account", "u/Tern")
    assert "harbour isn't connected; there are: none." in quay.run("disconnect", "harbour").output


def test_edits_at_the_desk_are_not_undone(quay: Quay) -> None:
    quay.ok("config", "apply")
    quay.file.write_text(BRAND.replace('Tern Kettles"', 'Tern"'))
    done = quay.run("connect", "harbour", "--apply", given=ANSWERS)
    assert done.exit_code == 2
    assert "earnest config export tern" in done.output
    assert not _count(quay, Credential)


def test_an_unknown_platform_names_those_there_are(quay: Quay) -> None:
    done = quay.run("connect", "habour")
    assert done.exit_code == 2
    assert "there are: bluesky, harbour, mastodon, reddit, x" in done.output


def test_what_is_connected_is_listed_looked_at_and_taken_away(quay: Quay) -> None:
    quay.connect("--apply")
    rows = {row["use"]: row for row in quay.json("connect", "--list")["items"]}
    assert rows["read"]["can"] == ["read posts"]
    assert rows["write"]["keys"] == ["access_token"]
    assert rows["write"]["expires_at"].startswith("2100-01-01")
    quay.sea.closed = True
    rows = {row["use"]: row for row in quay.json("connect", "--list", "--check")["items"]}
    assert "Harbour answers 401" in rows["read"]["problem"]
    assert "there are" in quay.run("disconnect", "harbour", "--account", "@dove").output.lower()
    (quay.folder / "data" / "keys" / "write.key").unlink()
    assert "Removed the keys of tern's harbour tern" in quay.ok("disconnect", "harbour", "--account", "@tern")
    assert quay.json("connect", "--list") == {"items": []}
    assert "harbour" in quay.file.read_text()


def test_a_key_is_rotated_with_every_token_still_open(quay: Quay) -> None:
    quay.connect("--apply")
    before = (quay.folder / "data" / "keys" / "read.key").read_text()
    # The token, the session that the preview renewed, and what was said about them.
    assert "3 stored entries" in quay.ok("keys", "rotate", "--use", "read")
    assert (quay.folder / "data" / "keys" / "read.key").read_text() != before
    assert _kept(quay, Use.READ) == "tk-tern-read-7f3a9c"


def test_without_a_key_there_is_nothing_to_rotate(quay: Quay) -> None:
    assert quay.ok("keys", "rotate").count("it is made when an account is connected") == 2


def test_a_fresh_key_is_printed(quay: Quay, monkeypatch: pytest.MonkeyPatch) -> None:
    key = CliRunner().invoke(app, ["keys", "new"]).stdout.strip()
    monkeypatch.setenv("EARNEST_READ_KEY", key)
    quay.connect()
    assert not (quay.folder / "data" / "keys" / "read.key").exists()
    assert "EARNEST_READ_KEY holds one key" in quay.ok("keys", "rotate", "--use", "read")
