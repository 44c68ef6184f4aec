"""The ground for walks watches what it promises to watch."""

import pytest


@pytest.fixture
def broken(walk):
    """A walk whose troubles the test itself looks at."""
    walk.expect("")
    return walk


def test_a_page_comes_with_its_files(walk, house):
    page = walk()
    answers = []
    page.on("response", lambda response: answers.append((response.url, response.status)))
    page.goto("/")
    assert page.locator("link[rel=stylesheet]").count()
    assert any(url.endswith(".css") for url, _status in answers)
    assert {status for _url, status in answers} == {200}


def test_ada_is_signed_in_and_a_visitor_is_not(walk, ada):
    assert walk(ada).goto("/own/").status == 200
    assert "/own/" not in walk().goto("/own/").url.split("?")[0]


def test_another_host_is_noticed(broken, house):
    page = broken()
    page.goto("/")
    page.evaluate("location.href = 'http://elsewhere.invalid/'")
    page.wait_for_timeout(300)
    assert any("asked another host: http://elsewhere.invalid/" in trouble for trouble in broken.troubles)


def test_a_breach_of_the_policy_is_noticed(broken, house):
    page = broken()
    page.goto("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=1 style=color:red>')")
    page.wait_for_timeout(300)
    assert any("Content Security Policy" in trouble for trouble in broken.troubles)


def test_an_error_in_a_script_is_noticed(broken, house):
    page = broken()
    page.goto("/")
    page.evaluate("setTimeout(() => { throw new Error('oh') })")
    page.wait_for_timeout(300)
    assert any("oh" in trouble for trouble in broken.troubles)
