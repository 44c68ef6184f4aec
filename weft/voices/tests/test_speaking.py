"""A voice: told in a circle, copied for the world, read by a second person, and taken back by one tap."""

import pytest
from django.test import Client
from django.urls import reverse

from weft.conftest import enter, make_circle
from weft.loom import caps
from weft.people.models import Duty
from weft.stories.models import Story
from weft.voices import open_views
from weft.voices.models import MOST, Use, Voice
from weft.voices.tests.ways import WORDS, make_voice

pytestmark = pytest.mark.django_db
NAME = "Marigold"


def tell(persona, words="My brother Tom died in March."):
    story = Story.begin(persona)
    story.write(words, wish="listen", audience="circle", topics=[])
    story.share(by=persona)
    return story


def at(name, voice):
    return reverse(f"voices:{name}", kwargs={"key": voice.pk})


def open_pages(voice):
    """All that the world can ask for."""
    return [reverse("voices:voices"), reverse("voices:feed"), at("voice", voice), at("sheet", voice)]


def everywhere(voice, client=None):
    """Which open pages tell of a voice."""
    client = client or Client()
    said = {page: client.get(page).content.decode() for page in open_pages(voice)}
    return [page for page, words in said.items() if WORDS in words or NAME in words]


def test_from_a_story_to_the_world_and_back(sign_in, ada, reader):
    me, noor, world = sign_in(ada), sign_in(reader), Client()
    story = tell(ada)
    link = reverse("voices:begin", kwargs={"key": ada.circle.pk, "story_key": story.pk})
    assert link in me.get(story.get_absolute_url()).content.decode()
    assert "My brother Tom" in me.get(link).content.decode()
    answer = me.post(link, {"name": NAME, "text": WORDS, "uses": ["site"], "once": "77"})
    voice = Voice.objects.get()
    assert answer["Location"] == at("own", voice)
    assert world.get(at("voice", voice)).status_code == 410
    me.post(at("step", voice), {"how": "publish"})
    assert world.get(at("voice", voice)).status_code == 410, "nobody has read it yet"
    me.post(at("step", voice), {"how": "offer"})
    assert NAME in noor.get(reverse("voices:reading")).content.decode()
    page = noor.get(at("read", voice)).content.decode()
    assert WORDS in page
    assert "River" not in page
    assert ada.circle.name not in page
    noor.post(at("read", voice), {"digest": Voice.objects.get().digest, "answer": "yes"})
    assert world.get(at("voice", voice)).status_code == 410, "its teller has not said yes yet"
    before = me.get(at("preview", voice)).content
    me.post(at("step", voice), {"how": "publish"})
    assert world.get(at("voice", voice)).content == before, "the preview is what the world sees, byte for byte"
    me.post(at("step", voice), {"how": "take_back"})
    gone = world.get(at("voice", voice))
    assert gone.status_code == 410
    assert "taken them back" in gone.content.decode()
    assert gone["Cache-Control"] == "no-store"
    assert WORDS in me.get(at("own", voice)).content.decode(), "its teller keeps the words"


def test_the_reader_marks_and_gives_it_back(sign_in, ada, reader):
    voice = make_voice(ada.person)
    noor = sign_in(reader)
    empty = noor.post(at("read", voice), {"digest": voice.digest, "answer": "no"})
    assert "Please mark a passage, or write why." in empty.content.decode()
    noor.post(at("read", voice), {"digest": voice.digest, "answer": "no", "marks": "The kettle", "note": "So warm."})
    page = sign_in(ada).get(at("own", voice)).content.decode()
    assert "<mark>The kettle</mark>" in page
    assert "So warm." in page
    assert "From Noor" in page
    voice.refresh_from_db()
    assert not voice.publish(by=ada.person)


def test_changed_words_are_read_again(ada, reader):
    voice = make_voice(ada.person, reader)
    voice.take_back(by=ada.person)
    voice.write(NAME, "My brother Tom.", may_be_found=False, by=ada.person)
    assert not voice.publish(by=ada.person)
    voice.offer(by=ada.person)
    old = voice.digest
    voice.write(NAME, "My brother Tom, of Mill Lane.", may_be_found=False, by=ada.person)
    voice.offer(by=ada.person)
    assert not voice.answer(old, yes=True, marks=[], note="", by=reader), "a yes is for the words that were read"


def test_nobody_reads_their_own(sign_in, ada):
    Duty.objects.create(person=ada.person, kind="reader", known_as="River")
    voice = make_voice(ada.person)
    assert sign_in(ada).get(at("read", voice)).status_code == 404
    assert not voice.answer(voice.digest, yes=True, marks=[], note="", by=ada.person)


def test_what_the_world_reads_is_not_changed_under_its_eyes(ada, voice):
    with pytest.raises(PermissionError):
        voice.write(NAME, "Other words.", may_be_found=True, by=ada.person)


def test_only_its_teller_may_do_anything(sign_in, cleo, voice):
    for name in ("own", "preview"):
        assert sign_in(cleo).get(at(name, voice)).status_code == 404
    assert sign_in(cleo).post(at("step", voice), {"how": "take_back"}).status_code == 404
    with pytest.raises(PermissionError):
        voice.take_back(by=cleo.person)


def test_only_an_own_story_is_offered(sign_in, ada, cleo):
    story = tell(ada)
    link = reverse("voices:begin", kwargs={"key": ada.circle.pk, "story_key": story.pk})
    assert link not in sign_in(cleo).get(story.get_absolute_url()).content.decode()
    assert sign_in(cleo).get(link).status_code == 404


def test_the_third_name_is_not_a_known_one(sign_in, ada):
    link = reverse("voices:begin", kwargs={"key": ada.circle.pk, "story_key": tell(ada).pk})
    page = sign_in(ada).post(link, {"name": "river", "text": WORDS, "once": "1"})
    assert "known here" in page.content.decode()
    assert not Voice.objects.exists()


@pytest.mark.parametrize("name", ["river", " Heron ", "ada"])
def test_the_third_name_is_a_known_one_neither_later_nor_in_another_circle(sign_in, ada, name):
    enter(ada.person, make_circle("The other one"), "Heron")
    ada.person.name = "ada"
    ada.person.save()
    voice = make_voice(ada.person)
    page = sign_in(ada).post(at("own", voice), {"name": name, "text": WORDS})
    assert "known here" in page.content.decode()
    assert Voice.objects.get().name == "Marigold"


def test_sent_twice_there_is_one(sign_in, ada):
    link = reverse("voices:begin", kwargs={"key": ada.circle.pk, "story_key": tell(ada).pk})
    for _ in range(2):
        sign_in(ada).post(link, {"name": NAME, "text": WORDS, "once": "99"})
    assert Voice.objects.count() == 1


def test_there_is_room_for_so_many(sign_in, ada):
    for _ in range(MOST):
        make_voice(ada.person)
    caps.forget()
    link = reverse("voices:begin", kwargs={"key": ada.circle.pk, "story_key": tell(ada).pk})
    sign_in(ada).post(link, {"name": NAME, "text": WORDS, "once": "99"})
    assert Voice.objects.count() == MOST


@pytest.mark.parametrize("how", ["take_back", "erase", "site"])
def test_consent_withdrawn_is_gone_everywhere(sign_in, ada, voice, how):
    """Law: page, feed, list, sheet; asked by a stranger, by its teller's own browser, and by one who had it before."""
    me, world, open_ = sign_in(ada), Client(), Client()
    assert everywhere(voice, world) == everywhere(voice, me) == open_pages(voice), "control: first it is everywhere"
    assert all(world.get(page)["Cache-Control"] == "no-store" for page in open_pages(voice))
    if how == "site":
        me.post(at("consent", voice), {"use": "site"})
    else:
        me.post(at("step", voice), {"how": how})
    assert everywhere(voice, world) == everywhere(voice, me) == everywhere(voice, open_) == []


def test_control_a_list_that_forgets_to_ask_is_found(ada, voice, monkeypatch):
    monkeypatch.setattr(type(Voice.objects.all()), "public", lambda self: self.order_by("pk"))
    voice.take_back(by=ada.person)
    assert everywhere(voice) != []


def test_each_yes_is_its_own(sign_in, ada, voice):
    me, world = sign_in(ada), Client()
    assert "You may quote from it" in world.get(at("voice", voice)).content.decode()
    me.post(at("consent", voice), {"use": "press"})
    me.post(at("consent", voice), {"use": "print"})
    page = world.get(at("voice", voice)).content.decode()
    assert "Please do not quote it" in page
    assert WORDS in page
    assert world.get(at("sheet", voice)).status_code == 410
    voice.refresh_from_db()
    assert set(voice.consents) == set(Use.values) - {Use.PRESS, Use.PRINT}


def test_what_the_world_sees_knows_nobody(sign_in, ada, voice):
    me, world = sign_in(ada), Client()
    for page in open_pages(voice):
        answer = world.get(page)
        assert not answer.cookies
        assert answer.status_code == 200
        assert answer.content == me.get(page).content, "it is the same for everybody"
        said = answer.content.decode()
        assert "River" not in said
        assert ada.circle.name not in said
        assert "csrf" not in said


def test_whoever_leaves_a_circle_reads_that_their_voices_stay(sign_in, ada, cleo, voice):
    said = "What you said to the world stays yours"
    where = reverse("circles:leave", kwargs={"key": ada.circle.pk})
    assert said in sign_in(ada).get(where).content.decode()
    assert said not in sign_in(cleo).get(where).content.decode()
    ada.leave(by=ada.person, words="erase")
    assert WORDS in Client().get(at("voice", voice)).content.decode()


def test_search_engines_are_asked_by_the_tellers_choice(ada, reader, voice):
    assert Client().get(at("voice", voice))["X-Robots-Tag"] == "noindex, nofollow"
    voice.take_back(by=ada.person)
    voice.write(NAME, WORDS, may_be_found=True, by=ada.person)
    assert voice.publish(by=ada.person), "the same words need no second reading"
    assert Client().get(at("voice", voice))["X-Robots-Tag"] == "all"


def test_the_feed_has_no_words_and_no_day(voice):
    said = Client().get(reverse("voices:feed")).content.decode()
    assert NAME in said
    assert WORDS not in said
    assert f"<updated>{voice.since:%Y-%m}-01T00:00:00" in said
    assert voice.since.day == 1


def test_an_older_backup_brings_nothing_back(voice):
    from django.apps import apps

    erasures = apps.get_app_config("voices").erasures()
    erasures["no_print"](voice.pk)
    assert Use.PRINT not in Voice.objects.get().consents
    erasures["taken_back"](voice.pk)
    assert not Voice.objects.get().is_public
    erasures["voice"](voice.pk)
    assert not Voice.objects.exists()


def test_nothing_open_leads_to_its_teller(ada, voice):
    """Two voices of one person share no open value, and none of them is the person's, the persona's or the story's."""
    other = make_voice(ada.person)
    assert bytes(voice.place_tag) != bytes(other.place_tag)
    assert [f.name for f in Voice._meta.get_fields() if f.is_relation] == ["comments"]
    marks = {bytes(voice.place_tag), bytes(other.place_tag)}
    assert bytes(ada.owner_tag) not in marks


def test_open_views_ask_the_same_of_one_and_of_three(ada, reader, voice, django_assert_num_queries):
    for _ in range(2):
        make_voice(ada.person, reader)
    with django_assert_num_queries(1):
        assert Client().get(reverse("voices:voices")).content.decode().count(NAME) == 3
    assert open_views.MANY >= 3
