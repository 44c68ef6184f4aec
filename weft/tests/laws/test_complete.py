"""Every language that is offered says everything, surely, in all its plural forms, with the same places and marks."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

from weft.tests import strings

pytestmark = pytest.mark.once

PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")
TAGS = re.compile(r"</?\w+[^>]*>")
NUMBERS = range(200)


def slips(language: Catalog) -> dict[str, str]:
    """What is wrong with each sentence, by its English."""
    found = {}
    for message in strings.drawn():
        if message.id:
            said = language.get(message.id, message.context)
            if wrong := next(_slips(message, said, language), ""):
                found[message.id if isinstance(message.id, str) else message.id[0]] = wrong
    return found


def _slips(message: Message, said: Message | None, language: Catalog) -> Iterator[str]:
    ids = message.id if isinstance(message.id, tuple | list) else [message.id]
    if said is None:
        yield "is not there"
        return
    texts = said.string if isinstance(said.string, tuple | list) else [said.string]
    if said.fuzzy:
        yield "is not sure"
    if len(texts) != (language.num_plurals if len(ids) > 1 else 1):
        yield f"has {len(texts)} forms"
    of_several = _of_several(language)
    for number, text in enumerate(texts):
        if not (text or "").strip():
            yield "is empty" if len(texts) == 1 else f"lacks its form {number}"
            continue
        places, wanted = set(PLACES.findall(text)), set(PLACES.findall(" ".join(ids)))
        whole = len(ids) == 1 or number in of_several  # “two of them” need not say the figure
        if places - wanted or (whole and places != wanted):
            yield f"has the places {sorted(places)} and not {sorted(wanted)}"
        if sorted(TAGS.findall(text)) != sorted(TAGS.findall(ids[0])):
            yield "has other tags"
        if text.count("\n") != ids[-1].count("\n"):
            yield "has other lines"


def _of_several(language: Catalog) -> set[int]:
    """The plural forms that stand for more than one number: these must say it."""
    from gettext import c2py

    form = c2py(language.plural_expr)
    forms = [form(number) for number in NUMBERS]
    return {number for number in range(language.num_plurals) if forms.count(number) > 1}


def read(code: str) -> Catalog:
    with strings.languages()[code].open("rb") as file:
        return read_po(file)


def test_every_language_that_is_offered_has_its_words_and_no_other():
    """English needs no file: its sentences are the keys."""
    assert set(strings.languages()) == {code for code, _name in settings.LANGUAGES} - {"en"}


@pytest.mark.parametrize("code", strings.languages())
def test_every_language_is_complete(code):
    assert slips(read(code)) == {}


@pytest.mark.parametrize("code", strings.languages())
def test_a_language_says_nothing_that_is_not_asked_for(code):
    asked = {(message.id, message.context) for message in strings.drawn()}
    assert [m.id for m in read(code) if m.id and (m.id, m.context) not in asked] == []


def test_arabic_has_six_forms():
    assert read("ar").num_plurals == 6
    assert _of_several(read("ar")) == {3, 4, 5}


def whole(code: str = "ar") -> Catalog:
    """A language in which everything is said: the English words, once for each form."""
    language = Catalog(locale=code)
    for message in strings.drawn():
        if message.id:
            plural = isinstance(message.id, tuple | list)
            text = (message.id[-1],) * language.num_plurals if plural else message.id
            language.add(message.id, text, context=message.context)
    return language


def test_control_a_language_that_is_not_complete_is_noticed():
    language = whole()
    assert slips(language) == {}
    reply = next(message for message in language if message.id and message.id[0] == "%(n)s reply")
    language["Tell a story"].string = ""
    language["Answer %(name)s"].string = "Ateb %(enw)s"
    language["Greet %(name)s"].string = "Cyfarch"
    language["Leave"].flags.add("fuzzy")
    language["Save"].string = "<b>Cadw</b>"
    reply.string = (*reply.string[:4], "", reply.string[5])
    del language["Back"]
    assert slips(language) == {
        "Tell a story": "is empty",
        "Answer %(name)s": "has the places ['%(enw)s'] and not ['%(name)s']",
        "Greet %(name)s": "has the places [] and not ['%(name)s']",
        "Leave": "is not sure",
        "Save": "has other tags",
        "%(n)s reply": "lacks its form 4",
        "Back": "is not there",
    }


def test_control_the_figure_may_be_left_out_only_of_one_and_two():
    language = whole()
    reply = next(message for message in language if message.id and message.id[0] == "%(n)s reply")
    reply.string = ("none", "one", "two", *reply.string[3:])
    assert slips(language) == {}
    reply.string = (*reply.string[:3], "some", *reply.string[4:])
    assert slips(language) == {"%(n)s reply": "has the places [] and not ['%(n)s']"}
