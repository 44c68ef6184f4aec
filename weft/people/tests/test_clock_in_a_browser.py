"""A device proposes its own clock where none is chosen, also by a name that the list no longer has."""

import pytest
from playwright.sync_api import expect

from weft.people.models import Person


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Asia/Calcutta"])
def test_a_device_proposes_its_own_clock(walk, ada, zone):
    page = walk(ada, timezone_id=zone)
    page.goto("/settings/clock/")
    expect(page.get_by_text(f"This device goes by the clock of {zone}.")).to_be_visible()
    expect(page.get_by_label("The clock of")).to_have_value(zone)
    expect(page.locator("select[name=time_zone] option:checked")).to_have_text(zone.split("/")[1])
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/settings/#clock")
    assert Person.objects.get(pk=ada.person.pk).time_zone == zone


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Asia/Calcutta"])
def test_open_meetings_are_shown_on_the_clock_of_the_device(walk, ada, zone):
    page = walk(timezone_id=zone)
    page.goto("/meetings/")
    page.wait_for_url("**/meetings/?clock=*")
    expect(page.get_by_label("By the clock of")).to_have_value(zone)
