"""What is added to a brand's file comes to stand where it belongs, and no other line is touched."""

from pathlib import Path
from typing import Any

import pytest

from config.editing import CannotEdit, add_to, replace_file
from config.reading import read_text

FILE = """\
# Kestrel Coffee, for the desk
slug: kestrel   # never changes
name: "Kestrel Coffee"
accounts:
  # ours
  - platform: x
    handle: "@kestrel"   # with the at
    options: {a: 1}

# --- where posts come from
sources:
  - id: blog
    type: feed
    about: |
      two
      lines

# the end
"""
ACCOUNT: dict[str, Any] = {"platform": "harbour", "handle": "@tern", "options": {"tags": ["a", "no"]}}


def _added(before: str, after: str) -> list[str]:
    """Return the new lines; fail when an old one is gone or has moved."""
    old, new = before.splitlines(), after.splitlines()
    added = []
    for line in new:
        if old and line == old[0]:
            old.pop(0)
        else:
            added.append(line)
    assert old == []
    return added


def test_an_entry_is_put_at_the_end_of_its_list_before_what_follows() -> None:
    after = add_to(FILE, ("accounts",), [ACCOUNT], file="k.yaml")
    assert _added(FILE, after) == [
        "  - platform: harbour", "    handle: '@tern'", "    options:", "      tags:", "        - a", "        - no",
    ]  # fmt: skip
    assert after.index("- platform: harbour") < after.index("# --- where posts come from")
    assert read_text(after, file="").data["accounts"][1] == ACCOUNT


def test_entries_follow_a_block_of_text() -> None:
    after = add_to(FILE, ("sources",), [{"id": "two", "type": "feed"}], file="k.yaml")
    assert _added(FILE, after) == ["  - id: two", "    type: feed"]
    assert after.rstrip().endswith("# the end")


def test_a_list_that_is_not_there_is_made_in_the_file_s_own_indent() -> None:
    before = "slug: a\nsources:\n- id: b\n  type: c\n# tail\n"
    after = add_to(before, ("accounts",), [{"handle": "@t"}], file="k.yaml")
    assert _added(before, after) == ["accounts:", "- handle: '@t'"]


def test_groups_and_entries_take_new_names() -> None:
    after = add_to(FILE, ("platforms",), {"harbour": {"answer": "reviewed"}}, file="k.yaml")
    after = add_to(after, ("accounts", 0), {"id": "0007", "records": {"approval": "2026"}}, file="k.yaml")
    data = read_text(after, file="").data
    assert data["platforms"] == {"harbour": {"answer": "reviewed"}}
    assert data["accounts"][0]["records"] == {"approval": "2026"}
    assert data["accounts"][0]["id"] == "0007"
    assert {"    id: '0007'", "platforms:"} < set(_added(FILE, after))


@pytest.mark.parametrize(
    "before",
    [
        "slug: a\naccounts:\nname: b # said\n",
        "slug: a\naccounts: []   # none yet\nname: b # said\n",
        '{"slug": "a", "accounts": [], "name": "b"}',
        "slug: a\naccounts: &all []\nname: b # said\nsources: *all\n",
        "slug: a\nname: b # said",
    ],
)
def test_odd_shapes_are_written_anew_with_their_comments(before: str) -> None:
    data = read_text(before, file="").data
    try:
        after = add_to(before, ("accounts",), [ACCOUNT], file="k.yaml")
    except CannotEdit:
        assert "*all" in before
        return
    assert read_text(after, file="").data == {**data, "accounts": [ACCOUNT]}
    assert ("# said" in after) == ("# said" in before)
    assert ("# none yet" in after) == ("# none yet" in before)


def test_a_value_is_replaced_in_its_group() -> None:
    after = add_to(FILE, ("accounts", 0, "options"), {"a": 2}, file="k.yaml")
    assert read_text(after, file="").data["accounts"][0]["options"] == {"a": 2}
    assert "# with the at" in after
    assert "# --- where posts come from" in after


def test_what_cannot_be_added_to_is_said_with_what_to_write() -> None:
    with pytest.raises(CannotEdit, match=r"k\.yaml can't be added to; write this under accounts yourself") as caught:
        add_to("slug: [a\n", ("accounts",), [ACCOUNT], file="k.yaml")
    assert "handle: '@tern'" in str(caught.value)


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    file, link = tmp_path / "a.yaml", tmp_path / "link.yaml"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_file(link, "new: ✓\n")
    assert file.read_text(encoding="utf-8") == "new: ✓\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "link.yaml"]
