"""Coming in: joining, signing in, the second step, the recovery code."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from weft.loom import ids
from weft.loom.errors import too_many
from weft.people import door, passkeys
from weft.people.forms import (
    KNOWN,
    NO_PASSKEY,
    TOO_OFTEN,
    TRIED_OUT,
    DoorForm,
    JoinForm,
    KeptForm,
    RecoveryForm,
    StepForm,
    without_passkey,
)
from weft.people.models import Known, Person, fold
from weft.people.request import Request

SHOWN = 30 * 60  # seconds for which a new recovery code may be looked at again before it is confirmed


@login_not_required
def join(request: Request) -> HttpResponse:
    """First of three pages: what the house promises, and why."""
    onward = door.local(request.GET.get("next", ""))
    return door.onward(onward) if request.person else render(request, "people/join.html", {"onward": onward})


@sensitive_post_parameters()
@login_not_required
def join_name(request: Request) -> HttpResponse:
    """Second: a sign-in name, and a passphrase or a passkey. Sent twice, it lets the same person in."""
    form = JoinForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if request.person:
        return door.onward(form["next"].value())
    if form.is_bound and not door.JOINING.take():
        return too_many(request)
    if form.is_valid() and (person := _joined(request, form)):
        door.let_in(request, person)
        return show_new_code(request, form.cleaned_data["next"], joining=True)
    return render(request, "people/join_name.html", {"form": form, "passkeys": passkeys.possible(request)})


def _joined(request: Request, form: JoinForm) -> Person | None:
    """Whoever has joined by this form. Nobody hears whether somebody has the same name. Only who says the same
    passphrase too hears that they are known, and so each time of joining counts as a try at the door."""
    name, passphrase = form.cleaned_data["name"], form.cleaned_data["passphrase"] or None
    try:
        if passphrase and not door.BY_NAME.take(fold(name)):
            form.add_error(None, TOO_OFTEN)
            without_passkey(form)
            return None
        if not form.cleaned_data["passkey"]:
            return Person.objects.join(name, passphrase, language=_spoken())
        pk, made = passkeys.accept(request, form.cleaned_data["passkey"])
        with transaction.atomic():
            person = Person.objects.join(name, passphrase, id=pk, language=_spoken())
            passkeys.keep(person, made, _("My first passkey"))
        return person
    except passkeys.Refused:
        form.add_error(None, NO_PASSKEY)
    except Known:
        if again := passphrase and _joined_just_now(name, passphrase):
            return again
        form.add_error("passphrase", KNOWN)
    without_passkey(form)
    return None


def _spoken() -> str:
    """The language in which somebody joins, kept for their letters, unless it is the one of the house."""
    language = get_language() or ""
    return "" if language == settings.LANGUAGE_CODE else language


def _joined_just_now(name: str, passphrase: str) -> Person | None:
    """A form that was sent twice: whoever joined by it a moment ago, and has no recovery code on paper yet."""
    person = door.by_passphrase(name, passphrase)
    return person if person and person.recovery_tag is None and not person.has_second_step else None


def code(request: Request) -> HttpResponse:
    """Third: the recovery code, shown until it is confirmed, and never again."""
    shown = request.session.get("code")
    if not shown or door.now() - shown["at"] > SHOWN:
        request.session.pop("code", None)
        return door.onward(request.POST.get("next", ""))
    form = KeptForm(request.POST or None)
    if form.is_valid():
        request.person.keep_code(shown["code"])
        del request.session["code"]
        return door.onward(shown["onward"])
    context = {"form": form, "older": request.person.recovery_tag is not None} | shown
    return render(request, "people/code.html", context)


def show_new_code(request: Request, onward: str, *, joining: bool = False) -> HttpResponse:
    """A new recovery code, kept inside the seal until somebody has it on paper. Until then the older one opens."""
    shown = {"code": ids.code(20, group=5), "at": door.now(), "onward": onward, "joining": joining}
    request.session["code"] = shown
    return redirect("people:code")


@sensitive_post_parameters()
@login_not_required
def sign_in(request: Request) -> HttpResponse:
    """Sign in by passphrase. What is wrong is never said: a name that nobody has gets the same answer."""
    first = {"next": request.GET.get("next", ""), "shared": "shared" in request.GET}
    form = DoorForm(request.POST or None, initial=first)
    if request.person:
        return door.onward(form["next"].value())
    if form.is_valid():
        name = form.cleaned_data["name"]
        if not door.PASSPHRASES.take() or not door.BY_NAME.take(fold(name)):
            return _door(request, form, wrong=TRIED_OUT, status=429)
        if person := door.by_passphrase(name, form.cleaned_data["passphrase"]):
            return _come_in(request, person, form.cleaned_data, sure=False)
        form.add_error(None, _("That name and passphrase do not open the door together. Please check both."))
    return _door(request, form)


@login_not_required
@require_POST
def sign_in_by_passkey(request: Request) -> HttpResponse:
    """Sign in by a passkey. No name is asked: the passkey knows its own."""
    form = DoorForm(request.POST)
    if not door.CODES.take():
        return too_many(request)
    try:
        passkey, sure = passkeys.recognise(request, form.data.get("passkey", ""))
    except passkeys.Refused:
        form = DoorForm(initial={"next": form.data.get("next", ""), "shared": "shared" in form.data})
        return _door(request, form, wrong=NO_PASSKEY)
    return _come_in(request, passkey.person, form.data, sure=sure)


def _door(request: Request, form: DoorForm, *, wrong: Any = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "wrong": wrong, "passkeys": passkeys.possible(request)}
    return render(request, "people/door.html", context, status=status)


def _come_in(request: Request, person: Person, said: Any, *, sure: bool) -> HttpResponse:
    """Let somebody in who has given a first proof, or ask for the second one."""
    shared, onward = bool(said.get("shared")), said.get("next", "")
    if person.has_second_step and not sure:
        door.ask_second_step(request, person, shared=shared, onward=onward)
        return redirect("people:step")
    door.let_in(request, person, shared=shared)
    return door.onward(onward)


@login_not_required
def step(request: Request) -> HttpResponse:
    """The second step: six figures from the code app."""
    found = door.half_way(request)
    if not found:
        return redirect("people:door")
    person, half = found
    form = StepForm(request.POST or None)
    if form.is_valid():
        if not door.BY_CODE_APP.take(person.pk):
            return too_many(request)
        if person.take_step(form.cleaned_data["code"]):
            door.let_in(request, person, shared=half["shared"])
            return door.onward(half["onward"])
        form.add_error("code", _("That code does not fit. The app shows a new one every half minute: please try that."))
    return render(request, "people/step.html", {"form": form})


@sensitive_post_parameters()
@login_not_required
def recovery(request: Request) -> HttpResponse:
    """Come back by the recovery code. It signs out everywhere else, ends the second step, and gives a new code."""
    form = RecoveryForm(request.POST or None)
    if form.is_valid():
        if not door.CODES.take():
            return too_many(request)
        if person := Person.objects.of_code(form.cleaned_data["code"]):
            person.end_second_step()
            door.let_in(request, person, shared=form.cleaned_data["shared"])
            door.sign_out_elsewhere(request, person)
            return show_new_code(request, reverse("people:passphrase"))
        form.add_error("code", _("That is not a recovery code that opens this door. Please check each letter."))
    return render(request, "people/recovery.html", {"form": form})


@login_not_required
@require_POST
def ask_passkey(request: Request) -> HttpResponse:
    """What the browser needs before it can ask for a passkey."""
    if not door.CODES.take() or not passkeys.possible(request):
        return JsonResponse({"words": str(NO_PASSKEY)}, status=429)
    return JsonResponse(passkeys.ask(request))


@login_not_required
@require_POST
def new_passkey(request: Request) -> HttpResponse:
    """What the browser needs before it can make a passkey: for whoever asks, or for the name they want to join by."""
    person = request.person
    name = person.name if person else " ".join(request.POST.get("name", "").split())
    left = door.CHANGES.take(person.pk) if person else door.JOINING.take()
    if not left or not passkeys.possible(request):
        return JsonResponse({"words": str(NO_PASSKEY)}, status=429)
    if not person and (len(name) < 2 or len(name) > 60):
        return JsonResponse({"words": _("Please choose a sign-in name first.")}, status=422)
    known = list(person.passkeys.all()) if person else []
    return JsonResponse(passkeys.offer(request, person.pk if person else ids.random_id(), name, known))
