from django.urls import path

from weft.people import entering, leaving, own

app_name = "people"
urlpatterns = [
    path("join/", entering.join, name="join"),
    path("join/name/", entering.join_name, name="join_name"),
    path("join/code/", entering.code, name="code"),
    path("door/", entering.sign_in, name="door"),
    path("door/passkey/", entering.sign_in_by_passkey, name="door_passkey"),
    path("door/step/", entering.step, name="step"),
    path("door/recovery/", entering.recovery, name="recovery"),
    path("passkeys/ask/", entering.ask_passkey, name="ask_passkey"),
    path("passkeys/new/", entering.new_passkey, name="new_passkey"),
    path("leave/", leaving.leave, name="leave"),
    path("settings/", own.settings, name="settings"),
    path("settings/name/", own.name, name="name"),
    path("settings/passphrase/", own.passphrase, name="passphrase"),
    path("settings/passkeys/", own.own_passkeys, name="passkeys"),
    path("settings/passkeys/<key:key>/", own.passkey, name="passkey"),
    path("settings/step/", own.second_step, name="second_step"),
    path("settings/code/", own.new_code, name="new_code"),
    path("settings/email/", own.email, name="email"),
    path("settings/clock/", own.clock, name="clock"),
    path("settings/shared/", own.shared, name="shared"),
    path("settings/devices/", own.devices, name="devices"),
    path("settings/proof/", own.proof, name="proof"),
]
