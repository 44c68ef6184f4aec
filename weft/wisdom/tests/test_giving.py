"""A lesson: asked for in somebody's own words, changed by them, said yes to, and taken back: then it is gone."""

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter, make_circle
from weft.home.erasing import erase
from weft.loom import index, jobs, time
from weft.notices.models import Notice
from weft.people.models import Person
from weft.safety.models import Block, Concern
from weft.stories.models import Reply
from weft.wisdom.finding import SHOWN, Asked
from weft.wisdom.indexing import Posting
from weft.wisdom.models import Lesson, Shelf, Strand, Trial
from weft.wisdom.tests.ways import WORDS, attempt, give, let_rest, queries, tell

pytestmark = pytest.mark.django_db
NAME = "Marigold"


def at(name, circle, **more):
    return reverse(f"wisdom:{name}", kwargs={"key": circle.pk, **more})


def asking(story):
    return at("of_story", story.circle, story_key=story.pk)


def mine(strand):
    return at("strand", strand.circle, strand_key=strand.pk)


def be_here_for_long(*personas: Persona) -> None:
    for persona in personas:
        persona.since = time.today().replace(year=time.today().year - 1)
        persona.save()


def do_all():
    jobs.run_due(at=time.now() + jobs.GRAIN)


def pages(lesson, circle, person):
    """Every page that shows a lesson to somebody of its circle who looks for it and keeps it."""
    sought = Asked("kettle", "").sealed(person)
    by_topic = Asked("", "loss").sealed(person)
    return [
        at("lessons", circle),
        reverse("wisdom:everywhere"),
        at("lesson", circle, lesson_key=lesson),
        at("sheet", circle, lesson_key=lesson),
        at("trial", circle, lesson_key=lesson),
        reverse("wisdom:kept"),
        reverse("wisdom:kept_sheet"),
        f"{at('lessons', circle)}?asked={sought}",
        f"{reverse('wisdom:everywhere')}?asked={by_topic}",
    ]


def showing(client, addresses, *words):
    """Which of these pages show any of these words."""
    said = {address: client.get(address).content.decode() for address in addresses}
    return [address for address, page in said.items() if any(one in page for one in words)]


def test_from_a_story_to_a_lesson_that_another_tried(sign_in, ada, cleo, circle):
    """The whole of it: asked, changed, a yes to the words and the name, found, kept, tried, and taken back."""
    be_here_for_long(ada, cleo)
    story = tell(ada, f"It was a long week.\n\n{WORDS}\n\nI have told nobody else.")
    let_rest(story)
    me, guide = sign_in(ada), sign_in(cleo)
    dee = enter(Person.objects.join("dee", None), circle, "Dee")
    reader = sign_in(dee)
    assert asking(story) in guide.get(at("sources", circle, story_key=story.pk)).content.decode()
    guide.post(asking(story), {"text": WORDS, "topics": ["loss"], "once": "7"})
    do_all()
    strand = Strand.objects.get()
    assert mine(strand) in me.get("/").content.decode(), "it waits on the page of today"
    assert "words of yours" in me.get("/bell/").content.decode()
    page = me.get(mine(strand)).content.decode()
    assert "before I opened the letter" in page
    assert "long week" not in page, "exactly the words that are asked for"
    assert "Cleo" not in page, "who asks is not said"
    assert showing(reader, [at("lessons", circle)], "kettle") == [], "nobody has said yes"
    said = {"line": "First the kettle", "text": WORDS, "name": NAME, "topics": ["loss"], "audience": "circle"}
    me.post(at("change", circle, strand_key=strand.pk), said)
    strand.refresh_from_db()
    assert NAME in me.get(mine(strand)).content.decode()
    me.post(mine(strand), {"how": "yes", "digest": strand.digest})
    do_all()
    lesson = Lesson.objects.get()
    found = reader.post(at("lessons", circle), {"words": "kettles", "topic": "loss"}, follow=True).content.decode()
    assert "First the kettle" in found
    reader.post(at("keep", circle, lesson_key=lesson.pk))
    assert "First the kettle" in reader.get(reverse("wisdom:kept")).content.decode()
    tried = {"way": "not", "text": "The tea went cold and I still could not.", "audience": "circle"}
    reader.post(at("trial", circle, lesson_key=lesson.pk), tried)
    do_all()
    page = me.get(at("lesson", circle, lesson_key=lesson.pk)).content.decode()
    assert "It did not help me" in page
    assert "The tea went cold" in page
    assert Notice.objects.filter(persona=ada).exists()
    addresses = pages(lesson.pk, circle, dee.person)
    assert showing(reader, addresses, "First the", NAME) == addresses, "control: first it is everywhere"
    me.post(mine(strand), {"how": "take_back"})
    assert showing(reader, addresses, "First the", "the letter", NAME, "tea went cold") == []
    assert showing(me, addresses, "First the", "the letter", NAME) == []


@pytest.mark.parametrize("how", ["take_back", "story", "erase", "leave", "reply"])
def test_consent_withdrawn_is_gone_everywhere(sign_in, ada, cleo, circle, how):
    """Law: page, list, search, print, what others kept, and the index; however it was withdrawn."""
    story = tell(cleo if how == "reply" else ada)
    source = Reply.say(story, WORDS, by=ada) if how == "reply" else story
    strand = give(ada, source=source, name=NAME, for_house=True)
    lesson, me = strand.lesson_id, sign_in(cleo)
    Shelf.keep(cleo.person, lesson)
    addresses = pages(lesson, circle, cleo.person)
    assert showing(me, addresses, "the kettle on", NAME) == addresses, "control: first it is everywhere"
    assert Posting.objects.exists()
    assert all("no-store" in me.get(address)["Cache-Control"] for address in addresses), "no browser keeps a copy"
    if how == "take_back":
        strand.let_go(by=ada)
    elif how == "story":
        story.take_back(by=ada)
    elif how in ("erase", "reply"):
        source.erase()
    else:
        ada.leave(by=ada.person, words="erase")
    assert showing(me, addresses, "the kettle on", NAME) == []
    assert not Posting.objects.exists()
    assert not Lesson.objects.exists()
    left = Strand.objects.first()
    assert left is None or not (left.text or left.html or left.name or left.line or left.topics)


def test_control_a_list_that_forgets_to_ask_is_found(sign_in, ada, cleo, circle, monkeypatch):
    strand = give(ada, source=tell(ada), name=NAME)
    lesson, other = strand.lesson, give(cleo, "Another.", into=strand.lesson)
    monkeypatch.setattr(Strand, "let_go", lambda self, by=None: None)
    strand.let_go(by=ada)
    assert showing(sign_in(cleo), [at("lesson", circle, lesson_key=lesson.pk)], "kettle", NAME) != []
    assert other.lesson_id == lesson.pk


def test_as_many_threads_on_the_edge_as_sources(sign_in, ada, cleo, circle):
    first = give(ada, name="Marigold")
    lesson = first.lesson
    give(cleo, "I rang my sister instead.", into=lesson, name="Heath")
    third = enter(Person.objects.join("dee", None), circle, "Dee")
    give(third, "I walked to the weir.", into=lesson)
    address = at("lesson", circle, lesson_key=lesson.pk)
    page = sign_in(third).get(address).content.decode()
    edge = page.split('class="edge"')[1].split("</span>")[0]
    assert edge.count("<i ") == 3
    assert len(set(edge.split("<i ")[1:])) == 3, "no two neighbours of one colour"
    assert "Woven by 3 people" in page
    first.let_go(by=ada)
    page = sign_in(third).get(address).content.decode()
    assert page.split('class="edge"')[1].split("</span>")[0].count("<i ") == 2
    assert "Marigold" not in page
    assert "kettle" not in page
    assert "I rang my sister" in page, "the words of the others stand"


def test_a_yes_is_to_the_very_words(sign_in, ada, circle):
    strand = Strand.begin(5, {"line": "", "words": WORDS, "name": "", "topics": [], "for_house": False}, by=ada)
    old = strand.digest
    other = {"line": "", "words": "Other.", "name": "", "topics": [], "for_house": True}
    assert strand.write(other, strand.digest, by=ada)
    sign_in(ada).post(mine(strand), {"how": "yes", "digest": old})
    strand.refresh_from_db()
    assert not strand.stands
    assert strand.say_yes(strand.digest, by=ada)


def test_another_window_overwrites_no_word(sign_in, ada, circle):
    strand = Strand.begin(5, {"line": "", "words": WORDS, "name": "", "topics": [], "for_house": False}, by=ada)
    me, address = sign_in(ada), at("change", circle, strand_key=strand.pk)
    said = {"line": "", "name": "", "topics": [], "audience": "circle", "digest": strand.digest}
    me.post(address, said | {"text": "One line."})
    page = me.post(address, said | {"text": "Another."}).content.decode()
    assert "changed in another window" in page
    assert "One line." in page
    assert "Another.</textarea>" in page
    strand.refresh_from_db()
    assert strand.text == "One line."
    assert f'name="digest" value="{strand.digest}"' in page
    me.post(address, said | {"text": "Another.", "digest": strand.digest})
    strand.refresh_from_db()
    assert strand.text == "Another."


def test_an_asker_puts_no_word_into_anybodys_mouth(sign_in, ada, cleo, circle):
    be_here_for_long(ada)
    story = tell(ada)
    let_rest(story)
    page = sign_in(cleo).post(asking(story), {"text": "You should stop drinking.", "once": "7"})
    assert "do not stand there so" in page.content.decode()
    with pytest.raises(ValueError, match="only what was said"):
        Strand.ask(7, story, "Meet me at the weir.", [], by=cleo)
    assert not Strand.objects.exists()


def test_after_a_no_nobody_asks_again_and_nobody_is_told(sign_in, ada, cleo, circle):
    be_here_for_long(ada, cleo)
    story = tell(ada)
    let_rest(story)
    sign_in(cleo).post(asking(story), {"text": WORDS, "once": "7"})
    do_all()
    strand = Strand.objects.get()
    before = Notice.objects.filter(persona=cleo).count()
    sign_in(ada).post(mine(strand), {"how": "no"})
    do_all()
    assert Notice.objects.filter(persona=cleo).count() == before
    assert sign_in(cleo).get(asking(story)).status_code == 404
    sign_in(cleo).post(asking(story), {"text": WORDS, "once": "8"})
    strand.refresh_from_db()
    assert Strand.objects.count() == 1
    assert strand.text == ""
    assert "words of yours" not in sign_in(ada).get("/bell/").content.decode()


def test_who_came_only_lately_is_not_asked(sign_in, ada, cleo, circle):
    story = tell(ada)
    let_rest(story)
    assert sign_in(cleo).get(asking(story)).status_code == 404
    be_here_for_long(ada)
    assert sign_in(cleo).get(asking(story)).status_code == 200, "control"


def test_words_that_were_only_just_said_are_not_asked_for(sign_in, ada, cleo, circle):
    be_here_for_long(ada)
    story = tell(ada)
    assert sign_in(cleo).get(asking(story)).status_code == 404
    assert "They are not asked yet." in sign_in(cleo).get(at("sources", circle, story_key=story.pk)).content.decode()
    assert sign_in(ada).get(asking(story)).status_code == 200, "its teller may"
    let_rest(story)
    assert sign_in(cleo).get(asking(story)).status_code == 200, "control"


def test_who_would_rather_not_be_asked_is_not(sign_in, ada, cleo, circle):
    be_here_for_long(ada, cleo)
    story, other = tell(ada), tell(ada, "Another one.")
    let_rest(story, other)
    me, guide = sign_in(ada), sign_in(cleo)
    guide.post(asking(story), {"text": WORDS, "once": "7"})
    me.post(mine(Strand.objects.get()), {"how": "never"})
    assert guide.get(asking(other)).status_code == 404
    assert asking(other) not in guide.get(at("sources", circle, story_key=other.pk)).content.decode()
    assert "You are not asked" in me.get(at("mine", circle)).content.decode()
    me.post(at("mine", circle))
    assert guide.get(asking(other)).status_code == 200


def test_a_circle_that_is_gone_leaves_no_word_in_the_index_of_the_house(sign_in, ada, house):
    room = make_circle("Short", listed=False)
    last = enter(Person.objects.join("last", None), room, "Last")
    give(last, for_house=True)
    assert Posting.objects.exists(), "control"
    erase(last.person, words="keep")
    assert not type(room).objects.filter(pk=room.pk).exists()
    assert not Posting.objects.exists()


def test_only_its_author_answers(sign_in, ada, cleo, circle):
    strand = give(ada)
    assert sign_in(cleo).get(mine(strand)).status_code == 404
    assert sign_in(cleo).post(mine(strand), {"how": "take_back"}).status_code == 404
    with pytest.raises(PermissionError):
        strand.let_go(by=cleo)
    strand.refresh_from_db()
    assert strand.stands


def test_sent_twice_there_is_one(sign_in, ada, cleo, circle):
    be_here_for_long(ada)
    story = tell(ada)
    let_rest(story)
    for _ in range(2):
        sign_in(cleo).post(asking(story), {"text": WORDS, "once": "7"})
    assert Strand.objects.count() == 1
    said = {"text": "I slept.", "audience": "circle", "once": "9"}
    for _ in range(2):
        sign_in(ada).post(at("begin", circle), said)
    assert Strand.objects.count() == 2
    lesson = give(ada).lesson
    for _ in range(2):
        sign_in(cleo).post(
            at("trial", circle, lesson_key=lesson.pk), {"way": "helped", "text": "Yes.", "audience": "circle"}
        )
    assert Trial.objects.count() == 1


def test_the_author_says_who_reads_it(sign_in, ada, cleo, ben, circle, house):
    """For a circle: nobody else. For the house: under the name they chose, and nothing leads to the circle."""
    here, there = give(ada, name=NAME), give(cleo, "For all of us.", name="Heath", for_house=True)
    elsewhere = sign_in(ben)
    commons = house.commons
    page = elsewhere.get(at("lessons", commons)).content.decode()
    assert "For all of us." in page
    assert "kettle" not in page
    assert circle.name not in page
    assert str(circle.pk) not in page
    shown = at("lesson", commons, lesson_key=there.lesson_id)
    page = elsewhere.get(shown).content.decode()
    assert "For all of us." in page
    for secret in (circle.name, "Cleo", f"/circles/{circle.pk}"):
        assert secret not in page
    assert elsewhere.get(at("lesson", commons, lesson_key=here.lesson_id)).status_code == 404
    assert elsewhere.get(at("lesson", circle, lesson_key=here.lesson_id)).status_code == 404


def test_one_lesson_two_audiences(sign_in, ada, cleo, ben, circle, house):
    """Woven from one for the circle and one for the house: the house sees one thread."""
    lesson = give(ada, name=NAME).lesson
    give(cleo, "For all of us.", into=lesson, for_house=True)
    page = sign_in(ben).get(at("lesson", house.commons, lesson_key=lesson.pk)).content.decode()
    assert "For all of us." in page
    assert "kettle" not in page
    assert NAME not in page
    assert page.split('class="edge"')[1].split("</span>")[0].count("<i ") == 1
    sought = Asked("kettle", "").sealed(ben.person)
    assert "For all of us" not in sign_in(ben).get(f"{at('lessons', house.commons)}?asked={sought}").content.decode()


def test_a_block_holds_here_too(sign_in, ada, cleo, ben, circle, house):
    """In the circle, and where both meet under other names."""
    dee = enter(Person.objects.join("dee", None), circle, "Dee")
    also = enter(dee.person, house.commons, "Dora")
    strand = give(ada, name=NAME, for_house=True)
    attempt(strand.lesson, cleo, "Cleo tried it.")
    other = give(cleo, "Cleo's own.")
    attempt(other.lesson, ada, "A trial by Ada.")
    me = sign_in(dee)
    addresses = [at("lessons", circle), at("lessons", house.commons), reverse("wisdom:everywhere")]
    trial = at("lesson", circle, lesson_key=other.lesson_id)
    assert showing(me, addresses, "kettle") == addresses
    assert showing(me, [trial], "A trial by Ada.") == [trial]
    Block.begin(Persona.objects.get(pk=ada.pk), by=Persona.objects.get(pk=dee.pk))
    assert showing(me, [*addresses, trial], "kettle", NAME, "A trial by Ada.") == []
    assert me.get(at("lesson", house.commons, lesson_key=strand.lesson_id)).status_code == 404
    assert also.circle_id == house.commons.pk


def test_words_of_a_persona_that_left_stand_without_a_name(sign_in, ada, cleo, circle):
    strand = give(ada, name=NAME)
    ada.leave(by=ada.person, words="keep")
    page = sign_in(cleo).get(at("lesson", circle, lesson_key=strand.lesson_id)).content.decode()
    assert "kettle" in page
    assert NAME not in page


def test_an_older_backup_brings_nothing_back(ada):
    from django.apps import apps

    strand = give(ada)
    apps.get_app_config("wisdom").erasures()["strand"](strand.pk)
    assert not Lesson.objects.exists()
    assert not Posting.objects.exists()


def test_what_somebody_keeps_joins_no_circles(ada, cleo, circle, house):
    """The shelf lies sealed and padded, at no persona and in no circle: one lesson or twenty, it looks the same."""
    Shelf.keep(ada.person, 1)
    few = len(Shelf.objects.get().__dict__["kept"])
    for number in range(20):
        Shelf.keep(ada.person, 2**62 + number)
    assert len(Shelf.objects.get().__dict__["kept"]) == few
    assert [f.name for f in Shelf._meta.get_fields() if f.is_relation] == []
    assert Shelf.of(cleo.person) == []


def test_found_only_by_words_that_stand_there(sign_in, ada, cleo, circle):
    give(ada)
    give(cleo, "I walked to the weir.")
    person = cleo.person

    def finds(words="", topic=""):
        page = sign_in(cleo).get(f"{at('lessons', circle)}?asked={Asked(words, topic).sealed(person)}")
        return page.content.decode()

    assert "kettle" in finds("kettles letter")
    assert "weir" not in finds("kettles letter")
    assert "weir" in finds("walking", "loss")
    assert "weir" not in finds("walking", "money")
    assert "Nothing that you can read fits" in finds("ladder")


def test_what_does_not_fit_on_a_page_stands_on_the_next(sign_in, ada, cleo, circle):
    sought = f"{at('lessons', circle)}?asked={Asked('weir').sealed(cleo.person)}"
    for n in range(SHOWN):
        give(ada, f"Weir, number {n}.")
    page = sign_in(cleo).get(sought).content.decode()
    assert page.count('<li class="lesson') == SHOWN
    assert "Show more" not in page
    give(ada, "Weir, one more.")
    page = sign_in(cleo).get(sought).content.decode()
    assert page.count('<li class="lesson') == SHOWN
    assert "Show more" in page
    everything = sign_in(cleo).get(at("lessons", circle)).content.decode()
    further = everything.split("?after=")[1].split('"')[0]
    last = sign_in(cleo).get(f"{at('lessons', circle)}?after={further}").content.decode()
    assert last.count('<li class="lesson') == 1


def test_places_in_the_house_say_nothing_of_when(ada, circle):
    """Counted upward they would tell which lessons of several circles came to be together."""
    places = [give(ada, f"Number {n}.", for_house=True).house_place for n in range(12)]
    assert len(set(places)) == 12
    assert all(0 <= place < index.STRETCH for place in places)
    assert places != sorted(places)
    one, other = make_circle("One"), make_circle("Other")
    both = [enter(Person.objects.join(f"p{n}", None), room, "Me") for n, room in enumerate((one, other))]
    rows = [give(persona, "The same word: kettle.").number for persona in both]
    assert rows == [1, 1]
    assert Posting.objects.filter(pk__in=range(1, 100)).count() == 0


def test_reading_costs_the_same_with_one_and_with_three(sign_in, ada, cleo, circle):
    lesson, me, counted = give(ada).lesson, sign_in(cleo), []
    Shelf.keep(cleo.person, lesson.pk)
    for n in range(3):
        other = enter(Person.objects.join(f"more {n}", None), circle, f"More {n}")
        give(other, f"More of the kettle {n}.", into=lesson)
        Shelf.keep(cleo.person, give(other, f"Alone, a kettle {n}.").lesson_id)
        attempt(lesson, other)
        if n != 1:
            counted.append([queries(me, address) for address in pages(lesson.pk, circle, cleo.person)])
    one, three = counted
    assert one == three
    assert max(three) <= 8


def test_a_lesson_of_the_house_is_shown_to_the_safety_team_without_its_circle(sign_in, ada, ben, circle, house):
    """Somebody of another circle may be worried by it. Who wrote it, and where, is not said to them."""
    strand = give(ada, name=NAME, for_house=True)
    trial = attempt(strand.lesson, ada, "I tried it again.", for_house=True)
    me = sign_in(ben)
    for about, words in ((f"strand.{strand.pk}", "the kettle on"), (f"trial.{trial.pk}", "I tried it again.")):
        address = f"{reverse('safety:report')}?about={about}&circle={house.commons.pk}"
        page = me.get(address).content.decode()
        assert words in page
        assert "River" not in page
        assert circle.name not in page
        answer = me.post(address, {"reason": "unsure"}, follow=True)
        assert answer.status_code == 200
        assert "River" not in answer.content.decode()
    assert Concern.objects.count() == 2
