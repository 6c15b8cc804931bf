"""Rendering: one Jinja environment that escapes everything, and what every page is given."""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from starlette.responses import HTMLResponse, RedirectResponse

from console.services import Services
from console.shared.links import safe_url
from console.shared.messages import MESSAGES
from console.shared.times import time_tag
from console.shared.visitors import Desk, Visitor
from console.shared.words import capitalise, counted, deed, language, short, word
from domain.time import Clock
from platforms.registry import capabilities_of
from storage.queries.counts import Counts
from storage.tables import Installation

ROOT = Path(__file__).resolve().parents[1]
UTC_ZONE = ZoneInfo("UTC")


class Pages:
    """Renders templates by their path under `console/`, such as `queue/templates/queue.html`."""

    def __init__(self, services: Services, counts: Counts) -> None:
        self._services = services
        self._counts = counts
        self._environment = Environment(
            loader=FileSystemLoader(ROOT), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._environment.filters.update(
            word=word,
            capitalise=capitalise,
            counted=counted,
            deed=deed,
            short=short,
            safe_url=safe_url,
            platform=_platform,
            language=language,
        )
        self._environment.globals.update(asset=partial(asset_address, version=services.version))

    def render(
        self,
        request: Request,
        name: str,
        *,
        visitor: Visitor | None = None,
        desk: Desk | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,  # noqa: ANN401 - whatever the template shows
    ) -> HTMLResponse:
        """Return a page; `desk` brings the brand's navigation, zone and counts with it."""
        zone = desk.zone if desk else UTC_ZONE
        said = MESSAGES.get(request.query_params.get("said", ""), "")
        text = self._environment.get_template(name).render(
            request=request, visitor=desk.visitor if desk else visitor, desk=desk, said=said,
            counts=self._counts.of(desk.brand_id) if desk else None, sending_off=self._sending_off(desk),
            now=self._services.clock.now(), zone=zone, when=self._when(zone), **context,
        )  # fmt: skip
        return HTMLResponse(text, status_code=status, headers=dict(headers or {}))

    def _when(self, zone: ZoneInfo) -> partial[Any]:
        clock: Clock = self._services.clock
        return partial(time_tag, now=clock.now(), zone=zone)

    def _sending_off(self, desk: Desk | None) -> str | None:
        if desk is None:
            return None
        with self._services.database.read() as session:
            return session.scalar(select(Installation.sending_off_reason))


def _platform(name: str) -> str:
    return capabilities_of(name).name


def asset_address(path: str, *, version: str) -> str:
    """Return a static file's address, which changes with its content."""
    content = (ROOT / path).read_bytes() if (ROOT / path).is_file() else b""
    return f"/static/{path}?v={sha256(content + version.encode()).hexdigest()[:12]}"


def pages_of(request: Request) -> Pages:
    """Return the renderer."""
    pages: Pages = request.app.state.pages
    return pages


def go(path: str, *, said: str | None = None) -> RedirectResponse:
    """Return a redirect after a change, with a message by its code."""
    joint = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joint}said={said}" if said else path, status_code=303)
