"""Pages: Jinja2, and the frame that stands around every one of them."""

from functools import cached_property, lru_cache, partial
from typing import Any

from django.conf import settings
from django.forms.renderers import Jinja2 as Widgets
from django.http import HttpRequest
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from weft.loom import ease, languages, text
from weft.loom.section import Door, sections


class Pages(Jinja2):
    """Jinja2, with each section's templates in its own folder."""

    app_dirname = "templates"


NOT_TYPED_IN = (None, "hidden", "checkbox", "radio", "file", "select")

WRITTEN_FROM_THE_LEFT = ("email", "password", "tel", "url")


class FormRenderer(Widgets):
    """Widgets as Django draws them; labels, hints and errors are drawn by `loom/form.html`."""

    @cached_property
    def engine(self) -> Any:
        return super().engine

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> Any:
        """A browser keeps for good what was typed into a box, unless the box says no; “Leave” cannot take it back."""
        widget = context.get("widget", {})
        if widget.get("type") not in NOT_TYPED_IN or template_name.endswith("/textarea.html"):
            widget["attrs"].setdefault("autocomplete", "off")
            widget["attrs"].setdefault("dir", "ltr" if widget.get("type") in WRITTEN_FROM_THE_LEFT else "auto")
        return super().render(template_name, context, request)


def environment(**options: Any) -> Environment:
    options |= {"trim_blocks": True, "lstrip_blocks": True, "extensions": ["jinja2.ext.i18n"]}
    env = Environment(**options)  # noqa: S701  # autoescape comes with the options from Django
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    for name in ("gettext", "ngettext", "pgettext"):
        env.globals[name] = _with_places_apart(env.globals[name])
    env.globals |= {"static": static, "url": url, "now": timezone.now}
    env.filters |= {
        "city": languages.city,
        "ago": text.ago,
        "day": text.day,
        "moment": text.moment,
        "listed": text.listed,
    }
    return env


def _with_places_apart(say: Any) -> Any:
    """The words that are put into a sentence may run the other way: an Arabic name in English, a number in Arabic."""

    @pass_context
    def said(context: Context, *sentence: Any, **places: Any) -> Any:
        return say(context, *sentence, **{place: text.apart(words) for place, words in places.items()})

    return said


def url(view: str, *args: Any, **kwargs: Any) -> str:
    """The address of a view, by name."""
    return _address(view, args, tuple(kwargs.items()))


@lru_cache(maxsize=4096)
def _address(view: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    """The frame asks for the same ten addresses on every page, and a list for the same one in every row."""
    return reverse(view, args=args, kwargs=dict(kwargs))


@lru_cache
def doors() -> dict[str, list[Door]]:
    """The frame's links by their place, from every section's card."""
    found: dict[str, list[Door]] = {}
    for door in sorted((door for section in sections() for door in section.doors()), key=lambda door: door.order):
        found.setdefault(door.place, []).append(door)
    return found


@lru_cache
def modules() -> list[str]:
    """The scripts of every page, from every section's card."""
    return [module for section in sections() for module in section.modules()]


def disguised(request: HttpRequest) -> bool:
    """On a phone that others use too, a page of a signed-in person is called “Notes” and shows a plain sheet."""
    session = getattr(request, "session", None)
    return bool(getattr(request, "person", None) and session is not None and session.get("shared"))


def bare(request: HttpRequest | None = None) -> dict[str, Any]:
    """The frame without a person and without the database, for pages that stand when nothing else does."""
    chosen = ease.chosen(request) if request else []
    return {
        "person": None,
        "doors": doors(),
        "modules": modules(),
        "lang": translation.get_language() or settings.LANGUAGE_CODE,
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "ease": chosen,
        "disguised": True,
        "demo": settings.DEMO,
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page needs: who asks, the links, language and its direction, and the chosen ease."""
    said = bare(request)
    said |= {
        "person": getattr(request, "person", None),
        "disguised": disguised(request),
        "csrf_input": SimpleLazyObject(partial(csrf_input, request)),  # drawn once for all forms of a page
        "ease_questions": ease.questions(said["ease"]),
        "languages": languages.choices(),
    }
    for section in sections():
        said |= section.frame(request)
    return said
