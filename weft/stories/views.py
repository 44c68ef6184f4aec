"""Telling and hearing. Every look-up starts at the person: circle, then persona, then what that persona may hear."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles.models import Persona
from weft.circles.views import within
from weft.loom import ids, streams, text
from weft.loom.caps import Cap
from weft.loom.section import Slip, sections
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.request import Request
from weft.safety import danger
from weft.stories import listing
from weft.stories.forms import DraftForm, ReplyForm, StoryForm
from weft.stories.models import Echo, Handover, Newer, Reply, Story

ANSWERS = Cap(at_once=40, every=20)
DRAFTS = Cap(at_once=120, every=2)


def writing(request: Request, key: int) -> Persona:
    """The persona of whoever asks, where they may write; 404 for observers and for everybody outside."""
    persona = within(request, key)
    if not persona.may_write:
        raise Http404
    return persona


def hear(request: Request, key: int, story_key: int) -> tuple[Persona, Story]:
    """A persona and a story that it may read."""
    persona = within(request, key)
    told = Story.heard(story_key, by=persona)
    if told is None:
        raise Http404
    return persona, told


def own(request: Request, key: int, story_key: int) -> tuple[Persona, Story]:
    """A persona and a story of its own, told or not."""
    persona = writing(request, key)
    return persona, get_object_or_404(persona.stories.filter(erased=False), pk=story_key)


def earlier(request: Request, key: int) -> HttpResponse:
    """Earlier stories of a circle, ten at a time."""
    persona = within(request, key)
    before = request.GET.get("before", "")
    return render(request, "stories/earlier.html", listing.page(persona, _number(before) or None))


def begin(request: Request, key: int) -> HttpResponse:
    """A fresh sheet. Its address is its own, so that Back, reload and a second tab come to the same sheet."""
    writing(request, key)
    return redirect("stories:draft", key=key, story_key=ids.random_id())


@DRAFTS.guards
def draft(request: Request, key: int, story_key: int) -> HttpResponse:
    """Write: kept by the script while typing, by the button without. Nobody else sees it until it is shared."""
    persona = writing(request, key)
    story = Story.objects.filter(pk=story_key).first() or Story(pk=story_key, circle_id=key, teller=persona)
    if story.teller_id != persona.pk or story.erased:
        raise Http404
    if story.stands and request.method != "POST":
        return redirect("stories:revise", key=key, story_key=story_key)
    form = DraftForm(request.POST or None, persona=persona, story=story if story.saved_at else None)
    newer = story if story.stands else None  # told in another window: nothing of this one is told unread
    if keeps := newer is None and form.is_valid():
        words = form.said["words"].strip()
        if "read" in request.POST and not words:
            form.add_error("text", _("The sheet is empty. One line is enough."))
            return _sheet(request, persona, story, form)
        try:
            if words or story.saved_at:
                story.write(**form.said, over=request.POST.get("digest", ""))
        except Newer as there:
            newer = there.kept
    if newer and "quietly" in request.POST:
        return JsonResponse({"saved": _("Changed in another window. Nothing is overwritten.")}, status=409)
    if keeps and not newer:
        if "quietly" in request.POST:
            return JsonResponse({"saved": _saved(story), "digest": story.digest})
        if "read" in request.POST:
            return _safe(request, reverse("stories:read_through", kwargs={"key": key, "story_key": story_key}))
        if "later" in request.POST:
            messages.success(request, _("Kept. Only you can see it."))
            return _safe(request, persona.circle)
    return _sheet(request, persona, newer or story, form, newer)


def _sheet(
    request: Request, persona: Persona, story: Story, form: StoryForm, newer: Story | None = None
) -> HttpResponse:
    """The words in the box; and those that another window kept meanwhile."""
    over = newer.digest if newer else request.POST.get("digest", story.digest)
    context = {"form": form, "story": story, "saved": _saved(story), "over": over, "newer": newer}
    return _page(request, "stories/write.html", persona, **context)


def _saved(story: Story) -> str:
    if not story.saved_at:
        return ""
    return _("Saved %(time)s. Only you can see it.") % {"time": text.moment(story.saved_at)}


@ANSWERS.guards
def read_through(request: Request, key: int, story_key: int) -> HttpResponse:
    """Read it once more, see who will read it, and share it, or not."""
    persona, story = own(request, key, story_key)
    if story.stands:
        return redirect(story)
    if request.method == "POST" and persona.agrees:
        story.share(by=persona)
        messages.success(request, _("Thank you. It is told. You can change it or take it back at any time."))
        return redirect(story)
    heavy = danger.heard(story.text)
    return _page(request, "stories/read_through.html", persona, story=story, heavy=heavy)


@ANSWERS.guards
def revise(request: Request, key: int, story_key: int) -> HttpResponse:
    """Change what was told."""
    persona, story = own(request, key, story_key)
    form = StoryForm(request.POST or None, persona=persona, story=story)
    newer = None
    if form.is_valid():
        try:
            story.write(**form.said, over=request.POST.get("digest", ""))
        except Newer as there:
            newer = there.kept
        else:
            messages.success(request, _("Changed."))
            return _safe(request, story)
    return _sheet(request, persona, story, form, newer)


def story(request: Request, key: int, story_key: int) -> HttpResponse:
    persona, told = hear(request, key, story_key)
    if told.teller_id == persona.pk:
        facts = [Notice.fact(what, persona, told.pk) for what in ("stories.reply", "stories.note")]
        Bell.of(request.person).see(*facts)
    form = ReplyForm(story=told, persona=persona, initial={"once": ids.code(16)})
    return _story_page(request, persona, told, form)


def _story_page(
    request: Request, persona: Persona, told: Story, form: ReplyForm, *, heavy: bool = False
) -> HttpResponse:
    replies = Reply.heard(told, by=persona)
    mine = told.teller_id == persona.pk
    guiding = persona.facilitates and told.is_unheard and not mine
    echoes = Echo.seen(told, by=persona) if told.stands else []
    context = {
        "story": told,
        "replies": replies,
        "form": form,
        "heavy": heavy,
        "mine": mine,
        "guides": list(persona.circle.guides) if guiding or (mine and told.is_late) else [],
        "handover": Handover.of(told) if guiding else None,
        "given": {echo.kind for echo in echoes if echo.by_id == persona.pk},
        "echoes": _by_kind(echoes) if mine else [],
        "kinds": Echo.Kind.choices,
        "beneath": _beneath(persona, told),
        "token": streams.token(f"story:{told.pk}", persona.pk),
        "after": [slip for section in sections() for slip in section.after_story(persona, told)] if told.stands else [],
        "slips": [slip for section in sections() for slip in section.for_story(persona, told)] if told.stands else [],
    }
    return _page(request, "stories/story.html", persona, **context)


def _beneath(persona: Persona, told: Story) -> Callable[[Reply], list[Slip]]:
    """What this persona may do about whoever answered, asked of every section for each answer."""

    def beneath(reply: Reply) -> list[Slip]:
        if reply.by_id in (None, persona.pk):
            return []
        return [slip for section in sections() for slip in section.for_reply(persona, told, reply)]

    return beneath


def _by_kind(echoes: list[Echo]) -> list[tuple[str, list[str]]]:
    """Who gave which echo: for the teller alone."""
    said = {kind: [echo.by.name for echo in echoes if echo.kind == kind] for kind in Echo.Kind.values}
    return [(str(Echo.Kind(kind).label), names) for kind, names in said.items() if names]


@ANSWERS.guards
def replies(request: Request, key: int, story_key: int) -> HttpResponse:
    """GET: the replies since a number, as a partial for the open page. POST: answer."""
    persona, told = hear(request, key, story_key)
    if request.method == "GET":
        since = request.GET.get("since", "0")
        found = Reply.objects.heard_by(persona).filter(story=told, number__gt=_number(since))
        context = {"persona": persona, "story": told, "replies": list(found), "mine": told.teller_id == persona.pk}
        context["beneath"] = _beneath(persona, told)
        partial = render(request, "stories/replies.html", context)
        return streams.live(partial, f"story:{told.pk}", persona.pk)
    if not persona.may_write:
        raise Http404
    form = ReplyForm(request.POST, story=told, persona=persona)
    if not persona.agrees or not form.is_valid():
        return _story_page(request, persona, told, form)
    said = form.cleaned_data["text"]
    if "share" not in request.POST and danger.heard(said):
        return _story_page(request, persona, told, form, heavy=True)
    note = form.cleaned_data["note"] and told.only_listen and told.teller_id not in (None, persona.pk)
    reply = Reply.say(told, said, by=persona, note=note, once=form.cleaned_data["once"])
    return _safe(request, f"{told.get_absolute_url()}#reply-{reply.number}")


@ANSWERS.guards
def reply(request: Request, key: int, story_key: int, reply_key: int) -> HttpResponse:
    """Change one's own reply."""
    persona, told = hear(request, key, story_key)
    mine = get_object_or_404(persona.replies.filter(story=told, erased=False), pk=reply_key)
    form = ReplyForm(request.POST or None, story=told, persona=persona, initial={"text": mine.text})
    if form.is_valid():
        mine.revise(form.cleaned_data["text"], by=persona)
        return _safe(request, f"{told.get_absolute_url()}#reply-{mine.number}")
    return _page(request, "stories/reply.html", persona, story=told, reply=mine, form=form)


@ANSWERS.guards
@require_POST
def erase_reply(request: Request, key: int, story_key: int, reply_key: int) -> HttpResponse:
    persona, told = hear(request, key, story_key)
    get_object_or_404(persona.replies.filter(story=told), pk=reply_key).erase()
    messages.success(request, _("Your reply is gone."))
    return redirect(told)


@ANSWERS.guards
@require_POST
def note(request: Request, key: int, story_key: int, reply_key: int) -> HttpResponse:
    """The teller opens a private note, or declines it."""
    persona, told = own(request, key, story_key)
    offered = get_object_or_404(Reply.objects.heard_by(persona).filter(story=told, is_note=True), pk=reply_key)
    offered.open_note(by=persona, wanted=request.POST.get("wanted") == "yes")
    return redirect(f"{told.get_absolute_url()}#reply-{offered.number}")


@ANSWERS.guards
@require_POST
def echo(request: Request, key: int, story_key: int) -> HttpResponse:
    """Give a wordless answer, or take it back."""
    persona, told = hear(request, key, story_key)
    kind = request.POST.get("kind", "")
    if kind not in Echo.Kind.values or told.teller_id == persona.pk or not told.stands or not persona.may_write:
        raise Http404
    if request.POST.get("back"):
        Echo.take_back(told, kind, by=persona)
    else:
        Echo.give(told, kind, by=persona)
    return redirect(f"{told.get_absolute_url()}#echoes")


@ANSWERS.guards
def take_back(request: Request, key: int, story_key: int) -> HttpResponse:
    """Take a story back, or erase it for ever: one page that says what each of them does."""
    persona, story = own(request, key, story_key)
    if request.method == "POST":
        if request.POST.get("how") == "erase":
            story.erase()
            messages.success(request, _("It is erased."))
        elif story.stands:
            story.take_back(by=persona)
            messages.success(request, _("Only you can see it now. You can share it again."))
        return redirect(persona.circle)
    return _page(request, "stories/take_back.html", persona, story=story)


def _number(said: str) -> int:
    """A number of an address; 0 when it is none, or larger than any there is."""
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _safe(request: Request, to: Any) -> HttpResponse:
    """Go on, and tell the device that the house has these words: then it lets go of its own copy (words.js)."""
    answer, copy, name = redirect(to), request.POST.get("kept", ""), f"{settings.COOKIE_PREFIX}safe"
    if re.fullmatch(r"[0-9a-f-]{36}", copy):
        copies = ".".join([*request.COOKIES.get(name, "").split(".")[-3:], copy]).strip(".")
        answer.set_cookie(name, copies, max_age=24 * 60 * 60, secure=settings.SECURE, samesite="Lax")
    return answer


def _page(request: Request, template: str, persona: Persona, **context: Any) -> HttpResponse:
    return render(request, template, {"persona": persona, "circle": persona.circle} | context)
