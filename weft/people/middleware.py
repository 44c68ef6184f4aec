"""Who asks."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseBase
from django.utils import timezone, translation

from weft.people.request import Request


class PersonMiddleware(AuthenticationMiddleware):
    """`request.person` is the signed-in person, or None; their clock and language are the page's.

    The person comes with the session in one query. Django's `request.user` is the same person, or a nobody."""

    def process_request(self, request: Request) -> None:  # type: ignore[override]
        request.person = request.session.person
        request.user = request.person or AnonymousUser()

    def __call__(self, request: Request) -> HttpResponseBase:  # type: ignore[override]
        self.process_request(request)
        # On the way out both are let go, so that whatever this thread does next is in nobody's clock or language.
        here = translation.get_language()
        with timezone.override(_zone(request.person)), translation.override(here, deactivate=True):
            answer = self.get_response(request)
        if turn := request.META.get("weft.turn"):  # whose turn it was, so that the next page counts for them
            turn.answered, turn.person = True, request.person and request.person.pk
        return answer  # type: ignore[return-value]

    def process_view(self, request: Request, *view: Any) -> None:
        """After Django has guessed the language from the browser, the person's own choice counts."""
        language = request.person and request.person.language
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()


def _zone(person: Any) -> ZoneInfo | None:
    try:
        return ZoneInfo(person.time_zone) if person and person.time_zone else None
    except ZoneInfoNotFoundError:
        return None
