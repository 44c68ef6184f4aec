"""Error pages: plain words, what was written kept in the box, and a way on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "loom/error.html", {"status": status}, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, 400)


def refused(request: HttpRequest, exception: Any = None, reason: str = "") -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, 404)


def too_many(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, 429)


def broken(request: HttpRequest) -> HttpResponse:
    return page(request, 500)
