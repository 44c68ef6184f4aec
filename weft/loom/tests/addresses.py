"""The house's addresses, and some where things go wrong."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path

from weft.loom import errors
from weft.urls import *  # noqa: F403
from weft.urls import urlpatterns as house


@login_not_required
def fall_over(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


@login_not_required
def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


@login_not_required
def hurry(request: HttpRequest) -> HttpResponse:
    return errors.too_many(request)


urlpatterns = [*house, path("falls/", fall_over), path("closed/", refuse), path("hurried/", hurry)]
