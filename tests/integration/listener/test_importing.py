"""Importing a file by hand, also when it is cut short and run again."""

import io
from pathlib import Path
from zoneinfo import ZoneInfo

from listener.importing import import_posts, read_pages
from listener.reading.files import Rules
from listener.reading.posts import Shape
from storage.tables import Mention, Source
from tests.conftest import NOW
from tests.integration.listener.home import Home

RULES = Rules(shape=Shape(platform="survey", zone=ZoneInfo("Europe/Berlin"), today=NOW), now=NOW, finished=True)
CSV = "id,text\n" + "".join(f"{number},kestrel {number}\n" for number in range(1_200)) + "1200,nothing\n1201,"


def test_a_file_is_imported_once(sqlite_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(CSV)

    def steps(*, everything: bool = False) -> list[tuple[int, int]]:
        pages = read_pages(path, name=path.name, rules=RULES)
        found = import_posts(
            sqlite_home.database, sqlite_home.intake, brand_id=sqlite_home.brand_id, pages=pages, everything=everything
        )
        return [(step.rows, step.posts.new) for step in found]

    assert steps() == [(500, 500), (1000, 1000), (1202, 1200), (1202, 1200)]
    assert steps()[-1] == (1202, 0)
    assert steps(everything=True)[-1] == (1202, 1)
    (source,) = [row for row in sqlite_home.all(Source) if row.key == "import"]
    assert (source.enabled, source.collected) == (False, 1201)


def test_standard_input_is_imported(home: Home) -> None:
    body = io.BytesIO(b'{"id": 1, "text": "kestrel"}\n{"id": 2, "text": "kestrel", "at": "2031-01-01"}')
    pages = read_pages(body, name="-", rules=RULES)
    done = list(import_posts(home.database, home.intake, brand_id=home.brand_id, pages=pages))[-1]
    assert (done.posts.new, done.rows) == (2, 2)
    assert max(row.posted_at for row in home.all(Mention)) == NOW
