"""Whoever has promised something was heard of: the desk does not call them quiet."""

from datetime import timedelta

import pytest

from weft.care.tests.ways import make_slot, stands
from weft.circles.around import Around
from weft.circles.models import Persona
from weft.loom import time

pytestmark = pytest.mark.django_db


def quiet(guide):
    return [one.persona.name for one in Around(Persona.found(guide.person, guide.circle_id)).quiet]


def test_whoever_promised_something_is_not_quiet(care, tess, leo, bea):
    for one in (leo, bea):
        one.since = time.today() - timedelta(days=90)
        one.save(update_fields=["since"])
        stands(one, 3, tess)
    assert sorted(quiet(tess)) == ["Bea", "Leo"]
    promise = make_slot(tess).take("Soup", by=leo)
    assert quiet(tess) == ["Bea"]
    promise.slot.day = time.today() - timedelta(days=21)
    promise.slot.save()
    assert quiet(tess) == ["Leo", "Bea"], "three weeks later he is, and was heard of last"
