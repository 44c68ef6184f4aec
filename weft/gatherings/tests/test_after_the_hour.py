"""After an hour: a calm page for all alike, a worry that is no longer one's own, and a way to appeal."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.gatherings import keeping
from weft.gatherings.models import Gathering
from weft.loom import time
from weft.people.models import Duty, Person
from weft.safety.models import Concern

pytestmark = pytest.mark.django_db(transaction=True)


def at(name, gathering):
    return reverse(f"gatherings:{name}", kwargs={"key": gathering.circle_id, "gathering_key": gathering.pk})


def reads(client, address):
    return client.get(address, follow=True).content.decode()


@pytest.fixture
def room(hour, lead, helper, river, benno):
    """Everybody is in, and River has written in her turn."""
    for seat in (lead, helper, river, benno):
        hour.come(by=seat)
    room = hour.act("open_door", by=lead, turn=0)
    for seat in (river, benno):
        hour.act("admit", by=lead, seat=seat.pk)
    room = hour.act("begin", by=lead, turn=room.turn)
    room = hour.act("start_round", by=lead, turn=room.turn)
    room = hour.act("accept", by=river, turn=room.turn)
    hour.say("I do not see the point any more.", by=river, turn=room.turn)
    return hour.look()


@pytest.fixture
def noor() -> Person:
    """One of the safety team."""
    noor = Person.objects.join("noor", None)
    Duty.objects.create(person=noor, kind="safety", known_as="Noor")
    return noor


def test_the_room_and_the_gathering_lead_everybody_to_the_same_calm_page(
    sign_in, hour, room, gathering, lead, ben, ada
):
    sign_in(ada).post(at("room", gathering), {"what": "leave"})
    assert "Feel your feet" not in reads(sign_in(ben), at("after", gathering))  # a control: it still goes on
    hour.act("end", by=lead, turn=hour.look().turn)
    pages = [sign_in(one).get(at("room", gathering), follow=True) for one in (ada, ben)]
    assert [page.redirect_chain[-1][0] for page in pages] == [at("after", gathering)] * 2
    for page in pages:
        said = page.content.decode()
        assert "Feel your feet" in said
        assert reverse("safety:help") in said
    assert "Benno" not in pages[0].content.decode()  # nobody is told who was there, or who left early
    assert "River" not in pages[1].content.decode()
    assert at("after", gathering) in reads(sign_in(ada), gathering.get_absolute_url())


def test_whoever_was_not_there_finds_the_page_too_and_learns_no_names(sign_in, hour, room, gathering, lead, imke):
    late = sign_in(imke)  # she guides, and finds the page of everybody
    hour.act("end", by=lead, turn=hour.look().turn)
    assert "Feel your feet" in reads(late, at("room", gathering))
    Gathering.objects.update(starts=time.now() - timedelta(days=2))
    keeping.tidy(time.now())  # two days later nothing says any more who sat where
    assert "Feel your feet" in reads(late, at("room", gathering))


def test_a_stranger_finds_neither_page(sign_in, hour, room, gathering, lead, noor):
    hour.act("end", by=lead, turn=hour.look().turn)
    for name in ("after", "worry"):
        assert sign_in(noor).get(at(name, gathering)).status_code == 404


def test_a_worry_from_the_room_takes_the_words_along_and_they_stay_when_the_hour_has_ended(
    sign_in, hour, room, gathering, lead, cleo, ada, noor
):
    host = sign_in(cleo)
    assert at("worry", gathering) in reads(host, at("room", gathering))
    page = reads(host, at("worry", gathering))
    assert "I do not see the point any more." in page
    said = gathering.words.get()
    host.post(at("worry", gathering), {"words": "I heard it in her voice.", "heard": [said.pk]})
    hour.act("end", by=lead, turn=hour.look().turn)
    assert not gathering.words.exists()
    concern = Concern.objects.get()
    report = concern.reports.get()
    assert (concern.about["persona"], report.reason) == (ada.pk, "danger")
    assert report.excerpt == "I do not see the point any more."
    assert report.words == "I heard it in her voice."


def test_whoever_worries_sees_that_somebody_has_it_and_what_they_say(sign_in, room, gathering, ada, benno, ben, noor):
    member = sign_in(ben)
    member.post(at("worry", gathering), {"words": "She sounded far away.", "who": ada.pk})
    concern = Concern.objects.get()
    address = reverse("safety:concern", kwargs={"key": concern.pk})
    assert "Noor of the safety team has it now." not in reads(member, address)
    sign_in(noor).post(reverse("safety:taken", kwargs={"key": concern.pk}))
    assert "Noor of the safety team has it now." in reads(member, address)
    concern.answer("I have spoken with her.", by=noor)
    assert "I have spoken with her." in reads(member, address)


def test_whoever_a_worry_is_about_never_finds_it_though_they_are_on_the_team(sign_in, room, gathering, ada, ben, noor):
    Duty.objects.create(person=ada.person, kind="safety", known_as="Another")
    sign_in(ben).post(at("worry", gathering), {"words": "She sounded far away.", "who": ada.pk})
    queue = reverse("safety:queue")
    item = reverse("safety:item", kwargs={"key": Concern.objects.get().pk})
    assert item in reads(sign_in(noor), queue)
    assert item not in reads(sign_in(ada.person), queue)
    assert sign_in(ada.person).get(item).status_code == 404


def test_words_of_two_people_do_not_go_into_one_worry_and_what_was_typed_is_kept(
    sign_in, hour, room, gathering, benno, cleo, lead
):
    other = hour.act("pass_on", by=gathering.words.get().seat, turn=hour.look().turn)
    other = hour.act("accept", by=benno, turn=other.turn)
    hour.say("I am fine.", by=benno, turn=other.turn)
    both = [said.pk for said in gathering.words.all()]
    answer = sign_in(cleo).post(at("worry", gathering), {"words": "Both of them.", "heard": both})
    assert "Both of them." in answer.content.decode()
    assert not Concern.objects.exists()


def test_a_worry_without_a_word_is_asked_for_one(sign_in, room, gathering, cleo):
    assert sign_in(cleo).post(at("worry", gathering), {"words": ""}).status_code == 200
    assert not Concern.objects.exists()


def test_whoever_was_put_out_can_appeal_during_the_hour_and_after_it(
    sign_in, hour, room, gathering, lead, river, ada, ben, noor
):
    hour.act("remove", by=lead, seat=river.pk)
    appeal = f"{reverse('safety:report')}?about=removal.{river.pk}&circle={gathering.circle_id}"
    assert appeal in reads(sign_in(ada), at("room", gathering))
    hour.act("end", by=lead, turn=hour.look().turn)
    page = reads(sign_in(ada), at("room", gathering))
    assert appeal in page
    assert "removal" not in reads(sign_in(ben), at("room", gathering))  # a control: nobody else was
    assert sign_in(ben).get(appeal).status_code == 404
    assert sign_in(ada).get(appeal).status_code == 200
    sign_in(ada).post(appeal, {"reason": "unsure", "words": "I had said nothing."})
    concern = Concern.objects.get()
    assert concern.about["kind"] == "removal"
    assert "I had said nothing." in reads(sign_in(noor), reverse("safety:item", kwargs={"key": concern.pk}))
    cleo = lead.persona
    Duty.objects.create(person=cleo.person, kind="safety", known_as="Cleo")
    item = reverse("safety:item", kwargs={"key": concern.pk})
    assert sign_in(cleo.person).get(item).status_code == 404  # whoever put them out never reads it


def test_there_is_no_worry_page_of_an_hour_that_does_not_take_place(sign_in, evening, cleo):
    assert sign_in(cleo).get(at("worry", evening)).status_code == 200
    evening.cancel("", by=cleo)
    assert sign_in(cleo).get(at("worry", evening)).status_code == 404
