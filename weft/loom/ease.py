"""Ease: how the house looks on this device. Kept in a cookie as names of classes, never in the database."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

COOKIE = "ease"
YEAR = 60 * 60 * 24 * 365

# Each question, its kind of answer, and its answers. An answer is a class on <html>; "" leaves it as it is.
QUESTIONS: list[tuple[str, str, Any, list[tuple[str, Any]]]] = [
    (
        "text",
        "radio",
        gettext_lazy("Text"),
        [("", gettext_lazy("As usual")), ("larger", gettext_lazy("Larger")), ("largest", gettext_lazy("Much larger"))],
    ),
    (
        "light",
        "radio",
        gettext_lazy("Colours"),
        [("", gettext_lazy("As on this device")), ("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))],
    ),
    (
        "more",
        "checkbox",
        gettext_lazy("And"),
        [("roomy", gettext_lazy("More space")), ("plain", gettext_lazy("Plain, without the woven bands"))],
    ),
]


def chosen(request: HttpRequest) -> list[str]:
    """What this device has chosen; anything unknown in the cookie is dropped."""
    kept = request.COOKIES.get(settings.COOKIE_PREFIX + COOKIE, "").split(".")
    return [value for *_question, answers in QUESTIONS for value, _words in answers if value and value in kept]


@lru_cache(maxsize=256)
def questions(now: tuple[str, ...], language: str) -> list[dict[str, Any]]:
    """The form's questions in a language, with the present answers marked."""
    with override(language):
        return [
            {
                "name": name,
                "type": kind,
                "words": str(words),
                "choices": [
                    {
                        "value": value,
                        "words": str(said),
                        "chosen": value in now if value else not any(other in now for other, _said in answers),
                    }
                    for value, said in answers
                ],
            }
            for name, kind, words, answers in QUESTIONS
        ]


@login_not_required
@require_POST
def ease(request: HttpRequest) -> HttpResponse:
    """Remember how this device wants it, and go back to the page it came from."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    answer, name = HttpResponseRedirect(back), settings.COOKIE_PREFIX + COOKIE
    picked = {value for name, *_rest in QUESTIONS for value in request.POST.getlist(name)}
    kept = [value for *_question, answers in QUESTIONS for value, _words in answers if value and value in picked]
    if kept:
        answer.set_cookie(name, ".".join(kept), max_age=YEAR, secure=settings.SECURE, samesite="Lax", httponly=True)
    else:
        answer.delete_cookie(name, samesite="Lax")
    return answer
