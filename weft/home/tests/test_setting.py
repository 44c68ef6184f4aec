"""The settings: one page, in plain switches, saved at once and put back as easily."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from weft.circles.models import Persona
from weft.loom import caps, text
from weft.people.models import Person

PAGE = "/settings/"


@pytest.fixture(autouse=True)
def _no_tries_yet():
    caps.forget()


def test_all_that_can_be_set_is_on_one_page(ada, sign_in):
    page = sign_in(ada).get(PAGE).content.decode()
    views = ["name", "passphrase", "passkeys", "second_step", "new_code", "email", "clock", "devices", "shared"]
    addresses = [reverse(f"people:{view}") for view in views] + [reverse("home:own"), reverse("home:take_duty")]
    addresses += [reverse(f"circles:{view}", kwargs={"key": ada.circle_id}) for view in ("rename", "leave")]
    addresses += [reverse("stories:topics"), reverse("stories:words"), reverse("safety:told")]
    assert [address for address in addresses if f'"{address}"' not in page] == []
    assert "Only you see this page." in page


def test_a_name_is_changed_there_and_put_back(ada, cleo, sign_in):
    browser = sign_in(ada)
    rename = reverse("circles:rename", kwargs={"key": ada.circle_id})
    page = browser.post(rename, {"name": "Brook", "next": PAGE}, follow=True).content.decode()
    assert "People here see you as Brook now." in page
    assert 'type="hidden" name="name" value="River"' in page
    assert Persona.objects.get(pk=ada.pk).name == "Brook"
    page = browser.post(rename, {"name": "cleo", "next": PAGE}, follow=True).content.decode()
    assert "Somebody here has this name." in page
    assert "<h1>Settings</h1>" in page


def test_a_person_in_no_circle_has_settings_too(mallory, sign_in):
    page = sign_in(mallory).get(PAGE).content.decode()
    assert "You are in no circle yet." in page


def test_a_phone_becomes_a_shared_one(ada, sign_in):
    browser = sign_in(ada)
    answer = browser.post(reverse("people:shared"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    page = browser.get(PAGE).content.decode()
    assert "<title>Notes</title>" in page
    assert "This one is shared" in page
    assert "data-key" not in browser.get(ada.circle.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "zone, winter, summer", [("Europe/Paris", "13:00", "14:00"), ("Africa/Cairo", "14:00", "15:00")]
)
def test_the_clock_knows_summer_time(zone, winter, summer):
    with timezone.override(ZoneInfo(zone)):
        assert text.moment(datetime(2026, 1, 15, 12, tzinfo=ZoneInfo("UTC"))) == winter
        assert text.moment(datetime(2026, 7, 15, 12, tzinfo=ZoneInfo("UTC"))) == summer


def test_the_clock_of_the_device_is_offered_and_switches_are_saved_at_once(walk, ada):
    page = walk(ada, timezone_id="America/Halifax")
    page.goto(PAGE)
    expect(page.get_by_text("This device goes by the clock of America/Halifax.")).to_be_visible()
    page.get_by_role("button", name="Use that").click()
    page.wait_for_url("**/settings/#clock")
    assert Person.objects.get(pk=ada.person.pk).time_zone == "America/Halifax"
    expect(page.get_by_text("This device goes by the clock")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**/settings/#clock")
    assert Person.objects.get(pk=ada.person.pk).time_zone == ""

    page.locator("summary", has_text="Topics").click()
    for topic in ("loss", "sleep"):
        page.get_by_label(topic, exact=True).check()
    expect(page.get_by_text("Saved. Nobody else can tell.")).to_be_visible()
    page.reload()
    page.locator("summary", has_text="Topics").click()
    expect(page.get_by_label("loss", exact=True)).to_be_checked()
    expect(page.get_by_label("sleep", exact=True)).to_be_checked()
