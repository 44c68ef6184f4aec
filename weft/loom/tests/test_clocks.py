"""Time zones to choose from: each once, called as people call it today, and none lost that was chosen before."""

from collections import Counter

import pytest
from django import forms
from django.utils import translation

from weft.loom import clocks


def offered(*near: str) -> list[tuple[str, str]]:
    return [place for _part, places in clocks.choices(*near) for place in places]


def test_each_clock_is_offered_once_by_the_name_of_today():
    named = dict(offered())
    assert len(named) > 400
    assert {"Asia/Kolkata", "Europe/Kyiv", "Africa/Asmara", "America/Argentina/Ushuaia"} < named.keys()
    assert not {"Asia/Calcutta", "Europe/Kiev", "Africa/Asmera", "US/Pacific", "Etc/GMT+3"} & named.keys()
    for part, places in clocks.choices():
        assert [name for name, times in Counter(name for _zone, name in places).items() if times > 1] == [], part


def test_the_clock_of_the_house_is_not_offered_twice_under_two_names(settings):
    settings.TIME_ZONE = "Etc/UTC"
    close = clocks.choices()[0][1]
    assert [name for _zone, name in close] == ["UTC"]


@pytest.mark.parametrize(
    ("zone", "name"), [("Asia/Kolkata", "كالكتا"), ("Asia/Calcutta", "كالكتا"), ("Europe/Kyiv", "كييف")]
)
def test_a_city_is_called_in_the_readers_language_whatever_the_name_of_its_clock(zone, name):
    with translation.override("ar"):
        assert clocks.city(zone) == name


class Form(forms.Form):
    zone = clocks.ZoneField()

    def __init__(self, data: dict[str, str] | None = None, kept: str = "") -> None:
        super().__init__(data, initial={"zone": kept})
        self.fields["zone"].choices = clocks.choices(kept)


def test_an_old_name_that_was_chosen_before_stands_there_and_is_kept():
    assert '<option value="Asia/Calcutta" selected>Kolkata</option>' in str(Form(kept="Asia/Calcutta")["zone"])
    form = Form({"zone": "Asia/Calcutta"})
    assert form.is_valid()
    assert form.cleaned_data["zone"] == "Asia/Calcutta"
    assert not Form({"zone": "Mars/Olympus"}).is_valid()
