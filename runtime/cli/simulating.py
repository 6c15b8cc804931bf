"""Serves a simulator for people: finds it, starts it, says what to write where, and lets new posts come in."""

import io
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

from ruamel.yaml import YAML

import simulators
from config.secrets import PREFIX
from domain.errors import InvalidInput
from simulators.trial import Trial

_ENDING: Final = "_demo"
_BETWEEN_POSTS: Final = 60.0
_PAGE: Final = (
    "What is posted there, with the replies that arrived, and a button to delete each: {}\n"
    "Then run earnest recheck --all, and what you deleted goes at the desk too."
)


def serve_trial(
    platform: str, *, port: int, handle: str, wait: Callable[[float], None] = time.sleep
) -> None:  # fmt: skip
    """Serve until Ctrl-C; raises InvalidInput for a platform without a simulator, and for a port that is taken."""
    known = trials()
    if platform not in known:
        raise InvalidInput(f"There is no simulator of “{platform}”; there is one of: {', '.join(known)}.")
    trial: Trial = import_module(f"simulators.{platform}{_ENDING}").start(handle=handle)
    try:
        with trial.serve(port=port) as address:
            print(describe(trial, address), flush=True)
            while True:
                wait(_BETWEEN_POSTS)
                if trial.refresh is not None:
                    trial.refresh()
    except KeyboardInterrupt:
        print("\nEnded; what was in it is gone.")
    except OSError as error:
        raise InvalidInput(f"Port {port} can't be used ({error.strerror}); choose another with --port.") from None


def trials() -> list[str]:
    """Return the platforms that can be tried."""
    return sorted(
        module.name.removesuffix(_ENDING) for module in iter_modules(simulators.__path__)
        if module.name.endswith(_ENDING)
    )  # fmt: skip


def describe(trial: Trial, address: str) -> str:
    """Return what a person needs to know: where it is, and what to write into which file."""
    reads = {key: secret_name(trial.platform, key) for key in trial.read_keys}
    # A key that both have by one name, though it differs, is kept apart.
    writes = {
        key: secret_name(trial.platform, key if trial.read_keys.get(key, value) == value else f"write_{key}")
        for key, value in trial.write_keys.items()
    }
    kept = {reads[key]: value for key, value in trial.read_keys.items()}
    kept |= {writes[key]: value for key, value in trial.write_keys.items()}
    secrets = [f"{PREFIX}{name}={value}" for name, value in kept.items()]
    account: dict[str, Any] = {"platform": trial.platform, "handle": trial.handle}
    account |= {"records": dict(trial.records)} if trial.records else {}
    account |= {"options": dict(trial.account_options)} if trial.account_options else {}
    account["credentials"] = writes
    sources = [{**source, "credentials": dict(reads)} for source in trial.sources]
    # Without it the brand answers there by hand.
    parts = {"accounts": [account], "sources": sources, "platforms": {trial.platform: {"answer": "reviewed"}}}
    return "\n\n".join(
        [
            f"{trial.name} is simulated at {address}; nothing leaves this machine, and Ctrl-C ends it.",
            *([_PAGE.format(f"{address}{trial.page}")] if trial.page else []),
            "\n".join(trial.told),
            f"Into earnest.yaml:\n{_yaml({'network': {'endpoints': {trial.platform: address}}})}",
            "Into the brand's file, each below the line of that name where there is one:",
            "\n".join(_yaml({name: part}) for name, part in parts.items()),
            "Into the environment or the secrets file:\n" + "\n".join(f"    {line}" for line in secrets),
            "Then run: earnest config apply && earnest collect --now",
        ]
    )  # fmt: skip


def secret_name(platform: str, key: str) -> str:
    """Return the name under which a credential is looked for."""
    return f"{platform}_{key}".upper()


def _yaml(data: Mapping[str, Any]) -> str:
    writer, out = YAML(), io.StringIO()
    writer.indent(mapping=2, sequence=4, offset=2)
    # What is the same in two places is written twice: people copy parts of it.
    writer.representer.ignore_aliases = lambda _: True
    writer.dump(dict(data), out)
    return "\n".join(f"    {line}" for line in out.getvalue().splitlines())
