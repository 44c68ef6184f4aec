"""M1. From the front page, without an account, numbers that can be tapped are two taps away; also without a network."""

from weft.safety.models import HelpLine


def test_two_taps_to_a_number(come, house, script):
    me = come(script=script)
    me.opens("/").taps("I need someone now")
    me.reads("Need someone now?", "United Kingdom")
    first = me.page.locator(".numbers li").first
    assert first.locator('a[href="tel:999"]').is_visible()
    assert me.page.locator('a[href="tel:116123"]').is_visible()
    assert me.page.locator('a[href^="sms:85258"]').is_visible()


def test_the_foot_of_every_page_leads_there_too(come, house, script):
    me = come(script=script)
    for address in ("/", "/circles/", "/door/", "/join/", "/about/"):
        me.opens(address).taps("Need someone now?", within="footer")
        assert me.page.locator('a[href="tel:116123"]').is_visible()


def test_the_numbers_are_those_of_the_country(come, house, script):
    me = come(script=script)
    me.opens("/help/").unfolds("Another country").taps("Ireland")
    me.reads("Ireland")
    shown = {link.get_attribute("href") for link in me.page.locator(".numbers a").all()}
    irish = {line.tel_link for line in HelpLine.of("IE") if line.tel}
    british = {line.tel_link for line in HelpLine.of("GB") if line.tel}
    assert irish
    assert irish <= shown
    assert not shown & (british - irish)


def test_the_house_says_who_of_its_own_people_is_there(come, house, noor, script):
    come(script=script).opens("/help/").reads("Noor and Sam", "A person answers within 3 hours")


def test_after_one_visit_it_opens_without_a_network(come, walk, house, noor):
    walk.expect("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    me = come().opens("/")
    me.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    me.page.context.set_offline(True)
    me.taps("Need someone now?", within="footer")
    me.reads("There is no connection just now", "Noor and Sam")
    assert me.page.locator('a[href="tel:116123"]').first.is_visible()
    assert me.page.locator('a[href^="sms:85258"]').first.is_visible()
