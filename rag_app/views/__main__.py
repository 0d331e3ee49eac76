"""`python -m rag_app.views`: open the chat page; a taken port or a public address is refused in one sentence."""

import argparse
import importlib.util
import os
import socket
import sys
from collections.abc import Sequence
from typing import NoReturn

from rag_app.errors import SeodangError, UsageError
from rag_app.settings import read_settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEFAULT_PORT = 8501


def main(argv: Sequence[str] | None = None) -> int:
    """Replace this process by the page's server; the exit code (2) when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m rag_app.views", description="Open the chat page.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument(
        "--insecure", action="store_true", help="listen on a public address although there is no log-in"
    )
    arguments = parser.parse_args(argv)
    try:
        command = _prepared(arguments.address, arguments.port, insecure=arguments.insecure)
    except SeodangError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return _become(command)


def _become(command: list[str]) -> NoReturn:
    os.execv(command[0], command)  # noqa: S606 - a fixed list, no shell; signals reach the server itself


def _prepared(address: str, port: int, *, insecure: bool) -> list[str]:
    """The command that starts the server, after everything that could stand in its way was looked at."""
    korean = read_settings().language == "ko" or os.environ.get("LANG", "").startswith("ko")
    check_address(address, insecure=insecure)
    check_port(address, port, korean=korean)
    command = _command(address, port)
    sys.stdout.write(f"{'열린 주소' if korean else 'The chat is at'}: http://{address}:{port}\n")
    sys.stdout.flush()
    return command


def check_address(address: str, *, insecure: bool) -> None:
    """Raises UsageError for an address that other machines can reach: the page has no log-in."""
    if address not in LOOPBACK and not insecure:
        raise UsageError(
            f"{address} can be reached from other machines, but the page has no log-in; "
            "put a proxy with one in front of it, or add --insecure"
        )


def check_port(address: str, port: int, *, korean: bool) -> None:
    """Raises UsageError, in the reader's language, when the port cannot be listened on."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "0-65535"
        raise UsageError(
            f"{port}번 포트를 쓸 수 없습니다({reason}). 이미 열려 있는 페이지를 닫거나 다른 포트를 쓰세요: make run PORT={_other(port)}"
            if korean
            else f"port {port} cannot be used ({reason}); close the page that is open there, or take another port: "
            f"make run PORT={_other(port)}"
        ) from error


def _other(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else DEFAULT_PORT


def _command(address: str, port: int) -> list[str]:
    script = importlib.util.find_spec("streamlit_app")
    if script is None or script.origin is None:
        raise UsageError("streamlit_app.py is not installed; install again: make install")
    flags = {
        "server.address": address,
        "server.port": str(port),
        "server.headless": "true",
        "server.enableStaticServing": "false",
        "server.fileWatcherType": "none",
        "server.maxUploadSize": "1",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
    }
    return [
        sys.executable,
        *("-m", "streamlit", "run", script.origin),
        *(f"--{name}={value}" for name, value in flags.items()),
    ]


if __name__ == "__main__":
    sys.exit(main())
