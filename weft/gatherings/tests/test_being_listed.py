"""The list that anybody may see, and the lists of others: nothing in them opens a room, and none of it falls out there.

`shown` reads a list as the programs of fellowships do (their own checks, as tried on them: a missing field makes a
meeting vanish), so that a field that goes missing here is missed.
"""

import csv
import io
import json
from datetime import time as clock
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from django.test import Client
from django.urls import reverse

from weft.circles.models import Circle
from weft.gatherings.models import Series
from weft.gatherings.outside import tables
from weft.loom import time

FULL = {"name": "Tea and talk", "about": "We talk, or do not.", "zone": "Europe/London", "starts_at": clock(19),
        "minutes": 90, "rule": "FREQ=WEEKLY;BYDAY=TU", "door": "open", "is_online": True, "listed": True,
        "place": "", "near": "", "phone": "0113 496 0000, code 77"}  # fmt: skip
SECRETS = ("0113", "code 77", "Cleo", "room/")


def make(circle: Circle, **more: Any) -> Series:
    said = FULL | {"starts_on": time.today() - timedelta(days=time.today().weekday() + 6)} | more
    series = Series(circle=circle, **said)
    series.save(force_insert=True)
    return series


def feed() -> list[dict[str, Any]]:
    return Client().get(reverse("gatherings:meetings_json")).json()


def shown(found: Any, ours: str = "") -> list[str]:
    """What a reader of Meeting Guide shows as active, by name. *ours*: a host that its page was told of."""
    if not isinstance(found, list) or not found:
        raise ValueError("not in the correct format")
    names, slugs = [], set()
    for one in found:
        days = one.get("day") if isinstance(one.get("day"), list) else [one.get("day")]
        known = ours and ours in one.get("conference_url", "")
        rough = one.get("approximate", "yes" if len(one.get("formatted_address", "").split(",")) < 4 else "no") == "yes"
        keep = (
            one.get("name")
            and one.get("slug")
            and len(one["slug"]) <= 64
            and one["slug"] not in slugs
            and one.get("timezone") in available_timezones()
            and one.get("formatted_address")
            and all(isinstance(day, int) and 0 <= day <= 6 for day in days)
            and one.get("time")
            and (known or not rough)
        )
        slugs.add(one.get("slug"))
        names += [one["name"]] if keep else []
    return names


def test_a_meeting_on_the_list_is_shown_by_those_who_read_it(ada):
    make(ada.circle)
    make(ada.circle, name="At the hall", place="The Hall\n173 Euston Road, London NW1 2BJ, UK", is_online=False)
    assert sorted(shown(feed(), ours="127.0.0.1")) == ["At the hall", "Tea and talk"]
    assert shown(feed()) == ["At the hall"]  # a page that was not told of this house knows no link of ours


@pytest.mark.parametrize("field", ["name", "slug", "day", "time", "timezone", "formatted_address", "approximate"])
def test_control_a_field_that_goes_missing_is_missed(ada, field):
    make(ada.circle, name="At the hall", place="173 Euston Road, London NW1 2BJ, UK", is_online=False)
    found = feed()
    assert shown(found) == ["At the hall"]
    del found[0][field]
    assert shown(found) == []


def test_a_list_says_day_hour_and_zone_as_they_are_meant(ada):
    make(ada.circle, starts_at=clock(23, 30), minutes=60, rule="FREQ=WEEKLY;BYDAY=SU,SA", zone="Asia/Kolkata")
    one = feed()[0]
    assert (one["day"], one["time"], one["end_time"], one["timezone"]) == ([0, 6], "23:30", "00:30", "Asia/Kolkata")
    assert one["types"] == ["O"]


def test_no_way_into_a_room_and_nobodys_name_is_on_any_list(ada, cleo):
    series = make(ada.circle)
    pages = ["meetings", "sheet", "share", "embed", "meetings_json", "meetings_csv"]
    seen = [Client().get(reverse(f"gatherings:{name}")).content.decode() for name in pages]
    seen.append(Client().get(reverse("gatherings:meeting", kwargs={"key": series.pk})).content.decode())
    assert sum("Tea and talk" in page for page in seen) == 5  # not the sheet for a wall, and not how to share
    assert [(word, n) for n, page in enumerate(seen) for word in SECRETS if word in page] == []


def test_an_address_is_told_roughly_where_that_is_wished(ada):
    series = make(ada.circle, place="12 Mill Lane, Leeds LS1 4AB, UK", is_near=True, near="Leeds, near the station")
    near = reverse("gatherings:meeting", kwargs={"key": series.pk})
    assert "Mill Lane" not in Client().get(near).content.decode()
    one = feed()[0]
    assert (one["formatted_address"], one["approximate"]) == ("Leeds, near the station", "yes")
    Series.objects.filter(pk=series.pk).update(is_near=False)
    assert "Mill Lane" in Client().get(near).content.decode()
    one = feed()[0]
    assert (one["formatted_address"], one["approximate"]) == ("12 Mill Lane, Leeds LS1 4AB, UK", "no")


@pytest.mark.parametrize(
    "more", [{"listed": False}, {"door": "members"}, {"door": "cohort"}, {"ended_on": "2020-01-01"}]
)
def test_only_open_meetings_that_go_on_and_were_put_there_are_listed(ada, more):
    kept, gone = make(ada.circle, name="Kept"), make(ada.circle, name="Gone", **more)
    assert [one["name"] for one in feed()] == ["Kept"]
    page = Client().get(reverse("gatherings:meetings")).content.decode()
    assert "Kept" in page
    assert "Gone" not in page
    assert Client().get(reverse("gatherings:meeting", kwargs={"key": kept.pk})).status_code == 200
    assert Client().get(reverse("gatherings:meeting", kwargs={"key": gone.pk})).status_code == 404


def test_a_circle_that_strangers_cannot_find_has_nothing_listed(ada):
    series = make(ada.circle)
    Circle.objects.filter(pk=ada.circle_id).update(listed=False)
    assert Client().get(reverse("gatherings:meeting", kwargs={"key": series.pk})).status_code == 404
    assert Client().get(reverse("gatherings:meetings_json")).status_code == 404


def test_a_monthly_meeting_is_on_our_page_and_in_no_list_of_others(ada):
    make(ada.circle, name="Weekly")
    make(ada.circle, name="Monthly", rule="FREQ=MONTHLY;BYDAY=1TU")
    make(ada.circle, name="Fortnightly", rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    page = Client().get(reverse("gatherings:meetings")).content.decode()
    assert all(name in page for name in ("Weekly", "Monthly", "Fortnightly"))
    assert [one["name"] for one in feed()] == ["Weekly"]


def test_an_empty_list_is_not_there_since_readers_take_it_for_broken(ada):
    assert Client().get(reverse("gatherings:meetings_json")).status_code == 404
    assert "No meeting is open to everybody" in Client().get(reverse("gatherings:meetings")).content.decode()
    with pytest.raises(ValueError, match="format"):
        shown([])


def test_any_page_may_read_the_list_and_only_one_may_be_framed(ada):
    make(ada.circle)
    answer = Client().get(reverse("gatherings:meetings_json"))
    assert answer["Access-Control-Allow-Origin"] == "*"
    framed = Client().get(reverse("gatherings:embed"))
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "script-src 'self'" in framed["Content-Security-Policy"]
    for name in ("meetings", "sheet", "share"):
        other = Client().get(reverse(f"gatherings:{name}"))
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in other
    assert not framed.cookies
    assert not answer.cookies


def test_the_page_is_on_the_clock_that_is_asked_for(ada, sign_in):
    make(ada.circle, is_online=True)
    page = reverse("gatherings:meetings")
    assert "19:00–20:30" in Client().get(page, {"clock": "Europe/London"}).content.decode()
    far = Client().get(page, {"clock": "Asia/Kolkata"}).content.decode()
    assert "00:30–02:00" in far or "23:30–01:00" in far
    assert Client().get(page, {"clock": "../../etc"}).status_code == 200
    ada.person.time_zone = "Europe/London"
    ada.person.save()
    assert "19:00–20:30" in sign_in(ada).get(page).content.decode()


def test_the_sheet_for_a_wall_names_no_meeting_unless_it_is_asked_to(ada):
    make(ada.circle, name="Grief, together", place="The Hall, Leeds", is_online=False)
    sheet = reverse("gatherings:sheet")
    plain = Client().get(sheet).content.decode()
    assert "19:00–20:30" in plain
    assert "The Hall, Leeds" in plain
    assert "Grief" not in plain
    assert "Grief" in Client().get(sheet, {"names": "1"}).content.decode()


def test_no_cell_of_the_table_is_a_formula(ada):
    make(ada.circle, name="=HYPERLINK(1)", about="+1 and more\n@all")
    text = Client().get(reverse("gatherings:meetings_csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (rows[0]["Name"], rows[0]["Day"], rows[0]["Time"]) == ("'=HYPERLINK(1)", "Tuesday", "19:00")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(tables.FORMULA)]
    assert tables.unguarded(rows[0]["Notes"]).startswith("+1 and more")


def test_whoever_guides_puts_a_meeting_on_the_list_and_takes_it_off(sign_in, ada, cleo):
    series = make(ada.circle, listed=False)
    page = reverse("gatherings:listing", kwargs={"key": ada.circle_id})
    assert sign_in(ada).get(page).status_code == 404
    guide = sign_in(cleo)
    assert "Put it on the list" in guide.get(page).content.decode()
    guide.post(page, {"series": series.pk, "on": "1"})
    assert [one["name"] for one in feed()] == ["Tea and talk"]
    guide.post(page, {"series": series.pk})
    assert Client().get(reverse("gatherings:meetings_json")).status_code == 404
    closed = make(ada.circle, listed=False, door="cohort")
    guide.post(page, {"series": closed.pk, "on": "1"})
    assert Client().get(reverse("gatherings:meetings_json")).status_code == 404


def test_the_front_page_leads_to_the_open_meetings(ada):
    front = Client().get("/").content.decode()
    assert reverse("gatherings:meetings") not in front
    make(ada.circle)
    front = Client().get("/").content.decode()
    assert reverse("gatherings:meetings") in front
    assert "Tea and talk" in front


def test_the_list_is_plain_json(ada):
    make(ada.circle, name="<b>شاي</b>")
    assert json.loads(Client().get(reverse("gatherings:meetings_json")).content)[0]["name"] == "<b>شاي</b>"
    assert "<b>شاي" not in Client().get(reverse("gatherings:meetings")).content.decode()
