"""A network that loses every voice for more than half a minute: afterwards all are heard again who may be."""

import time

import pytest

from weft.gatherings.tests.test_voices import laid
from weft.tests import apart
from weft.tests.browser import Walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LOST = 35  # seconds: a link has failed by then, and is being built anew


@pytest.fixture
def net(transactional_db, tmp_path):
    with apart.network(tmp_path) as net:
        yield net


@pytest.fixture
def walk(net, chromium):
    """Browsers and a house on that network."""
    ground, browser = net.house(), net.browser(chromium)
    walk = Walk(browser, ground)
    yield walk
    walk.close()
    browser.close()
    ground.close()
    walk.check()


def test_voices_survive_thirty_five_seconds_without_udp(net, walk, gathering, lead, river, benno, circle):
    table = laid(walk, gathering, lead, river, benno, circle)
    table.holding("River")
    heard = {"Cleo": {"River"}, "River": set(), "Benno": {"River"}, "Imke": {"River"}}
    table.until_heard(**heard)
    before = table.hour.look()
    with net.without_udp():
        over = time.monotonic() + LOST
        for name in table.pages:
            table.pages[name].locator("#room-voice[data-up='0']").wait_for(timeout=60_000)
        assert not any(table.hear(name) for name in heard), "nobody is heard meanwhile"
        time.sleep(max(0, over - time.monotonic()))
    table.linked(3)
    table.until_heard(**heard)
    after = table.hour.look()
    assert (after.holder, after.turn, after.paused) == (before.holder, before.turn, None), "the hour went on"
    table.holding("Benno")
    table.until_heard(Cleo={"Benno"}, River={"Benno"}, Benno=set(), Imke={"Benno"})
