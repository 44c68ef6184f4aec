"""One's own things: the settings, and one small page for each change that matters."""

from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from weft.loom.section import Slip, sections
from weft.people import door, passkeys, switches, totp
from weft.people.entering import show_new_code
from weft.people.forms import (
    KNOWN,
    NO_PASSKEY,
    ClockForm,
    EmailForm,
    Guarded,
    NameForm,
    NewPasskeyForm,
    PassphraseForm,
    SecondStepForm,
)
from weft.people.models import Change, Device, Known, Person
from weft.people.request import Request


def settings(request: Request) -> HttpResponse:
    """All that can be set, on one page; every section adds its own."""
    slips = [slip for section in sections() for slip in section.for_settings(request.person)]
    context = {"slips": sorted(slips, key=lambda slip: slip.order), "undo": switches.undo(request)}
    return render(request, "people/settings.html", context)


@sensitive_post_parameters()
@door.CHANGES.guards
def name(request: Request) -> HttpResponse:
    """Another sign-in name."""
    form = NameForm(request, request.POST or None)
    if form.is_valid():
        try:
            request.person.call(form.cleaned_data["name"], form.cleaned_data.get("present", ""))
            door.stay(request, request.person)
            return _done(request, _("You sign in with your new name from now on. Everywhere else you are signed out."))
        except Known:
            form.add_error("name", _("Please choose another name."))
    return _page(request, form, _("Another sign-in name"), _("Only for coming in. It is shown to nobody."))


@sensitive_post_parameters()
@door.CHANGES.guards
def passphrase(request: Request) -> HttpResponse:
    """Another passphrase. Everywhere else this person is signed out."""
    form = PassphraseForm(request, request.POST or None)
    if form.is_valid():
        try:
            request.person.choose(form.cleaned_data["passphrase"])
            door.stay(request, request.person)
            return _done(request, _("Your new passphrase counts now. Everywhere else you are signed out."))
        except Known:
            form.add_error("passphrase", KNOWN)
    return _page(request, form, _("A new passphrase"), _("Everywhere else you are signed out when you change it."))


@sensitive_post_parameters()
@door.CHANGES.guards
def new_code(request: Request) -> HttpResponse:
    """A new recovery code."""
    form = Guarded(request, request.POST or None)
    if form.is_valid():
        return show_new_code(request, request.path.removesuffix("code/"))
    why = _("It brings you back when you have lost your passphrase, your phone, or your code app.")
    return _page(request, form, _("A new recovery code"), why, button=_("Show me a new code"))


@sensitive_post_parameters()
@door.CHANGES.guards
def email(request: Request) -> HttpResponse:
    """An e-mail address, or none. Whether another person has it too, nobody learns here."""
    form = EmailForm(request, request.POST or None, initial={"email": request.person.email})
    if form.is_valid():
        before = request.person.email
        with transaction.atomic():
            request.person.address(form.cleaned_data["email"])
            if request.person.email != before:
                request.person.hear_of(Change.EMAIL)
                for section in sections():
                    section.new_address(request.person)
        return _done(request, _("Your address is kept.") if form.cleaned_data["email"] else _("No address is kept."))
    return _page(request, form, _("E-mail"), template="people/email.html")


def for_settings(person: Person) -> list[Slip]:
    """The house's own part of the settings: how one comes in, from where, and by which clock."""
    way_in = {"passkeys": list(person.passkeys.order_by("added_on"))}
    return [
        Slip("people/clock_slip.html", order=40),
        Slip("people/way_in.html", way_in, order=60),
        Slip("people/places.html", {"places": Device.objects.of(person).count()}, order=65),
    ]


@require_POST
@door.CHANGES.guards
def shared(request: Request) -> HttpResponse:
    """From now on others use this phone or computer too. It keeps nothing more, and lets go of what it kept."""
    request.session.share()
    messages.success(request, _("This phone or computer keeps nothing more. The tab is called “Notes” now."))
    answer = redirect("people:settings")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@door.CHANGES.guards
def clock(request: Request) -> HttpResponse:
    """Language and time zone."""
    person = request.person
    form = ClockForm(request.POST or None, initial={"language": person.language, "time_zone": person.time_zone})
    if form.is_valid():
        undo = [("language", person.language), ("time_zone", person.time_zone)]
        person.language, person.time_zone = form.cleaned_data["language"], form.cleaned_data["time_zone"]
        person.save(update_fields=["language", "time_zone"])
        return switches.saved(request, _("Saved."), undo=undo, at="clock")
    return _page(request, form, _("Language and clock"), template="people/clock.html")


@sensitive_post_parameters()
@door.CHANGES.guards
def second_step(request: Request) -> HttpResponse:
    """Switch the second step on, by a code that shows that the app works; or off."""
    if request.person.has_second_step:
        return _end_second_step(request)
    secret = request.session.setdefault("secret", totp.new_secret())
    form = SecondStepForm(request, request.POST or None)
    if form.is_valid():
        if request.person.begin_second_step(secret, form.cleaned_data["code"]):
            del request.session["secret"]
            return _done(request, _("From now on the door asks for a code of your app too."))
        form.add_error("code", _("That code does not fit. Please try the one that the app shows now."))
    address = totp.address(secret, request.get_host())
    context = {"secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)), "address": address}
    context["picture"] = mark_safe(segno.make(address).svg_inline(border=4, light="#fff", omitsize=True))  # noqa: S308
    return _page(
        request, form, _("The second step"), button=_("Switch it on"), template="people/second_step.html", more=context
    )


def _end_second_step(request: Request) -> HttpResponse:
    form = Guarded(request, request.POST or None)
    if form.is_valid():
        request.person.end_second_step()
        return _done(request, _("The door does not ask for a code any more."))
    return _page(request, form, _("The second step"), _("It is on."), button=_("Switch it off"))


@sensitive_post_parameters()
@door.CHANGES.guards
def own_passkeys(request: Request) -> HttpResponse:
    """One's passkeys, and one more."""
    form = NewPasskeyForm(request, request.POST or None)
    if form.is_valid():
        try:
            _pk, made = passkeys.accept(request, form.cleaned_data["passkey"])
            with transaction.atomic():
                passkeys.keep(request.person, made, form.cleaned_data["label"])
                request.person.hear_of(Change.PASSKEY)
            return _done(request, _("You can sign in with this passkey now."), "people:passkeys")
        except passkeys.Refused:
            form.add_error(None, NO_PASSKEY)
    kept = request.person.passkeys.order_by("added_on")
    more = {"kept": kept, "possible": passkeys.possible(request)}
    return _page(request, form, _("Passkeys"), template="people/passkeys.html", more=more)


@sensitive_post_parameters()
@door.CHANGES.guards
def passkey(request: Request, key: int) -> HttpResponse:
    """Remove a passkey; not the last way in."""
    found = get_object_or_404(request.person.passkeys, pk=key)
    form = Guarded(request, request.POST or None)
    if form.is_valid():
        if found.is_last_way_in:
            form.add_error(
                None, _("This is your only way in. Please choose a passphrase first, or add another passkey.")
            )
        else:
            with transaction.atomic():
                found.remove()
                request.person.hear_of(Change.PASSKEY_REMOVED)
            return _done(request, _("That passkey opens nothing any more."), "people:passkeys")
    return _page(request, form, _("Remove this passkey"), found.label, button=_("Remove it"), back="people:passkeys")


@require_POST
@door.CHANGES.guards
def proof(request: Request) -> HttpResponse:
    """Show by a passkey that it is you; then go back to what you wanted to change."""
    try:
        tapped, _sure = passkeys.recognise(request, request.POST.get("passkey", ""))
    except passkeys.Refused:
        tapped = None
    if tapped and tapped.person_id == request.person.pk:
        request.session["proved"] = door.now()
    else:
        messages.error(request, NO_PASSKEY)
    return redirect(door.local(request.POST.get("next", "")) or "people:settings")


@door.CHANGES.guards
def devices(request: Request) -> HttpResponse:
    """Where this person is signed in. Signing out one's own device is one way of going."""
    here = Device.tag(request.session.session_key or "").hex()
    mine = Device.objects.of(request.person).order_by("-since")
    if request.method == "POST" and request.POST.get("device") == here:
        request.session.flush()
        return redirect("people:door")
    if request.method == "POST":
        mine.elsewhere(here, request.POST.get("device", "")).delete()
        messages.success(request, _("Signed out there."))
        return redirect("people:devices")
    slips = [slip for section in sections() for slip in section.for_devices(request.person)]
    return render(request, "people/devices.html", {"devices": mine, "here": here, "slips": slips})


def _done(request: Request, words: str, view: str = "people:settings") -> HttpResponse:
    messages.success(request, words)
    return redirect(view)


def _page(
    request: Request,
    form: Any,
    title: str,
    why: str = "",
    *,
    button: str = "",
    back: str = "people:settings",
    template: str = "people/change.html",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    guarded = getattr(form, "guarded", False)
    may_tap = guarded and not getattr(form, "needed", False)
    tap = may_tap and passkeys.possible(request) and request.person.passkeys.exists()
    context = {"form": form, "title": title, "why": why, "button": button or _("Save"), "back": back, "tap": tap}
    return render(request, template, context | (more or {}))
