"""Settings: what matters asks again who it is, and no answer tells anything about other people."""

import re

import pytest

from weft.conftest import PASSPHRASE
from weft.people import door
from weft.people.models import Person, email_tag
from weft.people.tests.conftest import at_the_door, signed_in, words

pytestmark = pytest.mark.django_db
MATTERS = ["passphrase", "code", "email", "step"]


@pytest.mark.parametrize("thing", MATTERS)
def test_what_matters_asks_again_when_the_sign_in_is_old(wren: Person, sign_in, thing: str):
    fresh, old = at_the_door("wren", PASSPHRASE)[0], sign_in(wren)
    assert "to be sure that it is you" not in fresh.get(f"/settings/{thing}/").content.decode()
    assert "to be sure that it is you" in old.get(f"/settings/{thing}/").content.decode()


def test_a_wrong_passphrase_changes_nothing(wren: Person, sign_in):
    client = sign_in(wren)
    said = client.post("/settings/name/", {"name": "robin", "present": "five wrong words in a row"})
    assert "That is not your passphrase." in said.content.decode()
    assert client.post("/settings/name/", {"name": "robin"}).status_code == 200
    assert Person.objects.get().name == "wren"


def test_tries_at_the_present_passphrase_run_out(wren: Person, sign_in):
    client = sign_in(wren)
    for _try in range(door.BY_PERSON.at_once):
        client.post("/settings/name/", {"name": "robin", "present": "five wrong words in a row"})
    said = client.post("/settings/name/", {"name": "robin", "present": PASSPHRASE}).content.decode()
    assert "That was tried many times just now." in said
    assert Person.objects.get().name == "wren"


def test_another_sign_in_name(wren: Person, sign_in):
    sign_in(wren).post("/settings/name/", {"name": "robin", "present": PASSPHRASE})
    assert at_the_door("robin", PASSPHRASE)[1].status_code == 302
    assert at_the_door("wren", PASSPHRASE)[1].status_code == 200


def test_a_new_sign_in_name_always_asks_for_the_passphrase_and_ends_every_other_sign_in(wren: Person, sign_in):
    """The passphrase is kept under its name, so it is needed to move it."""
    here, there = at_the_door("wren", PASSPHRASE)[0], sign_in(wren)
    assert "to be sure that it is you" in here.get("/settings/name/").content.decode()
    here.post("/settings/name/", {"name": "robin", "present": PASSPHRASE})
    assert signed_in(here)
    assert not signed_in(there)


def test_whoever_has_no_passphrase_takes_another_name_too(sign_in):
    lark = Person.objects.join("lark")
    here = sign_in(lark)
    session = here.session
    session["proved"] = door.now()
    session.save()
    here.post("/settings/name/", {"name": "robin"})
    assert Person.objects.get().name == "robin"


def test_a_name_that_another_has_gets_the_same_answer(wren: Person, sign_in):
    robin = Person.objects.join("robin", "another five good words")
    assert sign_in(wren).post("/settings/name/", {"name": "ROBIN", "present": PASSPHRASE}).status_code == 302
    assert set(Person.objects.get_queryset().named("robin")) == {wren, robin}
    assert at_the_door("robin", PASSPHRASE)[1].status_code == 302
    assert at_the_door("robin", "another five good words")[1].status_code == 302


def test_one_name_and_one_passphrase_are_one_person(wren: Person, sign_in):
    Person.objects.join("robin", PASSPHRASE)
    said = sign_in(wren).post("/settings/name/", {"name": "robin", "present": PASSPHRASE}).content.decode()
    assert "Please choose another name." in said
    assert at_the_door("wren", PASSPHRASE)[1].status_code == 302


def test_a_new_passphrase_ends_every_other_sign_in(wren: Person, sign_in):
    here, there = sign_in(wren), sign_in(wren)
    before = here.cookies["place"].value
    here.post("/settings/passphrase/", {"passphrase": "seven new boots by the door", "present": PASSPHRASE})
    assert signed_in(here)
    assert not signed_in(there)
    assert here.cookies["place"].value != before


def test_a_new_passphrase_is_checked_like_the_first(wren: Person, sign_in):
    client = sign_in(wren)
    for passphrase in ("too short", "correct horse battery staple", "wren wren wren wren"):
        answer = client.post("/settings/passphrase/", {"passphrase": passphrase, "present": PASSPHRASE})
        assert answer.status_code == 200
    assert Person.objects.get().knows(PASSPHRASE)


def test_an_address_is_sealed_and_found_by_its_keyed_hash(wren: Person, sign_in):
    sign_in(wren).post("/settings/email/", {"email": "Wren@Example.org", "present": PASSPHRASE})
    row = Person.objects.filter(email_tag=email_tag("wren@example.ORG")).values().get()
    assert Person.objects.get().email == "Wren@Example.org"
    assert all("example" not in str(value).lower() for value in row.values())


def test_an_address_that_another_has_gets_the_same_answer(wren: Person, sign_in):
    robin = Person.objects.join("robin", PASSPHRASE)
    robin.address("shared@example.org")
    answers = []
    for address in ("shared@example.org", "unshared@example.org"):
        client = sign_in(wren)
        answers.append(client.post("/settings/email/", {"email": address, "present": PASSPHRASE}, follow=True))
        wren.refresh_from_db()
        assert wren.email == address
        wren.address("")
        wren.devices.all().delete()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert words(answers[0]).replace("shared@", "@") == words(answers[1]).replace("unshared@", "@")
    assert Person.objects.get(email_tag=email_tag("shared@example.org")) == robin


def test_an_address_can_be_taken_away(wren: Person, sign_in):
    wren.address("wren@example.org")
    client = sign_in(wren)
    assert "wren@example.org" in client.get("/settings/email/").content.decode()
    client.post("/settings/email/", {"email": "", "present": PASSPHRASE})
    wren.refresh_from_db()
    assert (wren.email, wren.email_tag) == ("", None)


def test_the_clock_of_the_person_is_the_clock_of_the_page(wren: Person, sign_in, rf):
    from django.utils import timezone

    from weft.people.middleware import PersonMiddleware

    client = sign_in(wren)
    assert client.post("/settings/clock/", {"time_zone": "Asia/Kolkata", "language": ""}).status_code == 302
    request = rf.get("/")
    request.session = client.session
    seen = []
    PersonMiddleware(lambda request: seen.append(timezone.get_current_timezone_name()))(request)
    assert seen == ["Asia/Kolkata"]
    assert request.person == wren
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_clock_that_nobody_knows_is_refused(wren: Person, sign_in):
    sign_in(wren).post("/settings/clock/", {"time_zone": "Mars/Olympus", "language": ""})
    wren.refresh_from_db()
    assert wren.time_zone == ""


def test_ones_own_clock_and_that_of_the_house_stand_first(wren: Person, sign_in, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    sign_in(wren).post("/settings/clock/", {"time_zone": "Asia/Kolkata", "language": ""})
    page = sign_in(wren).get("/settings/clock/", follow=True).content.decode()
    offered = re.findall(r'<option value="(\w[^"]*)"', page.split('name="time_zone"')[1].split("</select>")[0])
    assert offered[:3] == ["Asia/Kolkata", "Europe/Berlin", "UTC"]
    assert len(offered) == len(set(offered)) > 300


def test_the_language_of_the_person_counts_before_the_browsers(wren: Person, sign_in, settings):
    settings.LANGUAGES = [("en", "English"), ("ar", "العربية")]
    client = sign_in(wren)
    assert '<html lang="en" dir="ltr"' in client.get("/settings/").content.decode()
    wren.language = "ar"
    wren.save()
    page = client.get("/settings/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page


def test_the_settings_page_gathers_what_other_sections_offer(wren: Person, sign_in, monkeypatch):
    from django.apps import apps

    from weft.loom.section import Slip

    offered = Slip("people/no_code.html")
    monkeypatch.setattr(apps.get_app_config("home"), "for_settings", lambda person: [offered])
    assert "You have no recovery code yet" in sign_in(wren).get("/settings/").content.decode()
    monkeypatch.undo()
    assert "You have no recovery code yet" not in sign_in(wren).get("/settings/").content.decode()


def test_changes_are_capped(wren: Person, sign_in, monkeypatch):
    monkeypatch.setattr(door.CHANGES, "at_once", 2)
    client = sign_in(wren)
    seen = [client.post("/settings/clock/", {"time_zone": ""}).status_code for _try in range(3)]
    assert seen == [302, 302, 429]
    assert client.get("/settings/clock/").status_code == 200
