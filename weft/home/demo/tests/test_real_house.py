"""A real house knows nothing of the example."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse


def test_a_real_house_has_no_such_page(house):
    assert not settings.DEMO
    assert Client().get("/demo/").status_code == 404
    assert Client().post("/demo/wren/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo:people")


def test_a_real_house_has_no_link_to_it(house):
    assert "/demo/" not in Client().get("/").content.decode()
