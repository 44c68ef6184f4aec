"""Law: somebody is in a carers' group under one name, and in a care circle under another. Nothing joins the two.

Everybody else's whole house is walked, page by page; every mail, notice, calendar and file is read.
"""

import pytest
from django.test import Client

from weft.care.models import Call, Diary, News
from weft.care.models.guest import new_token
from weft.care.tests.ways import make_care, make_slot
from weft.conftest import PASSPHRASE, enter, make_circle
from weft.loom import ids, jobs
from weft.notices import mails
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.stories.models import Reply, Story
from weft.tests.laws.test_blocks import walk

pytestmark = pytest.mark.django_db
TESS, HERON = "Tess Ó", "Grey Heron"  # with a space: no key and no token is so by chance
FILES = ("month", "file", "news/file", "news", "people", "looks", "week")


class Two:
    """Tess coordinates for Rosa; as Heron she sits in a group of carers. Leo knows Tess, Mo knows Heron, Kit knows both
    and does not know that they are one."""

    def __init__(self) -> None:
        self.person = Person.objects.join("night bus", PASSPHRASE)
        self.care = make_care(self.person, TESS)
        self.group = make_circle("Those who care", listed=False)
        self.tess, self.heron = self.care.guide, enter(self.person, self.group, HERON)
        self.leo = enter(Person.objects.join("leo", PASSPHRASE), self.care.circle, "Leo")
        self.mo = enter(Person.objects.join("mo", PASSPHRASE), self.group, "Mo", role="facilitator")
        self.kit = Person.objects.join("kit", PASSPHRASE)
        self.kit_near, self.kit_far = enter(self.kit, self.care.circle, "Kit"), enter(self.kit, self.group, "Rook")
        self.lives()

    def lives(self) -> None:
        """In one hour, in both circles."""
        story = Story.begin(self.heron)
        story.write("I have not slept.", wish="listen", audience="circle", topics=[])
        story.share(by=self.heron)
        for persona in (self.mo, self.kit_far):
            Reply.say(story, "Nor have I.", by=persona)
        slot = make_slot(self.tess)
        slot.take("Soup", by=self.leo).thank("Thank you.", by=self.tess)
        make_slot(self.tess, "night", name="A night", days=2).take(by=self.tess)
        News.tell(ids.random_id(), "She slept.", "A better week.", by=self.tess)
        self.call, _token = Call.write(self.tess, uses=3, days=3, words=f"It is {TESS}.")
        self.link = new_token()
        self.call.let_in("Old Tom", self.link)
        jobs.run_due()


@pytest.fixture
def two(house) -> Two:
    return Two()


def marks(persona):
    """By what a persona could be known: its name, its id, its circle."""
    keys = ids.KeyConverter()
    return {persona.name, keys.to_url(persona.pk), keys.to_url(persona.circle_id), str(persona.pk)}


def pages(who, sign_in, two):
    """All that somebody can read, page by page, with what is sent to them."""
    browser = sign_in(who)
    read = {address: page for _view, address, page in walk(browser)}
    for name in FILES:
        answer = browser.get(f"{two.care.get_absolute_url()}{name}/")
        if answer.status_code == 200:
            read[name] = answer.content.decode()
    person = getattr(who, "person", who)
    for kind in mails.MAILS:
        if kind not in ("answered", "helping"):  # these go to people without an account
            read[f"mail {kind}"] = mails.drawn(kind, person_with_mail(person), "1").as_string()
    return read


def person_with_mail(person):
    person.email = f"{person.name}@example.org"
    return person


def joined(read):
    """The pages on which both stand."""
    return [address for address, page in read.items() if TESS in page and HERON in page]


def test_a_persona_of_a_carers_group_and_one_of_a_care_circle_are_not_joined(two, sign_in):
    safety, steward = (Person.objects.join(name, PASSPHRASE) for name in ("noor", "sol"))
    Duty.objects.create(person=safety, kind="safety", known_as="Noor")
    Duty.objects.create(person=steward, kind="steward", known_as="Sol")
    near = pages(two.leo, sign_in, two)
    assert any(TESS in page for page in near.values()), "control: Tess is there to be seen"
    for mark in marks(two.heron):
        assert not [address for address, page in near.items() if mark in page]
    far = pages(two.mo, sign_in, two)
    assert any(HERON in page for page in far.values()), "control"
    for mark in marks(two.tess):
        assert not [address for address, page in far.items() if mark in page]
    for who in (two.kit, safety, steward):
        assert joined(pages(who, sign_in, two)) == []


def test_calendar_and_link_and_notice_say_nothing_of_the_other(two):
    diary = Client().get(Diary.open(two.tess).get_absolute_url()).content.decode()
    link = Client().get(f"/list/mine/{two.link}/").content.decode()
    assert "BEGIN:VEVENT" in diary
    assert "Old Tom" in link
    said = [diary, link]
    for persona, other in ((two.tess, two.heron), (two.heron, two.tess), (two.leo, two.heron), (two.mo, two.tess)):
        told = [f"{notice.words} {notice.address}" for notice in Notice.objects.filter(persona=persona)]
        assert not [mark for mark in marks(other) if any(mark in words for words in told)]
    assert not [mark for mark in marks(two.heron) if any(mark in words for words in said)]


def test_a_notice_about_one_circle_leaves_at_its_own_time(two):
    """What happens to both in one moment is carried out at times that are drawn for each, so that no two join."""
    from weft.loom.models import Job

    Job.objects.all().delete()
    for number in range(40):
        Notice.ring("care.thanks", to=two.tess, about=number + 1)
        Notice.ring("stories.reply", to=two.heron, about=number + 1)
    dues = {"care.thanks": set(), "stories.reply": set()}
    for job in Job.objects.filter(name="notices.carry"):
        notice = Notice.objects.get(pk=job.said["notice"])
        dues[notice.what].add(job.due)
    assert all(len(found) > 1 for found in dues.values()), "five to fifteen minutes, by lot"


def test_control_a_page_that_joins_them_is_found(two, sign_in):
    """By words of her own, say: those the house does not read."""
    News.tell(ids.random_id(), f"I am {TESS} here, and {HERON} elsewhere.", f"The same: {HERON}.", by=two.tess)
    assert joined(pages(two.kit, sign_in, two)) != []
