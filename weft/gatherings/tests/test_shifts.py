"""A gathering is handed on without blame, taken by one, and taken back; and it follows a plan."""

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter, make_circle
from weft.gatherings.models import Script, Shift
from weft.gatherings.models.shift import Taken
from weft.gatherings.tests.test_planning import at
from weft.loom import jobs
from weft.notices.models import Notice
from weft.people.models import Person

pytestmark = pytest.mark.django_db


def guide(circle, name):
    return enter(Person.objects.join(name, None), circle, name, role=Persona.Role.FACILITATOR)


def leads(gathering):
    return {shift.persona_id: shift.part for shift in gathering.shifts.all()}


def test_a_shift_is_handed_on_and_one_takes_it(sign_in, ada, cleo, evening):
    imke, noor = guide(cleo.circle, "Imke"), guide(cleo.circle, "Noor")
    address = at("shift", cleo, gathering_key=evening.pk)
    assert sign_in(ada).post(address, {"how": "join"}).status_code == 404
    sign_in(cleo).post(address, {"how": "hand_on"})
    jobs.run_due()
    assert {notice.persona_id for notice in Notice.objects.all()} == {imke.pk, noor.pk}
    assert leads(evening) == {cleo.pk: "leads"}  # it is hers until somebody says yes
    shift = evening.shifts.get()
    page = sign_in(imke).get(evening.get_absolute_url()).content.decode()
    assert "I can guide it" in page
    sign_in(imke).post(address, {"how": "take", "shift": shift.pk})
    assert leads(evening) == {imke.pk: "leads"}
    with pytest.raises(Taken):
        shift.take(by=noor)
    jobs.run_due()
    assert {notice.persona_id for notice in Notice.objects.all()} == {cleo.pk}  # she hears that it is taken


def test_a_shift_is_taken_back_while_nobody_took_it(sign_in, cleo, evening):
    imke = guide(cleo.circle, "Imke")
    address = at("shift", cleo, gathering_key=evening.pk)
    sign_in(cleo).post(address, {"how": "hand_on"})
    jobs.run_due()
    sign_in(cleo).post(address, {"how": "take_back"})
    jobs.run_due()
    assert not Notice.objects.filter(persona=imke).exists()
    with pytest.raises(Taken):
        evening.shifts.get().take(by=imke)


def test_whoever_helps_sees_who_asked_and_that_they_can_take_it(sign_in, cleo, evening):
    imke = guide(cleo.circle, "Imke")
    address = at("shift", cleo, gathering_key=evening.pk)
    sign_in(imke).post(address, {"how": "join"})
    sign_in(cleo).post(address, {"how": "hand_on"})
    for_her, for_the_other = (sign_in(one).get("/").content.decode() for one in (cleo, imke))
    assert "You asked whether somebody else can." in for_her
    assert "Somebody would be glad if another guided it." not in for_her
    assert "You asked" not in for_the_other
    assert "Somebody would be glad if another guided it." in for_the_other
    assert f"{evening.get_absolute_url()}#shift" in for_the_other
    sign_in(imke).post(address, {"how": "take", "shift": evening.shifts.get(persona=cleo).pk})
    assert leads(evening) == {imke.pk: "leads"}


def test_others_who_guide_the_circle_help_and_step_back(sign_in, cleo, evening):
    imke = guide(cleo.circle, "Imke")
    address = at("shift", cleo, gathering_key=evening.pk)
    sign_in(imke).post(address, {"how": "join"})
    assert leads(evening) == {cleo.pk: "leads", imke.pk: "helps"}
    sign_in(imke).post(address, {"how": "step_back"})
    assert leads(evening) == {cleo.pk: "leads"}
    evening.shifts.all().delete()
    Shift.join(evening, by=imke)
    assert leads(evening) == {imke.pk: "leads"}


def test_who_guides_a_series_guides_what_is_coming(sign_in, ada, cleo, series):
    imke = guide(cleo.circle, "Imke")

    def address(who):
        return at("guides", cleo, series_key=series.pk, persona_key=who.pk)

    assert sign_in(cleo).post(address(ada), {"part": "leads"}).status_code == 404
    sign_in(cleo).post(address(imke), {"part": "helps"})
    assert all(leads(one) == {cleo.pk: "leads", imke.pk: "helps"} for one in series.gatherings.all())
    sign_in(cleo).post(address(cleo), {"part": "none"})
    assert all(leads(one) == {imke.pk: "helps"} for one in series.gatherings.all())


def test_a_plan_is_kept_and_shared_as_a_script(sign_in, ada, cleo, series):
    address = at("hour_plan", cleo, series_key=series.pk)
    said = {"opening": "Welcome.", "prompts": "First?\nSecond?", "closing": "Go gently.", "minutes": "4"}
    assert sign_in(ada).get(address).status_code == 404
    sign_in(cleo).post(address, said | {"keep": "Two rounds", "is_shared": "on"})
    series.refresh_from_db()
    assert series.plan == {
        "opening": "Welcome.",
        "prompts": ["First?", "Second?"],
        "closing": "Go gently.",
        "minutes": 4,
    }
    assert series.next.plan == series.plan
    elsewhere = guide(make_circle("Another"), "Elsewhere")
    assert [script.name for script in Script.objects.open_to(elsewhere)] == ["Two rounds"]
    sign_in(cleo).post(address, said | {"keep": "Two rounds"})
    assert not Script.objects.open_to(elsewhere).exists()
    script = Script.objects.get()
    assert "Go gently." in sign_in(cleo).get(f"{address}?script={script.pk}").content.decode()
    gone = reverse("gatherings:script", kwargs={"key": cleo.circle_id, "script_key": script.pk})
    sign_in(cleo).post(gone)
    assert not Script.objects.exists()
