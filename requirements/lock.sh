#!/bin/sh
# After changing what pyproject.toml asks for: pins every part by version and hash. Needs uv (pip install uv).
set -eu
cd "$(dirname -- "$0")/.."
PATH=$PWD/.venv/bin:$PATH
lock() {
    out=$1
    shift
    uv pip compile "$@" --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
        --quiet --output-file "requirements/$out.txt"
}
lock run pyproject.toml
lock postgres pyproject.toml --extra postgres
lock test pyproject.toml --group dev
lock readers --group readers
