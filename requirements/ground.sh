# Read by bin/weft and bin/test: makes the Python environment that they run in, beside the checkout (or in WEFT_ENV).
# Nothing is installed anywhere else. All parts are pinned by version and hash; Weft itself runs from the checkout.

stop() {
    printf 'weft: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '      %s\n' "$2" >&2
    exit 1
}

# Sets $found: the one that is named, or the system's own, which distributions build for speed (one built by hand often
# takes half as long again), or the newest that we know to work, or any newer one.
find_python() {
    own=/usr/bin/python3
    [ "$(uname)" = Linux ] && "$own" -c 'import ensurepip' 2>/dev/null || own=
    for found in ${PYTHON:-} $own python3.13 python3.12 python3.11 python3.14 python3 python; do
        if "$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then return; fi
    done
    stop "Weft needs Python 3.11 or newer, and there is none here." \
        "Debian, Ubuntu: apt install python3 python3-venv. macOS: brew install python. Or name one: PYTHON=/path/to/python3"
}

# ground NAME: sets $python, with the parts of requirements/NAME.txt.
ground() {
    env=${WEFT_ENV:-$here/.venv}
    python=$env/bin/python
    mark=$(cksum <"$here/requirements/$1.txt")
    if [ "$(cat "$env/.weft-$1" 2>/dev/null)" = "$mark" ] && [ -x "$python" ]; then return; fi
    find_python
    printf 'Setting up in %s. This happens once and may take a minute.\n' "$env" >&2
    options="-qq --disable-pip-version-check --no-input install --require-hashes --no-deps"
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        mkdir -p "$env" 2>/dev/null || stop "$env cannot be made." "Choose another place: WEFT_ENV=/some/folder"
        # A venv without a pip of its own is made in a moment; the pip at hand (22.3 or newer) fills it.
        if "$found" -m pip --python "$found" --version >/dev/null 2>&1; then
            "$found" -m venv --clear --without-pip "$env"
        else
            "$found" -m venv --clear "$env" || stop "Python cannot make an environment." "Debian, Ubuntu: apt install python3-venv"
        fi
    fi
    if "$python" -m pip --version >/dev/null 2>&1; then
        # shellcheck disable=SC2086
        "$python" -m pip $options -r "$here/requirements/$1.txt"
    else
        # shellcheck disable=SC2086
        "$found" -m pip --python "$python" $options -r "$here/requirements/$1.txt"
    fi || stop "The parts could not be installed." "See what pip says above. It needs the network, once."
    printf '%s' "$mark" >"$env/.weft-$1"
}
