"""A request as views get it, for the type checker: with whoever asks, and with the house's own session."""

from typing import Any

from django.http import HttpRequest

from weft.people.devices import SessionStore


class Request(HttpRequest):
    """`person` is None only in views that are opened by name: those must look first."""

    person: Any
    session: SessionStore
