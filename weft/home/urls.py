from django.urls import path

from weft.home import own, setting_up, steward, views

app_name = "home"
urlpatterns = [
    path("", views.first, name="today"),
    path("", views.first, name="front"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("setup/<slug:token>/", setting_up.begin, name="setup"),
    path("setup/<slug:token>/<slug:step>/", setting_up.step, name="setup_step"),
    path("house/", steward.house, name="house"),
    path("house/begun/", steward.begun, name="begun"),
    path("house/settings/", steward.change, name="change"),
    path("house/codes/", steward.codes, name="codes"),
    path("house/codes/<key:key>/", steward.take_back_code, name="take_back_code"),
    path("house/duties/<key:key>/removal/", steward.end_duty, name="end_duty"),
    path("own/", own.things, name="own"),
    path("own/download/", own.download, name="download"),
    path("own/erasure/", own.erasure, name="erasure"),
    path("own/duties/", own.take_duty, name="take_duty"),
    path("own/duties/<key:key>/removal/", own.lay_down_duty, name="lay_down_duty"),
    path("gone/", own.gone, name="gone"),
]
