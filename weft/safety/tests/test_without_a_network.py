"""After one visit to any page the numbers open without a network, and the device keeps nothing else."""

import re

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext

from weft.circles.models import Persona

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = """async () => {
    const found = {};
    for (const name of await caches.keys()) {
        const store = await caches.open(name);
        for (const request of await store.keys()) {
            found[new URL(request.url).pathname] = await (await store.match(request)).text();
        }
    }
    return found;
}"""


@pytest.fixture
def phone(live_server, chromium):
    context = chromium.new_context(viewport={"width": 360, "height": 640}, base_url=live_server.url)
    context.set_default_timeout(15_000)
    yield context
    context.close()


def visit(phone: BrowserContext, address: str):
    """Open a page, and give the device the moment it needs to keep the numbers."""
    page = phone.new_page()
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def sign_in(phone: BrowserContext, persona: Persona, address: str) -> None:
    client = Client()
    client.force_login(persona.person, backend="weft.people.door.Opened")
    phone.add_cookies([{"name": name, "value": it.value, "url": address} for name, it in client.cookies.items()])


def test_after_one_visit_the_numbers_are_there_without_a_network(house, desk, phone):
    page = visit(phone, "/circles/")
    phone.set_offline(True)
    for address in ("/help/", "/help/?country=IE", "/circles/", "/never/seen/"):
        page.goto(address)
        assert page.get_by_role("heading", name="Need someone now?").is_visible(), address
        assert page.locator('a[href="tel:116123"]').first.is_visible()
        assert "There is no connection just now" in page.content()
    assert "Who answers: Noor and Sam." in page.content()
    page.get_by_text("United States", exact=True).click()
    assert page.locator('details[open] a[href="tel:988"]').is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.numbers .button')).minHeight") != "auto"  # drawn
    phone.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    page.wait_for_load_state()
    assert "There is no connection just now" not in page.content()


def test_the_device_keeps_the_numbers_and_nothing_else(house, desk, ada, circle, phone, live_server):
    sign_in(phone, ada, live_server.url)
    page = visit(phone, "/circles/")
    for address in (f"/circles/?words={circle.name}", circle.get_absolute_url(), "/concerns/", "/help/?country=US"):
        page.goto(address)
    assert "Evening Circle" in phone.new_page().goto(circle.get_absolute_url()).text()  # it was there to be kept
    page.wait_for_timeout(300)
    kept = page.evaluate(KEPT)
    assert "/help/kept/" in kept
    assert all(re.fullmatch(r"/help/kept/|/static/[\w./-]+\.(css|js|svg)", path) for path in kept), list(kept)
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', kept["/help/kept/"]))
    assert set(kept) == linked | {"/help/kept/"}
    for word in ("River", "Evening Circle", "Riverside", "csrf", "Sign out"):
        assert word not in "".join(kept.values()), word


def test_online_the_network_is_asked_first(house, phone):
    page = visit(phone, "/help/")
    page.goto("/help/")
    assert "There is no connection just now" not in page.content()
    house.country = "IE"
    house.save()
    page.goto("/help/")
    assert page.locator('a[href="sms:50808?&body=HELLO"]').is_visible()


def test_the_kept_page_is_the_same_for_everybody(house, desk, ada):
    """Fetched without cookies; but even with them, nothing of anybody is in it, and no cookie comes back."""
    client = Client()
    nobody = client.get("/help/kept/")
    assert not client.cookies
    client.force_login(ada.person, backend="weft.people.door.Opened")
    assert client.get("/help/kept/").content == nobody.content
    assert b"tel:988" in nobody.content


def test_the_worker_stands_at_the_root_and_is_never_old(client, db):
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
