"""What leaves with every answer, and what never reaches a log."""

import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse

OURS = ("weft", "uvicorn")  # who logs what happened, and never to whom; what others say may hold anything


def permissions(*used: str) -> str:
    """What of the device a page may ask for: nothing, but what is *used* on it."""
    asked = ("camera", "microphone", "geolocation", "interest-cohort")
    return ", ".join(f"{one}=({'self' if one in used else ''})" for one in asked)


class PrivacyMiddleware:
    """No page is kept by a browser or a proxy, framed, or embedded elsewhere; no answer names its reader."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers.setdefault("Permissions-Policy", permissions())
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


class PlainFormatter(logging.Formatter):
    """Where it happened and what kind of error it was: no arguments, no address, no words, nobody's name."""

    def format(self, record: logging.LogRecord) -> str:
        line = (
            f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ} {record.levelname.lower()} {record.name}"
        )
        if record.exc_info and record.exc_info[1]:
            kind = record.exc_info[0].__name__ if record.exc_info[0] else ""
            frames = traceback.extract_tb(record.exc_info[2])
            places = " < ".join(
                f"{Path(frame.filename).parent.name}/{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:])
            )
            return f"{line} {kind} at {places}"
        if record.name.startswith(OURS):
            return f"{line} {record.getMessage()}"
        return f"{line} {getattr(record, 'status_code', '')}".rstrip()
