"""The desk of whoever guides: today, the plan, who has been quiet and what is due, on one page, and calm when empty."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weft.circles import around
from weft.circles.around import Around
from weft.circles.models import Persona
from weft.conftest import enter, make_circle
from weft.gatherings.models import Consent, HourNote, Seat
from weft.gatherings.models.consent import watching
from weft.gatherings.tests.guides import checked, make_hour, of_the_team, signed_off, sit
from weft.gatherings.tests.planned import make_series
from weft.loom import jobs, time
from weft.notices.models import Notice
from weft.people.models import Person
from weft.stories.models import Reply, Story

pytestmark = pytest.mark.django_db


def desk(client, persona):
    return client.get(reverse("circles:desk", kwargs={"key": persona.circle_id})).content.decode()


def ago(days):
    return time.now() - timedelta(days=days)


def long_here(circle, name, days=90):
    """A member who came some time ago, and has said nothing since."""
    persona = enter(Person.objects.join(name, None), circle, name)
    persona.since = ago(days).date()
    persona.save(update_fields=["since"])
    return persona


def tell(persona, days=0, audience="circle"):
    story = Story.begin(persona)
    story.write("It is a long night.", wish="listen", audience=audience, topics=[])
    story.share(by=persona)
    story.told_at = ago(days)
    story.save(update_fields=["told_at"])
    return story


def reply(persona, story, days=0, **more):
    said = Reply.say(story, "I am here.", by=persona, **more)
    said.said_at = ago(days)
    said.save(update_fields=["said_at"])
    return said


def come(persona, days):
    """To an hour so many days ago."""
    hour = make_hour(persona.circle, name="An hour that was")
    hour.day, hour.starts, hour.phase = ago(days).date(), ago(days), "ended"
    hour.save()
    seat = Seat(circle=hour.circle, gathering=hour, persona=persona, came_at=hour.starts)
    seat.save(force_insert=True)
    return seat


def quiet(guide):
    """The names at the desk, and what stands beside them."""
    found = Persona.found(guide.person, guide.circle_id)
    return {one.persona.name: one.said for one in Around(found).quiet}


def test_the_desk_is_for_those_who_guide_and_today_leads_there(sign_in, ada, cleo):
    address = reverse("circles:desk", kwargs={"key": cleo.circle_id})
    assert address in sign_in(cleo).get("/").content.decode()
    assert address in sign_in(cleo).get(cleo.circle.get_absolute_url()).content.decode()
    assert address not in sign_in(ada).get("/").content.decode()
    assert sign_in(ada).get(address).status_code == 404


def test_an_empty_desk_is_calm(sign_in, cleo):
    page = desk(sign_in(cleo), cleo)
    for words in (
        "No hour is planned.",
        "Everybody has been heard.",
        "No note waits to be written.",
        "You heard of everybody in the last three weeks.",
        "Nothing in the next 30 days.",
        "Nobody asks to come in at the moment.",
    ):
        assert words in page
    assert "The plan of the next hour" not in page


def test_today_is_there_with_who_comes_and_with_its_room(sign_in, circle, ada, cleo):
    hour = make_hour(circle, cleo, name="The evening hour")
    sit(hour, ada)
    away = sit(hour, long_here(circle, "Fern"))
    away.answer = "cannot"
    away.save()
    page = desk(sign_in(cleo), cleo)
    assert "The evening hour" in page
    assert "Coming (1)" in page
    assert "River" in page
    assert "Cannot come (1)" in page
    assert reverse("gatherings:room", kwargs={"key": circle.pk, "gathering_key": hour.pk}) in page
    assert "Nobody leads this one yet." not in page
    hour.shifts.all().delete()
    assert "Nobody leads this one yet." in desk(sign_in(cleo), cleo)


def test_on_a_day_without_an_hour_the_next_one_is_there(sign_in, cleo, evening):
    page = desk(sign_in(cleo), cleo)
    assert "No hour today. This is the next one." in page
    assert evening.get_absolute_url() in page
    assert "Nobody has said yet whether they come." in page


def test_the_plan_of_the_next_hour_lies_there_with_the_way_to_the_scripts(sign_in, cleo, series):
    assert "There is no plan yet." in desk(sign_in(cleo), cleo)
    series.follow_plan({"opening": "Welcome.", "prompts": ["What held?"], "closing": "Go gently."}, by=cleo)
    page = desk(sign_in(cleo), cleo)
    assert all(words in page for words in ("Welcome.", "What held?", "Go gently."))
    assert reverse("gatherings:hour_plan", kwargs={"key": cleo.circle_id, "series_key": series.pk}) in page


def test_a_note_waits_until_it_is_written(sign_in, circle, cleo):
    hour = make_hour(circle, cleo, keeps_notes=True)
    hour.phase = "ended"
    hour.save()
    address = reverse("gatherings:notes", kwargs={"key": circle.pk, "gathering_key": hour.pk})
    assert address in desk(sign_in(cleo), cleo)
    HourNote.write(hour, "It was quiet.", by=cleo)
    assert address not in desk(sign_in(cleo), cleo)


def test_who_told_answered_came_or_said_something_is_not_quiet(circle, cleo, evening):
    told, answered, came, says, last = (
        long_here(circle, name) for name in ("Told", "Answered", "Came", "Says", "Still")
    )
    assert set(quiet(cleo)) == {"Told", "Answered", "Came", "Says", "Still"}
    tell(told, 20)
    reply(answered, tell(cleo), 20)
    come(came, 20)
    evening.take_answer("cannot", by=says)
    assert set(quiet(cleo)) == {"Still"}
    assert last.pk


def test_after_three_weeks_one_is_named_with_the_week_or_the_month_and_no_number(circle, cleo):
    come(long_here(circle, "Weeks"), 30)
    reply(long_here(circle, "Months", 400), tell(cleo), 80)
    long_here(circle, "Reads")
    said = quiet(cleo)
    assert list(said) == ["Weeks", "Months", "Reads"], "whoever was heard of last comes first"
    assert said["Weeks"].startswith("last heard of in the week of ")
    assert said["Months"].startswith("last heard of in ")
    assert "week" not in said["Months"]
    assert said["Reads"].startswith("has listened since ")


def test_a_private_note_does_not_show_at_the_desk(circle, ada, cleo):
    """Those who guide do not read it, and so they do not learn that it was written."""
    wrote = long_here(circle, "Wrote")
    note = reply(wrote, tell(ada), 1, note=True)
    assert "Wrote" in quiet(cleo)
    note.is_note = False
    note.save()
    assert "Wrote" not in quiet(cleo)


def test_who_is_new_and_who_looks_on_is_not_named(circle, cleo):
    looks = long_here(circle, "Looks")
    long_here(circle, "Member")
    long_here(circle, "New", days=20)
    assert set(quiet(cleo)) == {"Looks", "Member"}
    looks.take_role(Persona.Role.OBSERVER, by=cleo)
    assert set(quiet(cleo)) == {"Member"}


def test_nobody_is_written_to_because_they_were_quiet(sign_in, circle, cleo):
    silent = long_here(circle, "Silent")
    assert "Silent" in desk(sign_in(cleo), cleo)
    jobs.run_due(at=time.now() + timedelta(days=1))
    assert not Notice.objects.filter(persona=silent).exists()
    assert mail.outbox == []


def test_in_a_large_room_nobody_is_named(sign_in, circle, cleo, monkeypatch):
    long_here(circle, "Silent")
    monkeypatch.setattr(around, "MANY", 1)
    page = desk(sign_in(cleo), cleo).partition("Who has been quiet")[2]  # who is new is greeted by name
    assert "Silent" not in page
    assert "too large to keep everybody in mind" in page


def test_what_ends_within_thirty_days_is_due(sign_in, circle, cleo):
    training = signed_off(cleo, days=31)
    credential = checked(cleo, of_the_team(), days=31)
    assert "Nothing in the next 30 days." in desk(sign_in(cleo), cleo)
    training.settle(by="Noor", on=time.today(), days=30)
    page = desk(sign_in(cleo), cleo)
    assert "The training of Cleo ends on" in page
    assert "The credential of Cleo" not in page
    credential.valid_until = time.today() + timedelta(days=30)
    credential.save()
    assert "The credential of Cleo ends on" in desk(sign_in(cleo), cleo)


def test_whoever_comes_and_has_not_said_yes_to_the_newest_words_is_named(sign_in, circle, ada, cleo, evening):
    words = "at the door of the next hours"
    evening.starts = time.now() + timedelta(days=1)
    evening.save()
    first = Consent.publish("We keep it here.", by=cleo, series=None)
    first.agree(ada, declared=watching(circle.pk))
    evening.take_answer("coming", by=ada)
    assert words not in desk(sign_in(cleo), cleo).lower()
    Consent.publish("We keep it here, all of it.", by=cleo)
    assert words in desk(sign_in(cleo), cleo).lower()
    newest = Consent.in_force(evening.series)
    newest.agree(ada, declared=watching(circle.pk))
    assert words not in desk(sign_in(cleo), cleo).lower()
    newest.take_back(ada)
    assert words in desk(sign_in(cleo), cleo).lower()


def test_words_of_a_series_own_are_asked_for_before_those_of_the_circle(circle, ada, cleo, evening):
    Consent.publish("Of all hours.", by=cleo).agree(ada, declared=[])
    coming = {evening: [ada]}
    assert Consent.still_to_agree(circle.pk, coming, declared=[]) == set()
    own = Consent.publish("Of this hour.", by=cleo, series=evening.series)
    assert Consent.still_to_agree(circle.pk, coming, declared=[]) == {ada}
    own.agree(ada, declared=[])
    assert Consent.still_to_agree(circle.pk, coming, declared=[]) == set()
    assert Consent.still_to_agree(circle.pk, coming, declared=[(1, "Somebody new who looks on")]) == {ada}


def crowd(n):
    """A circle in which there are *n* of everything that its desk shows."""
    circle = make_circle(f"Room of {n}")
    guide = enter(Person.objects.join(f"guide {n}", None), circle, "Guide", role=Persona.Role.FACILITATOR)
    noor = of_the_team(f"Noor {n}")
    for number in range(n):
        person = Person.objects.join(f"asks {number} of {n}", None)
        Persona.enter(person, circle, f"Asks {number}", standing=Persona.Standing.ASKING)
        silent, talks = long_here(circle, f"Quiet {number} of {n}"), long_here(circle, f"Talks {number} of {n}")
        reply(silent, tell(talks), 40)
        tell(talks)
        helper = enter(Person.objects.join(f"helper {number} of {n}", None), circle, f"Helper {number}")
        helper.take_role(Persona.Role.FACILITATOR, by=guide)
        signed_off(helper, days=9)
        checked(helper, noor, days=9)
        make_series(guide, name=f"Series {number}").next.take_answer("coming", by=talks)
        past = make_hour(circle, guide, keeps_notes=True, name=f"Past {number}")
        past.phase = "ended"
        past.save()
        sit(make_hour(circle, guide, name=f"Today {number}"), talks)
    return guide


def test_a_full_desk_costs_eight_queries_however_much_is_on_it(sign_in, house):
    counts = []
    for n in (1, 3):
        guide = crowd(n)
        browser = sign_in(guide)
        desk(browser, guide)
        with CaptureQueriesContext(connection) as queries:
            page = desk(browser, guide)
        assert f"Quiet {n - 1} of {n}" in page
        assert page.count("The training of ") == n
        assert all(f"{what} {n - 1}" in page for what in ("Asks", "Today", "Past"))
        counts.append(len(queries))
    assert counts == [8, 8]
