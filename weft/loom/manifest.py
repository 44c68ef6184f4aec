"""The house on a home screen: a plain sheet called “Notes”, which tells nobody what it opens."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _


@login_not_required
def manifest(request: HttpRequest) -> HttpResponse:
    """As a bookmark and not as an app of its own, so that “Leave” can put another page in its place."""
    said = {
        "name": _("Notes"),
        "short_name": _("Notes"),
        "start_url": "/",
        "scope": "/",
        "display": "browser",
        "background_color": "#FAF6EF",
        "theme_color": "#FAF6EF",
        "icons": [{"src": static("loom/sheet.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(said, content_type="application/manifest+json")
