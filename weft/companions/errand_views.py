"""Asking through somebody who guides: what one asks for, and whom those who guide name."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.desk import guiding
from weft.circles.models import Persona
from weft.circles.views import within
from weft.companions.errands import ASKED, NAMED, Errand
from weft.companions.tie_views import ASKING
from weft.loom import ids
from weft.loom.glance import Glance
from weft.notices.models import Notice
from weft.people.request import Request


class ErrandForm(forms.Form):
    """A few words, for whoever will be asked."""

    words = forms.CharField(
        label=gettext_lazy("What would you like to write about, and with whom?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@ASKING.guards
def errand(request: Request, key: int) -> HttpResponse:
    """“Could you ask somebody for me?”, or not any more."""
    by = within(request, key)
    if not by.may_write:
        raise Http404
    form = ErrandForm(request.POST if request.method == "POST" else None)
    if request.POST.get("how") == "back":
        Errand.take_back(by=by)
        messages.success(request, _("It is taken back. Nobody is told."))
        return redirect("companions:companions", key=key)
    if request.method == "POST" and form.is_valid():
        if Errand.ask(form.cleaned_data["words"], by=by):
            messages.success(request, _("Your words are with those who guide this circle."))
        else:
            messages.warning(request, _("You have as many companions as there is room for."))
        return redirect("companions:companions", key=key)
    context = {"persona": by, "circle": by.circle, "form": form, "errand": Errand.of(by)}
    return render(request, "companions/errand.html", context)


@ASKING.guards
def pass_on(request: Request, key: int, errand_key: int) -> HttpResponse:
    """Whom shall we ask? Up to three, one after the other."""
    by = guiding(request, key)
    found = get_object_or_404(Errand.objects.filter(circle=key), pk=errand_key)
    asker = Persona.objects.inside().filter(pk=found.by_id).select_related("circle").first()
    if asker is None or asker.pk == by.pk or by.pk in asker.hidden:
        raise Http404
    Notice.seen(ASKED, by, about=found.pk)
    if not found.lies_before(by):
        return render(request, "companions/passed_on.html", {"persona": by, "circle": by.circle, "asker": asker})
    there = found.candidates(asker, by=by)
    if request.method == "POST":
        named = {ids.read(said) for said in request.POST.getlist("named")}
        if found.pass_on(named, by=by):
            Glance.of(request.person).forget()
            messages.success(request, _("It is on its way. A no is told to nobody, not to you either."))
            return redirect(by.circle)
        messages.warning(request, _("Please choose at least one person."))
    context = {"persona": by, "circle": by.circle, "errand": found, "asker": asker, "there": there, "most": NAMED}
    return render(request, "companions/pass_on.html", context)
