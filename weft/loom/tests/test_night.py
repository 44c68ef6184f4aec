"""The house keeps itself once a night."""

from datetime import UTC, datetime

import pytest

from weft.loom import night
from weft.loom.section import sections


@pytest.mark.parametrize(
    "zone, now, hours",
    [
        ("UTC", datetime(2026, 3, 1, 3, 0, tzinfo=UTC), 1),
        ("UTC", datetime(2026, 3, 1, 4, 0, tzinfo=UTC), 24),
        ("Europe/London", datetime(2026, 7, 1, 2, 0, tzinfo=UTC), 1),
    ],
)
def test_night_falls_where_the_house_is(settings, zone, now, hours):
    settings.TIME_ZONE = zone
    assert night.until_next(now) == hours * 3600


def test_one_section_that_fails_does_not_keep_the_others_from_it(transactional_db, monkeypatch):
    tidied = []

    def fails() -> None:
        raise ValueError

    first, *others = sections()
    monkeypatch.setattr(first, "tidy", fails)
    for section in others:
        monkeypatch.setattr(section, "tidy", lambda name=section.name: tidied.append(name))
    night.keep_house()
    assert tidied == [section.name for section in others]
