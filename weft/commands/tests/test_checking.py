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


# Key, days, backups


@pytest.fixture
def lived_in(standing, inside):
    """A house that is set up."""
    inside(OPENED.replace("import django", "").replace("django.setup()", ""))
    return standing


def test_backups_their_age_and_whether_they_open(lived_in, weft, tmp_path):
    assert "MEND  Backups: There is none." in weft("check")[1]
    assert weft("backup")[0] == 0
    assert "ok    Backups: ./weft-data/backups/weft-" in weft("check")[1]
    (file,) = (lived_in / "backups").glob("*.backup")
    whole = file.read_bytes()
    file.write_bytes(whole[:-500])
    assert re.search(r"MEND  Backups: .* damaged", weft("check")[1])
    file.write_bytes(whole)
    (lived_in / "backups" / "house.key").touch()
    assert "MEND  Key: A key lies beside the backups" in weft("check")[1]
    file.unlink()
    assert "is gone" in weft("check")[1]


def test_a_copy_of_the_key_and_a_change_that_was_not_finished(lived_in, weft, tmp_path):
    copy = tmp_path / "copy.key"
    copy.write_bytes((lived_in / "house.key").read_bytes())
    copy.chmod(0o600)
    assert "the copy is right" in weft("check", "--copy", "copy.key")[1]
    assert weft("rotate-key")[0] == 0
    said = weft("check", "--copy", "copy.key")[1]
    assert re.search(r"MEND  Key: .*copy.key is not the key that is in force", said)
    assert "1 older ones are kept" in weft("check")[1]
    old = copy.read_text()
    (lived_in / "house.key").write_text((lived_in / "house.key").read_text() + old)
    assert "MEND  Key: A change of the key was begun, and is not done." in weft("check")[1]
    assert weft("rotate-key")[0] == 0
    assert "ok    Key" in weft("check")[1]


def test_a_key_that_comes_from_elsewhere_is_changed_by_hand(lived_in, weft):
    import base64

    from weft.loom import keys

    old = (lived_in / "house.key").read_text().strip()
    new = base64.b64encode(keys.fresh()).decode()
    code, _said, complaint = weft("rotate-key", WEFT_KEY=old)
    assert code == 1
    assert "openssl rand -base64 32" in complaint
    assert weft("rotate-key", WEFT_KEY=f"{new} {old}")[0] == 0
    assert "ok    Tables" in weft("check", WEFT_KEY=new)[1]
    assert "MEND  Tables" in weft("check", WEFT_KEY=old)[1]


def test_a_clock_that_went_back(lived_in, weft, inside):
    inside("from weft.circles.models import Circle; Circle.objects.update(opened_on='2099-01-01')")
    assert "MEND  Days: The house has written on 2099-01-01" in weft("check")[1]


def test_an_erasure_that_is_not_in_the_ledger(lived_in, weft, inside):
    inside("from weft.loom.models import Erasure; Erasure(what='stories.story 1').save(force_insert=True)")
    assert "MEND  Ledger of erasures: 1 erasures are not in the ledger yet." in weft("check")[1]
