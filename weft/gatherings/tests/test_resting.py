"""Whoever guides may rest, and hand an hour on: nobody is told why, anywhere."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from weft.circles.models import Persona
from weft.gatherings import kept
from weft.gatherings.models import Gathering, Guide, Line, LookBack, Rest, Shift
from weft.gatherings.tests.guides import make_hour
from weft.loom import jobs, time
from weft.notices.models import Notice, notice

pytestmark = pytest.mark.django_db
WHY = "I am worn out, and the last hour was too much."


def days(n):
    return time.today() + timedelta(days=n)


def at(persona):
    return reverse("gatherings:rest", kwargs={"key": persona.circle_id})


def led_by(gathering):
    return {shift.persona_id for shift in gathering.shifts.filter(part="leads")}


def test_hours_until_then_are_nobody_s_and_the_others_are_asked(sign_in, cleo, imke, series):
    first, second = series.gatherings.order_by("starts")[:2]
    sign_in(cleo).post(at(cleo), {"until": str(days(5))})
    assert led_by(first) == set()
    assert led_by(second) == {cleo.pk}
    jobs.run_due()
    assert [(one.persona_id, one.what) for one in Notice.objects.all()] == [(imke.pk, "gatherings.sought")]
    sign_in(imke).post(
        reverse("gatherings:shift", kwargs={"key": cleo.circle_id, "gathering_key": first.pk}), {"how": "join"}
    )
    assert led_by(first) == {imke.pk}
    jobs.run_due()
    assert not Notice.objects.exists()  # nobody is asked any more, and who rests is left in peace


def test_new_hours_are_not_given_to_whoever_rests(cleo, imke, series):
    Rest.take(days(12), by=cleo)
    series.gatherings.all().delete()
    series.roll_out()
    for gathering in series.gatherings.all():
        assert led_by(gathering) == (set() if gathering.day <= days(12) else {cleo.pk})
    assert series.gatherings.filter(day__lte=days(12)).count() >= 1
    Guide.appoint(series, imke, "leads", by=cleo)
    Rest.take(days(12), by=imke)
    Guide.appoint(series, imke, "leads", by=cleo)
    assert all(imke.pk not in led_by(one) for one in series.gatherings.filter(day__lte=days(12)))


def test_whoever_rests_is_not_asked_for_the_hours_of_others(cleo, imke, series):
    Rest.take(days(12), by=imke)
    series.next.shifts.get().hand_on(by=cleo)
    jobs.run_due()
    assert not Notice.objects.exists()
    Rest.objects.get().end()
    series.next.shifts.get().take_back(by=cleo)
    series.next.shifts.get().hand_on(by=cleo)
    jobs.run_due()
    assert [one.persona_id for one in Notice.objects.all()] == [imke.pk]  # a control


def test_one_who_is_back_has_the_hours_that_nobody_took(sign_in, cleo, imke, series):
    first, second = series.gatherings.order_by("starts")[:2]
    sign_in(cleo).post(at(cleo), {"until": str(days(14))})
    Shift.join(second, by=imke)
    for _again in range(2):
        sign_in(cleo).post(at(cleo), {"back": "1"})
    assert led_by(first) == {cleo.pk}
    assert led_by(second) == {imke.pk}
    assert not Rest.objects.exists()


def test_a_helper_can_lead_where_nobody_does(sign_in, cleo, imke, series):
    evening = series.next
    Shift.join(evening, by=imke)
    Rest.take(days(14), by=cleo)
    page = sign_in(imke).get(evening.get_absolute_url()).content.decode()
    assert "I can guide it" in page
    Shift.join(evening, by=imke)
    assert led_by(evening) == {imke.pk}
    assert evening.shifts.count() == 1


def test_only_days_of_the_next_year_and_only_who_guides(sign_in, ada, cleo):
    for day in (days(-1), days(400)):
        sign_in(cleo).post(at(cleo), {"until": str(day)})
        with pytest.raises(PermissionError):
            Rest.take(day, by=cleo)
    with pytest.raises(PermissionError):
        Rest.take(days(3), by=ada)
    assert not Rest.objects.exists()
    assert sign_in(ada).get(at(ada)).status_code == 404


def test_a_rest_ends_with_its_day(sign_in, cleo, monkeypatch):
    sign_in(cleo).post(at(cleo), {"until": str(days(2))})
    desk = reverse("circles:desk", kwargs={"key": cleo.circle_id})
    assert "You rest until" in sign_in(cleo).get(desk).content.decode()
    Rest.tidy()
    assert Rest.objects.exists()
    rest = Rest.objects.get()
    rest.until = days(-1)
    rest.save()
    assert "You rest until" not in sign_in(cleo).get(desk).content.decode()
    Rest.tidy()
    assert not Rest.objects.exists()


def test_where_nobody_else_guides_it_is_said_what_that_means(sign_in, cleo, series, imke):
    words = "Nobody else guides this circle."
    assert words not in sign_in(cleo).get(at(cleo)).content.decode()
    imke.role = Persona.Role.MEMBER
    imke.save()
    assert words in sign_in(cleo).get(at(cleo)).content.decode()


@pytest.mark.parametrize("way", ["hand on", "rest"])
def test_a_passed_on_shift_shows_no_reason_anywhere(sign_in, circle, ada, cleo, imke, series, way):
    """Not on a page, in a notice, a mail, a line of the hour, nor in what others take along. Only she reads it."""
    evening = series.next
    before = make_hour(circle, cleo)
    before.phase = "ended"
    before.save()
    LookBack.keep(before, by=cleo, how=WHY, stays="", to=None)
    if way == "rest":
        Rest.take(days(14), by=cleo)
    else:
        evening.shifts.get().hand_on(by=cleo)
    jobs.run_due()
    said = {notice.notables()[told.what].say(told)[0] for told in Notice.objects.filter(persona=imke)}
    assert said == {"Somebody would be glad if another guided a gathering. No reason is needed."}

    sought = evening.shifts.filter(is_sought=True).first()
    how = {"how": "take", "shift": sought.pk} if sought else {"how": "join"}
    pages = [
        evening.get_absolute_url(),
        reverse("circles:desk", kwargs={"key": circle.pk}),
        reverse("circles:people", kwargs={"key": circle.pk}),
        reverse("gatherings:gatherings", kwargs={"key": circle.pk}),
        reverse("gatherings:plan", kwargs={"key": circle.pk, "series_key": series.pk}),
        circle.get_absolute_url(),
        "/",
        "/bell/",
    ]
    found = [sign_in(imke).get(page, follow=True).content.decode() for page in pages]
    sign_in(imke).post(reverse("gatherings:shift", kwargs={"key": circle.pk, "gathering_key": evening.pk}), how)
    assert led_by(evening) == {imke.pk}
    jobs.run_due()
    found += [sign_in(one).get(page, follow=True).content.decode() for one in (imke, ada) for page in pages]
    found += [str(kept.kept_of(one.person)) for one in (imke, ada)]
    found += [str(dict(line.said)) for line in Line.objects.all()]
    found += [f"{one.subject} {one.body}" for one in mail.outbox]
    found += [str(dict(one.said)) for one in Notice.objects.all()]
    found += [str(one.note) for one in Gathering.objects.all()]
    for text in found:
        assert not any(word in text for word in ("worn out", "Cleo rests", "rests until", "You rest", "look back"))
    assert not [field for field in Shift._meta.get_fields() if field.name in ("reason", "note", "why")]
    address = reverse("gatherings:looking_back", kwargs={"key": circle.pk, "gathering_key": before.pk})
    assert WHY in sign_in(cleo).get(address).content.decode()  # a control: it is there to be found
    assert WHY in str(kept.kept_of(cleo.person))
