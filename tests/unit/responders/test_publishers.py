"""What every publisher promises, tried on the two that ship: sent once by key, found again, crash or not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.answers import LookUp, Outcome, OutgoingReply
from domain.ports import Publisher
from responders.publishers.file import FilePublisher
from responders.publishers.memory import Fault, MemoryPublisher

REPLY = OutgoingReply(
    key="ab12" * 8, platform="x", account="@tern", text="Thank you, Käthe! 🫖\u2028Bye", in_reply_to="p1",
    conversation_id="c1",
)  # fmt: skip
Make = Callable[[], Publisher]


@pytest.fixture(params=["memory", "file"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes publishers onto one platform: a second one is the process after a crash."""
    memory = MemoryPublisher(absence_is_certain=True)
    return lambda: memory if request.param == "memory" else FilePublisher(tmp_path / "new" / "outbox.jsonl")


def test_what_was_sent_is_found_by_its_key(make: Make) -> None:
    sent = make().send(REPLY)
    found = make().find_reply(REPLY)
    assert (sent.outcome, found.found) == (Outcome.SENT, LookUp.FOUND)
    assert sent.external_id
    assert sent.external_id == found.external_id


def test_what_was_not_sent_is_not_found(make: Make) -> None:
    make().send(REPLY)
    assert make().find_reply(replace(REPLY, key="ff")).found is LookUp.ABSENT_FOR_CERTAIN


def test_two_replies_are_two_with_ids_of_their_own(make: Make) -> None:
    ids = {make().send(replace(REPLY, key=f"{number}" * 32, text="Same")).external_id for number in range(3)}
    assert len(ids) == 3


def test_nothing_is_promised_faster_than_its_lag(make: Make) -> None:
    assert make().lag.total_seconds() >= 0


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_in_memory_is_what_it_says(fault: Fault) -> None:
    publisher = MemoryPublisher(faults=[fault], absence_is_certain=True)
    outcome, there = publisher.send(REPLY).outcome, publisher.find_reply(REPLY).found is LookUp.FOUND
    assert (outcome, there) == {
        Fault.REFUSED: (Outcome.REFUSED_BEFORE_ACTING, False),
        Fault.REJECTED: (Outcome.REJECTED, False),
        Fault.LOST_BEFORE: (Outcome.UNKNOWN, False),
        Fault.LOST_AFTER: (Outcome.UNKNOWN, True),
    }[fault]


@given(text=st.text(), key=st.text("0123456789abcdef", min_size=1))
def test_a_file_holds_any_text_once(tmp_path_factory: pytest.TempPathFactory, text: str, key: str) -> None:
    path = tmp_path_factory.mktemp("any") / "outbox.jsonl"
    reply = replace(REPLY, text=text.encode(errors="replace").decode(), key=key)
    for _ in range(2):
        assert FilePublisher(path).send(reply).outcome is Outcome.SENT
    (line,) = path.read_bytes().removesuffix(b"\n").split(b"\n")
    assert json.loads(line)["text"] == reply.text


def test_a_line_cut_anywhere_is_written_again_and_spoils_no_other(tmp_path: Path) -> None:
    path, other = tmp_path / "outbox.jsonl", replace(REPLY, key="0" * 32)
    FilePublisher(path).send(REPLY)
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        was_whole = cut == len(whole) - 1
        assert (FilePublisher(path).find_reply(REPLY).found is LookUp.FOUND) == was_whole
        FilePublisher(path).send(other)
        FilePublisher(path).send(REPLY)
        FilePublisher(path).send(other)
        lines = [line for line in path.read_bytes().split(b"\n") if line.endswith(b"}")]
        assert [json.loads(line)["key"] for line in lines] == (
            [REPLY.key, other.key] if was_whole else [other.key, REPLY.key]
        )


def test_many_at_once_write_one_line_each(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    replies = [replace(REPLY, key=f"{number % 8:032x}") for number in range(32)]
    threads = [Thread(target=FilePublisher(path).send, args=(reply,)) for reply in replies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [json.loads(line)["key"] for line in path.read_bytes().splitlines()]
    assert sorted(keys) == sorted({reply.key for reply in replies})
