"""The hour: how one gathering goes, from the open door to the last word.

`room` says what an hour is, `acts` what may happen in it: plain values and functions, without a database, a socket or
a microphone. `keeper` holds the row, and is the one who writes.
"""
