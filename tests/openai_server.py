"""A real HTTP server that speaks the OpenAI chat-completions protocol from a script, failures included."""

import json
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal

After = Literal["done", "hang", "break", "end", "malformed"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server does with one call.

    `status` other than 200 answers with an error. Otherwise the `pieces` are sent, and `after` them the answer is
    "done", or the server falls silent ("hang"), cuts the connection ("break"), ends without saying that it is
    complete ("end"), or sends something that is no JSON ("malformed").
    """

    pieces: tuple[str, ...] = ()
    after: After = "done"
    status: int = 200
    error: str = "scripted failure"


def says(*pieces: str) -> Reply:
    """An answer that arrives in these pieces."""
    return Reply(pieces)


def fails(status: int, error: str = "scripted failure") -> Reply:
    """An HTTP error."""
    return Reply(status=status, error=error)


@dataclass
class Call:
    """One request the server received."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def messages(self) -> list[tuple[str, str]]:
        """(role, content) of each message."""
        return [(message["role"], message["content"]) for message in self.body["messages"]]


@dataclass
class _State:
    script: deque[Reply]
    calls: list[Call] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


class OpenAIServer:
    """Use as a context manager; `url` is what OPENAI_BASE_URL gets. Calls beyond the script get HTTP 500."""

    def __init__(self, *replies: Reply) -> None:
        self._state = _State(deque(replies))
        state = self._state

        class Handler(_Handler):
            scripted = state

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """The base address of the API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def calls(self) -> Sequence[Call]:
        """Every chat call so far, oldest first."""
        return tuple(self._state.calls)

    def script(self, *replies: Reply) -> None:
        """Adds to the script."""
        self._state.script.extend(replies)

    def __enter__(self) -> "OpenAIServer":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._state.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    scripted: _State
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Tests keep their output for themselves."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        self.scripted.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        reply = self.scripted.script.popleft() if self.scripted.script else fails(500, "the script is over")
        if reply.status != 200:
            self._json(reply.status, {"error": {"message": reply.error, "type": "scripted", "code": None}})
        elif not body.get("stream"):
            message = {"role": "assistant", "content": "".join(reply.pieces)}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            self._json(200, {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})
        else:
            self._stream(reply)

    def _stream(self, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in reply.pieces:
            self._event(_chunk({"role": "assistant", "content": piece}, None))
        if reply.after == "hang":
            self.scripted.released.wait()
        if reply.after in ("hang", "break"):
            self.close_connection = True
            self.connection.close()
            return
        if reply.after == "malformed":
            self._event('{"choices": [')
        if reply.after == "done":
            self._event(_chunk({}, "stop"))
            self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, data: str) -> None:
        raw = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
        self.wfile.flush()

    def _json(self, status: int, value: object) -> None:
        raw = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _chunk(delta: dict[str, str], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]})
