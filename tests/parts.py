"""The outside parts that tests need: found, or skipped with a reason, or failed where EARNEST_REQUIRE names them."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import psycopg
import pytest

REQUIRED = frozenset(filter(None, os.environ.get("EARNEST_REQUIRE", "").split(",")))


def missing(part: str, how: str) -> None:
    """Skip the test for want of `part`, or fail it where the run requires that part."""
    if part in REQUIRED:
        pytest.fail(f"EARNEST_REQUIRE names {part}, and it isn't here: {how}", pytrace=False)
    pytest.skip(f"{part} isn't here: {how}")


def find_postgres() -> Path | None:
    """Return the folder of PostgreSQL's server programs, or None."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def find_chromium() -> str | None:
    """Return Chromium's path, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the URL of a throw-away PostgreSQL cluster, without a database name, ended afterwards."""
    programs = find_postgres()
    if programs is None:
        missing("postgres", "install PostgreSQL's server programs (Debian: postgresql)")
        raise AssertionError
    folder = Path(tempfile.mkdtemp(prefix="earnest-pg-"))
    # The server refuses to run as root; Debian's package brings a user for it.
    as_user: list[str] = (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    )
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    data = folder / "data"

    def run(program: str, *words: str) -> None:
        command = [*as_user, str(programs / program), "-D", str(data), *words]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words

    run("initdb", "-U", "earnest", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
    run("pg_ctl", "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://earnest@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def create_database(server: str, name: str, template: str | None = None) -> str:
    """Create a database on `server`, as a copy of `template` if one is named; return its URL."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        for _ in range(50):
            try:
                connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
                break
            except psycopg.errors.ObjectInUse:  # the template's last connection is still closing
                time.sleep(0.05)
    return f"{server}/{name}"


def drop_database(url: str) -> None:
    """Remove a test's database, whoever is still connected; hundreds of them would slow the server's end."""
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
