"""`weft demo`."""

import os
import resource

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(environment):
    environment.pop("WEFT_DATABASE", None)
    return environment


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_example_house(begin, tmp_path, port, environment):
    real = {"WEFT_DATA": str(tmp_path / "real"), "WEFT_DATABASE": "postgres://localhost:1/real", "WEFT_KEY": "x"}
    before = cpu_of_children()
    first = begin("demo", "--port", port, **real)
    assert first.home == f"http://127.0.0.1:{port}/"
    assert "an example house, made-up people, in ./weft-demo" in first.said
    assert f"Sign in as  http://127.0.0.1:{port}/demo/" in first.said
    assert first.get() == 200
    assert first.get("demo/") == 200
    assert first.stop() == 0
    assert sorted(os.listdir(tmp_path)) == ["weft-demo"]  # noqa: PTH208
    filled = cpu_of_children()
    second = begin("demo", "--port", port)
    assert second.home
    assert second.get("demo/") == 200
    assert "Filling" not in second.said
    second.stop()
    assert cpu_of_children() - filled < (filled - before) / 2, "nothing is made anew"


def test_an_example_that_was_interrupted_is_made_anew(begin, tmp_path, port):
    half = tmp_path / ".weft-demo.part"
    half.mkdir()
    (half / "house.sqlite3").write_text("half a house")
    house = begin("demo", "--port", port)
    house.until("Filling an example house")
    assert house.get("demo/") == 200
    assert not half.exists()
    house.stop()
    (tmp_path / "weft-demo" / "made-by").write_text("an older Weft")
    again = begin("demo", "--port", port)
    again.until("It is made anew.")
    assert again.get("demo/") == 200


def test_a_folder_of_somebody_else_is_left_alone(weft, tmp_path):
    (tmp_path / "weft-demo").mkdir()
    (tmp_path / "weft-demo" / "thesis.txt").write_text("years of work")
    code, _said, complaint = weft("demo")
    assert code == 1
    assert "is not an example house" in complaint
    assert (tmp_path / "weft-demo" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104
def test_nobody_else_reaches_the_example(weft, host, tmp_path):
    code, _said, complaint = weft("demo", "--host", host)
    assert code == 2
    assert "for this computer only" in complaint
    assert not (tmp_path / "weft-demo").exists()
