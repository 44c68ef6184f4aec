"""The page of styles: every component once, for people who build, for screenshots and for tests."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation


class Sample(forms.Form):
    """One field of every kind."""

    name = forms.CharField(
        label="Your name here",
        help_text="Pick a name people here will see. It does not have to be your real name.",
    )
    story = forms.CharField(label="What would you like to say?", widget=forms.Textarea)
    topics = forms.MultipleChoiceField(
        label="Does it talk about…",
        choices=[(word, word) for word in ("loss", "illness", "hospital", "drink", "family", "money", "work", "sleep")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    wish = forms.ChoiceField(
        label="What would help?",
        choices=[("listen", "Just listen"), ("been", "Has anyone been there?"), ("ideas", "Ideas welcome")],
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(label="Where are you?", choices=[("", ""), ("GB", "United Kingdom")], required=False)
    agreed = forms.BooleanField(label="I have read the agreement", help_text="It is six lines long.")


@login_not_required
def style(request: HttpRequest, status: int = 0) -> HttpResponse:
    """Open only where people build or try things out. With a *status*, the page that is shown when that goes wrong."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    if status:
        said: dict[str, Any] = {"status": status, "form": "form" in request.GET, "words": request.GET.getlist("words")}
        return render(request, "loom/error.html", said, status=status)
    said = {
        "form": Sample({"topics": "loss"}) if "wrong" in request.GET else Sample(initial={"wish": "listen"}),
        "threads": ["indigo", "madder", "moss", "ochre", "plum"],
        "hints": {"listen": "Nobody will give advice.", "ideas": "What helped others?"},
    }
    with translation.override("ar" if request.GET.get("dir") == "rtl" else translation.get_language()):
        return render(request, "loom/style.html", said)
