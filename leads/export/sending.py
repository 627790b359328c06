"""What every live target has in common: how it is asked to send, and what it answers when it cannot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class SendError(Exception):
    """A delivery was not taken. `permanent`: asking again cannot help; `retry_after`: not before so many seconds."""

    def __init__(self, line: str, *, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(line)
        self.permanent = permanent
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery as a target gets it. `id` is the same however often it is sent."""

    id: str
    payload: Mapping[str, Any]
    attempt: int

    @property
    def body(self) -> bytes:
        """The payload as JSON, the same bytes every time: databases do not keep the order of keys."""
        text = json.dumps(self.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()


class Sender(Protocol):
    """A live target."""

    def send(self, outgoing: Outgoing, at: datetime) -> str | None:
        """Send once. Returns the target's own id for it, if it gave one; raises `SendError`. Never tries again."""
