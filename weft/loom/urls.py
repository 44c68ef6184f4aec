from django.urls import path

from weft.loom import ease, errors, languages, manifest, style

app_name = "loom"
urlpatterns = [
    path("ease/", ease.ease, name="ease"),
    path("language/", languages.language, name="language"),
    path("offline/", errors.offline, name="offline"),
    path("manifest.webmanifest", manifest.manifest, name="manifest"),
    path("style/", style.style, name="style"),
    path("style/<int:status>/", style.style, name="style-of-error"),
]
