from django.urls import path

from weft.care import board, counting, grid, inviting, journal, open_views, planning, putting_up, views, week

ALL = "circles/<key:key>/needs/"
SLOT = f"{ALL}<key:slot_key>/"

app_name = "care"
urlpatterns = [
    path("circles/new/around/", planning.new, name="new"),
    path(ALL, views.care, name="care"),
    path(f"{ALL}new/", planning.ask, name="ask"),
    path(f"{ALL}asked/<key:need_key>/", planning.need, name="need"),
    path(f"{ALL}about/", planning.about, name="about"),
    path(f"{ALL}people/", planning.people, name="people"),
    path(f"{ALL}people/<key:persona_key>/", planning.place, name="place"),
    path(f"{ALL}backup/", planning.backup, name="backup"),
    path(f"{ALL}looks/", views.looks, name="looks"),
    path(f"{ALL}calls/", inviting.calls, name="calls"),
    path(f"{ALL}calls/<key:call_key>/removal/", inviting.take_back_call, name="take_back_call"),
    path(f"{ALL}helpers/<key:guest_key>/removal/", inviting.take_back_link, name="take_back_link"),
    path(f"{ALL}news/", journal.news, name="news"),
    path(f"{ALL}news/file/", journal.journal, name="journal"),
    path(f"{ALL}news/<key:news_key>/", journal.answer, name="answer_news"),
    path(f"{ALL}month/", grid.month, name="month"),
    path(f"{ALL}file/", grid.table, name="table"),
    path(f"{ALL}week/", week.week, name="week"),
    path(f"{ALL}week/calendar/", week.diary, name="own_diary"),
    path(f"{ALL}ending/", planning.ending, name="ending"),
    path(f"{ALL}asked/<key:need_key>/board/", putting_up.put_up, name="put_up"),
    path(SLOT, views.slot, name="slot"),
    path(f"{SLOT}offer/", putting_up.ask_offer, name="ask_offer"),
    path(f"{SLOT}release/", putting_up.release, name="release"),
    path(f"{SLOT}promise/", views.promise, name="promise"),
    path(f"{SLOT}question/", views.ask, name="ask_somebody"),
    path(f"{SLOT}where/", views.where, name="where"),
    path("board/", board.board, name="board"),
    path("board/offer/", board.offer, name="board_offer"),
    path("board/offers/<key:offer_key>/removal/", board.remove_offer, name="remove_offer"),
    path("board/needs/<key:posting_key>/removal/", board.remove_posting, name="remove_posting"),
    path("board/<key:slot_key>/", board.slot, name="board_slot"),
    path("house/board/", counting.board_settings, name="board_settings"),
    path("house/board/counts/", counting.sponsor, name="sponsor"),
    path("house/board/counts/<key:sponsor_key>/removal/", counting.end_sponsor, name="end_sponsor"),
    path("counts/<slug:token>/", counting.counts, name="counts"),
    path("list/<slug:token>/", open_views.call, name="call"),
    path("list/times/<slug:token>/", week.calendar, name="diary"),
    path("list/mine/<slug:token>/", open_views.helping, name="helping"),
    path("list/mine/<slug:token>/times/", week.guest_times, name="guest_times"),
    path("list/mine/<slug:token>/mail/", open_views.guest_mail, name="guest_mail"),
    path("list/mine/<slug:token>/mail/off/", open_views.guest_mail_off, name="guest_mail_off"),
    path("list/mine/<slug:token>/end/", open_views.stop, name="stop"),
    path("list/mine/<slug:token>/<key:slot_key>/", open_views.help_with, name="help_with"),
]
