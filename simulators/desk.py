"""A plain page beside a simulated platform: what was posted there, which of it are replies, and a button to delete.

It is for the person who tries Earnest, and no part of the platform that is simulated.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from simulators.loopback import Answer, Request, Responder

PATH: Final = "/_simulator"
_DELETE: Final = f"{PATH}/delete"
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
}
_STYLE: Final = (
    "body{font:16px/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}"
    "li{margin:1rem 0}.reply{border-left:4px solid #276;padding-left:.8rem}.gone{opacity:.6}p{margin:.2rem 0}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A post as the page shows it; `is_own` marks what the account wrote, `answers` the post that it answers."""

    external_id: str
    author: str
    text: str
    at: datetime
    is_own: bool = False
    answers: str | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Serves the page in front of a platform: `posts` gives all there are, `delete` takes one away."""

    name: str
    posts: Callable[[], Sequence[Shown]]
    delete: Callable[[str], None]

    def before(self, platform: Responder) -> Responder:
        """Return what answers the page's requests itself, and leaves every other to the platform."""

        def answer(request: Request) -> Answer:
            if request.path not in {PATH, f"{PATH}/", _DELETE}:
                return platform(request)
            # A page elsewhere could lead a browser here by a name of its own, or post a form to us.
            if not _is_from_here(request):
                return _page("This page is for this machine alone.", status=403)
            if request.path == _DELETE:
                return self._delete(request)
            return _page(self._list())

        return answer

    def _delete(self, request: Request) -> Answer:
        wanted = request.form.get("id", "")
        if request.method != "POST" or all(post.external_id != wanted for post in self.posts()):
            return _page("There is no such post to delete; go back and load the page anew.", status=404)
        self.delete(wanted)
        return Answer(status=303, headers={"Location": PATH})

    def _list(self) -> str:
        posts = sorted(self.posts(), key=lambda post: post.at, reverse=True)
        title = f"{escape(self.name)}, simulated: {len(posts)} posts, newest first"
        return f"<h1>{title}</h1>\n<ul>\n{''.join(map(_item, posts))}</ul>"


def _item(post: Shown) -> str:
    kind = "reply of the account" if post.is_own and post.answers else "post of the account" if post.is_own else ""
    about = [f"{post.at:%Y-%m-%d %H:%M} UTC", f"id {post.external_id}"]
    about += [f"answers {post.answers}"] if post.answers else []
    about += [kind] if kind else []
    button = (
        "<em>deleted</em>"
        if post.is_gone
        else f'<form method="post" action="{_DELETE}"><button name="id" value="{escape(post.external_id)}">'
        f"Delete</button></form>"
    )
    marks = " ".join([*(["reply"] if post.is_own else []), *(["gone"] if post.is_gone else [])])
    return (
        f'<li class="{marks}"><p><b>{escape(post.author)}</b> <small>{escape(", ".join(about))}</small></p>'
        f'<p dir="auto">{escape(post.text)}</p>{button}</li>\n'
    )


def _page(body: str, *, status: int = 200) -> Answer:
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulator</title><style>{_STYLE}</style>'
    return Answer(status=status, headers=_HEADERS, body=f"{head}\n{body}\n</html>".encode())


def _is_from_here(request: Request) -> bool:
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    return _is_loopback(host) and (origin is None or urlsplit(origin).netloc == host)


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
