"""Our own style sheets and scripts, and nothing else of the package."""

from pathlib import PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

KINDS = frozenset({".css", ".js", ".svg"})


class OwnFiles(StaticFiles):
    """Serves `FAMILY/static/NAME`; addresses carry a hash of the content, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file from a folder named static, 404 for all else."""
        parts = PurePosixPath(path)
        if parts.parent.name != "static" or parts.suffix not in KINDS:
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response
