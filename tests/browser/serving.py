"""A real server of the page, for a real browser: started on a free port, stopped and started again at will."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START_S = 90


class Server:
    """`python -m rag_app.views` over a data folder."""

    def __init__(self, data_dir: Path, log: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RAG_")},
            "RAG_DATA_DIR": str(data_dir),
            "HF_HUB_OFFLINE": "1",
            **settings,
        }
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rag_app.views", "--port", str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self._log.read_text("utf-8", "replace")
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5).close()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)  # until it listens
            else:
                return
        raise AssertionError(f"no answer within {START_S} s: {self._log.read_text('utf-8', 'replace')}")

    def stop(self) -> None:
        """Stop it as a user would."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def log(self) -> str:
        """What it has said."""
        return self._log.read_text("utf-8", "replace")
