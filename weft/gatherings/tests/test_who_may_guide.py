"""Only who was signed off, or whose credential holds, opens an hour. Nobody decides about themself."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.urls import reverse

from weft.circles import veil
from weft.circles.models import Credential, Persona
from weft.conftest import enter, make_circle
from weft.gatherings.models import Course, Training
from weft.gatherings.tests.guides import checked, licence, make_hour, of_the_team, signed_off
from weft.loom import jobs, time
from weft.loom.models import Job
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.tests.laws.dump import everything


@pytest.fixture
def noor(house):
    return of_the_team("Noor")


@pytest.fixture
def later(monkeypatch):
    """Another day."""

    def to(days: int) -> None:
        moment = time.now() + timedelta(days=days)
        monkeypatch.setattr(time, "now", lambda: moment)
        monkeypatch.setattr(time, "today", lambda: moment.date())

    return to


def at(view, persona, **more):
    return reverse(f"gatherings:{view}", kwargs={"key": persona.circle_id, **more})


def test_nobody_opens_an_hour_who_was_not_signed_off(circle, cleo):
    hour = make_hour(circle, cleo)
    assert hour.may_open(cleo) == ["Your training as a host is not signed off yet. When it is, you can open this hour."]
    signed_off(cleo)
    assert hour.may_open(cleo) == []


def test_a_sign_off_gives_the_hour_that_is_ones_own_and_no_other(circle, ada, cleo):
    """A member who was signed off holds what the circle gives them: not another hour, and nothing of the desk."""
    mine, other = make_hour(circle, ada), make_hour(circle, cleo)
    signed_off(ada)
    assert mine.may_open(ada) == []
    assert other.may_open(ada) == ["You do not guide this hour."]
    assert not ada.facilitates


def test_a_sign_off_lapses_and_only_the_hour_is_gone(circle, cleo, later, sign_in):
    hour, training = make_hour(circle, cleo), signed_off(cleo, days=365)
    later(365)
    assert hour.may_open(cleo) == [], "its last day"
    later(1)
    assert [words.partition(" on ")[0] for words in hour.may_open(cleo)] == ["Your training as a host ended"]
    assert sign_in(cleo).get(reverse("circles:desk", kwargs={"key": circle.pk})).status_code == 200
    training.settle(by="Noor", on=time.today(), days=365)
    assert hour.may_open(cleo) == []


def test_an_observer_opens_nothing(circle, ada):
    hour = make_hour(circle, ada)
    signed_off(ada)
    assert hour.may_open(ada) == []
    ada.role = Persona.Role.OBSERVER
    ada.save()
    assert hour.may_open(ada) == ["You do not guide this hour."]


def test_no_gathering_opens_on_an_expired_credential(circle, cleo, noor, later):
    hour = make_hour(circle, cleo, needs_credential=True)
    signed_off(cleo)
    assert [words.split(".")[0] for words in hour.may_open(cleo)] == [
        "This hour needs somebody whose credential was checked"
    ]
    checked(cleo, noor, days=60)
    assert hour.may_open(cleo) == []
    later(60)
    assert hour.may_open(cleo) == [], "its last day"
    later(1)
    assert [words.partition(" on ")[0] for words in hour.may_open(cleo)] == ["Your credential ended"]
    assert make_hour(circle, cleo).may_open(cleo) == [], "an hour that needs none"


def test_the_day_is_that_of_the_place_where_the_hour_is(circle, cleo, noor, monkeypatch):
    """Ten in the evening in Los Angeles is the next day in London."""
    hour = make_hour(circle, cleo, needs_credential=True, zone="America/Los_Angeles")
    credential = checked(cleo, noor, days=60)
    evening = time.midnight(credential.valid_until + timedelta(days=1)) + timedelta(hours=5)
    monkeypatch.setattr(time, "now", lambda: evening)
    assert hour.may_open(cleo) == []
    hour.series.zone = "Europe/London"
    assert hour.may_open(cleo) != []


def test_a_credential_is_enough_without_a_training(circle, cleo, noor):
    checked(cleo, noor)
    assert make_hour(circle, cleo).may_open(cleo) == []


def test_nobody_checks_their_own_credential(circle, cleo, noor, sign_in):
    Duty.objects.create(person=cleo.person, kind="safety", known_as="Cleo again")
    mine = Credential.enter(cleo, **licence())
    with pytest.raises(PermissionError):
        mine.confirm(by=cleo.person)
    browser = sign_in(cleo)
    assert browser.post(reverse("gatherings:check", kwargs={"key": mine.pk}), {"how": "yes"}).status_code == 404
    assert "TH-4711" not in browser.get(reverse("gatherings:checks")).content.decode()
    assert not Credential.objects.get(pk=mine.pk).was_checked
    mine.confirm(by=noor)
    assert Credential.objects.get(pk=mine.pk).checked_by == "Noor"


def test_only_the_safety_team_checks_a_credential(circle, ada, cleo, noor):
    trainer = of_the_team("Tamsin", "trainer")
    mine = Credential.enter(cleo, **licence())
    for somebody in (ada.person, trainer):
        with pytest.raises(PermissionError):
            mine.confirm(by=somebody)


def test_nobody_signs_off_their_own_training(circle, cleo, noor):
    Duty.objects.create(person=cleo.person, kind="trainer", known_as="Cleo again")
    training = handed_in(cleo)
    with pytest.raises(PermissionError):
        training.sign_off(by=cleo.person)
    assert not Training.objects.get(pk=training.pk).was_signed
    training.sign_off(by=noor)
    assert Training.objects.get(pk=training.pk).signed_by == "Noor"


def handed_in(persona: Persona) -> Training:
    course = Course.here()
    for lesson in course.lessons:
        training = Training.answer(persona, lesson, "I would wait.")
    training.hand_in(course)
    return training


def test_whom_the_house_named_for_it_signs_hosts_off(circle, ada):
    training = handed_in(ada)
    training.sign_off(by=of_the_team("Tamsin", "trainer"))
    assert make_hour(circle, ada).may_open(ada) == []
    with pytest.raises(PermissionError):
        training.sign_off(by=of_the_team("Sol", "steward"))


def test_a_training_is_handed_in_whole_or_not_at_all(circle, ada):
    course = Course.here()
    for lesson in course.lessons[:-1]:
        training = Training.answer(ada, lesson, "I would wait.")
    training.hand_in(course)
    assert not Training.objects.get(pk=training.pk).is_waiting
    handed_in(ada)
    assert Training.objects.get(pk=training.pk).is_waiting


def test_who_renews_stays_a_host_until_the_new_one_is_read(circle, ada, noor, later):
    hour = make_hour(circle, ada)
    handed_in(ada).sign_off(by=noor)
    later(350)
    again = handed_in(ada)
    assert hour.may_open(ada) == []
    again.sign_off(by=noor)
    later(300)
    assert hour.may_open(ada) == []
    assert Training.objects.count() == 1


def test_a_newer_credential_waits_beside_the_one_that_holds(circle, cleo, noor, later):
    hour = make_hour(circle, cleo, needs_credential=True)
    checked(cleo, noor, days=20)
    newer = Credential.enter(cleo, **licence(400))
    assert hour.may_open(cleo) == []
    newer.confirm(by=noor)
    later(100)
    assert hour.may_open(cleo) == []
    assert Credential.objects.count() == 1


@pytest.mark.parametrize("what", ["credential", "training"])
def test_who_guides_is_warned_a_month_before(circle, cleo, noor, what):
    made = checked(cleo, noor, days=90) if what == "credential" else signed_off(cleo, days=90)
    rung = Notice.objects.filter(fact_tag=Notice.fact(f"gatherings.{what}_ends", cleo, made.pk))
    jobs.run_due()
    assert not rung.exists()
    ends = [job.due for job in Job.objects.filter(name="gatherings.warn")]
    first, last = min(ends), max(ends)
    assert timedelta(days=30) <= time.midnight(made.valid_until) - first <= timedelta(days=35)
    assert timedelta() <= time.midnight(made.valid_until) - last <= timedelta(days=3)


def test_the_warning_comes_on_its_day(circle, cleo, noor, later):
    made = checked(cleo, noor, days=90)
    later(61)
    jobs.run_due(at=time.now())
    assert Notice.objects.filter(fact_tag=Notice.fact("gatherings.credential_ends", cleo, made.pk)).exists()


def test_who_has_renewed_is_not_warned(circle, cleo, noor, later):
    old = checked(cleo, noor, days=90)
    checked(cleo, noor, days=900)
    later(61)
    jobs.run_due(at=time.now())
    assert not Notice.objects.filter(fact_tag=Notice.fact("gatherings.credential_ends", cleo, old.pk)).exists()


def test_a_flag_that_was_turned_in_the_database_gives_nothing(circle, cleo, noor):
    """Whoever can write into the tables but has no key turns the plain flags, and moves rows to themself."""
    hour = make_hour(circle, cleo, needs_credential=True)
    Credential.enter(cleo, **licence())
    Credential.objects.update(is_checked=True, is_waiting=False)
    assert hour.may_open(cleo) != []
    Credential.objects.all().delete()
    other = enter(Person.objects.join("dora", None), circle, "Dora", role=Persona.Role.FACILITATOR)
    checked(other, noor)
    Credential.objects.update(persona=cleo)
    assert hour.may_open(cleo) != []
    Credential.objects.update(persona=other)
    assert hour.may_open(other) == [], "and yet it was a good one"


def test_the_number_is_seen_by_who_checks_and_by_nobody_else(circle, ada, cleo, noor, sign_in, client):
    mine = Credential.enter(cleo, **licence())
    people, door = reverse("circles:people", kwargs={"key": circle.pk}), reverse("gatherings:checks")
    check = reverse("gatherings:check", kwargs={"key": mine.pk})
    assert "TH-4711" in sign_in(noor).get(check).content.decode()
    assert "TH-4711" in sign_in(cleo).get(at("credential", cleo)).content.decode()
    assert "The Chamber" not in sign_in(ada).get(people).content.decode(), "not before it is checked"
    mine.confirm(by=noor)
    seen = [sign_in(who).get(people).content.decode() for who in (ada, cleo)]
    seen += [client.get(circle.get_absolute_url()).content.decode()]
    assert [("The Chamber" in page, "TH-4711" in page) for page in seen] == [(True, False)] * 3
    assert "TH-4711" not in sign_in(noor).get(door).content.decode()
    assert sign_in(noor).get(check).status_code == 404, "it is decided"


@pytest.mark.django_db(transaction=True)
def test_a_licence_lies_sealed(circle, cleo, noor):
    checked(cleo, noor)
    stolen = everything()
    assert b"TH-4711" not in stolen
    assert b"The Chamber" not in stolen
    assert Credential.objects.get().number == "TH-4711"


def test_carrying_a_credential_over_joins_nothing(circle, cleo, noor, sign_in):
    """The row in the other circle has no column in common with the first, and the first one does not change."""
    there = enter(cleo.person, make_circle("Another"), "C.", role=Persona.Role.FACILITATOR)
    first = checked(cleo, noor)
    before = Credential.objects.filter(pk=first.pk).values_list().get()
    browser = sign_in(cleo)
    assert "TH-4711" not in browser.get(at("credential", there)).content.decode()
    browser.post(at("carry_credential", there), {"credential": first.pk})
    second = Credential.objects.get(persona=there)
    assert (second.number, second.checked_by, second.holds(time.today())) == ("TH-4711", "Noor", True)
    assert Credential.objects.filter(pk=first.pk).values_list().get() == before
    one, other = (Credential.objects.filter(pk=pk).values().get() for pk in (first.pk, second.pk))
    alike = {name for name in one if bytes(str(one[name]), "utf8") == bytes(str(other[name]), "utf8")}
    assert alike == {"is_checked", "is_waiting"}


def test_nobody_carries_over_what_is_not_theirs(circle, ada, cleo, noor):
    first = checked(cleo, noor)
    theirs = enter(ada.person, make_circle("Another"), "A.", role=Persona.Role.FACILITATOR)
    with pytest.raises(PermissionError):
        first.carry_to(theirs, by=ada.person)
    hers = enter(cleo.person, make_circle("A third"), "C.")
    with pytest.raises(PermissionError):
        first.carry_to(hers, by=cleo.person)


def test_a_credential_that_was_taken_back_is_gone(circle, cleo, noor, sign_in):
    mine = checked(cleo, noor)
    sign_in(cleo).post(at("take_credential_away", cleo, credential_key=mine.pk))
    assert not Credential.objects.filter(Q(pk=mine.pk)).exists()


def test_the_team_hears_of_it_and_whoever_is_of_the_team_hears_nothing_of_their_own(circle, cleo, noor):
    Duty.objects.create(person=cleo.person, kind="safety", known_as="Cleo again")
    Credential.enter(cleo, **licence())
    jobs.run_due()
    shown = {
        who.pk: Notice.objects.get(fact_tag=Notice.fact("gatherings.to_check", who)).is_shown
        for who in (noor, cleo.person)
    }
    assert shown == {noor.pk: True, cleo.person.pk: False}


def test_a_host_learns_in_a_browser_and_is_signed_off(circle, ada, noor, sign_in):
    browser, team = sign_in(ada), sign_in(noor)
    assert browser.post(at("training", ada)).status_code == 302, "nothing to hand in yet"
    page = at("lesson", ada, number=1)
    assert "Please write a line" in browser.post(page, {"words": " "}).content.decode()
    for _lesson in Course.here().lessons:
        answer = browser.post(page, {"words": "I would wait, and say so.", "read": ""})
        page = answer["Location"]
    assert page == at("training", ada)
    browser.post(page)
    waiting = Training.objects.get()
    sheet = reverse("gatherings:sign_off", kwargs={"key": waiting.pk})
    assert "I would wait, and say so." in team.get(sheet).content.decode()
    team.post(sheet, {"how": "no", "words": "Shall we speak first?"})
    assert "Shall we speak first?" in browser.get(page).content.decode()
    browser.post(page)
    team.post(sheet, {"how": "yes"})
    assert "Signed off by" in browser.get(page).content.decode()
    assert not Persona.objects.get(pk=ada.pk).facilitates


def test_the_house_writes_its_own_steps(circle, ada, noor, sign_in):
    team, page = sign_in(noor), reverse("gatherings:course")
    said = {"days": "182", "title_0": "Knocking", "text_0": "Knock first.", "asks_0": "Why?", "title_7": ""}
    assert team.post(page, said)["Location"] == reverse("gatherings:checks")
    assert [lesson["title"] for lesson in Course.here().lessons] == ["Knocking"]
    assert "Knock first." in sign_in(ada).get(at("lesson", ada, number=1)).content.decode()
    assert sign_in(ada).get(at("lesson", ada, number=2)).status_code == 404
    handed_in(ada).sign_off(by=noor)
    assert Training.objects.get().days_left == 182


def test_who_is_erased_leaves_no_licence_and_no_training(circle, cleo, noor):
    checked(cleo, noor)
    signed_off(cleo)
    cleo.leave(by=cleo.person, words="take")
    assert not Credential.objects.exists()
    assert not Training.objects.exists()


def test_ones_own_things_say_what_one_holds(circle, cleo, noor):
    from weft.home.taking import things_of

    checked(cleo, noor)
    handed_in(cleo)
    found = str(things_of(cleo.person))
    assert "TH-4711" in found
    assert "I would wait." in found
    assert veil.keyring(cleo.person)
