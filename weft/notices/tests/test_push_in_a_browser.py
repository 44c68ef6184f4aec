"""A device is asked only after a press, shows one neutral note, and leads to the bell."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from weft.loom import push
from weft.notices import pushes
from weft.notices.models import Subscription
from weft.tests.browser import Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN = """async () => {
    const worker = await navigator.serviceWorker.ready;
    const found = await worker.getNotifications();
    return found.map((one) => [one.title, one.body, one.tag, one.dir, one.lang, JSON.stringify(one.data), one.icon]);
}"""
AWAKE = "navigator.serviceWorker.ready.then((worker) => worker.active.state === 'activated')"


@pytest.fixture
def walk(transactional_db, whole_chromium, ground):
    walk = Walk(whole_chromium, ground)
    yield walk
    walk.close()
    walk.check()


@pytest.fixture
def sends(settings) -> None:
    settings.PUSH = push.services(True, [])


@pytest.fixture
def deliver(walk) -> Callable[[Any], None]:
    """Hand a push to the real service worker of a page, as the browser does when its service brings one."""

    def bring(page: Any) -> None:
        page.wait_for_function(AWAKE)
        browser = page.context.new_cdp_session(page)
        found: list[str] = []
        browser.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda said: found.extend(one["registrationId"] for one in said["registrations"] if not one["isDeleted"]),
        )
        browser.send("ServiceWorker.enable")
        while not found:
            page.wait_for_timeout(20)
        facts = {"origin": walk.address, "registrationId": found[0], "data": ""}
        for _again in range(
            3
        ):  # on a busy machine the worker may be too late to wake up: a service would try again, too
            browser.send("ServiceWorker.deliverPushMessage", facts)
            for _ in range(200):
                if page.evaluate(SHOWN):
                    return
                page.wait_for_timeout(20)

    return bring


def a_phone(walk, who, **more: Any):
    page = walk(who, **more)
    page.context.grant_permissions(["notifications"])
    page.goto(reverse("notices:choose"))
    return page


def shown(page, many: int) -> list[list[str]]:
    for _ in range(500):
        found = page.evaluate(SHOWN)
        if len(found) == many:
            return found
        page.wait_for_timeout(20)
    raise AssertionError(f"{len(found)} notes are shown, and not {many}")


@pytest.mark.parametrize("locale, said", [
    ("en-GB", ["Notes", "Something new", "new", "ltr", "en"]),
    ("ar", ["ملاحظات", "شيء جديد", "new", "rtl", "ar"]),
    ("fi-FI", ["Notes", "Something new", "new", "ltr", "en"]),
])  # fmt: skip
def test_a_push_shows_a_neutral_note_in_the_language_of_the_device(sends, walk, deliver, ada, locale, said):
    page = a_phone(walk, ada, locale=locale)
    deliver(page)
    assert shown(page, 1) == [[*said, "null", ""]]


def test_several_pushes_show_as_one(sends, walk, deliver, ada):
    page = a_phone(walk, ada)
    for _ in range(3):
        deliver(page)
    assert len(shown(page, 1)) == 1


def test_a_press_on_it_leads_to_the_bell(sends, walk, deliver, ada):
    """The browser does not let a test press a note. So its worker hears of a press, and says where it would lead."""
    page = a_phone(walk, ada)
    deliver(page)
    shown(page, 1)
    (worker,) = page.context.service_workers
    led = worker.evaluate("""async () => {
        const [notification] = await self.registration.getNotifications();
        const led = [];
        Clients.prototype.openWindow = async (address) => void led.push(address);
        const press = new NotificationEvent("notificationclick", { notification });
        self.dispatchEvent(press);
        return [led, (await self.registration.getNotifications()).length];
    }""")
    assert led == [[reverse("notices:bell")], 0]


def test_whoever_opens_the_bell_or_leaves_takes_the_note_away(sends, walk, deliver, ada):
    page = a_phone(walk, ada)
    for way in ("bell", "leave"):
        page.goto(reverse("notices:choose"))
        deliver(page)
        shown(page, 1)
        if way == "bell":
            page.goto(reverse("notices:bell"))
        else:
            page.evaluate("navigator.sendBeacon('/leave/')")
        assert shown(page, 0) == []


def test_a_house_that_sends_no_push_puts_nothing_of_it_into_a_browser(walk, ada, settings):
    for services, said in ((None, "undefined"), (push.services(True, []), "object")):
        settings.PUSH = services
        page = a_phone(walk, ada)
        page.wait_for_function(AWAKE)
        (worker,) = page.context.service_workers
        assert worker.evaluate("typeof SAID") == said
        page.context.close()


ASKED = """
    window.asked = 0;
    const ask = Notification.requestPermission.bind(Notification);
    Notification.requestPermission = () => { window.asked += 1; return ask(); };
"""


def test_nothing_is_asked_for_before_somebody_presses_the_button(sends, walk, ada):
    page = walk(ada)
    page.add_init_script(ASKED)
    page.goto(reverse("notices:choose"))
    button = page.get_by_role("button", name="Tell me on this device")
    assert button.is_visible()
    assert page.get_by_text("Google, Mozilla, Apple or Microsoft").is_visible(), "it is said before"
    assert page.evaluate("window.asked") == 0
    button.click()
    page.wait_for_function("window.asked === 1")


def test_a_browser_that_says_no_is_taken_at_its_word(sends, walk, ada):
    page = walk(ada)
    page.add_init_script("Notification.requestPermission = async () => 'denied'")
    page.goto(reverse("notices:choose"))
    page.get_by_role("button", name="Tell me on this device").click()
    page.get_by_text("Your browser said no, so nothing was switched on.").wait_for()
    assert not Subscription.objects.exists()


def test_a_browser_that_reaches_no_push_service_says_so(sends, walk, ada):
    """So it is in this test, where the browser keeps nothing for later."""
    walk.expect("does not support the Push API in incognito mode")
    page = a_phone(walk, ada)
    page.get_by_role("button", name="Tell me on this device").click()
    page.get_by_text("That did not work.").wait_for()
    assert page.get_by_role("button", name="Tell me on this device").is_enabled()
    assert not Subscription.objects.exists()


ADDRESS = "https://updates.push.services.mozilla.com/wpush/v2/gAAAA"
A_SERVICE = f"""
    let told = null;
    PushManager.prototype.getSubscription = async () => told;
    PushManager.prototype.subscribe = async (asked) => {{
        window.bound = btoa(String.fromCharCode(...asked.applicationServerKey));
        window.visible = asked.userVisibleOnly;
        sessionStorage.bound = JSON.stringify([window.bound, window.visible]);
        return {{ endpoint: "{ADDRESS}" }};
    }};
"""


def test_a_device_is_switched_on_and_off_in_the_browser(sends, walk, ada):
    """With a push service that answers, which a browser under test cannot reach: the rest is the real way."""
    page = walk(ada)
    page.context.grant_permissions(["notifications"])
    page.add_init_script(A_SERVICE)
    page.goto(reverse("notices:choose"))
    page.get_by_role("button", name="Tell me on this device").click()
    page.get_by_text("This device is told from now on").wait_for()
    bound, visible = json.loads(page.evaluate("sessionStorage.bound"))
    assert base64.b64decode(bound) == base64.urlsafe_b64decode(pushes.signer().public + "=")
    assert visible is True
    (told,) = Subscription.of(ada.person)
    assert told.address == ADDRESS
    page.get_by_role("button", name="Switch off").click()
    page.get_by_text("That device is told nothing more.").wait_for()
    assert not Subscription.objects.exists()


def test_without_scripts_it_is_not_offered_and_the_page_says_so(sends, walk, ada):
    page = walk(ada, script=False)
    page.goto(reverse("notices:choose"))
    assert not page.get_by_role("button", name="Tell me on this device").is_visible()
    assert page.get_by_text("This browser cannot be switched on").is_visible()
