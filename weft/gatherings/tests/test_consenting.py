"""Nobody comes into an hour on an old consent; who said yes, to which words and when, can be shown later."""

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter
from weft.gatherings import consent
from weft.gatherings.models import Consent, ConsentChain, ConsentStep
from weft.gatherings.models.consent import watching, who_mark
from weft.gatherings.tests.guides import make_hour, sit
from weft.loom import jobs
from weft.notices.models import Notice
from weft.people.models import Person

WORDS = "What is said here stays here, with two limits."


@pytest.fixture
def hour(circle, cleo):
    return make_hour(circle, cleo)


def at(view, persona, **more):
    return reverse(f"gatherings:{view}", kwargs={"key": persona.circle_id, **more})


def agree(persona, series):
    Consent.in_force(series).agree(persona, declared=watching(persona.circle_id))


def test_nobody_enters_on_an_old_consent(hour, ada, cleo):
    seat = sit(hour, ada)
    first = consent.needed(seat)
    assert first is not None
    assert first.version == 1
    agree(ada, hour.series)
    assert consent.needed(seat) is None
    second = Consent.publish(WORDS, by=cleo)
    assert consent.needed(seat) == second
    assert second.version == 2
    first.agree(ada, declared=[])
    assert consent.needed(seat) == second, "a yes to older words opens nothing"
    agree(ada, hour.series)
    assert consent.needed(seat) is None


def test_nobody_is_let_off(hour, cleo):
    """Neither who guides nor who looks on. Publishing is a yes."""
    assert consent.needed(sit(hour, cleo)) is not None
    Consent.publish(WORDS, by=cleo)
    assert consent.needed(hour.taken.get()) is None


def test_a_series_may_have_words_of_its_own(hour, circle, ada, cleo):
    other = make_hour(circle, cleo)
    agree(ada, hour.series)
    own = Consent.publish(WORDS, by=cleo, series=other.series)
    assert consent.needed(sit(hour, ada)) is None
    assert consent.needed(sit(other, ada)) == own
    assert own.version == 1


def test_the_first_words_are_those_of_its_kind(circle, hour):
    assert "this yes back" in Consent.in_force(hour.series).text
    circle.kind = "therapy"
    Consent.objects.all().delete()
    assert "when a court orders it" in Consent.in_force(hour.series).text
    assert Consent.in_force(hour.series) == Consent.in_force(hour.series)


def test_a_new_observer_makes_it_ask_again(hour, circle, ada):
    seat = sit(hour, ada)
    agree(ada, hour.series)
    assert consent.needed(seat) is None
    saskia = enter(Person.objects.join("saskia", None), circle, "Saskia", role=Persona.Role.OBSERVER)
    assert consent.needed(seat) is not None
    agree(ada, hour.series)
    assert consent.needed(seat) is None
    saskia.role = Persona.Role.MEMBER
    saskia.save()
    assert consent.needed(seat) is None, "one who no longer looks on is no reason to ask"


def test_observers_are_declared_by_name_and_true_role(hour, circle, ada, sign_in):
    now = Consent.in_force(hour.series)
    page = at("consent", ada, consent_key=now.pk)
    assert "Nobody looks on." in sign_in(ada).get(page).content.decode()
    saskia = enter(Person.objects.join("saskia", None), circle, "Saskia", role=Persona.Role.OBSERVER)
    seen = sign_in(ada).get(page).content.decode()
    assert "Saskia" in seen
    assert "observer" in seen
    sign_in(ada).post(page, {"yes": "1"})  # a page from before she came: she was not on it
    assert consent.needed(sit(hour, ada)) == now
    sign_in(ada).post(page, {"yes": "1", "watching": [saskia.pk]})
    assert consent.needed(hour.taken.get()) is None


def test_saying_not_now_is_kind_and_is_kept_nowhere(hour, ada, sign_in):
    page = at("consent", ada, consent_key=Consent.in_force(hour.series).pk)
    before = ConsentStep.objects.count()
    seen = sign_in(ada).get(page + "?not-now").content.decode()
    assert "You keep your seat in the circle" in seen
    assert ConsentStep.objects.count() == before
    assert sign_in(ada).get(ada.circle.get_absolute_url()).status_code == 200


def test_a_yes_can_be_taken_back(hour, ada, sign_in):
    now, seat = Consent.in_force(hour.series), sit(hour, ada)
    browser, page = sign_in(ada), at("consent", ada, consent_key=Consent.in_force(hour.series).pk)
    browser.post(page, {"yes": "1"})
    assert consent.needed(seat) is None
    browser.post(page, {"back": "1"})
    assert consent.needed(seat) == now
    assert [step.said["what"] for step in sorted(ConsentStep.objects.all(), key=lambda s: s.place)] == ["yes", "back"]
    browser.post(page, {"yes": "1"})
    assert consent.needed(seat) is None
    assert ConsentChain.verify(ada.circle) == []


def test_twice_is_once(hour, ada, sign_in):
    page = at("consent", ada, consent_key=Consent.in_force(hour.series).pk)
    for _time in range(2):
        sign_in(ada).post(page, {"yes": "1", "next": "/circles/"})
    assert ConsentStep.objects.count() == 1


def test_the_door_leads_on_and_only_within_the_house(hour, ada, sign_in):
    page = at("consent", ada, consent_key=Consent.in_force(hour.series).pk)
    assert sign_in(ada).post(page, {"yes": "1", "next": "https://elsewhere.invalid/"})["Location"] == at(
        "consents", ada
    )
    assert sign_in(ada).post(page, {"yes": "1", "next": "/circles/"})["Location"] == "/circles/"


def test_only_who_guides_publishes(hour, ada, cleo, sign_in):
    with pytest.raises(PermissionError):
        Consent.publish(WORDS, by=ada)
    assert sign_in(ada).post(at("new_consent", ada), {"text": WORDS}).status_code == 404
    sign_in(cleo).post(at("new_consent", cleo), {"text": WORDS})
    sign_in(cleo).post(at("new_consent", cleo), {"text": WORDS})
    assert Consent.in_force(hour.series).version == 2, "the same words twice are one version"


def test_everybody_hears_that_there_is_something_new(hour, ada, cleo):
    agree(ada, hour.series)
    new = Consent.publish(WORDS, by=cleo)
    jobs.run_due()
    told = Notice.objects.get(fact_tag=Notice.fact("gatherings.consent", ada, new.pk))
    assert told.is_shown
    assert not Notice.objects.get(fact_tag=Notice.fact("gatherings.consent", cleo, new.pk)).is_shown
    agree(ada, hour.series)
    jobs.run_due()
    assert told.is_read


def test_who_agreed_when_and_to_which_text_can_be_shown(hour, ada, cleo, sign_in):
    agree(ada, hour.series)
    old = Consent.in_force(hour.series)
    Consent.publish(WORDS, by=cleo)
    guide = sign_in(cleo).get(at("who_agreed", cleo)).content.decode()
    assert "River" in guide
    assert "to be asked again" in guide
    assert "The record is whole" in guide
    step = ConsentStep.objects.get(persona=ada)
    assert (step.said["text"], step.said["who"]) == (old.hash, who_mark(ada.circle_id, ada.pk))
    mine = sign_in(ada).get(at("record", ada))
    assert "attachment" in mine["Content-Disposition"]
    said = mine.content.decode()
    assert old.hash in said
    assert step.mark in said
    assert "Nothing is recorded." in said
    assert sign_in(ada).get(at("who_agreed", ada)).status_code == 404


class TestControl:
    """Whatever is changed in the record from outside is found."""

    @pytest.fixture(autouse=True)
    def _record(self, hour, circle, ada, cleo):
        self.circle, self.hour, self.ada, self.cleo = circle, hour, ada, cleo
        agree(ada, hour.series)
        Consent.publish(WORDS, by=cleo)
        agree(ada, hour.series)
        assert ConsentChain.verify(circle) == []

    def of(self, persona):
        return ConsentStep.objects.filter(persona=persona)

    def test_a_step_given_to_another(self):
        self.of(self.ada).update(persona=self.cleo)
        assert ConsentChain.verify(self.circle)

    def test_a_step_that_says_another_version(self):
        old, new = Consent.objects.order_by("version")
        self.of(self.ada).filter(consent=old).update(consent=new)
        assert ConsentChain.verify(self.circle)

    def test_a_step_that_leads_to_nobody(self):
        self.of(self.ada).update(persona=None)
        assert ConsentChain.verify(self.circle)

    def test_a_step_that_was_taken_out(self):
        self.of(self.ada).filter(consent__version=1)._raw_delete("default")
        assert ConsentChain.verify(self.circle)

    def test_steps_that_were_cut_off_at_the_end(self):
        self.of(self.ada).filter(consent__version=2)._raw_delete("default")
        assert ConsentChain.verify(self.circle)

    def test_a_step_that_was_copied(self):
        row = self.of(self.ada).values().first()
        ConsentStep.objects.bulk_create([ConsentStep(**row | {"id": 7})])
        assert ConsentChain.verify(self.circle)

    def test_words_that_were_changed_afterwards(self):
        """Even by whoever has the key: the step keeps the hash of the words."""
        old = Consent.objects.get(version=1)
        old.text = "Anything may be told."
        old.save()
        assert ConsentChain.verify(self.circle)

    def test_a_link_that_was_changed(self):
        self.of(self.ada).filter(consent__version=1).update(link=b"0" * 16)
        assert ConsentChain.verify(self.circle)

    def test_a_chain_that_was_emptied(self):
        ConsentChain.objects.all().delete()
        assert ConsentChain.verify(self.circle)

    def test_and_the_page_says_so(self, sign_in):
        self.of(self.ada).update(persona=self.cleo)
        assert (
            "changed this record from outside" in sign_in(self.cleo).get(at("who_agreed", self.cleo)).content.decode()
        )


def test_a_yes_that_was_given_to_another_opens_nothing(hour, circle, ada, cleo):
    agree(ada, hour.series)
    dora = enter(Person.objects.join("dora", None), circle, "Dora")
    ConsentStep.objects.filter(persona=ada).update(persona=dora)
    assert consent.needed(sit(hour, dora)) is not None


def test_who_has_left_leaves_the_record_whole_and_leads_nowhere(hour, circle, ada, cleo):
    agree(ada, hour.series)
    Consent.publish(WORDS, by=cleo)
    agree(ada, hour.series)
    gone = ada.pk
    ada.leave(by=ada.person, words="erase")
    assert ConsentChain.verify(circle) == []
    assert not ConsentStep.objects.filter(persona=gone).exists()
    assert ConsentStep.objects.count() == 4, "two of theirs, one of Cleo, and that somebody has left"
    agree(cleo, hour.series)
    assert ConsentChain.verify(circle) == []


def test_a_record_is_history(hour, ada):
    agree(ada, hour.series)
    step = ConsentStep.objects.get()
    with pytest.raises(TypeError):
        step.save()
    with pytest.raises(TypeError):
        step.delete()
