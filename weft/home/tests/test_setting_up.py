"""Setting up the house: six questions behind a link that works once."""

import re
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from weft.circles.models import Circle, House, Persona
from weft.conftest import PASSPHRASE
from weft.home import setup_link
from weft.home.kinds import kinds
from weft.home.models import STEPS, DutyCode, Setup
from weft.loom import time as days
from weft.people.models import Duty, Person
from weft.safety.models import Desk, HelpLine

ANSWERS = {
    "place": {"name": "Riverside", "country": "GB"},
    "kind": {"kind": "charity"},
    "you": {"name": "sol", "passphrase": PASSPHRASE, "known_as": "Sol"},
    "desk": {
        "who": "me",
        "names": "Sol",
        "days": ["0", "1"],
        "opens": "18:00",
        "closes": "21:00",
        "promise_hours": "2",
        "reach": "",
    },
    "numbers": {},
    "circle": {
        "name": "Evening Circle",
        "about": "For the end of the day.",
        "kind": "peer",
        "door": "request",
        "meets": "Tuesdays at 7 pm",
        "my_name": "Wren",
    },
}


@pytest.fixture
def token(db, settings, tmp_path):
    settings.DATA = tmp_path
    return setup_link.make()


def at(token, step):
    return reverse("home:setup_step", kwargs={"token": token, "step": step})


def answer(client, token, until="circle", **other):
    """Walk through the pages; *other* answers stand instead of the usual ones."""
    for step in STEPS:
        page = client.post(at(token, step), ANSWERS[step] | other.get(step, {}))
        assert page.status_code == 302, page.content.decode()
        if step == until:
            return page
    return None


def test_six_answers_open_the_house(token):
    client = Client()
    last = answer(client, token)
    assert last["Location"] == reverse("people:code")
    house = House.here()
    assert (house.name, house.country, house.kind) == ("Riverside", "GB", "charity")
    assert house.opened_on == days.today()
    steward = Person.objects.named("sol")
    assert steward.knows(PASSPHRASE)
    assert steward.duties_held == {"steward", "safety"}
    assert Desk.here().hours == [[0, "18:00", "21:00"], [1, "18:00", "21:00"]]
    first = Circle.objects.exclude(pk=house.commons_id).get()
    assert (first.name, first.door, first.meets, first.listed) == (
        "Evening Circle",
        "request",
        "Tuesdays at 7 pm",
        True,
    )
    assert Persona.objects.owned(steward, first.pk).get().name == "Wren"
    assert Persona.objects.owned(steward, house.commons_id).get().facilitates


def test_whoever_opened_it_is_signed_in_and_gets_a_recovery_code_and_next_steps(token):
    client = Client()
    page = client.get(answer(client, token)["Location"])
    assert "Your recovery code" in page.content.decode()
    onward = client.post(reverse("people:code"), {"kept": "on"})
    assert onward["Location"] == reverse("home:begun")
    assert Person.objects.named("sol").recovery_tag
    page = client.get(onward["Location"]).content.decode()
    assert "The house is open" in page
    assert "Evening Circle" in page


def test_each_answer_is_kept_and_shown_again(token):
    client = Client()
    answer(client, token, until="desk")
    assert 'value="Riverside"' in client.get(at(token, "place")).content.decode()
    assert 'value="sol"' in client.get(at(token, "you")).content.decode()
    client.post(at(token, "place"), {"name": "Hillside", "country": "GB"})
    assert Setup.begun().answers["place"]["name"] == "Hillside"
    assert Setup.begun().answers["kind"] == {"kind": "charity"}


def test_going_back_keeps_the_passphrase_unless_a_new_one_is_typed(token):
    client = Client()
    answer(client, token, until="you")
    kept = Setup.begun().answers["you"]["kept"]
    assert client.post(at(token, "you"), {"name": "sol", "passphrase": "", "known_as": "Sun"}).status_code == 302
    assert Setup.begun().answers["you"] == {"name": "sol", "known_as": "Sun", "kept": kept}
    assert PASSPHRASE not in str(Setup.begun().answers)


def test_an_interrupted_set_up_goes_on_where_it_stopped_also_elsewhere(token):
    answer(Client(), token, until="you")
    fresh = setup_link.make()
    page = Client().get(reverse("home:setup", kwargs={"token": fresh}))
    assert page["Location"] == at(fresh, "desk")
    assert Client().get(at(token, "desk")).status_code == 404


def test_no_question_can_be_skipped(token):
    client = Client()
    assert client.get(at(token, "circle"))["Location"] == at(token, "place")
    assert client.post(at(token, "circle"), ANSWERS["circle"])["Location"] == at(token, "place")
    assert client.get(at(token, "nonsense")).status_code == 404


@pytest.mark.parametrize("how", ["wrong", "old", "used"])
def test_a_link_that_is_wrong_old_or_used_opens_nothing(token, how, monkeypatch):
    assert Client().get(at(token, "place")).status_code == 200
    if how == "wrong":
        token = "none-such-link"
    elif how == "old":
        later = time.time() + 61 * 60
        monkeypatch.setattr(time, "time", lambda: later)
    else:
        answer(Client(), token)
    for address in (reverse("home:setup", kwargs={"token": token}), at(token, "place")):
        page = Client().get(address)
        assert page.status_code == 404
        assert "weft setup-link" in page.content.decode()
        assert Client().post(address, ANSWERS["place"]).status_code == 404


def test_a_new_link_does_not_open_a_house_again(token):
    answer(Client(), token)
    assert Client().get(at(setup_link.make(), "place")).status_code == 404


def test_the_first_visitor_owns_nothing(token):
    visitor = Client()
    assert "not open yet" in visitor.get("/").content.decode()
    visitor.post(reverse("people:join_name"), {"name": "mallory", "passphrase": PASSPHRASE})
    assert Person.objects.named("mallory")
    assert visitor.get(reverse("home:house")).status_code == 404
    assert not Duty.objects.exists()


def test_a_second_press_on_the_last_button_opens_one_house(token):
    client = Client()
    answer(client, token)
    again = client.post(at(token, "circle"), ANSWERS["circle"])
    assert again.status_code == 404
    assert House.objects.count() == 1
    assert Circle.objects.count() == 2
    assert not Setup.objects.exists()


def test_whoever_answers_reports_cannot_be_left_open(token):
    client = Client()
    answer(client, token, until="you")
    page = client.post(at(token, "desk"), {"who": "me"})
    assert page.status_code == 200
    for words in ("what they are called", "at least one day", "from when", "until when", "how many hours"):
        assert words in page.content.decode()
    assert client.post(at(token, "desk"), {}).status_code == 200
    assert "desk" not in Setup.begun().answers


def test_where_nobody_answers_people_come_in_only_by_invitation(token):
    client = Client()
    answer(client, token, until="desk", desk={"who": "nobody"})
    client.post(at(token, "numbers"), {})
    assert client.post(at(token, "circle"), ANSWERS["circle"]).status_code == 200  # "request" is not offered
    client.post(at(token, "circle"), ANSWERS["circle"] | {"door": "invitation"})
    assert set(Circle.objects.values_list("door", flat=True)) == {"invitation"}
    assert not Circle.objects.listed().exists()
    assert not Duty.objects.filter(kind="safety").exists()


def test_somebody_else_for_the_safety_team_gets_a_code_and_no_hour_is_without(token):
    client = Client()
    answer(client, token, desk={"who": "other", "names": "Noor"})
    assert Person.objects.named("sol").duties_held == {"steward", "safety"}
    client.post(reverse("people:code"), {"kept": "on"})
    page = client.get(reverse("home:begun")).content.decode()
    code = client.session["duty_code"]
    assert code in page
    DutyCode.held(code).take(by=Person.objects.join("noor"), known_as="Noor")
    assert Person.objects.named("noor").duties_held == {"safety"}
    assert Person.objects.named("sol").duties_held == {"steward"}
    client.get(reverse("home:house"))
    assert code not in client.get(reverse("home:begun")).content.decode()


def test_the_two_powers_can_be_in_two_pairs_of_hands(token):
    client = Client()
    answer(client, token, desk={"who": "both", "names": "Noor and Sol"})
    DutyCode.held(client.session["duty_code"]).take(by=Person.objects.join("noor"), known_as="Noor")
    assert Duty.objects.filter(kind="safety").count() == 2


def test_numbers_are_confirmed_one_by_one_on_this_day(token):
    lines = HelpLine.of("GB")
    answer(Client(), token, numbers={f"line_{lines[1].pk}": "on"})
    by_name = {line.name: line for line in HelpLine.of("GB")}
    assert by_name[lines[1].name].confirmed_on == days.today()
    assert by_name[lines[0].name].confirmed_on is None


def ticked(client, token, line):
    page = client.get(at(token, "numbers")).content.decode()
    box = re.search(rf'<input[^>]*name="line_{line.pk}"[^>]*>', page).group()
    return " checked" in box


@contextmanager
def tomorrow(monkeypatch):
    day = days.today() + timedelta(days=1)
    with monkeypatch.context() as patched:
        patched.setattr(days, "today", lambda: day)
        yield


def test_a_number_that_was_checked_yesterday_is_asked_about_again(token, monkeypatch):
    client, line = Client(), HelpLine.of("GB")[0]
    answer(client, token, until="numbers", numbers={f"line_{line.pk}": "on"})
    assert ticked(client, token, line)
    with tomorrow(monkeypatch):
        assert not ticked(client, token, line)
        client.post(at(token, "circle"), ANSWERS["circle"])
    assert House.objects.exists()
    assert HelpLine.of("GB")[0].confirmed_on is None


def test_a_country_without_numbers_asks_for_them(token):
    client = Client()
    answer(client, token, until="desk", place={"name": "Riverside", "country": "IS"})
    assert client.post(at(token, "numbers"), {}).status_code == 200
    own = {"emergency": "112", "name": "1717", "tel": "1717"}
    assert client.post(at(token, "numbers"), own).status_code == 302
    client.post(at(token, "circle"), ANSWERS["circle"])
    assert [(line.tel, line.emergency) for line in HelpLine.of("IS")] == [("112", True), ("1717", False)]
    assert HelpLine.to_check("IS") == []


@pytest.mark.parametrize("kind", list(kinds()))
def test_the_kind_of_place_says_which_circles_come_first(token, kind):
    client = Client()
    answer(client, token, until="numbers", kind={"kind": kind})
    page = client.get(at(token, "circle")).content.decode()
    offered = [key.key for key in kinds()[kind].offered]
    places = [page.index(f'value="{key}"') for key in offered]
    assert places == sorted(places)
    assert kinds()[kind].first in page.replace("&#39;", "'")


def test_a_family_is_found_by_nobody(token):
    answer(Client(), token, kind={"kind": "family"}, circle={"kind": "family", "door": "invitation"})
    assert Circle.objects.count() == 2
    assert not Circle.objects.listed().exists()
