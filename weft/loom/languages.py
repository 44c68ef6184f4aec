"""Languages: read from the `.po` files themselves, so that nothing has to be built, kept fresh, or remembered.

A catalogue is read when the first page or mail needs its language, which costs a fifth of a second once in a process.
English costs nothing: its sentences are the keys.
"""

import io
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import trans_real
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from weft.loom.section import sections

CATALOGUES = Path(__file__).parents[1] / "locale"


def file(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return CATALOGUES / translation.to_locale(language) / "LC_MESSAGES" / "django.po"


class Translation(trans_real.DjangoTranslation):
    """Django's own words in a language, with ours laid over them."""

    def _add_local_translations(self) -> None:
        super()._add_local_translations()  # type: ignore[misc]
        path = file(self.language())
        if path.exists():
            self.merge(_read(path))


def _read(path: Path) -> GNUTranslations:
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return GNUTranslations(compiled)


def read_here() -> None:
    """From now on Django finds its languages here; it has no setting for this."""
    trans_real.DjangoTranslation = Translation  # type: ignore[misc]


def locale() -> Locale:
    """What CLDR knows of the reader's language: names of countries and of cities."""
    try:
        return Locale.parse((translation.get_language() or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def city(zone: str) -> str:
    """A time zone as people call it: the name of its city, without the part of the world."""
    said = locale().time_zones.get(zone, {}).get("city")
    return str(said or zone.rsplit("/", 1)[-1].replace("_", " "))


@lru_cache
def choices() -> list[dict[str, str]]:
    """The languages to choose from, each called by its own name; none where there is only one."""
    codes = [code for code, _name in settings.LANGUAGES]
    return [
        {"code": code, "name": str(translation.get_language_info(code)["name_local"])} for code in codes if codes[1:]
    ]


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """From now on in this language: on this device by a cookie, and wherever a section keeps it."""
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        for section in sections():
            section.spoken(request, code)
    return set_language(request)
