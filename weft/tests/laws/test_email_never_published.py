"""“Your email address will not be published.” Nobody is shown the address of whoever left a comment: no page, no feed,
no download and no mail, whoever asks.
"""

import io
import re
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from weft.home.taking import packed
from weft.loom import ids, jobs, mail
from weft.notices import carrying
from weft.notices.tests.postbox import Postbox
from weft.people.models import Duty, Person
from weft.tests.laws.test_speaks_arabic import ROLES, crawl
from weft.voices.models import Comment, Use, Voice

pytestmark = pytest.mark.slow
MANY = 1000
ADDRESS = re.compile(r"q[0-9a-z]{9}(?:@|%40|&#64;| at )example", re.IGNORECASE)
AS = ROLES | {"reader": "reader"}


@pytest.fixture(scope="module")
def postbox(example):
    box = Postbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def comments(example):
    """A thousand, on every voice that the world may read: waiting, standing, answered, and told of answers by mail."""
    reader = Duty.objects.filter(kind=Duty.Kind.READER).first().person
    found = []
    for voice in Voice.objects.public():
        teller = Person.objects.get(pk=int(voice.owner))
        voice.consent(Use.COMMENTS, on=True, by=teller)
    voices = [voice for voice in Voice.objects.public() if voice.takes_comments]
    for number in range(MANY):
        answers = found[number - 1] if number % 10 == 9 else None
        comment = Comment.leave(
            ids.random_id(), answers.voice if answers else voices[number % len(voices)], f"Person {number}",
            f"Words {number} of their own.", email=f"q{ids.code(9)}@example.org", answers=answers, tell=True,
        )  # fmt: skip
        if number % 10 > 7 and comment.voice.owner != str(reader.pk):
            assert comment.publish(comment.digest, by=reader)
        found.append(comment)
    return found


def asked(client: Client, comments) -> dict[str, str]:
    """Every page that links lead to, and what no link leads to."""
    said = dict(crawl(client, most=3))
    more = [reverse("voices:feed"), reverse("voices:comments_to_read"), reverse("voices:voices")]
    more += [comments[number].link.partition("//")[2].partition("/")[2] for number in (0, 8, 9)]
    for voice in Voice.objects.public():
        more += [voice.get_absolute_url(), f"{voice.get_absolute_url()}?after=5", f"{voice.get_absolute_url()}sheet/"]
    for address in more:
        said[address] = client.get(f"/{address.lstrip('/')}", follow=True).content.decode()
    return said


@pytest.mark.parametrize("role", AS)
def test_email_never_published(comments, role):
    client = Client()
    if AS[role] == "reader":
        person = Duty.objects.filter(kind=Duty.Kind.READER).first().person
    else:
        person = Person.objects.named(AS[role]) if AS[role] else None
    if person:
        client.force_login(person, backend="weft.people.door.Opened")
    said = asked(client, comments)
    assert any("Person 8" in page for page in said.values()), "what is public is there to be seen"
    assert [address for address, page in said.items() if ADDRESS.search(page)] == []
    if person:
        with ZipFile(io.BytesIO(packed(person))) as kept:
            for name in kept.namelist():
                assert not ADDRESS.search(kept.read(name).decode()), name


def test_email_is_in_no_mail_but_on_its_way_to_its_owner(comments, postbox, settings, monkeypatch):
    settings.MAIL = mail.server(postbox.address)
    monkeypatch.setattr(carrying, "REST", 0.0)
    owner = {comment.email for comment in comments}
    jobs.run_due()
    jobs.run_due()
    assert len(postbox.mails) > 50
    for sent in postbox.mails:
        assert sent["To"] in owner
        body = sent.as_string().replace(sent["To"], "", 1)
        assert not ADDRESS.search(body)


def test_control_a_page_that_shows_one_is_found(comments, monkeypatch):
    monkeypatch.setattr(Comment, "shown", property(lambda self: self.email))
    said = asked(Client(), comments)
    assert any(ADDRESS.search(page) for page in said.values())
