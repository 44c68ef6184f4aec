"""Passkeys, with a device that a real browser believes in: join, come back, add one, prove oneself, remove one."""

import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from weft.conftest import PASSPHRASE
from weft.people import totp
from weft.people.devices import SessionStore
from weft.people.models import Passkey, Person
from weft.tests.browser import Walk


class Phone:
    """A page on a phone that keeps passkeys. Its owner says yes whenever they are asked, if they are at home."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True}
        made = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.device = made["authenticatorId"]
        self.owner_is(at_home=True)

    def owner_is(self, *, at_home: bool) -> None:
        said = {"authenticatorId": self.device, "enabled": at_home}
        self.devtools.send("WebAuthn.setAutomaticPresenceSimulation", said)

    def offer_nothing_by_itself(self) -> None:
        self.page.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")


@pytest.fixture
def phone(walk: Walk) -> Phone:
    return Phone(walk())


def arrive(page: Page, path: str) -> None:
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def join(page: Page) -> None:
    page.goto("/join/?next=/settings/")
    page.get_by_role("link", name="Go on").click()
    page.get_by_label("A sign-in name").fill("wren")
    page.get_by_role("button", name="Join with a passkey").click()
    arrive(page, "/join/code/")
    page.get_by_label("I have printed it or written it down").check()
    page.get_by_role("button", name="Go on").click()
    arrive(page, "/settings/")


def come_in(page: Page, onward: str = "/settings/") -> None:
    page.goto(f"/door/?next={onward}")
    page.get_by_role("button", name="Sign in with a passkey").click()


def sign_out(page: Page) -> None:
    page.goto("/settings/devices/")
    page.get_by_role("button", name="Sign out here").click()
    arrive(page, "/door/")


def test_join_with_a_passkey_go_and_come_back_by_one_tap(phone: Phone):
    join(phone.page)
    person = Person.objects.get()
    assert not person.has_usable_password()
    assert person.recovery_tag
    phone.offer_nothing_by_itself()
    sign_out(phone.page)
    come_in(phone.page, "/settings/passkeys/")
    arrive(phone.page, "/settings/passkeys/")
    assert "My first passkey" in phone.page.content()


def test_the_browser_offers_it_by_itself_in_the_box_of_the_name(phone: Phone):
    join(phone.page)
    phone.owner_is(at_home=False)
    sign_out(phone.page)
    phone.page.goto("/door/?next=/settings/")
    phone.page.wait_for_timeout(300)
    assert "/door/" in phone.page.url
    phone.owner_is(at_home=True)
    phone.page.goto("/door/?next=/settings/")
    arrive(phone.page, "/settings/")


def test_a_name_that_somebody_has_already_makes_no_difference(phone: Phone):
    wren = Person.objects.join("wren", PASSPHRASE)
    join(phone.page)
    assert Passkey.objects.get().person.name == "wren"
    assert Passkey.objects.get().person != wren


def test_add_one_to_a_passphrase_use_it_and_remove_it(phone: Phone):
    page = phone.page
    Person.objects.join("wren", PASSPHRASE)
    phone.offer_nothing_by_itself()
    page.goto("/door/?next=/settings/passkeys/")
    page.get_by_label("Sign-in name").fill("wren")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("A name for it").fill("my blue key")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("You can sign in with this passkey now.").wait_for()
    sign_out(page)
    come_in(page, "/settings/passkeys/")
    page.get_by_role("link", name="Remove my blue key").click()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_text("That passkey opens nothing any more.").wait_for()
    sign_out(page)
    come_in(page)
    page.get_by_text("That passkey did not open the door.").wait_for()


def test_the_only_way_in_is_not_removed(phone: Phone):
    join(phone.page)
    phone.page.goto("/settings/passkeys/")
    phone.page.get_by_role("link", name="Remove My first passkey").click()
    phone.page.get_by_role("button", name="Remove it").click()
    phone.page.get_by_text("This is your only way in.").wait_for()
    assert Passkey.objects.count() == 1


def test_a_tap_shows_who_it_is_before_a_change_that_matters(phone: Phone):
    page = phone.page
    join(page)
    (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"] == "place"]
    session = SessionStore(cookie["value"])
    session["proved"] = 0
    session.save()
    page.goto("/settings/passphrase/")
    assert page.get_by_label("Your new passphrase").count() == 0
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Your new passphrase").fill("seven new boots by the door")
    page.get_by_role("button", name="Save").click()
    arrive(page, "/settings/")
    assert Person.objects.get().knows("seven new boots by the door")


def test_a_device_that_makes_sure_of_its_owner_is_two_steps_in_one(phone: Phone):
    join(phone.page)
    secret = totp.new_secret()
    assert Person.objects.get().begin_second_step(secret, totp.code_at(secret, time.time()))
    phone.offer_nothing_by_itself()
    sign_out(phone.page)
    come_in(phone.page)
    arrive(phone.page, "/settings/")


def test_the_credential_is_sealed_and_found_by_a_keyed_hash(phone: Phone):
    join(phone.page)
    passkey = Passkey.objects.get()
    kept = str(Passkey.objects.values().get())
    assert len(passkey.credential) > 60
    assert passkey.credential[:20] not in kept
    assert "first passkey" not in kept
