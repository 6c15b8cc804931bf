"""What stands beside X's interface: the store of compliance jobs, the page of the sign-in, and what gives tokens."""

import json
from typing import Any, Final
from urllib.parse import urlencode

from platforms.x.connecting import REDIRECT
from simulators.loopback import Answer, Request
from simulators.x_answers import as_json

_CODE: Final = "demo-code"
_ASKED: Final = {"response_type": "code", "redirect_uri": REDIRECT, "code_challenge_method": "S256"}


def storage(simulator: Any, request: Request) -> Answer:  # noqa: ANN401 - an XSimulator
    """Take or give a job's ids; the addresses are signed in themselves, and a token there would be a leak."""
    _, kind, key = request.path.split("/")
    state = simulator.state
    if "authorization" in request.headers or key not in state.jobs:
        return Answer(status=400, body=b"<Error>no</Error>")
    if kind == "upload":
        state.handed_over[key] = request.body.decode().split()
        state.jobs[key]["status"] = "in_progress"
        return Answer()
    lines = [json.dumps(each) for each in state.compliance(state.handed_over.get(key, []))]
    return Answer(body="\n".join(lines).encode())


def authorise(request: Request) -> Answer:
    """Send the browser back with the code and the state, without asking anybody; the callback must be the app's own.

    As docs.x.com documents it (OAuth 2.0 authorization code flow with PKCE): the page is /i/oauth2/authorize.
    """
    query = request.query
    needed = all(query.get(name) for name in ("client_id", "scope", "state", "code_challenge"))
    if not needed or any(query.get(name) != value for name, value in _ASKED.items()):
        return Answer(status=400, body=b"Something went wrong. You weren't able to give access to the App.")
    answer = urlencode({"state": query["state"], "code": _CODE})
    return Answer(status=302, headers={"Location": f"{REDIRECT}?{answer}"})


def token(simulator: Any, request: Request) -> Answer:  # noqa: ANN401 - an XSimulator
    """Give tokens: a refresh token serves once (docs.x.com, OAuth 2.0 authorization code flow with PKCE)."""
    form = request.form
    given = form.get("refresh_token", "")
    by_code = form.get("grant_type") == "authorization_code" and form.get("code") == _CODE
    if not by_code and given not in simulator.refresh_tokens:
        body = {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}
        return as_json(body, status=400)
    simulator.refresh_tokens.discard(given)
    number = len(simulator.requests)
    access, following = f"demo-user-token-{number}", f"demo-refresh-token-{number}"
    simulator.user_tokens.add(access)
    simulator.refresh_tokens.add(following)
    return as_json(
        {
            "token_type": "bearer", "expires_in": 7200, "access_token": access, "refresh_token": following,
            "scope": "tweet.read tweet.write users.read offline.access",
        }
    )  # fmt: skip
