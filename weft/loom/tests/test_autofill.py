"""A browser keeps for good what was typed into a box, unless the box says no: every box says no unless it must not."""

from django import forms


class Boxes(forms.Form):
    short = forms.CharField()
    long = forms.CharField(widget=forms.Textarea)
    address = forms.EmailField()
    day = forms.DateField()
    number = forms.IntegerField()
    name = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "username"}))
    yes = forms.BooleanField()
    one = forms.ChoiceField(choices=[("1", "one")])
    hidden = forms.CharField(widget=forms.HiddenInput)


def test_boxes_for_writing_are_not_remembered():
    form = Boxes()
    for name in ("short", "long", "address", "day", "number"):
        assert 'autocomplete="off"' in str(form[name])


def test_a_box_that_asks_for_help_still_gets_it():
    assert 'autocomplete="username"' in str(Boxes()["name"])


def test_other_answers_are_left_alone():
    assert all("autocomplete" not in str(Boxes()[name]) for name in ("yes", "one", "hidden"))
