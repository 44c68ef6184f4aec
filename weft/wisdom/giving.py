"""How a lesson comes to be: begun by its author, or asked for; read as others would read it; yes, no, not any more."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.loom import ids
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.request import Request
from weft.stories.models import Reply, Story
from weft.stories.views import hear, writing
from weft.wisdom.forms import CIRCLE, HOUSE, Asking, Words
from weft.wisdom.models import Lesson, Reader, Strand, Unasked
from weft.wisdom.models.lesson import rested
from weft.wisdom.views import WRITING

WEAVABLE = 40  # lessons that are offered to be woven into


def _own(request: Request, key: int, strand_key: int) -> tuple[Persona, Strand]:
    persona = writing(request, key)
    mine = Strand.objects.filter(author=persona, declined=False).select_related("lesson", "story", "reply__story")
    return persona, get_object_or_404(mine, pk=strand_key)


def sources(request: Request, key: int, story_key: int) -> HttpResponse:
    """Which words of a story, or of the answers to it, might help the next."""
    persona, story = hear(request, key, story_key)
    if not persona.may_write:
        raise Http404
    replies = [one for one in Reply.heard(story, by=persona) if not one.is_note and not one.erased]
    found: list[Story | Reply] = [*([story] if story.stands else []), *replies]
    taken = Strand.objects.filter(story=story) | Strand.objects.filter(reply__in=replies)
    asked = {pk for pair in taken.values_list("story_id", "reply_id") for pk in pair if pk}
    asked |= Unasked.among(*(author.pk for one in found if (author := _author(one))))
    rows = [(one, _what(one, persona, asked)) for one in found]
    return _shown(request, "wisdom/sources.html", persona, story=story, rows=rows)


def _author(source: Story | Reply) -> Persona | None:
    return source.teller if isinstance(source, Story) else source.by


def _what(source: Story | Reply, persona: Persona, asked: set[int]) -> str:
    """What this persona may do with a source."""
    author = _author(source)
    if author is None:
        return "left"
    if author.pk == persona.pk:
        return "own"
    return "asked" if {source.pk, author.pk} & asked else "new" if author.is_new or not rested(source) else "ask"


def _source(request: Request, key: int, story_key: int, reply_key: int | None) -> tuple[Persona, Story | Reply]:
    persona, story = hear(request, key, story_key)
    if not persona.may_write:
        raise Http404
    if reply_key is None:
        if not story.stands:
            raise Http404
        return persona, story
    for reply in Reply.heard(story, by=persona):
        if reply.pk == reply_key and not reply.is_note and not reply.erased:
            return persona, reply
    raise Http404


@WRITING.guards
def of_story(request: Request, key: int, story_key: int) -> HttpResponse:
    """A lesson out of a story: begin one's own, or ask its teller."""
    return _of(request, *_source(request, key, story_key, None))


@WRITING.guards
def of_reply(request: Request, key: int, story_key: int, reply_key: int) -> HttpResponse:
    """The same, out of an answer."""
    return _of(request, *_source(request, key, story_key, reply_key))


def _of(request: Request, persona: Persona, source: Story | Reply) -> HttpResponse:
    author = _author(source)
    if author is not None and author.pk == persona.pk:
        return _begin(request, persona, source)
    return _ask(request, persona, source)


@WRITING.guards
def begin(request: Request, key: int) -> HttpResponse:
    """A lesson of one's own, out of nothing that stands here: what was said in an hour, or what one has lived."""
    return _begin(request, writing(request, key), None)


def _begin(request: Request, persona: Persona, source: Story | Reply | None) -> HttpResponse:
    topics = source.topics if isinstance(source, Story) else []
    begun = {"text": source.text, "topics": topics} if source else {}
    form = Words(request.POST or None, persona=persona, initial=begun)
    if request.method == "POST" and persona.agrees and form.is_valid():
        strand = Strand.begin(ids.once(request), form.said, by=persona, source=source)
        if strand is None:
            raise Http404
        return redirect(strand)
    return _shown(request, "wisdom/write.html", persona, form=form, once=ids.once(request), source=source)


def _ask(request: Request, persona: Persona, source: Story | Reply) -> HttpResponse:
    if not Strand.may_be_asked(source, by=persona) and request.method != "POST":
        raise Http404
    reader = Reader(request.person, persona)
    some = Lesson.objects.read_by(reader).filter(circle=persona.circle_id)[:WEAVABLE] if persona.facilitates else None
    lessons = Lesson.woven(some.keys(), reader) if some is not None else []
    topics = source.topics if isinstance(source, Story) else []
    form = Asking(request.POST or None, source=source, lessons=lessons, initial={"text": source.text, "topics": topics})
    if request.method == "POST" and persona.agrees and form.is_valid():
        said = form.cleaned_data
        if Strand.ask(ids.once(request), source, said["text"], said["topics"], by=persona, into=form.lesson):
            messages.success(request, _("Asked. They may say yes or no, and need not say why."))
        return redirect(source if isinstance(source, Story) else source.story)
    return _shown(request, "wisdom/ask.html", persona, form=form, source=source, once=ids.once(request))


@WRITING.guards
def strand(request: Request, key: int, strand_key: int) -> HttpResponse:
    """Its author reads it exactly as others would, and says yes, no, or not any more."""
    persona, mine = _own(request, key, strand_key)
    if request.method == "POST":
        how = request.POST.get("how", "")
        if how == "yes" and persona.agrees:
            if mine.say_yes(request.POST.get("digest", ""), by=persona):
                messages.success(request, _("It stands. You can change it or take it back at any time."))
            else:
                messages.warning(request, _("The words were changed in another window. Please read them again."))
        elif how in ("no", "never", "take_back"):
            if how == "never":
                Unasked.choose(on=True, by=persona)
            stood = mine.stands
            mine.let_go(by=persona)
            messages.success(
                request, _("It is gone, everywhere.") if stood else _("It goes no further. Nobody is told.")
            )
            return redirect("wisdom:mine", key=key)
        return redirect(mine)
    Bell.of(request.person).see(Notice.fact("wisdom.asked", persona, mine.pk))
    lesson = mine.lesson if mine.lesson_id else None
    beside = []
    if lesson:
        beside = [one for woven in Lesson.woven([lesson.pk], Reader(request.person, persona)) for one in woven.strands]
        beside = [one for one in beside if one.pk != mine.pk]
    shown = lesson or Lesson(circle_id=key)
    shown.strands = [*beside, mine] if beside else [mine]
    return _shown(request, "wisdom/strand.html", persona, strand=mine, lesson=shown, beside=beside)


@WRITING.guards
def change(request: Request, key: int, strand_key: int) -> HttpResponse:
    """Change the words, the name, or who reads it."""
    persona, mine = _own(request, key, strand_key)
    begun = {"line": mine.line, "text": mine.text, "name": mine.name, "topics": mine.topics}
    begun["audience"] = HOUSE if mine.for_house else CIRCLE
    form = Words(request.POST or None, persona=persona, initial=begun)
    over, newer = request.POST.get("digest", mine.digest), None
    if request.method == "POST" and persona.agrees and form.is_valid():
        if mine.write(form.said, over, by=persona):
            return redirect(mine)
        over, newer = mine.digest, mine
    return _shown(request, "wisdom/write.html", persona, form=form, strand=mine, once=0, over=over, newer=newer)


@WRITING.guards
def mine(request: Request, key: int) -> HttpResponse:
    """What one gave here, what one has begun, and what one is asked for."""
    persona = writing(request, key)
    if request.method == "POST":
        Unasked.choose(on="unasked" in request.POST, by=persona)
        return redirect("wisdom:mine", key=key)
    found = list(Strand.objects.filter(author=persona, declined=False).order_by("pk"))
    return _shown(
        request,
        "wisdom/mine.html",
        persona,
        strands=sorted(found, key=lambda one: one.stands),
        unasked=bool(Unasked.among(persona.pk)),
    )


def _shown(request: Request, template: str, persona: Persona, **context: object) -> HttpResponse:
    return render(request, template, {"persona": persona, "circle": persona.circle} | context)
