"""A series as somebody who guides would plan it."""

from datetime import time as clock
from datetime import timedelta

from weft.gatherings.models import Series
from weft.loom import ids, time


def make_series(by, **more):
    """A weekly hour from tomorrow on, at seven in London."""
    said = {
        "name": "Our hour",
        "about": "We sit together.",
        "starts_on": time.today() + timedelta(days=1),
        "starts_at": clock(19),
        "zone": "Europe/London",
        "rule": "FREQ=WEEKLY",
        "minutes": 60,
        "near": "",
    }
    return Series.begin(ids.random_id(), said | more, by=by)
