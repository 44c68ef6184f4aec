"""What waits for a second person: credentials to check, and trainings to sign off. Nobody finds their own here."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from weft.circles.models import Credential
from weft.gatherings.guide_forms import CourseForm, WordForm
from weft.gatherings.models import Course, Training
from weft.gatherings.models.training import SIGN_OFF
from weft.loom.caps import Cap
from weft.loom.glance import Glance, Where
from weft.loom.section import Slip
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.people.request import Request

CHECKING = Cap(at_once=30, every=60)


def credentials_for(person: Person) -> "list[Credential]":
    """Those that this person may check."""
    if not person.has_duty(Duty.Kind.SAFETY):
        return []
    return list(Credential.objects.waiting().not_of(person).select_related("circle", "persona"))


def trainings_for(person: Person) -> "list[Training]":
    """Those that this person may sign off."""
    if not person.duties_held & set(SIGN_OFF):
        return []
    return list(Training.objects.waiting().not_of(person).select_related("circle", "persona"))


def lying(person: Person) -> list[Where]:
    """Where what waits for a second person lies, for those who may be that."""
    if not person.duties_held & set(SIGN_OFF):
        return []
    return [
        Where("gatherings.to_check", Credential, only="is_waiting"),
        Where("gatherings.to_sign", Training, only="is_waiting"),
    ]


def anything_waits(person: Person) -> bool:
    """Whether anybody's waits. On most days nothing more is asked."""
    glance = Glance.of(person)
    return bool(glance["gatherings.to_check"] or glance["gatherings.to_sign"])


def _only(request: Request, *duties: str) -> None:
    if not request.person.duties_held & set(duties):
        raise Http404


def for_team(person: Person) -> list[Slip]:
    waiting = len(credentials_for(person)) + len(trainings_for(person)) if anything_waits(person) else 0
    return [Slip("gatherings/slip_checks.html", {"waiting": waiting}, order=50)]


def for_today(person: Person) -> list[Slip]:
    if not anything_waits(person):
        return []
    waiting = len(credentials_for(person)) + len(trainings_for(person))
    return [Slip("gatherings/slip_checks.html", {"waiting": waiting}, order=7, waits=True)] if waiting else []


def for_settings(person: Person) -> list[Slip]:
    """The way to the pages of those whose duty it is to sign off."""
    if not person.duties_held & {Duty.Kind.TRAINER}:
        return []
    return [Slip("gatherings/slip_trainer.html", {}, order=51)]


def checks(request: Request) -> HttpResponse:
    """All that waits."""
    _only(request, *SIGN_OFF)
    facts = [Notice.fact(what, request.person) for what in ("gatherings.to_check", "gatherings.to_sign")]
    Bell.of(request.person).see(*facts)
    context = {
        "checks_credentials": request.person.has_duty(Duty.Kind.SAFETY),
        "credentials": credentials_for(request.person),
        "trainings": trainings_for(request.person),
    }
    return render(request, "gatherings/checks.html", context)


@CHECKING.guards
def check(request: Request, key: int) -> HttpResponse:
    """One credential: its number is shown here and nowhere else."""
    _only(request, Duty.Kind.SAFETY)
    waiting = Credential.objects.waiting().not_of(request.person).select_related("circle", "persona")
    return _decide(request, get_object_or_404(waiting, pk=key), "gatherings/check.html")


@CHECKING.guards
def sign_off(request: Request, key: int) -> HttpResponse:
    """One training, with all that was answered."""
    _only(request, *SIGN_OFF)
    waiting = Training.objects.waiting().not_of(request.person).select_related("circle", "persona")
    return _decide(request, get_object_or_404(waiting, pk=key), "gatherings/sign_off.html")


def _decide(request: Request, here: Any, template: str) -> HttpResponse:
    form = WordForm(request.POST if request.POST.get("how") == "no" else None)
    if request.method == "POST" and request.POST.get("how") == "yes":
        if isinstance(here, Credential):
            here.confirm(by=request.person)
            messages.success(request, _("It is checked. They are told."))
        else:
            here.sign_off(by=request.person)
            messages.success(request, _("It is signed off. They are told."))
        return redirect("gatherings:checks")
    if form.is_valid():
        if isinstance(here, Credential):
            here.decline(form.cleaned_data["words"], by=request.person)
        else:
            here.give_back(form.cleaned_data["words"], by=request.person)
        messages.success(request, _("They read your words, and can send it again."))
        return redirect("gatherings:checks")
    return render(request, template, {"here": here, "form": form, "days": Course.here().days})


@CHECKING.guards
def course(request: Request) -> HttpResponse:
    """What hosts of this house read and answer."""
    _only(request, *SIGN_OFF)
    now = Course.here()
    form = CourseForm(request.POST if request.method == "POST" else None, course=now)
    if form.is_valid():
        Course.teach(form.lessons, form.cleaned_data["days"])
        messages.success(request, _("Saved. Whoever is signed off stays so."))
        return redirect("gatherings:checks")
    return render(request, "gatherings/course.html", {"form": form})
