from django.urls import path

from weft.loom import ease, manifest

app_name = "loom"
urlpatterns = [
    path("ease/", ease.ease, name="ease"),
    path("manifest.webmanifest", manifest.manifest, name="manifest"),
]
