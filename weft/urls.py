"""Every section's addresses. Opened by name: whatever is not marked otherwise needs a signed-in person."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("weft.home.urls")),  # the first, since what is opened most stands at “/”
    path("", include("weft.loom.urls")),
    path("", include("weft.people.urls")),
    path("", include("weft.circles.urls")),
    path("", include("weft.notices.urls")),
    path("", include("weft.safety.urls")),
    path("", include("weft.stories.urls")),
    path("", include("weft.companions.urls")),
    path("", include("weft.gatherings.urls")),
    path("", include("weft.wisdom.urls")),
    path("", include("weft.care.urls")),
    path("", include("weft.voices.urls")),
]
if settings.DEMO:
    urlpatterns.insert(0, path("demo/", include("weft.home.demo.urls")))

handler400 = "weft.loom.errors.bad_request"
handler403 = "weft.loom.errors.refused"
handler404 = "weft.loom.errors.not_found"
handler500 = "weft.loom.errors.broken"
