"""What `earnest replay` does: recorded answers in, posts out."""

import json
import sys
from collections import Counter
from pathlib import Path

from domain.errors import InvalidInput
from domain.posts import RawPost
from platforms.cassettes import Recorded, find_files, read_recordings
from platforms.recordings import Reader, find_readers


def replay_files(platform: str, paths: list[Path]) -> None:
    """Print the posts in the files' answers, each once, and say on standard error what else there was.

    Raises InvalidInput for a platform that has no reader, and for paths that aren't there.
    """
    reader = _reader_of(platform)
    seen: set[str] = set()
    counts: Counter[str] = Counter()
    for file in find_files(paths):
        try:
            for recorded in read_recordings(file):
                _replay(reader, recorded, seen, counts)
        except InvalidInput as error:
            counts["files that can't be read"] += 1
            _say(str(error))
    told = ", ".join(f"{number} {what}" for what, number in sorted(counts.items())) or "nothing"
    _say(f"{len(seen)} posts from {told}.")


def as_line(post: RawPost) -> dict[str, object]:
    """Return what is printed of a post."""
    return {
        "platform": post.platform, "external_id": post.external_id, "url": post.url, "author": post.author.handle,
        "author_id": post.author.external_id, "text": post.text, "created_at": post.posted_at.isoformat(),
        "in_reply_to": post.in_reply_to, "conversation_id": post.conversation_id, "language": post.language,
    }  # fmt: skip


def _replay(reader: Reader, recorded: Recorded, seen: set[str], counts: Counter[str]) -> None:
    counts["answers"] += 1
    reading = reader(recorded.answer)
    for post in reading.posts:
        if post.external_id not in seen:
            seen.add(post.external_id)
            sys.stdout.write(json.dumps(as_line(post), ensure_ascii=False) + "\n")
    for reject in reading.rejects:
        counts["items set aside"] += 1
        _say(f"{recorded.place}, {reject.place}: {reject.reason}")
    if reading.deleted:
        counts["deletions"] += len(reading.deleted)
        _say(f"{recorded.place}: {len(reading.deleted)} posts are gone.")
    if reading.note:
        counts["answers without posts"] += 1
        _say(f"{recorded.place}: {reading.note}")


def _reader_of(platform: str) -> Reader:
    readers = find_readers()
    if platform not in readers:
        raise InvalidInput(f"No reader is called “{platform}”; there are: {', '.join(sorted(readers))}.")
    return readers[platform]()


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
