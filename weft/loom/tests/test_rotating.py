"""Changing the house key: nothing sealed before or after is lost, wherever it stops."""

import base64
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from weft.conftest import make_circle
from weft.loom import keys, rotation, streams
from weft.loom.models import DataKey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(settings, tmp_path) -> Path:
    """A key file that is in force, as in a real house."""
    found = tmp_path / "house.key"
    keys.make(found)
    settings.HOUSE_KEY = keys.HouseKey(file=found)
    return found


@pytest.fixture
def elsewhere(settings, file):
    """Another process of the same house: it knows what it read when it started, and remembers no secret."""
    own = keys.HouseKey(file=file)

    def elsewhere(run):
        here, settings.HOUSE_KEY = settings.HOUSE_KEY, own
        keys.forget()
        try:
            return run()
        finally:
            settings.HOUSE_KEY = here
            keys.forget()

    return elsewhere


def change(file):
    assert rotation.begin(file)
    rotation.rewrap()
    return rotation.finish(file)


def test_all_that_was_sealed_opens_under_the_new_key_alone(file):
    circle = make_circle("Evening Circle")
    (old,) = keys.read_file(file)
    kept = change(file)
    (new,) = keys.read_file(file)
    assert new != old
    assert {row.mark for row in DataKey.objects.all()} == {keys.mark(new)}
    keys.forget()
    assert type(circle).objects.get().name == "Evening Circle"
    assert keys.read_file(kept) == (old,)
    for path in (file, kept):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_process_that_runs_learns_the_new_key_by_itself(file, elsewhere):
    circle = make_circle("Evening Circle")
    token = elsewhere(lambda: streams.token("circle:1", 7))
    assert rotation.begin(file)
    assert streams.admit(token) == ("circle:1", 7)  # the old key opens until the end
    rotation.rewrap()
    rotation.finish(file)
    assert elsewhere(lambda: type(circle).objects.get().name) == "Evening Circle"
    fresh = elsewhere(lambda: streams.token("circle:1", 7))
    assert streams.admit(fresh) == ("circle:1", 7)
    new = elsewhere(lambda: make_circle("Morning Circle"))
    assert DataKey.objects.get(scope=new.seal_scope()).mark == keys.mark(keys.read_file(file)[0])


def test_a_key_that_is_made_in_this_very_moment_is_not_left_behind(file, monkeypatch):
    """Between wrapping and writing the row, somebody else changes the house key."""
    plain = keys.wrap

    def wrap(secret, scope):
        wrapped = plain(secret, scope)
        monkeypatch.setattr(keys, "wrap", plain)
        assert rotation.begin(file)
        return wrapped

    monkeypatch.setattr(keys, "wrap", wrap)
    secret = keys.secret("people")
    rotation.rewrap()
    rotation.finish(file)
    keys.forget()
    assert keys.secret("people") == secret


@pytest.mark.parametrize("stops", ["after the new key", "half way", "before the old one leaves"])
def test_wherever_it_stops_it_goes_on(file, stops):
    circles = [make_circle(f"Circle {number}") for number in range(4)]
    (old,) = keys.read_file(file)
    assert rotation.begin(file)
    if stops == "half way":
        for row in DataKey.objects.order_by("scope")[:2]:
            row.rewrap()
    elif stops == "before the old one leaves":
        rotation.rewrap()
        keys.write(file.with_name(f"{file.name}.until-2020-01-01"), [old])
    keys.forget()
    assert type(circles[0]).objects.get(pk=circles[0].pk).name == "Circle 0"  # the house stands as it is
    assert not rotation.begin(file)  # no third key
    rotation.rewrap()
    rotation.finish(file)
    (new,) = keys.read_file(file)
    assert new != old
    keys.forget()
    assert [type(one).objects.get(pk=one.pk).name for one in circles] == [f"Circle {number}" for number in range(4)]
    assert [keys.read_file(path) for path in keys.older(file)][-1] == (old,)


def test_two_changes_on_one_day_keep_both_old_keys(file):
    (first,) = keys.read_file(file)
    change(file)
    (second,) = keys.read_file(file)
    kept = change(file)
    assert set(keys.read_file(kept)) == {first, second}


def test_a_key_file_that_cannot_be_read_for_a_moment_changes_nothing(file, settings):
    before = settings.HOUSE_KEY.lines
    file.write_text("half a li")
    assert settings.HOUSE_KEY.lines == before
    file.unlink()
    assert settings.HOUSE_KEY.lines == before
    keys.write(file, [keys.fresh()])
    assert settings.HOUSE_KEY.lines == keys.read_file(file) != before


def test_without_the_new_key_nothing_opens(file, settings):
    keys.secret("people")
    old = keys.read_file(file)
    change(file)
    settings.HOUSE_KEY = keys.HouseKey(inline=base64.b64encode(old[0]).decode())
    keys.forget()
    with pytest.raises(ImproperlyConfigured, match="does not open this house"):
        keys.secret("people")


def test_whoever_makes_a_key_now_is_waited_for(file):
    with transaction.atomic():
        rotation.wait_for_makers()
        assert DataKey.objects.count() == 0


def test_a_key_that_a_command_prints_is_asked_for_again(settings, tmp_path):
    printed = tmp_path / "printed"
    keys.make(printed)
    settings.HOUSE_KEY = keys.HouseKey(command=f"cat {printed}")
    secret = keys.secret("people")
    (old,) = settings.HOUSE_KEY.lines
    new = keys.fresh()
    keys.write(printed, [new, old])
    other = keys.HouseKey(command=f"cat {printed}")
    here, settings.HOUSE_KEY = settings.HOUSE_KEY, other
    rotation.rewrap()
    settings.HOUSE_KEY = here  # it has not asked since it started
    keys.forget()
    assert keys.secret("people") == secret
