from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from weft.loom import ease, errors, manifest, style

app_name = "loom"
urlpatterns = [
    path("ease/", ease.ease, name="ease"),
    path("language/", login_not_required(set_language), name="language"),
    path("offline/", errors.offline, name="offline"),
    path("manifest.webmanifest", manifest.manifest, name="manifest"),
    path("style/", style.style, name="style"),
    path("style/<int:status>/", style.style, name="style-of-error"),
]
