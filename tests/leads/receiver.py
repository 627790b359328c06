"""A webhook receiver on loopback: checks signatures as a stranger would, and answers what it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"povod-test-secret-of-32-bytes-ok").decode()


@dataclass
class Receiver:
    """Collects what was sent. `answers` are (status, headers) for the next requests; then 200."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    hang: float = 0.0
    address: str = "127.0.0.1"

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._take(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer((self.address, 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def url(self) -> str:
        """Where to send to."""
        return f"http://{self.address}:{self.server.server_address[1]}/hook"

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        if self.hang:
            threading.Event().wait(self.hang)
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        self.got.append(
            {
                "id": handler.headers["webhook-id"],
                "body": json.loads(body),
                "raw": body,
                "valid": self._valid(handler, body),
                "status": status,
            }
        )
        handler.send_response(status)
        for name, value in {"content-length": "0", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()

    def _valid(self, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        """Written from the specification, not from our signing code."""
        headers = handler.headers
        content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
        key = base64.b64decode(SECRET.split("_", 1)[1])
        wanted = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        return f"v1,{wanted}" in headers["webhook-signature"].split(" ")

    @property
    def leads(self) -> list[str]:
        """The leads received, each once by its message id, as a receiver that follows the specification keeps them."""
        return list(
            {one["id"]: one["body"]["data"]["id"] for one in self.got if one["status"] == 200}.values()
        )

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
