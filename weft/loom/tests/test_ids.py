"""Ids that come from outside are read alike everywhere, whatever somebody sends."""

import pytest
from django.urls import reverse

from weft.loom import ids


@pytest.mark.parametrize("said", ["", "0", "-1", "1.5", "x", "１２x", str(2**63), "9" * 19, "9" * 5000, "²"])
def test_what_is_no_id_is_none(said):
    assert ids.read(said) == 0


@pytest.mark.parametrize("said", ["1", str(2**63 - 1), "007"])
def test_an_id_is_read(said):
    assert ids.read(said) == int(said)


def test_a_form_that_is_sent_twice_has_one_id_and_another_gets_its_own(rf):
    assert ids.once(rf.post("/", {"once": "17"})) == 17
    assert ids.once(rf.post("/", {"once": "9" * 5000})) != ids.once(rf.post("/"))


@pytest.mark.django_db
def test_more_digits_than_python_reads_are_no_fault_of_the_house(sign_in, ada):
    answer = sign_in(ada).post(
        reverse("care:new"), {"whom": "Rosa", "my_name": "Tess", "seat": "own", "once": "9" * 5000}
    )
    assert answer.status_code == 302
