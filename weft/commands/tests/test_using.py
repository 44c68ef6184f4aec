"""The command line itself."""

import pytest

from weft.__main__ import COMMANDS


def test_help_for_everything(weft):
    code, said, _complaint = weft("--help")
    assert code == 0
    for command in COMMANDS:
        assert command in said
        code, more, _complaint = weft(command, "--help")
        assert code == 0
        assert "--data" in more


@pytest.mark.parametrize("arguments", [[], ["dance"], ["start", "--workers", "x"], ["start", "--workers", "0"]])
def test_wrong_use_ends_with_two(weft, arguments):
    code, said, complaint = weft(*arguments)
    assert code == 2
    assert complaint
    assert said == ""


def test_version(weft):
    assert weft("--version")[1].startswith("weft 0.")


def test_a_setup_link_is_good_for_the_house_that_runs(begin, weft, port):
    house = begin("start", "--port", port)
    assert house.home
    code, said, _complaint = weft("setup-link")
    assert code == 0
    assert said.startswith(house.home + "setup/")
    assert "60 minutes" in said
    path = said.split()[0].removeprefix(house.home)
    assert house.get(path) == 200
    weft("setup-link")
    assert house.get(path) == 404
    house.stop()
    assert "not running" in weft("setup-link")[1]
