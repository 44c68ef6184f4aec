"""A teller and their voices. Every look-up starts at the person."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from weft.circles.models import Persona
from weft.circles.views import within
from weft.loom import ids
from weft.loom.caps import Cap
from weft.notices.models import Notice
from weft.people.models import Person
from weft.people.request import Request
from weft.voices.forms import AnswerForm, UsesForm, VoiceForm
from weft.voices.models import MOST, Comment, Use, Voice
from weft.voices.open_views import page_of
from weft.voices.person_first import hints

WRITING = Cap(at_once=40, every=20)


def _own(request: Request, key: int) -> Voice:
    return get_object_or_404(Voice.objects.of(request.person), pk=key)


@WRITING.guards
def begin(request: Request, key: int, story_key: int) -> HttpResponse:
    """A copy of one's own story, to be edited for the world. From here on nothing leads from one to the other."""
    persona = within(request, key)
    if not persona.may_write:
        raise Http404
    story = get_object_or_404(persona.stories.filter(erased=False).exclude(number=None), pk=story_key)
    form = VoiceForm(request.POST if request.method == "POST" else None, initial={"text": story.text})
    uses = UsesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and uses.is_valid():
        if _is_known(form, request.person):
            form.add_error("name", _("This is a name by which you are known here. Please take another one."))
        else:
            voice = Voice.begin(ids.once(request), request.person)
            if voice is None:
                messages.warning(request, _("You have as many voices as there is room for. Erase one first."))
                return redirect("voices:mine")
            _write(voice, form, request)
            for use in uses.cleaned_data["uses"]:
                voice.consent(use, on=True, by=request.person)
            messages.success(request, _("Kept. Only you can see it."))
            return redirect("voices:own", key=voice.pk)
    context = {"form": form, "uses": uses, "once": ids.once(request), "back": story.get_absolute_url()}
    return render(request, "voices/write.html", context)


def _is_known(form: VoiceForm, person: Person) -> bool:
    """Whether the third name is one by which this person is known in the house or in any of their circles."""
    names = {person.name, *(persona.name for persona in Persona.all_of(person))}
    return form.cleaned_data["name"].strip().casefold() in {name.strip().casefold() for name in names}


def _write(voice: Voice, form: VoiceForm, request: Request) -> None:
    said = form.cleaned_data
    if not voice.is_public:
        voice.write(said["name"], said["text"], may_be_found=said["may_be_found"], by=request.person)


@require_safe
def mine(request: Request) -> HttpResponse:
    """One's own voices."""
    return render(request, "voices/mine.html", {"voices": Voice.objects.of(request.person), "most": MOST})


@WRITING.guards
def own(request: Request, key: int) -> HttpResponse:
    """One of them: how far it is, what was marked, and what may be done next."""
    voice = _own(request, key)
    initial = {"name": voice.name, "text": voice.text, "may_be_found": voice.may_be_found}
    form = VoiceForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if _is_known(form, request.person):
            form.add_error("name", _("This is a name by which you are known here. Please take another one."))
        else:
            _write(voice, form, request)
            messages.success(request, _("Kept. Only you can see it."))
            return redirect("voices:own", key=key)
    Notice.seen("voices.commented", request.person)
    comments = voice.comments.standing().filter(erased=False).select_related("answers")
    context = {"voice": voice, "form": form, "site": Use.SITE, "comments": comments, "once": ids.once(request)}
    if not voice.is_public and "hide" not in request.GET:
        context["hints"] = hints(voice.text)
    return render(request, "voices/own.html", context)


@require_safe
def preview(request: Request, key: int) -> HttpResponse:
    """Exactly what the world sees, before it does."""
    return page_of(_own(request, key))


@WRITING.guards
@require_POST
def consent(request: Request, key: int) -> HttpResponse:
    """One yes, given or taken back."""
    voice, use = _own(request, key), request.POST.get("use", "")
    if use not in Use.values:
        raise Http404
    voice.consent(use, on="on" in request.POST, by=request.person)
    messages.success(request, _("Your yes is noted.") if "on" in request.POST else _("Your yes is taken back."))
    return redirect("voices:own", key=key)


@WRITING.guards
@require_POST
def step(request: Request, key: int) -> HttpResponse:
    """Give it to be read, publish it, take it back, or erase it."""
    voice, how = _own(request, key), request.POST.get("how", "")
    if how == "erase":
        voice.erase()
        messages.success(request, _("It is erased."))
        return redirect("voices:mine")
    if how == "offer":
        voice.offer(by=request.person)
    elif how == "publish" and voice.publish(by=request.person):
        messages.success(request, _("Anybody may read it now. You can take it back at any time."))
    elif how == "take_back":
        voice.take_back(by=request.person)
        messages.success(request, _("It is taken back. Nobody else can read it here."))
    return redirect("voices:own", key=key)


@WRITING.guards
@require_POST
def answer(request: Request, key: int, comment_key: int) -> HttpResponse:
    """A teller answers a comment under the voice's own name, or takes it off the page."""
    voice = _own(request, key)
    comment = get_object_or_404(voice.comments.standing().filter(erased=False), pk=comment_key)
    if request.POST.get("how") == "remove":
        comment.erase()
        messages.success(request, _("It is off the page, for good."))
        return redirect("voices:own", key=key)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Please write a few words, and not more than there is room for."))
    elif Comment.leave(
        ids.once(request), voice, voice.name, form.cleaned_data["text"], answers=comment, by_teller=True
    ):
        messages.success(request, _("A second person reads it first, as they read your voice."))
    else:
        messages.warning(request, _("Very many wait to be read just now. Please try again tomorrow."))
    return redirect("voices:own", key=key)
