"""What the API offers: as OpenAPI, and as a page without scripts; both for who is logged in."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, Response

from console.shared.pages import pages_of
from console.shared.visitors import VisitorIn

router = APIRouter(prefix="/api", include_in_schema=False)


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(
            title="Earnest", version=app.version, routes=app.routes,
            description="Log in at the desk; read /api/v1/session for the token that every change carries.",
        )  # fmt: skip
    return app.openapi_schema


@router.get("/openapi.json")
def show_openapi(request: Request, _visitor: VisitorIn) -> Response:
    """Return the OpenAPI document."""
    return JSONResponse(describe(request.app))


@router.get("/docs")
def show_docs(request: Request, visitor: VisitorIn) -> Response:
    """Show every operation with what it takes and gives."""
    document = describe(request.app)
    operations = [
        (method.upper(), path, operation, _fields(document, operation))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    return pages_of(request).render(
        request, "api/templates/docs.html", visitor=visitor, title="HTTP API", operations=operations
    )


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = body.get("$ref", "").rpartition("/")[2]
    schema = document["components"]["schemas"].get(name, {})
    required = schema.get("required", [])
    return [field if field in required else f"{field} (optional)" for field in schema.get("properties", {})]
