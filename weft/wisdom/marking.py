"""Milestones; then and now; a circle's season in words."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from weft.circles.models import Persona
from weft.circles.views import within
from weft.loom import ids, time
from weft.people.request import Request
from weft.stories.models import Story
from weft.stories.views import hear, own, writing
from weft.wisdom.models import Milestone, Reader, ThenNow
from weft.wisdom.season import Season
from weft.wisdom.views import WRITING

MOST = 20  # milestones of one persona
TIED = 30  # later stories that are offered


class Day(forms.DateField):
    """A day of the past."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **more)

    def clean(self, value: Any) -> date:
        day: date = super().clean(value)
        if day > time.today():
            raise forms.ValidationError(_("This day is not here yet."))
        return day


class MarkForm(forms.Form):
    """What somebody counts for themselves."""

    label = forms.CharField(
        label=gettext_lazy("What is it?"), help_text=gettext_lazy("In your own words."), max_length=80
    )
    since = Day(label=gettext_lazy("Since which day?"))


class TieForm(forms.Form):
    """What came after: a later story of one's own, or a word."""

    now = forms.ChoiceField(label=gettext_lazy("A later story of yours"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or a word about it"),
        max_length=6000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: Any = None, *, stories: list[Story], **more: Any) -> None:
        super().__init__(data, **more)
        self.stories = {str(story.pk): story for story in stories}
        later = [(key, story.opening[:90]) for key, story in self.stories.items()]
        self.fields["now"].choices = [("", _("none")), *later]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("now")) == bool((said.get("text") or "").strip()):
            raise forms.ValidationError(_("Please choose a later story, or write a word: one of the two."))
        return said


@WRITING.guards
def milestones(request: Request, key: int) -> HttpResponse:
    """One's own days, for oneself; and what others chose to show."""
    persona = within(request, key)
    form = MarkForm(request.POST or None, initial={"since": time.today()})
    if request.method == "POST":
        if not persona.may_write:
            raise Http404
        if form.is_valid() and persona.milestones.count() < MOST:
            said = form.cleaned_data
            Milestone.begin(ids.once(request), said["label"], said["since"], by=persona)
            messages.success(request, _("Marked. Only you can see it."))
            return redirect("wisdom:milestones", key=key)
    mine = list(persona.milestones.order_by("pk"))
    context = {
        "mine": mine,
        "others": list(Milestone.objects.shown_to(persona)),
        "form": form,
        "once": ids.once(request),
    }
    return _shown(request, "wisdom/milestones.html", persona, today=time.today(), **context)


@WRITING.guards
@require_POST
def milestone(request: Request, key: int, milestone_key: int) -> HttpResponse:
    """It stopped; it goes on again; show it, or hide it; erase it."""
    persona = writing(request, key)
    mine = get_object_or_404(persona.milestones, pk=milestone_key)
    how = request.POST.get("how", "")
    if how == "erase":
        mine.erase()
        messages.success(request, _("It is erased."))
    elif how in ("show", "hide"):
        mine.show(on=how == "show", by=persona)
    elif how in ("lapse", "back"):
        try:
            day = date.fromisoformat(request.POST.get("on", ""))
            (mine.lapse if how == "lapse" else mine.come_back)(day, by=persona)
        except ValueError:
            messages.warning(request, _("That day does not fit with the days before it. Please look again."))
        else:
            if how == "back":
                messages.success(request, _("You came back. All the days before are still yours."))
    return redirect("wisdom:milestones", key=key)


@WRITING.guards
def tie(request: Request, key: int, story_key: int) -> HttpResponse:
    """Tie a story of one's own to what came after."""
    persona, story = own(request, key, story_key)
    if not story.stands:
        raise Http404
    later = persona.stories.filter(number__gt=story.number, taken_back=False, erased=False).order_by("-number")
    tied = ThenNow.objects.filter(then=story).first()
    begun = {"now": str(tied.now_id or ""), "text": tied.text} if tied else {}
    form = TieForm(request.POST or None, stories=list(later[:TIED]), initial=begun)
    if request.method == "POST" and "untie" in request.POST:
        if tied:
            tied.untie()
        return redirect("wisdom:then_now", key=key)
    if request.method == "POST" and persona.agrees and form.is_valid():
        said = form.cleaned_data
        words = said["text"].replace("\r\n", "\n").strip()
        ThenNow.tie(story, now=form.stories.get(said["now"]), words=words, by=persona)
        return redirect("wisdom:then_now", key=key)
    return _shown(request, "wisdom/tie.html", persona, story=story, form=form, tied=tied)


@require_safe
def went_on(request: Request, key: int, story_key: int) -> HttpResponse:
    """One story, and what came after it, or before."""
    persona, story = hear(request, key, story_key)
    ties = ThenNow.objects.read_by(persona).filter(Q(then=story) | Q(now=story))
    return _shown(request, "wisdom/then_now.html", persona, story=story, ties=list(ties[:TIED]))


@require_safe
def then_now(request: Request, key: int) -> HttpResponse:
    """What came after, as people of a circle tied it."""
    persona = within(request, key)
    return _shown(request, "wisdom/then_now.html", persona, ties=list(ThenNow.objects.read_by(persona)[:50]))


@require_safe
def season(request: Request, key: int) -> HttpResponse:
    """A page that could be read aloud."""
    persona = within(request, key)
    reader = Reader(request.person, persona)
    return _shown(request, "wisdom/season.html", persona, season=Season.of(persona, reader))


def _shown(request: Request, template: str, persona: Persona, **context: Any) -> HttpResponse:
    return render(request, template, {"persona": persona, "circle": persona.circle} | context)
