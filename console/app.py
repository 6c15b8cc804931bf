"""The desk as one ASGI application."""

from fastapi import Depends, FastAPI

from console.access import routes as access
from console.access.throttle import Throttle
from console.api import changing, docs, reading
from console.cases import follow_ups
from console.cases import routes as cases
from console.digests import routes as digests
from console.health import probes
from console.health import routes as health
from console.hooks import routes as hooks
from console.mentions import routes as mentions
from console.people import routes as people
from console.profile import routes as profile
from console.queue import routes as queue
from console.services import Services
from console.shared.errors import add_handlers
from console.shared.pages import ROOT, Pages
from console.shared.security import LimitBody, SecureAnswers
from console.shared.static import OwnFiles
from console.shared.visitors import check_form, require_desk
from listener.collectors.webhook import BODY_CAP
from listener.intake import Intake
from storage.queries.counts import Counts

# Pages of one brand: first whether the visitor belongs there, then whether the form is theirs.
OF_A_BRAND = (queue, cases, follow_ups, mentions, people, digests, health, profile)


def create_app(services: Services) -> FastAPI:
    """Return the desk; nothing connects until the first request."""
    app = FastAPI(title="Earnest", version=services.version, docs_url=None, redoc_url=None, openapi_url=None)
    counts = Counts(services.database, services.clock)
    app.state.services, app.state.counts = services, counts
    app.state.pages, app.state.throttle = Pages(services, counts), Throttle(services.clock)
    add_handlers(app)
    app.state.gallery = digests.Gallery()
    app.state.intake = Intake(services.database, services.jobs, services.clock, services.profiles)
    for family in (access, probes, hooks, docs):
        app.include_router(family.router)
    for family in OF_A_BRAND:
        app.include_router(
            family.router, prefix="/b/{slug}", include_in_schema=False,
            dependencies=[Depends(require_desk), Depends(check_form)],
        )  # fmt: skip
    app.include_router(reading.whoami, prefix="/api/v1")
    for half in (reading, changing):
        app.include_router(
            half.router, prefix="/api/v1/brands/{slug}", dependencies=[Depends(require_desk), Depends(check_form)]
        )
    app.mount("/static", OwnFiles(directory=ROOT))
    app.add_middleware(LimitBody, larger={hooks.router.prefix: BODY_CAP})
    app.add_middleware(SecureAnswers, tls=services.settings.server.cookies_are_secure)
    return app
