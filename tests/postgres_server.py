"""A real PostgreSQL server for tests: Debian's program, a folder and a port of its own, gone when the tests end."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

START_S = 60
_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name.zfill(4))
_USER = "seodang"


def server_folder() -> Path | None:
    """The folder of `postgres` and `initdb`; None where the server is not installed."""
    found = shutil.which("postgres")
    folders = [Path(found).parent] if found else _FOLDERS
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextlib.contextmanager
def serving(programs: Path) -> Iterator[str]:
    """The URL of a running server, without the name of a database."""
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if account:
        shutil.chown(folder, account)
    try:
        run = {"user": account, "cwd": folder, "stdout": subprocess.DEVNULL, "env": {"LC_ALL": "C.UTF-8"}}
        setup = [programs / "initdb", "-D", "data", "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(setup, check=True, **run)  # type: ignore[call-overload]
        port = _free_port()
        command = [programs / "postgres", "-D", "data", "-k", folder, "-h", "127.0.0.1", "-p", str(port), "-F"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, **run) as server:  # type: ignore[call-overload]
            url = f"postgresql://{_USER}@127.0.0.1:{port}"
            try:
                _wait_for(url, server)
                yield url
            finally:
                server.send_signal(signal.SIGINT)  # a fast end: whoever is still connected is not waited for
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """The URL of a database that was not there before."""
    name = f"seodang_{secrets.token_hex(6)}"
    with _engine(server).connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return f"{server}/{name}"


def drop_database(url: str) -> None:
    """Remove a database with whoever is connected to it."""
    server, _, name = url.rpartition("/")
    with _engine(server).connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _engine(server: str) -> sa.Engine:
    url = server.replace("postgresql:", "postgresql+psycopg:") + "/postgres"
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)


def _account() -> str | None:
    """The server refuses to run as root; None to run as whoever the tests run as."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            with _engine(url).connect():
                return
        except sa.exc.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
