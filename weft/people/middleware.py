"""Who asks."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class PersonMiddleware:
    """`request.person` is the signed-in person, or None; their clock is the page's clock."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = request.user if request.user.is_authenticated else None  # type: ignore[attr-defined]
        zone = request.person.time_zone if request.person else ""  # type: ignore[attr-defined]
        try:
            with timezone.override(ZoneInfo(zone) if zone else None):
                return self.get_response(request)
        except ZoneInfoNotFoundError:
            return self.get_response(request)
