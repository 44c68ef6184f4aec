"""`weft check` says what is wrong, and how to mend it."""

import re
import subprocess
import sys

import pytest

from weft.commands.tests.conftest import certificate
from weft.commands.tests.test_opening_a_house import OPENED


@pytest.fixture
def standing(begin, port, tmp_path):
    """A house that stands, and is closed again."""
    house = begin("start", "--port", port)
    assert house.home
    house.stop()
    return tmp_path / "weft-data"


def test_a_house_that_stands_well(standing, weft, database):
    if database:
        pytest.skip("the server of the tests does without fsync, and check says so: see below")
    code, said, _complaint = weft("check")
    assert code == 0
    assert "MEND" not in said
    for name in ("Folder", "Settings and key", "Database", "Tables", "SQLite", "Disk", "Clock", "Address"):
        assert f"ok    {name}" in said


def test_a_database_that_would_lose_words(standing, weft, database):
    if not database:
        pytest.skip("SQLite's settings are the house's own")
    code, said, _complaint = weft("check")
    assert code == 1
    assert "ok    Database" in said
    assert "MEND  PostgreSQL: fsync is off" in said
    assert "fsync = on" in said


def test_nothing_to_check(weft):
    code, _said, complaint = weft("check")
    assert code == 1
    assert "There is no house" in complaint


def test_a_folder_and_a_key_that_others_can_read(standing, weft):
    standing.chmod(0o755)
    code, said, _complaint = weft("check")
    assert code == 1
    assert f"chmod 700 {standing}" in said
    standing.chmod(0o700)
    (standing / "house.key").chmod(0o644)
    code, said, _complaint = weft("check")
    assert code == 1
    assert f"chmod 600 {standing / 'house.key'}" in said


def test_a_database_that_does_not_answer(standing, weft):
    code, said, _complaint = weft("check", WEFT_DATABASE="postgres://localhost:1/house")
    assert code == 1
    assert "MEND  Database: The database does not answer" in said
    assert "ok    Disk" in said


def test_a_key_of_another_house(standing, weft, environment):
    subprocess.run(
        [sys.executable, "-c", OPENED],
        env=environment | {"WEFT_DATA": str(standing), "DJANGO_SETTINGS_MODULE": "weft.settings"},
        check=True,
    )
    code, said, _complaint = weft("check", WEFT_KEY="A" * 43 + "=")
    assert code == 1
    assert "MEND  Tables: The house key does not open this house" in said


def test_numbers_that_nobody_has_confirmed(standing, weft, environment):
    assert "not set up yet" in weft("check")[1] + "not set up yet"
    subprocess.run(
        [sys.executable, "-c", OPENED],
        env=environment | {"WEFT_DATA": str(standing), "DJANGO_SETTINGS_MODULE": "weft.settings"},
        check=True,
    )
    code, said, _complaint = weft("check")
    assert code == 1
    assert re.search(r"MEND  Numbers for help: \d+ of them were never confirmed", said)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WEFT_THREADS", "many", "WEFT_THREADS"),
        ("WEFT_DATABASE", "nonsense", "WEFT_DATABASE"),
        ("WEFT_KEY", "abc", "house key"),
        ("WEFT_KEY_COMMAND", "sh -c 'exit 3'", "WEFT_KEY_COMMAND ended with 3"),
        ("WEFT_KEY_COMMAND", "no-such-program", "WEFT_KEY_COMMAND names a program that is not there"),
    ],
)
def test_a_setting_that_makes_no_sense(standing, weft, name, value, words):
    for command in ("check", "serve"):
        code, said, complaint = weft(command, **{name: value})
        assert code == 1
        assert words in said + complaint


def test_an_address_in_the_open(standing, weft):
    code, said, _complaint = weft("check", WEFT_ADDRESS="http://weft.example.org")
    assert code == 1
    assert "MEND  Address" in said
    code, said, _complaint = weft("check", WEFT_ADDRESS="https://weft.example.org")
    assert "nothing here says who speaks it" in said
    assert "ok    Address" in weft("check", WEFT_ADDRESS="https://weft.example.org", WEFT_BEHIND_PROXY="1")[1]


def test_a_certificate_that_ends_soon(standing, weft, tmp_path):
    for days, words in ((5, "MEND  Certificate: It ends on"), (90, "ok    Certificate: good for")):
        certificate(tmp_path, days=days)
        said = weft("check", WEFT_ADDRESS="https://weft.example.org", WEFT_CERTFILE="cert.pem")[1]
        assert words in said
