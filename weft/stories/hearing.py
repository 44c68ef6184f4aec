"""That nobody stays unheard: what the teller says, what those who guide hand over, and who may be asked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from weft.circles.desk import guiding
from weft.people.request import Request
from weft.safety.models import Concern
from weft.stories.asking import may_be_asked
from weft.stories.models import Ask, Handover, Readiness, Story, Topic
from weft.stories.views import ANSWERS, hear, own, writing

DAYS = [(number, WEEKDAYS[number]) for number in range(7)]


@ANSWERS.guards
@require_POST
def word(request: Request, key: int, story_key: int) -> HttpResponse:
    """The teller's word about a story that nobody has answered: ask again, show it to those who guide, let it rest."""
    persona, story = own(request, key, story_key)
    how = request.POST.get("how", "")
    if story.number is None or how not in ("again", "guides", "rest"):
        raise Http404
    if story.hearers or not story.stands:
        messages.info(
            request, _("Somebody has answered meanwhile.") if story.hearers else _("Only you can see it now.")
        )
    elif how == "rest":
        story.rest(by=persona)
        messages.success(request, _("Then it rests. Everybody can still read it, and answer it. You can ask again."))
    elif how == "guides":
        story.show_to_guides(by=persona)
        messages.success(request, _("From now on only the people who guide this circle read it. They are asked anew."))
    else:
        story.ask_again(by=persona)
        messages.success(request, _("It is asked again, as if you had told it just now."))
    return redirect(story)


@ANSWERS.guards
@require_POST
def handover(request: Request, key: int, story_key: int) -> HttpResponse:
    """“I take this one”, “please take it”, or back to everybody who guides."""
    by = guiding(request, key)
    _persona, story = hear(request, key, story_key)
    to = request.POST.get("to", "")
    if to == "back":
        mine = Handover.objects.filter(story=story, to=by, is_open=True).first()
        if mine:
            mine.give_back(by=by)
            messages.success(request, _("It lies before everybody who guides again."))
        return redirect(story)
    if to == "safety":
        return _to_safety(request, by, story)
    guides = [one for one in by.circle.guides if one.pk != story.teller_id]
    chosen = by if to == "me" else next((one for one in guides if str(one.pk) == to), None)
    if chosen is None or story.teller_id == by.pk:
        raise Http404
    if Handover.make(story, by=by, to=chosen) is None:
        messages.info(request, _("Somebody has answered meanwhile."))
    elif chosen == by:
        messages.success(request, _("You take it. The others who guide see that."))
    else:
        messages.success(request, _("It is with %(name)s now.") % {"name": chosen.name})
    return redirect(story)


def _to_safety(request: Request, by: Any, story: Story) -> HttpResponse:
    from django.apps import apps

    thing = apps.get_app_config("stories").reportable("story", story.pk, by)  # type: ignore[attr-defined]
    if thing is None or not Handover.make(story, by=by, to=None):
        messages.info(request, _("Somebody has answered meanwhile."))
        return redirect(story)
    words = _("Nobody has answered this yet. Please see to it that somebody does.")
    Concern.report(thing, by=by, reason="unsure", words=words)
    messages.success(request, _("It is with the safety team now."))
    return redirect(story)


@ANSWERS.guards
@require_POST
def question(request: Request, key: int, story_key: int) -> HttpResponse:
    """“I will read it”, or “not today”."""
    persona, story = hear(request, key, story_key)
    asked = get_object_or_404(Ask, story=story, to=persona)
    yes = request.POST.get("answer") == "yes"
    asked.answer(by=persona, yes=yes)
    if yes:
        return redirect(story)
    messages.success(request, _("That is all right. Nobody knows. Somebody else is asked."))
    return redirect(persona.circle)


class ReadyForm(forms.Form):
    """“I have been there”, and how often one may be asked."""

    topics = forms.MultipleChoiceField(
        label=gettext_lazy("I have been there, and you may ask me, when a story talks about…"),
        choices=Topic,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    anything = forms.BooleanField(label=gettext_lazy("You may ask me about anything else too"), required=False)
    a_day = forms.TypedChoiceField(
        label=gettext_lazy("How often at most?"),
        choices=[
            (1, gettext_lazy("once a day")),
            (2, gettext_lazy("twice a day")),
            (3, gettext_lazy("three times a day")),
        ],
        coerce=int,
        required=False,
        widget=forms.RadioSelect,
    )
    rest = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Not on these days"),
        choices=DAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    duty = forms.TypedMultipleChoiceField(
        label=gettext_lazy("As one who guides: tell me first, on these days, when a promise runs out"),
        help_text=gettext_lazy("On days that nobody chose, the people who guide are told in turn."),
        choices=DAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_a_day(self) -> int:
        return int(self.cleaned_data["a_day"] or 1)


@ANSWERS.guards
def been_there(request: Request, key: int) -> HttpResponse:
    """Say that one has been there and may be asked; or that one may not be asked any more."""
    persona = writing(request, key)
    ready = Readiness.of(persona)
    initial = {name: getattr(ready, name) for name in ReadyForm.base_fields}
    form = ReadyForm(request.POST if request.method == "POST" else None, initial=initial)
    if not persona.facilitates:
        del form.fields["duty"]
    if form.is_valid():
        ready.say(**{"duty": []} | form.cleaned_data)
        open_now = Readiness.of(persona).is_open
        said = _("Thank you. You are asked now and then.") if open_now else _("You are not asked.")
        messages.success(request, said)
        return redirect(persona.circle)
    context = {"persona": persona, "circle": persona.circle, "form": form, "soon": not may_be_asked(persona)}
    return render(request, "stories/been_there.html", context)
