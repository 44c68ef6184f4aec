"""Companions: whom one may ask, who asks, and the letters between two."""

from dataclasses import asdict

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Persona
from weft.circles.views import within
from weft.companions.errands import Errand
from weft.companions.open_to_ask import MOST, Hours, OpenToAsk, Terms
from weft.companions.ties import TOLD, Companion
from weft.loom import ids
from weft.loom.caps import Cap
from weft.notices.models import Notice
from weft.people.request import Request
from weft.stories.models import Topic

ASKING = Cap(at_once=10, every=600)
WRITING = Cap(at_once=40, every=20)
LETTERS = 30  # on one page, the newest


class AskForm(forms.Form):
    """A few words with which somebody is asked."""

    words = forms.CharField(
        label=gettext_lazy("A few words to them"), max_length=600, widget=forms.Textarea(attrs={"rows": 4})
    )


class OpenForm(forms.Form):
    """On which terms somebody may be asked. All of it may be left as it is."""

    most = forms.TypedChoiceField(
        label=gettext_lazy("How many companions at once?"),
        choices=[(1, gettext_lazy("one")), (2, gettext_lazy("two at most")), (3, gettext_lazy("three at most"))],
        coerce=int,
        required=False,
        widget=forms.RadioSelect,
    )
    line = forms.CharField(
        label=gettext_lazy("What would you like to write about, or rather not?"),
        help_text=gettext_lazy("One line. Whoever may ask you reads it."),
        max_length=140,
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("In which languages?"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hours = forms.MultipleChoiceField(
        label=gettext_lazy("When do you mostly write?"),
        choices=Hours.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("May people of this circle find you by what you know? By these topics:"),
        help_text=gettext_lazy(
            "They see your name, and the topics that you choose here. Choose none, and nobody finds you."
        ),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def terms(self) -> Terms:
        said = self.cleaned_data
        return Terms(
            said["most"] or MOST, said["line"], *(tuple(said[name]) for name in ("languages", "hours", "topics"))
        )


class LetterForm(forms.Form):
    """A letter."""

    words = forms.CharField(
        label=gettext_lazy("Your letter"), max_length=6000, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )


@WRITING.guards
def companions(request: Request, key: int) -> HttpResponse:
    """One's ties in a circle, and whether one may be asked."""
    persona = within(request, key)
    now = OpenToAsk.of(persona).get(persona.pk)
    form = OpenForm(request.POST if request.method == "POST" else None, initial=asdict(now or Terms()))
    if request.method == "POST" and (request.POST.get("open") != "yes" or form.is_valid()):
        on = request.POST.get("open") == "yes"
        OpenToAsk.say(on=on, by=persona, terms=form.terms if on else None)
        messages.success(request, _("Saved."))
        return redirect("companions:companions", key=key)
    context = {
        "persona": persona,
        "circle": persona.circle,
        "ties": [tie for tie in Companion.seen_by(persona) if not tie.has_ended_for(persona)],
        "form": form,
        "terms": now,
        "errand": Errand.of(persona),
    }
    return render(request, "companions/companions.html", context)


@ASKING.guards
def ask(request: Request, key: int, persona_key: int) -> HttpResponse:
    """Ask somebody whether they would be a companion."""
    by = within(request, key)
    to = get_object_or_404(Persona.objects.inside().filter(circle=by.circle_id), pk=persona_key)
    if not Companion.may_ask(to, by=by):
        raise Http404
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if Companion.ask(to, form.cleaned_data["words"], by=by):
            messages.success(request, _("They find your words when they next look. If they would rather not, your "
                                        "question goes from your list, and nobody says so."))  # fmt: skip
        else:
            messages.warning(request, _("One of you has as many companions as there is room for."))
        return redirect("companions:companions", key=key)
    context = {"persona": by, "circle": by.circle, "to": to, "form": form, "terms": OpenToAsk.of(by)[to.pk]}
    return render(request, "companions/ask.html", context)


@WRITING.guards
def companion(request: Request, key: int, companion_key: int) -> HttpResponse:
    """One tie: the question, or the letters; write one, answer, or end it."""
    persona = within(request, key)
    tie = next((tie for tie in Companion.seen_by(persona) if tie.pk == companion_key), None)
    if tie is None or tie.has_ended_for(persona):
        raise Http404
    how = request.POST.get("how", "")
    if how in ("yes", "no", "end"):
        tie.answer(how == "yes", by=persona) if how != "end" else tie.end(by=persona)
        if how != "yes":
            messages.success(request, _("It is put away. Nobody is told."))
        return redirect(tie) if how == "yes" else redirect("companions:companions", key=key)
    form = LetterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if tie.write(ids.once(request), form.cleaned_data["words"], by=persona):
            messages.success(request, _("Your letter is there for them."))
            return redirect(tie)
        form.add_error("words", _("No letter goes to them any more. Your words are still here; you can copy them."))
    for what in TOLD:
        Notice.seen(what, persona, about=tie.pk)
    letters = list(tie.letters.order_by("-number")[:LETTERS])
    context = {
        "persona": persona,
        "circle": persona.circle,
        "tie": tie,
        "through": Persona.objects.filter(pk=tie.through).first() if tie.through and tie.waits_for(persona) else None,
        "letters": letters[::-1],
        "form": form,
        "once": ids.once(request),
    }
    return render(request, "companions/companion.html", context)
