from django.urls import path

from weft.notices import links, own, views

app_name = "notices"
urlpatterns = [
    path("bell/", views.bell, name="bell"),
    path("bell/read/", views.read, name="read"),
    path("settings/notices/", own.choose, name="choose"),
    path("settings/notices/address/", own.address, name="address"),
    path("settings/notices/devices/", own.devices, name="devices"),
    path("mail/<slug:token>/yes/", links.confirm, name="confirm"),
    path("mail/<slug:token>/off/", links.off, name="off"),
    path("bell/<key:key>/", views.opened, name="opened"),
]
