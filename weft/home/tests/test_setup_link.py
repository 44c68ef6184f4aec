"""The set-up link: an hour, once, and nothing on the disk that opens the house."""

import base64
import stat
import time

import pytest

from weft.home import setup_link
from weft.loom import keys


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


def test_the_link_holds():
    token = setup_link.make()
    assert setup_link.holds(token)
    assert setup_link.holds(token.upper())
    assert not setup_link.holds(token[:-1] + ("0" if token[-1] != "0" else "1"))
    assert not setup_link.holds("")


def test_no_link_holds_before_one_is_made():
    assert not setup_link.holds("")
    assert not setup_link.holds("0000-0000-0000-0000-0000")


def test_it_works_once():
    token = setup_link.make()
    assert setup_link.holds(token)
    setup_link.spend()
    assert not setup_link.holds(token)
    setup_link.spend()


def test_it_ends_after_an_hour(monkeypatch):
    token = setup_link.make()
    now = time.time()
    monkeypatch.setattr(setup_link.time, "time", lambda: now + 59 * 60)
    assert setup_link.holds(token)
    monkeypatch.setattr(setup_link.time, "time", lambda: now + 61 * 60)
    assert not setup_link.holds(token)


def test_a_new_link_ends_the_one_before():
    old, new = setup_link.make(), setup_link.make()
    assert not setup_link.holds(old)
    assert setup_link.holds(new)


def test_the_file_tells_nothing(tmp_path, settings):
    token = setup_link.make()
    kept = tmp_path / "setup.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert token not in kept.read_text()
    assert token.replace("-", "") not in kept.read_text()
    settings.HOUSE_KEY = keys.HouseKey(inline=base64.b64encode(b"another house key of 32 bytes...."[:32]).decode())
    assert not setup_link.holds(token)


def test_a_damaged_file_opens_nothing(tmp_path):
    token = setup_link.make()
    (tmp_path / "setup.json").write_text("{")
    assert not setup_link.holds(token)
