"""Nothing that leaves the house, or that can be read over a shoulder, says what anybody carries.

Every mail in every language, with its sender, its subject, its first lines and its links; what a device shows when a
push comes; every sentence of the bell; and where each leads. (Titles and addresses of all pages: `test_every_page.py`.)
"""

import re
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.utils import translation

from weft.circles.kinds import kinds
from weft.circles.models import Circle, House, Persona
from weft.loom.section import sections
from weft.notices import mails, pushes
from weft.notices.models import Notice
from weft.notices.models.notice import notables
from weft.people.models import Person
from weft.stories.models import Topic

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# What tells why somebody has mail from here, in words of the house or of a clinic.
TELLING = re.split(
    r"\s+",
    """circle circles story stories teller facilitator persona reply answer answered greet greets greeting concern
    safety unveiling support peer group therapy therapist counsel* help crisis suicid* harm* grief griev* bereave*
    loss lost died death dead cancer illness ill disease diagnos* hospital clinic ward patient* health mental*
    depress* anxi* trauma* abuse* violence drink* drug* alcohol* sober sobriety recover* addict* eating anorex*
    bulim* hiv pregnan* miscarriage divorce debt prison faith church mosque meeting anonymous care carer* lonel*
    survivor*""",
)


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unquote(text).casefold())


def told_by(text: str, names: list[str]) -> list[str]:
    """What in this text tells something: a telling word, or a name that stands in the house."""
    found = words_of(text)
    said = [word for word in found for one in TELLING if re.fullmatch(one.replace("*", r"\w*"), word)]
    for name in names:
        words = words_of(name)
        if words and any(found[at : at + len(words)] == words for at in range(len(found) - len(words) + 1)):
            said.append(name)
    return said


@pytest.fixture
def names(ada, cleo, circle, house) -> list[str]:
    """What is a name or a word of this house: circles, personas, kinds, topics."""
    found = [*(one.name for one in Circle.objects.all()), *(one.name for one in Persona.objects.all())]
    found += [str(kind.said) for kind in kinds().values()] + [str(one) for one in Topic.labels]
    return [*found, House.here().name, ada.person.name]


def parts(message: EmailMessage) -> dict[str, str]:
    """All that a mail shows to anybody who handles it."""
    bodies = {f"body {n}": part.get_content() for n, part in enumerate(message.iter_parts())}
    return {name: str(value) for name, value in message.items()} | bodies


@pytest.fixture
def drawn(ada) -> Callable[[str, str], EmailMessage]:
    ada.person.address("somebody@example.org")

    def draw(kind: str, language: str) -> EmailMessage:
        person = Person.objects.get(pk=ada.person.pk)
        person.language = language
        return mails.drawn(kind, person, "<0@example.org>")

    return draw


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", mails.MAILS)
def test_discreet(drawn, names, kind, language):
    said = parts(drawn(kind, language))
    assert said["Subject"]
    assert len([name for name in said if name.startswith("body")]) == 2
    assert {name: told_by(text, names) for name, text in said.items() if told_by(text, names)} == {}
    html = said["body 1"]
    assert not re.search(r"<(?:img|link|script|style|iframe)|\bsrc=|url\(", html, re.IGNORECASE), (
        "nothing from elsewhere"
    )
    assert set(re.findall(r'https?://[^\s"<>]+', html)) == set(re.findall(r"https?://\S+", said["body 0"]))
    assert all(link.startswith(settings.ADDRESS) for link in re.findall(r'https?://[^\s"<>]+', html))


def test_two_mails_of_a_kind_say_the_same_to_everybody(drawn, cleo):
    """But for the links and whom they go to, nothing in them depends on who it is or what happened."""
    cleo.person.address("another@example.org")
    one, other = drawn("soon", "en"), mails.drawn("soon", Person.objects.get(pk=cleo.person.pk), "<0@example.org>")
    for kept, changed in zip(parts(one).values(), parts(other).values(), strict=True):
        tokens = re.compile(r"/mail/[\w-]+/|[\w.]+@example\.org|\d\d:\d\d:\d\d")
        assert tokens.sub("", kept) == tokens.sub("", changed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_device_shows_nothing_of_what_it_is(names, language):
    said = pushes.said()[language]
    assert said["title"]
    assert said["body"]
    assert {name: told_by(text, names) for name, text in said.items() if told_by(text, names)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bell_names_nobody_and_repeats_nothing(ada, circle, names, language):
    """It may say that somebody answered a story; it is inside. It says no name and no word of theirs."""
    with translation.override(language):
        for what in notables():
            notice = Notice(circle=circle, said={"what": what, "about": [1], "shown": 1, "to": 0})
            words = words_of(notice.words)
            assert words
            for name in names:
                said = words_of(name)
                at_all = [words[at : at + len(said)] for at in range(len(words))]
                assert said not in at_all, (what, name)
            assert not told_by(notice.address.replace("/circles/", "/").replace("/stories/", "/"), names) or (
                what.startswith("safety.")
            )


def test_every_section_that_tells_something_was_looked_at():
    assert {one.partition(".")[0] for one in notables()} >= {"people", "circles", "safety", "stories", "companions"}
    assert sum(len(list(section.notables())) for section in sections()) == len(notables())


@pytest.mark.parametrize(
    "subject, line, link",
    [
        ("River, somebody answered your story", "Come and see.", "See"),
        ("New in Evening Circle", "Come and see.", "See"),
        ("Something new", "Cleo wrote to you about loss.", "See"),
        ("Your support group", "It meets at eight.", "See"),
        ("Something new", "Something waits.", "Back to Mill House"),
    ],
)
def test_control_a_mail_that_says_more_is_noticed(drawn, names, monkeypatch, subject, line, link):
    monkeypatch.setitem(mails.MAILS, "soon", mails.Words(subject, (line,), link))
    assert any(told_by(text, names) for text in parts(drawn("soon", "en")).values())


@pytest.mark.parametrize("words", ["River, something new", "Somebody answered your story", "Back to Mill House"])
@pytest.mark.parametrize("place", ["title", "body"])
def test_control_a_device_that_shows_more_is_noticed(names, monkeypatch, place, words):
    monkeypatch.setitem(pushes.SHOWN, place, words)
    assert told_by(pushes.said()["en"][place], names)


def test_control_a_sender_that_says_more_is_noticed(drawn, names, settings):
    settings.MAIL_FROM = ("Mill House grief support", "notes@example.org")
    assert told_by(parts(drawn("soon", "en"))["From"], names)
