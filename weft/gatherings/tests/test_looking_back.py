"""Three questions to whoever guided an hour: theirs alone, unless they choose somebody."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from weft.conftest import enter
from weft.gatherings import kept
from weft.gatherings.models import LookBack
from weft.gatherings.models.look_back import KEPT
from weft.gatherings.tests.guides import of_the_team
from weft.loom import jobs, time
from weft.notices.models import Notice
from weft.people.models import Person
from weft.safety.models import Concern, Report

pytestmark = pytest.mark.django_db
HOW, STAYS = "I was tired before it began.", "The long silence, and that it was a good one."


@pytest.fixture
def over(gathering, lead, river):
    """An hour that Cleo guided, and that has ended. River was there."""
    gathering.phase, gathering.starts = "ended", time.now() - timedelta(hours=2)
    gathering.save()
    return gathering


def at(gathering):
    return reverse("gatherings:looking_back", kwargs={"key": gathering.circle_id, "gathering_key": gathering.pk})


def passed(look):
    return reverse("gatherings:looked_back", kwargs={"key": look.circle_id, "look_key": look.pk})


def say(browser, gathering, needs=""):
    return browser.post(at(gathering), {"how": HOW, "stays": STAYS, "needs": needs})


def test_whoever_guided_is_led_there_from_the_calm_page_and_from_the_desk(sign_in, over, cleo, ada):
    after = reverse("gatherings:after", kwargs={"key": over.circle_id, "gathering_key": over.pk})
    desk = reverse("circles:desk", kwargs={"key": over.circle_id})
    assert at(over) in sign_in(cleo).get(after).content.decode()
    assert at(over) in sign_in(cleo).get(desk).content.decode()
    assert at(over) not in sign_in(ada).get(after).content.decode()
    say(sign_in(cleo), over)
    assert at(over) not in sign_in(cleo).get(desk).content.decode()  # it does not ask twice


def test_what_a_host_writes_is_seen_by_nobody_else(sign_in, over, cleo, ada, imke):
    say(sign_in(cleo), over)
    assert HOW in sign_in(cleo).get(at(over)).content.decode()
    noor, sol = of_the_team(), of_the_team("Sol", "steward")
    look = LookBack.objects.get()
    for one in (imke, ada, noor, sol):
        assert sign_in(one).get(at(over)).status_code == 404
        assert sign_in(one).post(at(over), {"how": "Mine."}).status_code == 404
        assert sign_in(one).get(passed(look)).status_code == 404
        assert sign_in(one).post(passed(look)).status_code == 404
    jobs.run_due()
    assert not Notice.objects.exists()
    assert not Report.objects.exists()
    assert look.how == HOW


def test_it_is_passed_to_the_one_who_was_chosen_and_they_say_that_they_are_there(sign_in, over, cleo, imke):
    say(sign_in(cleo), over, needs=str(imke.pk))
    jobs.run_due()
    look = LookBack.objects.get()
    assert [(notice.persona_id, notice.what) for notice in Notice.objects.all()] == [(imke.pk, "gatherings.look_back")]
    browser = sign_in(imke)
    for page in ("/", reverse("circles:desk", kwargs={"key": over.circle_id})):
        assert passed(look) in browser.get(page).content.decode()
    page = browser.get(passed(look)).content.decode()
    assert HOW in page
    assert STAYS in page
    browser.post(passed(look))
    browser.post(passed(look))
    jobs.run_due()
    assert [(notice.persona_id, notice.what) for notice in Notice.objects.all()] == [
        (cleo.pk, "gatherings.being_there")
    ]
    assert "Imke is there for you." in sign_in(cleo).get(at(over)).content.decode()
    assert passed(look) not in browser.get("/").content.decode()  # nothing waits any more
    assert HOW in browser.get(passed(look)).content.decode()


def test_another_choice_takes_it_from_the_one_before(sign_in, over, cleo, imke):
    say(sign_in(cleo), over, needs=str(imke.pk))
    jobs.run_due()
    look = LookBack.objects.get()
    assert sign_in(imke).get(passed(look)).status_code == 200
    say(sign_in(cleo), over)
    jobs.run_due()
    assert sign_in(imke).get(passed(look)).status_code == 404
    assert not Notice.objects.filter(persona=imke).exists()


def test_the_safety_team_has_it_once_and_only_if_it_was_chosen(sign_in, over, cleo):
    for _again in range(2):
        say(sign_in(cleo), over, needs="team")
    told = Report.objects.get()
    assert HOW in told.words
    assert STAYS in told.words
    assert LookBack.objects.get().concern == told.concern_id
    address = reverse("safety:concern", kwargs={"key": told.concern_id})
    assert address in sign_in(cleo).get(at(over)).content.decode()
    assert Concern.objects.count() == 1


def test_it_goes_to_nobody_who_does_not_guide_here(sign_in, over, cleo, ada, imke):
    answer = say(sign_in(cleo), over, needs=str(ada.pk))
    assert answer.status_code == 200
    assert not LookBack.objects.exists()
    with pytest.raises(PermissionError):
        LookBack.keep(over, by=cleo, how=HOW, stays="", to=ada)
    with pytest.raises(PermissionError):
        LookBack.keep(over, by=imke, how=HOW, stays="", to=None)  # she did not guide it
    say(sign_in(cleo), over, needs=str(imke.pk))
    look = LookBack.objects.get()
    imke.role = "member"
    imke.save()
    assert sign_in(imke).get(passed(look)).status_code == 404


def test_in_the_table_it_cannot_be_told_whether_it_was_passed_on(over, cleo, imke):
    look = LookBack.keep(over, by=cleo, how=HOW, stays="", to=None)
    tags = [bytes(look.to_tag)]
    for to in (imke, None):
        tags.append(bytes(LookBack.keep(over, by=cleo, how=HOW, stays="", to=to).to_tag))
    look.refresh_from_db()
    LookBack.keep(over, by=cleo, how=HOW, stays="", to=imke)
    LookBack.objects.get().be_there(by=imke)
    tags.append(bytes(LookBack.objects.get().to_tag))
    assert {len(tag) for tag in tags} == {16}
    assert len(set(tags)) == len(tags)


def test_it_is_erased_when_its_writer_wants_it_and_after_ninety_days(sign_in, over, cleo, imke):
    say(sign_in(cleo), over, needs=str(imke.pk))
    look = LookBack.objects.get()
    sign_in(cleo).post(at(over), {"let_go": "1"})
    jobs.run_due()
    assert not LookBack.objects.exists()
    assert not Notice.objects.exists()
    look.save(force_insert=True)  # an older backup brings it back
    apps.get_app_config("gatherings").erasures()["look_back"](look.pk)
    assert not LookBack.objects.exists()
    say(sign_in(cleo), over)
    over.starts = time.now() - KEPT + timedelta(hours=1)
    over.save()
    LookBack.tidy()
    assert LookBack.objects.exists()
    over.starts -= timedelta(hours=2)
    over.save()
    LookBack.tidy()
    assert not LookBack.objects.exists()


def test_it_lies_in_the_download_of_its_writer_and_in_nobody_else_s(over, cleo, imke):
    LookBack.keep(over, by=cleo, how=HOW, stays=STAYS, to=imke)
    assert HOW in str(kept.kept_of(cleo.person))
    assert HOW not in str(kept.kept_of(imke.person))


def test_an_hour_that_is_not_over_asks_nothing(sign_in, gathering, lead, cleo):
    assert sign_in(cleo).get(at(gathering)).status_code == 404


def test_a_member_who_was_there_has_no_such_page(sign_in, over, ada):
    stranger = enter(Person.objects.join("stranger", None), over.circle, "Stranger")
    assert sign_in(ada).get(at(over)).status_code == 404
    assert sign_in(stranger).get(at(over)).status_code == 404
