"""The mail: both parts, pictures inside, and a message id that is the same for every try."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.erasure import forget
from digests.mail import compose_mail, message_id_of
from digests.sending import LONGEST_WAIT, wait_after
from digests.smtp import _stuffed, write_message
from digests.texts import Texts
from domain.mails import Inline, Mail
from domain.time import ManualClock
from tests.unit.digests.samples import AS_OF, make_figures, make_frame, make_material, said

CLOCK = ManualClock(AS_OF)


def parse(mail: Mail) -> EmailMessage:
    """Return a mail as a mail program reads it."""
    written = write_message(mail, sender="desk@tern.example", sender_name="Tërn", clock=CLOCK)
    return message_from_bytes(written, policy=default)


def test_a_digest_is_a_mail_with_two_parts_and_its_pictures() -> None:
    mail = compose_mail(make_figures(), Texts(), message_id="<a@b>", recipients=("a@x.example", "b@x.example"))
    message = parse(mail)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))

    assert mail.subject == message["Subject"] == "Tern Kettles: week 46, 2026"
    assert message.get_content_type() == "multipart/alternative"
    assert (message["Message-ID"], message["To"]) == ("<a@b>", "a@x.example, b@x.example")
    assert message["From"].addresses[0].display_name == "Tërn"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == AS_OF
    assert plain is not None
    assert html is not None
    assert plain.get_content().startswith("TERN KETTLES: week 46, 2026")
    ids = {str(part["Content-ID"]).strip("<>") for part in message.walk() if part.get_content_type() == "image/png"}
    assert ids == {image.content_id for image in mail.images}
    assert all(f'src="cid:{name}"' in html.get_content() for name in ids)


def test_a_mail_travels_in_seven_bits_and_short_lines() -> None:
    mail = Mail(
        message_id="<a@b>", recipients=("a@x.example",), subject="Ünïcode\nInjected: header", text="é" * 2000 + "\n.\n",
        html="<p>" + "漢" * 3000, images=(Inline(content_id="c", content=b"\x00\xff"),),
    )  # fmt: skip
    written = write_message(mail, sender="desk@tern.example", sender_name="Tern", clock=CLOCK)

    assert written.isascii()
    assert max(map(len, written.split(b"\r\n"))) <= 998
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert parse(mail)["Injected"] is None
    assert parse(mail)["Subject"] == "Ünïcode Injected: header"


@given(st.lists(st.sampled_from([b".", b"..", b"a.b", b"", b".x"]), max_size=8))
def test_dots_are_doubled_and_the_end_is_the_only_lone_dot(lines: list[bytes]) -> None:
    sent = _stuffed(b"\r\n".join(lines))
    *body, dot, rest = sent.split(b"\r\n")

    assert (dot, rest) == (b".", b"")
    assert b"." not in body
    assert [line[1:] if line.startswith(b".") else line for line in body][: len(lines)] == lines[: len(body)]


def test_a_message_id_is_the_same_for_every_try_and_another_elsewhere() -> None:
    one = message_id_of(instance_id="i", brand_id=1, week="2026-W46", domain="tern.example")

    assert one == message_id_of(instance_id="i", brand_id=1, week="2026-W46", domain="tern.example")
    assert one.startswith("<digest.2026-W46.")
    assert one.endswith("@tern.example>")
    others = [("j", 1, "2026-W46"), ("i", 2, "2026-W46"), ("i", 1, "2026-W47")]
    ids = {message_id_of(instance_id=i, brand_id=b, week=week, domain="tern.example") for i, b, week in others}
    assert len(ids - {one}) == 3


@given(st.integers(0, 10_000))
def test_waits_grow_and_end(attempts: int) -> None:
    assert wait_after(attempts) <= wait_after(attempts + 1) <= LONGEST_WAIT


@pytest.mark.parametrize("person_id", [None, 2])
def test_forgetting_takes_ids_and_leaves_counts(person_id: int | None) -> None:
    frame = make_frame()
    stored = make_figures(make_material(frame, said=(said(1), said(2), said(3)))).model_dump(mode="json")
    after = forget(stored, mentions={2}, person_id=person_id)

    assert sorted(after["themes"]["praised"][0]["mention_ids"]) == [1, 3]
    assert after["themes"]["praised"][0]["people"] == 3
    people = {line["person_id"] for line in after["advocates"]["speakers"]}
    assert people == ({1, 2, 3} if person_id is None else {1, 3})
    assert after["advocates"]["praising"] == 3
    assert forget(after, mentions={2}, person_id=person_id) == after
