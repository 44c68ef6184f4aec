"""What this section keeps of a person, and how it forgets them."""

import json

import pytest
from django.apps import apps

from weft.conftest import PASSPHRASE
from weft.people.models import Device, Duty, Passkey, Person
from weft.people.tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(wren: Person) -> Person:
    wren.address("wren@example.org")
    Duty(person=wren, kind="safety", known_as="Wren of the desk").save()
    Passkey(person=wren, key_tag=b"tag", credential="secret", label="my blue key").save()
    return wren


def test_everything_kept_is_in_the_download(full: Person, sign_in):
    sign_in(full)
    kept = json.dumps(apps.get_app_config("people").kept_of(full), default=str)
    for word in ("wren@example.org", '"wren"', "Wren of the desk", "my blue key", str(full.joined_on)):
        assert word in kept
    assert "secret" not in kept
    assert full.password not in kept


def test_everything_is_forgotten(full: Person, sign_in):
    robin = Person.objects.join("robin", PASSPHRASE)
    client = sign_in(full)
    apps.get_app_config("people").forget(full)
    assert list(Person.objects.all()) == [robin]
    assert not any(model.objects.exists() for model in (Device, Duty, Passkey))
    assert not signed_in(client)
    assert Person.objects.join("wren", PASSPHRASE), "the name is free again"
