"""The addresses of a house that runs as the example."""

from django.urls import include, path

from weft.urls import handler400, handler403, handler404, handler500
from weft.urls import urlpatterns as house

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [path("demo/", include("weft.home.demo.urls")), *house]
