from django.urls import path

from weft.safety import blocking, help, house, queue, telling, unveiling

app_name = "safety"
urlpatterns = [
    path("sw.js", help.worker, name="worker"),
    path("help/", help.help_now, name="help"),
    path("help/kept/", help.kept, name="kept"),
    path("reports/new/", telling.report, name="report"),
    path("concerns/", telling.told, name="told"),
    path("concerns/new/", telling.write, name="write"),
    path("concerns/<key:key>/", telling.concern, name="concern"),
    path("concerns/<key:key>/put-away/", telling.put_away, name="put_away"),
    path("blocks/<key:key>/", blocking.block, name="block"),
    path("blocks/<key:key>/end/", blocking.end, name="end_block"),
    path("safety/", queue.queue, name="queue"),
    path("safety/<key:key>/", queue.item, name="item"),
    path("safety/<key:key>/taken/", queue.taken, name="taken"),
    path("safety/<key:key>/answers/", queue.answers, name="answers"),
    path("safety/<key:key>/closed/", queue.closed, name="closed"),
    path("safety/<key:key>/unveiling/", unveiling.ask_about, name="ask_about"),
    path("unveilings/", unveiling.unveilings, name="unveilings"),
    path("unveilings/new/<key:key>/", unveiling.ask, name="ask"),
    path("unveilings/<key:key>/", unveiling.unveiling, name="unveiling"),
    path("unveilings/<key:key>/yes/", unveiling.yes, name="yes"),
    path("unveilings/<key:key>/no/", unveiling.no, name="no"),
    path("unveilings/<key:key>/looks/", unveiling.looks, name="looks"),
    path("unveilings/<key:key>/words/", unveiling.words, name="words"),
    path("unveilings/<key:key>/put-away/", unveiling.put_away, name="put_unveiling_away"),
    path("house/helplines/", house.helplines, name="helplines"),
    path("house/helplines/<key:key>/", house.helpline, name="helpline"),
    path("house/helplines/<key:key>/confirmation/", house.confirmation, name="confirmation"),
    path("house/helplines/<key:key>/removal/", house.removal, name="removal"),
    path("house/desk/", house.desk, name="desk"),
]
