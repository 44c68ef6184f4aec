"""Whoever reads Arabic reads Arabic: no English is left on any page that links lead to, for any role.

What people wrote is theirs, and stays in their language: it is marked where it stands (`.prose`, `<bdi>`, a box), and
names are known from the example house. Everything else on a page is the house speaking.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from weft.circles.models import Circle, Persona
from weft.gatherings.models import Script, Series
from weft.home.demo.house import DUTIES
from weft.people.models import Person
from weft.safety.models.helpline import seed
from weft.stories.models import Story, Topic
from weft.tests.crawl import kind
from weft.voices.models import Voice
from weft.wisdom.models import Milestone

pytestmark = pytest.mark.slow
ROLES = {"signed out": "", "in no circle": "newcomer", "member": "wren", "facilitator": "ada", "safety": "noor"} | {
    "steward": "sol"
}
PEOPLE_S = {"prose", "words", "said", "opening", "code"}  # classes of what people wrote, and of codes
NOT_READ = {"script", "style", "svg", "head", "bdi", "code", "kbd", "textarea"}
VOID = {"br", "hr", "img", "input", "link", "meta"}
SPOKEN = {"aria-label", "title", "placeholder", "alt", "aria-description"}
LATIN = re.compile(r"[A-Za-z][A-Za-z'’.-]*[A-Za-z]")
# What is written in Latin letters in every language.
KEPT = {
    "Meeting Guide": "a standard",
    "BMLT": "the name of a software",
    "CSV": "a format",
    "JSON": "a format",
    "SHA-256": "the name of a mark",
    "Weft": "the name of the software",
    "JavaScript": "a name",
    "https": "the beginning of an address",
    "my-things.zip": "the name of a file",
    "weft setup-link": "what is typed at the machine",
    "findahelpline.com": "an address",
    "English": "a language, by its own name",
    "UTC": "the name of a clock",
    "{name}": "a place in a greeting",
}


class Page(HTMLParser):
    """What is seen and read aloud of a page, without the words of people; and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.read: list[str] = []
        self.links: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.feed(html)

    @property
    def theirs(self) -> bool:
        return any(hidden for _tag, hidden in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "type" not in said and "leave" not in said.get("class", "").split():  # a type: no page
            self.links.append(said.get("href", ""))
        if not self.theirs:
            self.read += [said[name] for name in SPOKEN if said.get(name)]
        if said.get("name") in ("time_zone", "clock", "zone", "into", "now"):  # some cities have no Arabic name in CLDR
            self.open.append((tag, True))
        elif tag not in VOID:
            theirs = tag in NOT_READ or bool(PEOPLE_S & set(said.get("class", "").split()))
            theirs = theirs or ("lang" in said and said["lang"] not in ("ar", "") and tag != "html")
            self.open.append((tag, theirs))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.theirs:
            self.read.append(data)


@pytest.fixture(scope="module")
def names(example) -> list[str]:
    """All that people of the example house are called, and what is short of their words: the longest first."""
    found = {name for circle in Circle.objects.all() for name in (circle.name, circle.meets)}
    found |= {persona.name for persona in Persona.objects.all()} | {person.name for person in Person.objects.all()}
    found |= {topic for story in Story.objects.all() for topic in story.topics if topic not in Topic.values}
    found |= {clause for circle in Circle.objects.all() for clause in circle.agreement.clauses}
    found |= {question for circle in Circle.objects.all() for question in circle.questions}
    for series in Series.objects.all():
        found |= {words or "" for words in (series.name, series.near, series.place, series.about)}
    found |= {script.name for script in Script.objects.all()} | {voice.name for voice in Voice.objects.all()}
    found |= {milestone.label for milestone in Milestone.objects.all()}
    found |= {known_as for _key, _kind, known_as in DUTIES} | set(KEPT)
    for line in seed().values():
        found |= {line["name"], line["source"], *line.get("sms_words", "").split(), line.get("languages", "")}
    return sorted(found - {""}, key=len, reverse=True)


def english(html: str, names: list[str]) -> Iterator[str]:
    """Words in Latin letters that the house says itself."""
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names) or "(?!)")
    for text in Page(html).read:
        yield from LATIN.findall(pattern.sub(" ", text))


def crawl(client: Client, most: int = 2) -> Iterator[tuple[str, str]]:
    counted: Counter[tuple[str, ...]] = Counter()
    waiting, met = ["/"], {"/"}
    while waiting:
        address = waiting.pop(0)
        if counted[kind(address)] >= most:
            continue
        counted[kind(address)] += 1
        answer = client.get(address, follow=True)
        html = answer.content.decode()
        yield address, html
        for link in Page(html).links:
            path = link.partition("#")[0]
            if urlsplit(path).netloc or not path.startswith("/") or path in met:
                continue
            met.add(path)
            waiting.append(path)


@pytest.mark.parametrize("role", ROLES)
def test_no_english_is_left(example, names, role):
    client = Client()
    if ROLES[role]:
        client.force_login(Person.objects.named(ROLES[role]), backend="weft.people.door.Opened")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    found, pages = {}, 0
    for address, html in crawl(client):
        assert '<html lang="ar" dir="rtl"' in html, address
        pages += 1
        if left := sorted(set(english(html, names))):
            found[address] = left
    assert found == {}
    assert pages >= 12


@pytest.mark.parametrize(
    "address", ["/offline/", "/help/kept/", "/nowhere/", "/language/", "/door/recovery/", "/join/name/"]
)
def test_no_english_is_left_where_no_link_leads(example, names, address):
    client = Client(headers={"accept-language": "ar"})
    html = client.get(address).content.decode()
    assert '<html lang="ar" dir="rtl"' in html
    assert sorted(set(english(html, names))) == []


def test_control_english_is_noticed():
    page = '<html lang="ar"><p>أهلًا Wren</p><p>Only you see this.</p><div class="prose">People may write so.</div>'
    assert list(english(page, ["Wren"])) == ["Only", "you", "see", "this"]
    assert list(english('<button aria-label="Send it">إرسال</button>', [])) == ["Send", "it"]
    assert list(english("<p>اتصال <bdi>Samaritans</bdi> بالرقم 116 123</p>", [])) == []
