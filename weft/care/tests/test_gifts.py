"""What nobody should bring is read by all before they promise something, with an account or without."""

import pytest
from django.urls import reverse

from weft.care.models import Call, Care
from weft.care.models.guest import new_token
from weft.care.tests.ways import make_slot

pytestmark = pytest.mark.django_db
WORDS = "No flowers, please. The cat eats them."


def test_whoever_decides_says_what_nobody_should_bring(sign_in, care, tess, leo, rosa):
    slot = make_slot(tess, days=2)
    _call, token = Call.write(tess, uses=3, days=9, words="It is me.")
    key = {"key": care.circle_id}
    mine = new_token()
    Call.held(token).let_in("Old Tom", mine)
    pages = [(leo, reverse("care:care", kwargs=key)), (leo, slot.get_absolute_url())]
    pages += [(None, reverse("care:helping", kwargs={"token": mine}))]

    def read(who, address):
        from django.test import Client

        return (sign_in(who) if who else Client()).get(address).content.decode()

    assert not any("Please do not bring" in read(*page) for page in pages), "nothing is said where nothing was"
    where = reverse("care:about", kwargs=key)
    assert sign_in(leo).post(where, {"zone": "UTC", "no_gifts": WORDS}).status_code == 404
    sign_in(rosa).post(where, {"zone": "UTC", "no_gifts": WORDS, "approves": "on"})
    assert all(WORDS in read(*page) for page in pages)
    assert WORDS in sign_in(tess).get(where).content.decode()


def test_it_goes_when_all_has_ended(care, tess):
    care.no_gifts = WORDS
    care.save()
    care.end("Thank you.", by=tess)
    assert Care.objects.get().no_gifts == ""
    Care.objects.update(ended_on=None)
    restored = Care.objects.get()
    restored.no_gifts = WORDS
    restored.save()
    Care.again(restored.pk)
    assert Care.objects.get().no_gifts == "", "nor does an older backup bring it back"
