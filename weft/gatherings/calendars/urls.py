from django.urls import path

from weft.gatherings.calendars import views

urlpatterns = [
    path("settings/calendar/", views.calendar, name="calendar"),
    path("settings/calendar/address/", views.renew, name="renew_calendar"),
    path("settings/calendar/end/", views.close, name="end_calendar"),
    path("calendar/<slug:token>/", views.feed, name="feed"),
]
