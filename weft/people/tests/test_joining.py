"""Joining: three short pages, no e-mail, no phone, no real name; and nothing is lost on the way."""

import re

import pytest
from django.test import Client

from weft.conftest import PASSPHRASE
from weft.people import door
from weft.people.models import Device, Person
from weft.people.tests.conftest import at_the_door, signed_in

pytestmark = pytest.mark.django_db


def join(client: Client, name: str = "wren", passphrase: str = PASSPHRASE, onward: str = "/settings/"):
    return client.post("/join/name/", {"name": name, "passphrase": passphrase, "next": onward})


def code_on(answer) -> str:
    return re.search(r'class="code">([^<]+)<', answer.content.decode())[1]


def test_the_promises_come_first_each_with_its_why():
    page = Client().get("/join/?next=/somewhere/").content.decode()
    assert page.count("Why: ") == 5
    assert "/join/name/?next=/somewhere/" in page


def test_joining_takes_a_name_and_a_passphrase_and_nothing_else():
    client = Client()
    assert "Only for coming in. It is shown to nobody." in client.get("/join/name/").content.decode()
    answer = join(client)
    assert answer.url == "/join/code/"
    assert signed_in(client)
    person = Person.objects.get()
    assert (person.name, person.email, person.email_tag) == ("wren", "", None)


def test_the_recovery_code_is_shown_until_it_is_confirmed_and_then_never_again(settings):
    settings.LOGIN_REDIRECT_URL = "/settings/"
    client = Client()
    join(client)
    code = code_on(client.get("/join/code/"))
    assert re.fullmatch(r"(\w{5}-){3}\w{5}", code)
    assert code == code_on(client.get("/join/code/")), "a page that is read again shows the same code"
    assert "Please keep the code first" in client.post("/join/code/", {"kept": ""}).content.decode()
    assert client.post("/join/code/", {"kept": "on"}).url == "/settings/"
    assert client.get("/join/code/", follow=False).status_code == 302
    assert Person.objects.of_code(code) == Person.objects.get()


def test_the_code_lies_nowhere_in_the_open():
    client = Client()
    join(client)
    code = code_on(client.get("/join/code/"))
    assert code in str(client.session["code"]), "it is there to be seen by its person"
    rows = str([*Device.objects.values_list(), *Person.objects.values_list()])
    assert code not in rows
    client.post("/join/code/", {"kept": "on"})
    rows = [*Device.objects.values_list(), *Person.objects.values_list()]
    assert all(code.encode() not in value for row in rows for value in row if isinstance(value, bytes))


def test_where_somebody_was_going_is_where_they_arrive():
    client = Client()
    join(client, onward="/settings/clock/")
    assert 'name="next" value="/settings/clock/"' in client.get("/join/code/").content.decode()
    for _click in range(2):
        assert client.post("/join/code/", {"kept": "on", "next": "/settings/clock/"}).url == "/settings/clock/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"])
def test_nobody_is_sent_out_of_the_house(elsewhere: str, settings):
    settings.LOGIN_REDIRECT_URL = "/settings/"
    client = Client()
    join(client, onward=elsewhere)
    assert client.post("/join/code/", {"kept": "on"}).url == "/settings/"


def test_a_form_that_is_sent_twice_makes_one_person_and_lets_them_in():
    first, second = Client(), Client()  # the browser drops the first answer, with its cookie
    join(first)
    assert join(second).url == "/join/code/"
    assert signed_in(second)
    assert Person.objects.count() == 1


def test_two_people_may_have_the_same_sign_in_name_and_neither_hears_of_it(wren: Person):
    client = Client()
    assert join(client, "Wren ", "another five good words").url == "/join/code/"
    assert signed_in(client)
    other = Person.objects.exclude(pk=wren.pk).get()
    for passphrase, who in ((PASSPHRASE, wren), ("another five good words", other)):
        browser, answer = at_the_door("wren", passphrase)
        assert answer.status_code == 302
        assert int(browser.session["_auth_user_id"]) == who.pk
    assert at_the_door("wren", "five wrong words in a row")[1].status_code == 200


def test_joining_is_not_a_second_door(wren: Person):
    """Whoever has a recovery code comes in by the door, where the second step is asked for."""
    wren.keep_code("abcde-fghjk-mnpqr-stvwx")
    page = join(Client(), "wren", PASSPHRASE).content.decode()
    assert "Please choose another passphrase." in page
    assert 'value="wren"' in page, "what was written is kept"


def test_joining_is_no_way_round_the_cap_at_the_door(wren: Person):
    wren.keep_code("abcde-fghjk-mnpqr-stvwx")
    for name in ("wren", "nobody at all"):  # whether somebody has the name or not
        for _try in range(door.BY_NAME.at_once):
            at_the_door(name, "five wrong words in a row")
        assert "That was tried many times just now." in join(Client(), name, PASSPHRASE).content.decode()


def test_names_that_look_the_same_are_the_same(wren: Person):
    assert Person.objects.named("  WREN ") == wren
    assert Person.objects.named("ｗｒｅｎ") == wren
    assert at_the_door("WREN", PASSPHRASE)[1].url == "/settings/"


def test_a_passphrase_may_use_any_letters_and_spaces():
    client = Client()
    join(client, "noor", "  الشاي بعد المطر على السطح ")
    assert at_the_door("noor", "  الشاي بعد المطر على السطح ")[1].status_code == 302
    assert at_the_door("noor", "الشاي بعد المطر على السطح")[1].status_code == 200
    long = " ".join(f"{word} by the old mill" for word in ("purple otter", "cold porridge", "seven boots", "a ferry"))
    assert len(long) > 100
    join(Client(), "robin", long)
    assert at_the_door("robin", long)[1].status_code == 302
    assert at_the_door("robin", long[:-1])[1].status_code == 200


def test_a_short_a_long_and_an_easy_passphrase_are_refused_in_plain_words():
    for passphrase, said in [
        ("fourteen chars", "That is too short."),
        ("long " * 60, "That is too long."),
        ("correct horse battery staple", "Many people use that one"),
    ]:
        assert said in join(Client(), "robin", passphrase).content.decode()
    assert not Person.objects.exists()


def test_whoever_has_no_code_on_paper_is_reminded(wren: Person):
    from django.apps import apps

    card = apps.get_app_config("people")
    assert [slip.template for slip in card.for_today(wren)] == ["people/no_code.html"]
    wren.keep_code("abcde-fghjk-mnpqr-stvwx")
    assert card.for_today(wren) == []
