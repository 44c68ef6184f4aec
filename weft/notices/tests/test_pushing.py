"""What goes to a device by push: to which, when, how often, and that there is nothing in it."""

import base64
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from weft.loom import keys, mail, push, rotation, time
from weft.loom.models import DataKey
from weft.loom.section import sections
from weft.notices import pushes
from weft.notices.models import Choices, Push, Subscription
from weft.notices.models.push import MOST_DEVICES
from weft.notices.tests.conftest import device
from weft.notices.tests.pushbox import Pushbox, signed
from weft.notices.tests.test_mailing import answered, choose
from weft.people.models import Device, Person

BY_PUSH = {"ways": {"stories.reply": "push"}, "quiet": [0, 0]}
FIREFOX = "https://updates.push.services.mozilla.com/wpush/v2/gAAAA"


@pytest.fixture
def told(ada, pushbox) -> Subscription:
    """Ada's phone, and that she wants to be told there of answers."""
    choose(ada, **BY_PUSH)
    return device(ada.person, pushbox, "phone")


def switch_on(browser: Client, address: str) -> str:
    return browser.post(reverse("notices:devices"), {"address": address}, follow=True).content.decode()


def test_a_push_is_empty_and_signed_and_says_nothing_of_what(told, ada, cleo, pushbox, clock):
    answered(ada, cleo, "You know the river.")
    clock.passes(minutes=25)
    (came,) = pushbox.taken
    assert not pushbox.wrong
    assert came.path == "/to/phone"
    assert came.body == b""
    usual = {"host", "authorization", "ttl", "urgency", "topic", "content-length", "connection"}
    assert set(came.head) == usual, "nothing else goes with it"
    assert came.claims["sub"].startswith("mailto:notes@")
    now = int(clock.now.timestamp())
    assert now < came.claims["exp"] <= now + 24 * 60 * 60
    assert set(came.claims) == {"aud", "exp", "sub"}
    assert signed(came.head["authorization"])[1] == pushes.signer().public
    clock.passes(days=3)
    assert len(pushbox.taken) == 1


def test_two_pushes_tell_the_push_service_nothing_that_differs(told, ada, cleo, pushbox, clock):
    device(cleo.person, pushbox, "other")
    choose(cleo, **BY_PUSH)
    answered(ada, cleo)
    answered(cleo, ada)
    clock.passes(minutes=25)
    one, other = pushbox.taken
    assert {one.path, other.path} == {"/to/phone", "/to/other"}
    assert one.head | {"authorization": ""} == other.head | {"authorization": ""}


def test_whoever_reads_it_in_the_house_gets_no_push(told, ada, cleo, pushbox, clock, sign_in):
    story = answered(ada, cleo)
    clock.passes(minutes=4)
    assert not pushbox.taken
    sign_in(ada).get(story.get_absolute_url())
    clock.passes(hours=3)
    assert not pushbox.taken


def test_many_things_are_one_push_to_each_device_and_one_an_hour_at_most(told, ada, cleo, pushbox, clock):
    device(ada.person, pushbox, "desk")
    for _ in range(4):
        answered(ada, cleo)
    clock.passes(minutes=30)
    assert sorted(one.path for one in pushbox.taken) == ["/to/desk", "/to/phone"]
    for _ in range(3):
        answered(ada, cleo)
        clock.passes(minutes=8)
    assert len(pushbox.taken) == 2
    clock.passes(hours=2)
    assert len(pushbox.taken) == 4
    clock.passes(days=2)
    assert len(pushbox.taken) == 4


def test_a_new_device_is_not_told_twice_of_what_was_told(told, ada, cleo, pushbox, clock):
    answered(ada, cleo)
    clock.passes(minutes=25)
    device(ada.person, pushbox, "desk")
    answered(ada, cleo)
    clock.passes(hours=3)
    assert sorted(one.path for one in pushbox.taken) == ["/to/desk", "/to/phone", "/to/phone"]


def test_a_push_waits_until_the_quiet_hours_are_over(told, ada, cleo, pushbox, clock, settings):
    settings.TIME_ZONE = "Europe/London"
    choose(ada, quiet=[22, 8])
    clock.now = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
    answered(ada, cleo)
    clock.passes(hours=9)
    assert not pushbox.taken
    clock.passes(hours=1)
    assert len(pushbox.taken) == 1


def test_it_is_off_until_the_house_and_the_person_want_it(ada, cleo, pushbox, clock, settings, sign_in):
    told = device(ada.person, pushbox, "phone")
    answered(ada, cleo)
    clock.passes(hours=3)
    assert not pushbox.taken, "she has not chosen it"
    choose(ada, **BY_PUSH)
    settings.PUSH = None
    answered(ada, cleo)
    clock.passes(hours=3)
    assert not pushbox.taken, "the house is not set to send any"
    page = sign_in(ada).get(reverse("notices:choose")).content.decode()
    assert "On my devices" not in page
    assert "Tell me on this device" not in page
    assert "showNotification" not in Client().get("/sw.js").content.decode()
    assert "cannot be told" in switch_on(sign_in(ada), told.address)


def test_nothing_is_sent_without_being_set():
    assert push.services(False, []) is None
    from weft.tests import settings

    assert settings.PUSH is None


def test_no_other_ways_are_taken_when_there_is_no_device(ada, cleo, pushbox, postbox, clock):
    ada.person.address("ada@example.org")
    Choices.of(ada.person).confirm()
    choose(ada, **BY_PUSH)
    answered(ada, cleo)
    clock.passes(hours=3)
    assert not pushbox.taken
    assert not postbox.taken


# Devices


def test_a_device_is_switched_on_and_off_by_its_person(ada, pushbox, sign_in):
    browser = sign_in(ada)
    assert "Tell me on this device" in browser.get(reverse("notices:choose")).content.decode()
    page = switch_on(browser, FIREFOX)
    assert "This device is told from now on" in page
    assert "This device, since" in page
    assert "Tell me on this device" not in page
    assert "Another device, since" in sign_in(ada).get(reverse("notices:choose")).content.decode()
    assert "1 of them shows a note" in browser.get(reverse("people:devices")).content.decode()
    (told,) = Subscription.of(ada.person)
    assert told.address == FIREFOX
    page = browser.post(reverse("notices:devices"), {"off": str(told.pk)}, follow=True).content.decode()
    assert "told nothing more" in page
    assert not Subscription.objects.exists()


def test_nobody_switches_off_the_device_of_another(told, ada, cleo, sign_in):
    sign_in(cleo).post(reverse("notices:devices"), {"off": str(told.pk)})
    assert Subscription.of(ada.person) == [told]


def test_a_device_that_is_signed_out_is_told_nothing_more(ada, cleo, pushbox, clock, sign_in):
    choose(ada, **BY_PUSH)
    phone, desk = sign_in(ada), sign_in(ada)
    switch_on(phone, f"{pushbox.origin}/to/phone")
    switch_on(desk, f"{pushbox.origin}/to/desk")
    answered(ada, cleo)
    clock.passes(minutes=25)
    assert len(pushbox.taken) == 2
    phone.post(reverse("people:leave"))
    answered(ada, cleo)
    clock.passes(hours=2)
    assert [one.path for one in pushbox.taken[2:]] == ["/to/desk"]
    sign_in(ada).post(reverse("people:devices"))  # everywhere else
    assert not Subscription.objects.exists()


def test_a_push_that_waits_for_a_device_that_was_signed_out_is_let_go(told, ada, cleo, pushbox, clock):
    pushbox.mood = "broken"
    answered(ada, cleo)
    clock.passes(minutes=25)
    assert Push.waiting() == (1, 1)
    Device.objects.all().delete()
    pushbox.mood = "well"
    clock.passes(hours=2)
    assert not pushbox.taken
    assert Push.waiting() == (0, 0)


def test_a_new_passphrase_ends_all_other_devices_and_not_this_one(ada, pushbox, sign_in):
    here, there = sign_in(ada), sign_in(ada)
    switch_on(here, f"{pushbox.origin}/to/here")
    switch_on(there, f"{pushbox.origin}/to/there")
    form = {"passphrase": "another kettle and four spoons", "again": "another kettle and four spoons"}
    here.post(reverse("people:passphrase"), form | {"present": "a kettle and three spoons"})
    assert [one.address for one in Subscription.of(ada.person)] == [f"{pushbox.origin}/to/here"]
    assert "This device, since" in here.get(reverse("notices:choose")).content.decode()


def test_a_shared_phone_is_told_nothing(ada, pushbox, sign_in):
    browser = sign_in(ada)
    switch_on(browser, FIREFOX)
    browser.post(reverse("people:shared"))
    assert not Subscription.objects.exists()
    assert "This one is shared" in browser.get(reverse("notices:choose")).content.decode()
    assert "cannot be told" in switch_on(browser, FIREFOX)
    assert not Subscription.objects.exists()


def test_a_browser_tells_whoever_asked_last_and_nobody_else(ada, cleo, pushbox, sign_in):
    switch_on(sign_in(ada), FIREFOX)
    switch_on(sign_in(cleo), FIREFOX)
    assert not Subscription.of(ada.person)
    assert len(Subscription.of(cleo.person)) == 1


def test_there_are_not_more_devices_than_anybody_has(ada, pushbox, sign_in):
    for number in range(MOST_DEVICES):
        device(ada.person, pushbox, str(number))
    assert "switch one of them off first" in switch_on(sign_in(ada), FIREFOX)
    assert len(Subscription.of(ada.person)) == MOST_DEVICES


@pytest.mark.parametrize("mood", ["gone", "unknown"])
def test_a_device_that_takes_no_more_is_let_go(told, ada, cleo, pushbox, clock, mood):
    pushbox.mood = mood
    answered(ada, cleo)
    clock.passes(minutes=25)
    assert pushbox.spoken == 1
    assert not Subscription.of(ada.person)
    assert Subscription.objects.exists(), "a row that goes in this moment would tell a thief when"
    pushbox.mood = "well"
    answered(ada, cleo)
    clock.passes(hours=3)
    assert pushbox.spoken == 1
    for section in sections():
        section.tidy()
    assert not Subscription.objects.exists()
    assert device(ada.person, pushbox, "phone") in Subscription.of(ada.person), "and it can be switched on again"


def test_what_is_erased_takes_its_devices_with_it(told, ada, cleo, pushbox, clock):
    pushbox.mood = "broken"
    answered(ada, cleo)
    clock.passes(minutes=25)
    assert Push.objects.exists()
    for section in reversed(sections()):
        section.forget(ada.person)
    assert not Push.objects.exists()
    assert not Subscription.objects.exists()


def test_the_download_names_the_devices_that_are_told(told, ada):
    kept = {key: value for section in sections() for key, value in section.kept_of(ada.person).items()}
    (found,) = kept["devices that are told"]
    assert found == {"push service": told.service, "signed in since": time.today()}


def test_a_new_house_key_changes_no_device(told, ada, cleo, pushbox, clock, settings):
    """Each device is bound to the key by which push services know the house. That key outlives the house key."""
    before, newer = pushes.signer().public, keys.fresh()
    old = settings.HOUSE_KEY.newest
    lines = "\n".join(base64.b64encode(key).decode() for key in (newer, old))
    settings.HOUSE_KEY = keys.HouseKey(inline=lines)
    assert rotation.rewrap()
    settings.HOUSE_KEY = keys.HouseKey(inline=lines.split("\n")[0])
    keys.forget()
    assert DataKey.objects.first().mark == keys.mark(newer)
    assert pushes.signer().public == before
    answered(ada, cleo)
    clock.passes(minutes=25)
    assert len(pushbox.taken) == 1
    assert not pushbox.wrong


# Where a push may go


@pytest.mark.parametrize(
    "address",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        FIREFOX,
        "https://web.push.apple.com/QGx",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%3d%3d",
    ],
)
def test_known_push_services_are_carried_to(address):
    assert push.services(True, []).knows(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://127.0.0.1/to/me",
        "http://127.0.0.1:8765/settings/",
        "http://169.254.169.254/latest/meta-data/",
        "https://fcm.googleapis.com.example.org/send",
        "https://examplefcm.googleapis.com/send",
        "https://example.org/?fcm.googleapis.com",
        "https://fcm.googleapis.com@example.org/send",
        "https://me:you@fcm.googleapis.com/send",
        "https://fcm.googleapis.com:8443/send",
        "https://fcm.googleapis.com:x/send",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com/send\r\nX-More: 1",
        "https://fcm.googleapis.com/send now",
        "https://fcm.googleapis.com\\@example.org/send",
        "https://push.apple.com.example.org/x",
        "https://[::1]/x",
        "https://[::1/x",
        "file:///etc/passwd",
        "https://fcm.googleapis.com/" + "x" * 1000,
        "https://fcm.googleapis.com/é",
    ],
)
def test_the_house_asks_nobody_else_for_a_browser(ada, sign_in, settings, address):
    settings.PUSH = push.services(True, [])
    assert not settings.PUSH.knows(address)
    assert "cannot be told" in switch_on(sign_in(ada), address)
    assert not Subscription.objects.exists()


def test_more_push_services_can_be_named():
    services = push.services(True, ["push.example.org", ".push.example.net", "http://127.0.0.1:9000"])
    assert services.knows("https://push.example.org/x")
    assert services.knows("https://a.push.example.net/x")
    assert services.knows("http://127.0.0.1:9000/x")
    assert not services.knows("http://127.0.0.1:9001/x")
    assert not services.knows("http://push.example.org/x")


@pytest.mark.parametrize("said", ["http://push.example.org", "https://push.example.org", "*", "push", "a b.example"])
def test_a_push_service_that_makes_no_sense_stops_the_house(said):
    with pytest.raises(ImproperlyConfigured):
        push.services(True, [said])


def test_where_it_points_on_to_is_not_followed(told, ada, cleo, pushbox, clock):
    pushbox.mood = "elsewhere"
    answered(ada, cleo)
    clock.passes(hours=1)
    assert pushbox.spoken
    assert not pushbox.elsewhere
    assert Push.waiting() == (1, 1)


def test_a_service_that_asks_to_wait_is_left_alone_for_so_long(told, ada, cleo, pushbox, clock):
    pushbox.mood = "busy for a while"  # an hour and a half
    answered(ada, cleo)
    clock.passes(minutes=25)
    assert pushbox.spoken == 1
    pushbox.mood = "well"
    clock.passes(minutes=70)
    assert pushbox.spoken == 1
    clock.passes(minutes=30)
    assert len(pushbox.taken) == 1


@pytest.mark.parametrize(
    "said, seconds",
    [("120", 120), (" 7 ", 7), ("99999999", 86400), ("", None), ("0", None), ("-5", None), ("soon", None),
     ("Wed, 25 Nov 2026 12:10:00 GMT", 600), ("Wed, 25 Nov 2020 12:10:00 GMT", None), ("٣", None)],
)  # fmt: skip
def test_how_long_a_service_asks_to_wait(clock, said, seconds):
    found = push._wait(said)
    assert found == (seconds and timedelta(seconds=seconds))


def carried(address: str) -> list[str]:
    steps: list[str] = []
    signer = push.Signer(b"s" * 32, "mailto:notes@example.org")
    push.carry(signer, address, before_end=lambda: steps.append("ended"), at_end=lambda: steps.append("sent"))
    return steps


def a_certificate(folder) -> ssl.SSLContext:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    import ipaddress

    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), True)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    raw = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(raw)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_over_tls_it_goes_only_where_the_certificate_is_good(tmp_path, monkeypatch):
    box = Pushbox(context=a_certificate(tmp_path))
    try:
        with pytest.raises(mail.Away, match="certificate"):
            carried(f"{box.origin}/to/me")
        assert not box.taken
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert carried(f"{box.origin}/to/me?token=a%3d") == ["ended", "sent"]
        assert [one.path for one in box.taken] == ["/to/me?token=a%3d"]
        assert not box.wrong
    finally:
        box.close()


@pytest.mark.parametrize("mood, error, steps", [
    ("hangs up early", (mail.Away, mail.Unsure), None),
    ("takes it and hangs up", mail.Unsure, ["ended"]),
    ("loses it", mail.Unsure, ["ended"]),
    ("broken", push.Busy, ["ended"]),
    ("gone", push.Gone, ["ended"]),
    ("refuses the house", mail.Away, ["ended"]),
])  # fmt: skip
def test_the_house_knows_how_far_a_push_got(mood, error, steps):
    box, seen = Pushbox(mood), []
    try:
        signer = push.Signer(b"s" * 32, "mailto:notes@example.org")
        with pytest.raises(error):
            push.carry(signer, f"{box.origin}/to/me", before_end=lambda: seen.append("ended"))
        assert steps is None or seen == steps
    finally:
        box.close()


def test_a_service_that_lies_still_holds_nobody_for_long(monkeypatch):
    monkeypatch.setattr(push, "LONGEST", 0.3)
    box = Pushbox("lies still")
    try:
        with pytest.raises(mail.Unsure):
            carried(f"{box.origin}/to/me")
    finally:
        box.close()


def test_the_signature_is_one_that_others_can_check():
    """By the library's own words and not by ours; and one letter changed is noticed."""
    words = push.Signer(b"s" * 32, "https://house.example").word("https://push.example")
    claims, _key = signed(words)
    assert claims["aud"] == "https://push.example"
    changed = words.replace(words[40], "A" if words[40] != "A" else "B", 1)
    with pytest.raises(Exception):  # noqa: B017, PT011  # whichever part it breaks
        signed(changed)


def test_the_whole_person_is_asked_only_for_their_own(told, ada, ben, pushbox):
    assert Subscription.of(Person.objects.get(pk=ben.person.pk)) == []
