"""What safety has for the pages that gather: today and settings."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from weft.loom import time
from weft.safety import slips
from weft.safety.models import Block, Concern, HelpLine
from weft.safety.tests.conftest import on_duty


@pytest.fixture
def shown(rf: RequestFactory):
    def show(found) -> str:
        request = rf.get("/")
        request.person = None
        request.session = {}
        request._messages = []
        return render_to_string("loom/slips.html", {"slips": found}, request)

    return show


def test_members_have_nothing_to_do(ada, desk):
    assert slips.for_today(ada.person) == []


def test_an_answer_waits_until_it_is_put_away(ada, desk, noor, shown):
    concern = Concern.write("Hello?", by=ada).concern
    concern.answer("I am here. I read it.", by=noor)
    page = shown(slips.for_today(ada.person))
    assert "A person read what you told us" in page
    assert "I am here. I read it." in page
    assert "Noor" in page


def test_the_team_sees_what_waits_and_until_when(ada, desk, noor, shown):
    Concern.write("Hello?", by=ada)
    page = shown(slips.for_today(noor))
    assert "1 thing waits." in page
    assert "The first is promised by" in page
    assert "Hello?" not in page


def test_a_team_member_s_own_concern_is_not_in_their_count(ada, desk, noor, shown):
    on_duty(ada.person, "safety", "Ada")
    Concern.write("Hello?", by=ada)
    assert "1 thing waits." in shown(slips.for_today(noor))
    assert slips.for_today(ada.person) == []


def test_the_steward_hears_of_numbers_to_check_and_of_a_late_desk(sol, ada, desk, shown):
    assert "4 numbers for hard moments need a check." in shown(slips.for_today(sol))
    for line in HelpLine.of("GB"):
        line.confirm(by=sol)
    assert slips.for_today(sol) == []
    concern = Concern.write("Hello?", by=ada).concern
    assert slips.for_today(sol) == []
    concern.due_at = time.now() - timedelta(minutes=1)
    concern.save()
    page = shown(slips.for_today(sol))
    assert "longer than was promised" in page
    assert "Hello?" not in page


def test_settings_list_whom_one_chose_not_to_see(ada, dee, shown):
    assert "There is nobody whom you chose not to see" in shown(slips.for_settings(ada.person))
    Block.begin(dee, by=ada)
    page = shown(slips.for_settings(ada.person))
    assert "Dee" in page
    assert "Evening Circle" in page
    assert "River" not in shown(slips.for_settings(dee.person))
