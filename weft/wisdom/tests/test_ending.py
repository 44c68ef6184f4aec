"""A circle that ends leaves together: each consents to what is kept, an archive is there, and then nothing is left."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone

from weft.circles.models import Circle, Invitation, Persona
from weft.conftest import enter
from weft.gatherings.models import Gathering, Series
from weft.gatherings.tests.conftest import make_gathering
from weft.loom import ids, jobs, time
from weft.loom.models import Erasure
from weft.notices.models import Notice
from weft.people.models import Person
from weft.safety.models import Block
from weft.stories.models import Reply, Story
from weft.wisdom import archive as archives
from weft.wisdom import given
from weft.wisdom.archive import Archive
from weft.wisdom.models import Ending, Farewell, Parting, Strand
from weft.wisdom.models.ending import LEAST, STAYS, night_after
from weft.wisdom.tests.ways import WHY, announce, give, keep, queries, tell


@pytest.fixture
def clock(monkeypatch):
    """The clock of the house, set to any moment."""

    def at(when) -> None:
        monkeypatch.setattr(timezone, "now", lambda: when)

    return at


@pytest.fixture
def dee(circle) -> Persona:
    return enter(Person.objects.join("dee", None), circle, "Dee")


@pytest.fixture
def ending(cleo, ada, dee) -> Ending:
    return announce(cleo)


def at(name: str, ending: Ending) -> str:
    return reverse(f"wisdom:{name}", kwargs={"key": ending.circle_id})


def come_to(clock, moment) -> None:
    """It is a little after this moment, and the house has done what was due."""
    clock(moment + timedelta(minutes=6))
    jobs.run_due()


def taken(client, ending: Ending) -> dict[str, str]:
    """The files of the archive that this one takes along."""
    answer = client.get(at("archive", ending))
    assert answer.status_code == 200, answer.status_code
    packed = ZipFile(BytesIO(answer.content))
    assert packed.namelist() == ["archive.html", "archive.css", "archive.json"]
    return {name: packed.read(name).decode() for name in packed.namelist() if name != "archive.css"}


def bells(persona: Persona) -> set[str]:
    return {notice.what for notice in persona.notices.all() if notice.is_shown}


# Its last day is said


def test_who_guides_says_it_and_everybody_is_told(sign_in, ada, cleo, dee):
    browser = sign_in(cleo)
    address = reverse("wisdom:end", kwargs={"key": cleo.circle_id})
    assert "Talk about it in the circle first" in browser.get(address).content.decode()
    day = time.today() + timedelta(days=40)
    answer = browser.post(address, {"last_day": day.isoformat(), "words": WHY})
    assert answer["Location"] == reverse("wisdom:ending", kwargs={"key": cleo.circle_id})
    jobs.run_due()
    assert bells(ada) == bells(dee) == {"wisdom.ending"}
    page = sign_in(ada).get(ada.circle.get_absolute_url()).content.decode()
    assert "This circle ends on" in page
    assert "Say what may be kept" in page
    assert WHY in sign_in(ada).get(answer["Location"]).content.decode()
    assert "A circle ends" in sign_in(ada).get("/").content.decode()


@pytest.mark.parametrize("days", [-1, 0, 13, 181])
def test_no_circle_ends_in_haste(sign_in, cleo, days):
    address = reverse("wisdom:end", kwargs={"key": cleo.circle_id})
    day = time.today() + timedelta(days=days)
    assert sign_in(cleo).post(address, {"last_day": day.isoformat(), "words": WHY}).status_code == 200
    assert not Ending.objects.exists()
    with pytest.raises(ValueError, match="too near"):
        Ending.announce(day, WHY, by=cleo)


def test_nobody_brings_the_day_nearer(sign_in, ending, cleo):
    nearer, later = (ending.last_day + timedelta(days=days) for days in (-1, 5))
    browser = sign_in(cleo)
    assert "too soon" in browser.post(at("end", ending), {"last_day": nearer, "words": WHY}).content.decode()
    browser.post(at("end", ending), {"last_day": later, "words": WHY})
    ending.refresh_from_db()
    assert ending.last_day == later
    assert ending.gone_on == later + STAYS


def test_only_who_guides_says_it_and_never_of_the_open_room(sign_in, ada, cleo, house):
    assert sign_in(ada).get(reverse("wisdom:end", kwargs={"key": ada.circle_id})).status_code == 404
    guide = enter(cleo.person, house.commons, "Cleo", role=Persona.Role.FACILITATOR)
    guide.person = cleo.person
    assert sign_in(guide).get(reverse("wisdom:end", kwargs={"key": house.commons_id})).status_code == 404
    with pytest.raises(PermissionError):
        Ending.announce(time.today() + LEAST, WHY, by=guide)


def test_called_off_it_goes_on_and_what_was_said_for_it_is_gone(sign_in, clock, ending, ada, cleo):
    keep(tell(ada), by=ada)
    Farewell.say(ids.random_id(), "Thank you.", by=ada)
    sign_in(cleo).post(at("end", ending), {"off": "1"})
    jobs.run_due()
    assert not [model for model in (Ending, Parting, Farewell) if model.objects.exists()]
    assert "wisdom.goes_on" in bells(ada)
    come_to(clock, night_after(ending.last_day))
    assert Circle.objects.get(pk=ending.circle_id).closed_on is None


# Each consents for themselves


def test_nothing_is_kept_without_a_yes(sign_in, clock, ending, ada, cleo, dee):
    tell(ada, "qzada told it.")
    Reply.say(tell(dee, "qzdee told it."), "qzada answered.", by=ada)
    give(ada, "qzada learned it.")
    come_to(clock, night_after(ending.last_day))
    for one in (ada, cleo, dee):
        assert "qz" not in "".join(taken(sign_in(one), ending).values())


def test_what_was_said_yes_to_is_kept_and_all_else_is_not(sign_in, clock, ending, ada, dee):
    mine, other = tell(ada, "qzkept."), tell(ada, "qznot.")
    answer = Reply.say(mine, "qzanswer.", by=dee)
    Reply.say(mine, "qzsilent.", by=dee)
    strand = give(ada, "qzlesson.")
    keep(mine, strand, by=ada)
    keep(answer, by=dee)
    come_to(clock, night_after(ending.last_day))
    for said in taken(sign_in(dee), ending).values():
        assert all(word in said for word in ("qzkept.", "qzanswer.", "qzlesson.", "River", "Dee", WHY))
        assert not any(word in said for word in ("qznot.", "qzsilent."))
    assert other.stands


def test_an_answer_to_a_story_that_is_not_kept_is_not_kept(sign_in, clock, ending, ada, dee):
    answer = Reply.say(tell(ada, "qzstory."), "qzanswer.", by=dee)
    keep(answer, by=dee)
    come_to(clock, night_after(ending.last_day))
    assert "qz" not in "".join(taken(sign_in(ada), ending).values())


def test_a_yes_that_was_taken_back_is_a_no(sign_in, clock, ending, ada, dee):
    keep(tell(ada, "qzfirst."), by=ada)
    keep(tell(dee, "qzsecond."), by=dee)
    for browser in (sign_in(ada), sign_in(dee)):
        assert "checked" in browser.get(at("parting", ending)).content.decode()
    shown = given.of(dee)[0].key
    sign_in(ada).post(at("parting", ending), {"do": "none"})
    sign_in(dee).post(at("parting", ending), {"do": "some", "shown": shown})
    come_to(clock, night_after(ending.last_day))
    assert "qz" not in "".join(taken(sign_in(ada), ending).values())


def test_a_yes_is_to_the_very_words(sign_in, clock, ending, ada, dee):
    story = tell(ada, "As it was.")
    answer = Reply.say(story, "As it was too.", by=dee)
    keep(story, by=ada)
    keep(answer, by=dee)
    answer.revise("qzchanged.", by=dee)
    page = sign_in(dee).get(at("parting", ending)).content.decode()
    assert "You changed it since you said yes" in page
    come_to(clock, night_after(ending.last_day))
    said = "".join(taken(sign_in(ada), ending).values())
    assert "As it was." in said
    assert "qzchanged." not in said
    assert "As it was too." not in said


def test_what_is_told_after_a_yes_to_all_is_asked_for_anew(sign_in, clock, ending, ada):
    tell(ada, "qzbefore.")
    sign_in(ada).post(at("parting", ending), {"do": "all"})
    tell(ada, "qzafter.")
    come_to(clock, night_after(ending.last_day))
    said = "".join(taken(sign_in(ada), ending).values())
    assert "qzbefore." in said
    assert "qzafter." not in said


def test_private_notes_and_words_for_those_who_guide_are_nobodys_to_keep(ending, ada, cleo, dee):
    private = Story.begin(ada)
    private.write("qzprivate.", wish="listen", audience="facilitators", topics=[])
    private.share(by=ada)
    note = Reply.say(tell(dee), "qznote.", by=ada, note=True)
    draft = Story.begin(ada)
    draft.write("qzdraft.", wish="listen", audience="circle", topics=[])
    assert given.of(ada) == []
    keep(private, note, draft, by=ada)  # as a form would that was not ours
    keep(note.story, by=dee)
    assert "qz" not in json.dumps(Archive.of(ada, ending).as_data)


@pytest.mark.parametrize(("how", "name"), [("", "River"), ("other", "Marigold"), ("none", "")])
def test_each_name_is_the_one_that_was_chosen(sign_in, clock, ending, ada, dee, how, name):
    keep(tell(ada, "qzstory."), by=ada)
    Farewell.say(ids.random_id(), "qzthanks.", by=ada)
    sign_in(ada).post(at("parting", ending), {"do": "name", "how": how, "other": "Marigold"})
    come_to(clock, night_after(ending.last_day))
    files = taken(sign_in(dee), ending)
    for said in files.values():
        for other in {"River", "Marigold"} - {name}:
            assert other not in said
        assert not name or name in said
    assert [one["by"] for one in json.loads(files["archive.json"])["stories"]] == [name or None]


def test_nobody_takes_the_name_of_another(sign_in, ending, ada, dee):
    page = sign_in(ada).post(at("parting", ending), {"do": "name", "how": "other", "other": " dee "})
    assert "Somebody here has this name." in page.content.decode()
    sign_in(ada).post(at("parting", ending), {"do": "name", "how": "other", "other": "Marigold"})
    page = sign_in(dee).post(at("parting", ending), {"do": "name", "how": "other", "other": "marigold"})
    assert "Somebody here has this name." in page.content.decode()


def test_a_lesson_without_a_name_gets_none(ending, ada):
    strand = give(ada, "qzlesson.", name="")
    keep(strand, by=ada)
    said = json.dumps(Archive.of(ada, ending).as_data)
    assert "qzlesson." in said
    assert "River" not in said


def test_two_who_do_not_see_each_other_are_in_different_archives(sign_in, clock, ending, ada, dee, cleo):
    keep(tell(ada, "qzada."), by=ada)
    keep(tell(dee, "qzdee."), by=dee)
    Farewell.say(ids.random_id(), "qzthanks.", by=dee)
    Block.begin(dee, by=ada)
    come_to(clock, night_after(ending.last_day))
    hers, theirs, both = ("".join(taken(sign_in(one), ending).values()) for one in (ada, dee, cleo))
    words = ("qzada.", "River", "qzdee.", "qzthanks", "Dee")
    assert [word for word in words if word in hers] == ["qzada.", "River"]
    assert [word for word in words if word in theirs] == ["qzdee.", "qzthanks", "Dee"]
    assert [word for word in words if word in both] == list(words)


def test_whoever_leaves_is_in_no_archive(sign_in, clock, ending, ada, dee):
    keep(tell(ada, "qzada."), by=ada)
    Farewell.say(ids.random_id(), "qzthanks.", by=ada)
    assert "qzada." in json.dumps(Archive.of(dee, ending).as_data)
    ada.leave(by=ada.person, words="keep")
    come_to(clock, night_after(ending.last_day))
    assert "qz" not in "".join(taken(sign_in(dee), ending).values())


def test_the_law_of_consent_would_notice(monkeypatch, ending, ada, dee):
    """The control: an archive that asks nobody holds what was not said yes to."""
    tell(ada, "qzstory.")
    keep(tell(dee, "As it was."), by=dee)
    keep(by=ada)
    assert "qzstory." not in json.dumps(Archive.of(dee, ending).as_data)
    monkeypatch.setattr(archives, "_kept", lambda things, _author, _yeses: list(things))
    assert "qzstory." in json.dumps(Archive.of(dee, ending).as_data)


def test_the_archive_is_open_and_tells_no_ids(sign_in, clock, ending, ada, dee):
    story = tell(ada, "A [place](https://example.org/x) I like.")
    keep(story, by=ada)
    keep(Reply.say(story, "So do I.", by=dee), by=dee)
    come_to(clock, night_after(ending.last_day))
    files = taken(sign_in(dee), ending)
    assert sorted(files) == ["archive.html", "archive.json"]
    for said in files.values():
        for row in (ada, dee, story, ending, ada.circle):
            assert str(row.pk) not in said
        said = said.replace('<link rel="stylesheet" href="archive.css">', "")  # which lies beside it
        assert not any(mark in said for mark in ("<script", "src=", "<link", "<img", "url("))
    assert json.loads(files["archive.json"])["stories"][0]["answers"][0]["words"] == "So do I."


# Thanks


def test_thanks_to_all_are_read_by_all_and_thanks_to_one_by_them_alone(sign_in, clock, ending, ada, cleo, dee):
    sign_in(ada).post(at("farewell", ending), {"to": "all", "words": "qzall", "once": "7"})
    sign_in(ada).post(at("farewell", ending), {"to": str(cleo.pk), "words": "qzone", "once": "8"})
    jobs.run_due()
    assert "wisdom.farewell" in bells(cleo)
    assert "wisdom.farewell" not in bells(dee)
    pages = {one: sign_in(one).get(at("ending", ending)).content.decode() for one in (ada, cleo, dee)}
    assert all("qzall" in page for page in pages.values())
    assert [one for one, page in pages.items() if "qzone" in page] == [ada, cleo]
    come_to(clock, night_after(ending.last_day))
    assert "qzone" in taken(sign_in(cleo), ending)["archive.json"]
    assert "qzone" not in "".join(taken(sign_in(dee), ending).values())


def test_nobody_who_just_came_gets_a_word_that_only_they_read(sign_in, ending, ada, dee):
    page = sign_in(ada).post(at("farewell", ending), {"to": str(dee.pk), "words": "qz", "once": "7"})
    assert page.status_code == 200
    assert not Farewell.objects.exists()
    with pytest.raises(PermissionError):
        Farewell.say(ids.random_id(), "qz", by=ada, to=dee)


def test_thanks_are_taken_back_and_put_away(sign_in, ending, ada, cleo, dee):
    Farewell.say(ids.random_id(), "qzall", by=ada)
    Farewell.say(ids.random_id(), "qzone", by=ada, to=cleo)
    said = {one.to: one.pk for one in Farewell.objects.all()}
    assert sign_in(dee).post(at("farewell", ending), {"erase": said[0]}).status_code == 404
    assert sign_in(dee).post(at("farewell", ending), {"erase": said[cleo.pk]}).status_code == 404
    sign_in(cleo).post(at("farewell", ending), {"erase": said[cleo.pk]})
    sign_in(ada).post(at("farewell", ending), {"erase": said[0]})
    assert not Farewell.objects.exists()


# The day comes


def test_when_the_day_is_over_nobody_writes_any_more(sign_in, clock, ending, ada, cleo):
    story = tell(ada)
    gathering = make_gathering(ending.circle)
    Gathering.objects.filter(pk=gathering.pk).update(starts=night_after(ending.last_day) + timedelta(days=3))
    _written, token = Invitation.write(cleo)
    asks = Persona.enter(Person.objects.join("asks", None), ending.circle, "Asks", standing="asking")
    come_to(clock, night_after(ending.last_day) - timedelta(hours=2))
    assert sign_in(ada).get(story.get_absolute_url()).status_code == 200
    come_to(clock, night_after(ending.last_day))
    me, guide = sign_in(ada), sign_in(cleo)
    assert "This circle has ended." in me.get(ending.circle.get_absolute_url()).content.decode()
    for name in ("stories:begin", "wisdom:lessons", "wisdom:season", "circles:people", "gatherings:gatherings"):
        assert me.get(reverse(name, kwargs={"key": ending.circle_id})).status_code == 404, name
    assert me.get(story.get_absolute_url()).status_code == 404
    assert guide.get(reverse("circles:desk", kwargs={"key": ending.circle_id})).status_code == 404
    assert me.get(at("parting", ending)).status_code == me.get(at("ending", ending)).status_code == 404
    assert me.post(at("parting", ending), {"do": "all"}).status_code == 404
    assert guide.post(at("end", ending), {"off": "1"}).status_code == 404
    assert not Gathering.objects.filter(starts__gt=time.now()).exists()
    assert Series.objects.get().ended_on
    assert sign_in(ada).get(f"/invitations/{token}/").status_code == 404
    assert not Persona.objects.filter(pk=asks.pk).exists()
    assert WHY[:10] not in me.get("/").content.decode()
    assert "The archive is there until" in me.get("/").content.decode()


def test_a_circle_that_has_ended_calls_nobody(clock, ending, ada, cleo):
    Notice.ring("stories.reply", to=ada, about=1)
    come_to(clock, night_after(ending.last_day))
    assert bells(ada) == {"wisdom.ended"}
    again = Persona.objects.get(pk=ada.pk)
    Notice.ring("stories.reply", to=again, about=2)
    assert bells(ada) == {"wisdom.ended"}


def test_a_week_before_those_are_told_who_have_not_said(clock, ending, ada, cleo, dee):
    keep(tell(ada), by=ada)
    jobs.run_due()
    Notice.objects.all().delete()
    come_to(clock, time.midnight(ending.last_day - timedelta(days=7)))
    assert "wisdom.still_to_say" in bells(dee)
    assert "wisdom.still_to_say" not in bells(ada)


def test_the_job_twice_does_once_and_too_early_it_waits(clock, ending, ada):
    ending.come()
    assert Circle.objects.get(pk=ending.circle_id).closed_on is None
    clock(night_after(ending.last_day) + timedelta(minutes=6))
    ending.come()
    gone_on = Ending.objects.get().gone_on
    ending.come()
    assert Ending.objects.get().gone_on == gone_on
    ending.refresh_from_db()
    ending.let_all_go()
    assert Circle.objects.filter(pk=ending.circle_id).exists()
    clock(night_after(gone_on) + timedelta(minutes=6))
    ending.let_all_go()
    assert not Circle.objects.filter(pk=ending.circle_id).exists()
    count = Erasure.objects.count()
    jobs.run_due()
    Ending.tidy()
    assert Erasure.objects.count() == count


def test_a_house_that_slept_over_the_day_keeps_the_archive_as_long(clock, ending, ada, sign_in):
    clock(night_after(ending.last_day) + timedelta(days=25))
    Ending.tidy()
    assert Ending.objects.get().gone_on >= time.today() + STAYS
    assert taken(sign_in(ada), ending)


def test_one_may_take_ones_words_out_while_the_archive_is_there(sign_in, clock, ending, ada, dee):
    keep(tell(ada, "qzada."), by=ada)
    come_to(clock, night_after(ending.last_day))
    assert "qzada." in taken(sign_in(dee), ending)["archive.json"]
    assert "Take my words out" in sign_in(ada).get(ending.circle.get_absolute_url()).content.decode()
    sign_in(ada).post(at("withdraw", ending))
    assert "qz" not in "".join(taken(sign_in(dee), ending).values())
    assert "Take my words out" not in sign_in(ada).get(ending.circle.get_absolute_url()).content.decode()


def test_only_who_was_there_takes_the_archive(sign_in, clock, ending, ada, ben, mallory):
    assert sign_in(ada).get(at("archive", ending)).status_code == 404  # not before the day
    come_to(clock, night_after(ending.last_day))
    assert sign_in(ada).get(at("archive", ending)).status_code == 200
    assert sign_in(ben).get(at("archive", ending)).status_code == 404
    assert sign_in(mallory).get(at("archive", ending)).status_code == 404


# What it costs


def test_many_things_cost_no_more_than_one(sign_in, ending, ada, dee, cleo):
    def cost(name: str) -> int:
        return queries(sign_in(ada), at(name, ending))

    def more() -> None:
        story = tell(ada)
        keep(story, Reply.say(tell(dee), "Yes.", by=ada), give(ada), by=ada)
        new = enter(Person.objects.join(str(story.pk), None), ada.circle, str(story.pk))
        Farewell.say(ids.random_id(), "Thanks.", by=new)

    more()
    before = [cost(name) for name in ("parting", "ending")]
    for _ in range(3):
        more()
    assert [cost(name) for name in ("parting", "ending")] == before
    assert max(before) <= 8
    assert Strand.objects.count() == 4
