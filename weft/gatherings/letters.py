"""Letters of attendance: one's own, one begun for a member by whoever guides, and the page where a code is checked."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from weft.circles.desk import guiding
from weft.circles.models import Persona
from weft.circles.views import within
from weft.gatherings import saying
from weft.gatherings.models import AttendanceLetter, LettersHere
from weft.gatherings.models.attendance import of_persona
from weft.gatherings.remain_forms import CodeForm, NameForm, OwnLetterForm, TimesForm
from weft.loom import ids
from weft.loom.caps import Cap
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.request import Request

WRITING = Cap(at_once=20, every=60)
CHECKING = Cap(at_once=60, every=1)  # for everybody who is not signed in together: a code has eighty bits
MOST = 60  # meetings on one letter


@WRITING.guards
def letters(request: Request, key: int) -> HttpResponse:
    """My times in this circle, a letter about them, and the letters that I have."""
    persona, given = within(request, key), LettersHere.are_given(key)
    if request.method == "POST" and not given:
        raise Http404
    found = of_persona(persona)[:MOST]
    form = OwnLetterForm(request.POST if request.method == "POST" else None, found=found, once=ids.random_id())
    if form.is_valid():
        letter = AttendanceLetter.begin(form.cleaned_data["once"], persona, form.picked)
        letter.put_name(form.cleaned_data["name"])
        return redirect("gatherings:letter", letter_key=letter.pk)
    mine = sorted(persona.attendance_letters.all(), key=lambda one: str(one.said["at"]), reverse=True)
    context = {"persona": persona, "circle": persona.circle, "given": given, "found": found, "form": form}
    return render(request, "gatherings/letters.html", context | {"letters": mine, "say": saying})


@WRITING.guards
def letters_here(request: Request, key: int) -> HttpResponse:
    """For whoever guides: whether this circle gives letters, and for whom to begin one."""
    persona = guiding(request, key)
    if request.method == "POST":
        LettersHere.turn(request.POST.get("on") == "1", by=persona)
        messages.success(request, _("Saved."))
        return redirect("gatherings:letters_here", key=key)
    inside = sorted(persona.circle.personas.inside(), key=lambda one: str(one.name))
    context = {"persona": persona, "circle": persona.circle, "given": LettersHere.are_given(key), "inside": inside}
    return render(request, "gatherings/letters_here.html", context)


@WRITING.guards
def letter_for(request: Request, key: int, persona_key: int) -> HttpResponse:
    """For whoever guides: begin a letter for one member. They put the name to it themselves."""
    guide = guiding(request, key)
    if not LettersHere.are_given(key):
        raise Http404
    member = get_object_or_404(guide.circle.personas.inside(), pk=persona_key)
    found = of_persona(member)[:MOST]
    form = TimesForm(request.POST if request.method == "POST" else None, found=found, once=ids.random_id())
    if form.is_valid():
        AttendanceLetter.begin(form.cleaned_data["once"], member, form.picked, by=guide)
        messages.success(request, _("The letter waits for them. They put the name to it, and print it."))
        return redirect("gatherings:letters_here", key=key)
    context = {"persona": guide, "circle": guide.circle, "member": member, "found": found, "form": form}
    return render(request, "gatherings/letter_for.html", context)


@WRITING.guards
def letter(request: Request, letter_key: int) -> HttpResponse:
    """One of my letters, as it is printed; a name for one that has none yet; or take it back."""
    mine = AttendanceLetter.objects.filter(persona__in=Persona.objects.of(request.person), pk=letter_key)
    found = get_object_or_404(mine.select_related("persona"))
    Bell.of(request.person).see(Notice.fact("gatherings.letter", found.persona, found.pk))
    if "back" in request.POST:
        found.take_back()
        messages.success(request, _("It is taken back. Whoever types its code learns nothing any more."))
        return redirect("gatherings:letters", key=found.circle_id)
    form = NameForm(request.POST if request.method == "POST" else None)
    if not found.is_named and form.is_valid():
        found.put_name(form.cleaned_data["name"])
        return redirect("gatherings:letter", letter_key=found.pk)
    address = settings.ADDRESS + reverse("gatherings:check_letter")
    context = {"letter": found, "form": form, "say": saying, "address": address}
    return render(request, "gatherings/letter.html", context)


@CHECKING.guards
@login_not_required
def check_letter(request: Request) -> HttpResponse:
    """For anybody: type the code of a letter, and see what stands on it. A wrong code shows nothing."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = AttendanceLetter.checked(form.cleaned_data["code"])
        return render(request, "gatherings/letter_checked.html", {"letter": found, "say": saying})
    return render(request, "gatherings/check_letter.html", {"form": form})
