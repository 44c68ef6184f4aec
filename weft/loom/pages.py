"""Pages: Jinja2, and the frame that stands around every one of them."""

from dataclasses import replace
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
from markupsafe import Markup

from weft.loom import clocks, ease, languages, text
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
    env.newstyle_gettext = True  # type: ignore[attr-defined]  # the functions put the places in, not the template
    env.globals |= {"_": sentence, "gettext": sentence, "ngettext": counted, "pgettext": sentence_of}
    env.globals |= {"static": static, "url": url, "now": timezone.now}
    env.filters |= {
        "city": clocks.city,
        "ago": text.ago,
        "day": text.day,
        "moment": text.moment,
        "listed": text.listed,
    }
    return env


@pass_context
def sentence(context: Context, words: str, /, **places: Any) -> Markup:
    """A sentence of a template in the language of the page."""
    return _filled(_said(_language(context), words, whole=not places), places)


@pass_context
def counted(context: Context, one: str, more: str, n: int, /, **places: Any) -> Markup:
    """A sentence with a number."""
    return _filled(_said(_language(context), one, more, n), {"num": n} | places)


@pass_context
def sentence_of(context: Context, about: str, words: str, /, **places: Any) -> Markup:
    """A sentence that is said in more than one way: *about* says in which."""
    return _filled(_said(_language(context), words, about=about), {"context": about} | places)


def _filled(said: Markup, places: dict[str, Any]) -> Markup:
    """The words that are put into a sentence may run the other way: an Arabic name in English, a number in Arabic."""
    return said % {place: text.apart(words) for place, words in places.items()} if places else said


def _language(context: Context) -> str:
    return context.parent.get("lang") or here()


def here() -> str:
    """The language of whoever asks."""
    return translation.get_language() or settings.LANGUAGE_CODE


@lru_cache(maxsize=8192)
def _said(language: str, one: str, more: str = "", n: int = 0, *, about: str = "", whole: bool = False) -> Markup:
    """A page has a hundred sentences, and the same ones as the page before."""
    with translation.override(language):
        if more:
            said = translation.ngettext(one, more, n)
        else:
            said = translation.pgettext(about, one) if about else translation.gettext(one)
    safe = Markup(said)  # noqa: S704  # ours, as a template is
    return safe % {} if whole else safe  # one percent sign for two


def url(view: str, *args: Any, **kwargs: Any) -> str:
    """The address of a view, by name."""
    return _address(view, args, tuple(kwargs.items()))


@lru_cache(maxsize=4096)
def _address(view: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    """The frame asks for the same ten addresses on every page, and a list for the same one in every row."""
    return reverse(view, args=args, kwargs=dict(kwargs))


@lru_cache
def doors(language: str) -> dict[str, list[Door]]:
    """The frame's links by their place, from every section's card, in the words of a language."""
    found: dict[str, list[Door]] = {}
    with translation.override(language):
        for door in sorted((door for section in sections() for door in section.doors()), key=lambda door: door.order):
            said = replace(door, words=str(door.words), newly=str(door.newly))
            found.setdefault(door.place, []).append(said)
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
    language = here()
    return {
        "person": None,
        "doors": doors(language),
        "modules": modules(),
        "lang": language,
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
        "ease_questions": ease.questions(tuple(said["ease"]), said["lang"]),
        "languages": languages.choices(),
    }
    for section in sections():
        said |= section.frame(request)
    return said
