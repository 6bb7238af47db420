# Runs the steps and counts passed and failed checks. Sourced by scripts/test.

passed=0
failed=0
broken=()
unstable=()
# The only runner that may have no tests.
may_be_empty="examples in the documentation"

heading() {
    printf '\n== %s\n' "$1"
}

# Counts a step as one failure, listed at the end.
fail_step() {
    failed=$((failed + 1))
    broken+=("$1")
    echo "FAILED: $1" >&2
}

# Runs a check that passes or fails: check NAME COMMAND...
check() {
    local name=$1
    shift
    heading "$name"
    if "$@" </dev/null; then
        passed=$((passed + 1))
    else
        fail_step "$name"
    fi
}

# Adds the results of one runner: count_in NAME STATUS PASSED FAILED SKIPPED
# A runner that failed without a failed test did not run them, and one without tests proves nothing: both fail.
count_in() {
    local name=$1 status=$2 good=$3 bad=$4 skipped=$5
    passed=$((passed + good))
    failed=$((failed + bad))
    if ((bad > 0)); then
        broken+=("$name: $bad failed")
    elif ((status != 0)); then
        fail_step "$name: stopped with exit code $status"
    elif ((good == 0)) && [[ $name != "$may_be_empty" ]]; then
        fail_step "$name: ran no test"
    fi
    if ((skipped > 0)); then
        fail_step "$name: $skipped skipped"
    fi
}

# Sums the numbers before a word in the lines of a log: number_before WORD FILE
number_before() {
    grep -oE "[0-9]+ $1" "$2" | awk '{ sum += $1 } END { print sum + 0 }'
}

run_rust() {
    local name=$1 log=$work/rust.log summary=$work/rust.summary status
    shift
    heading "$name"
    "$@" </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    grep -E '^test result:|^ *Summary \[' "$log" >"$summary"
    count_in "$name" "$status" \
        "$(number_before passed "$summary")" \
        "$(($(number_before failed "$summary") + $(number_before 'timed out' "$summary")))" \
        "$(($(number_before ignored "$summary") + $(number_before skipped "$summary")))"
}

# Runs test files of node. Browsers are sometimes flaky on a loaded machine: a file with a failure runs a second time,
# that run counts, and the file is listed at the end for review.
run_node() {
    local name=$1 log=$work/node.endings second=$work/node.second status
    local -a stumbled
    shift
    heading "$name"
    node_tests "$log" "$@"
    status=$?
    mapfile -t stumbled < <(awk -F'\t' '$1 == "failed" { print $2 }' "$log" | sort -u)
    if ((${#stumbled[@]} > 0)); then
        heading "$name, once more"
        node_tests "$second" "${stumbled[@]}"
        status=$?
        printf '%s\n' "${stumbled[@]}" >"$work/node.stumbled"
        awk -F'\t' 'NR == FNR { again[$1]; next } !($2 in again)' "$work/node.stumbled" "$log" >>"$second"
        for file in "${stumbled[@]}"; do
            grep -qxF "failed"$'\t'"$file" "$second" || unstable+=("$name: ${file##*/} passed only at the second try")
        done
        mv "$second" "$log"
    fi
    ending() { awk -F'\t' -v word="$1" '$1 == word { number++ } END { print number + 0 }' "$log"; }
    count_in "$name" "$status" "$(ending passed)" "$(ending failed)" "$(ending skipped)"
}

# Runs test files and logs the result of each test: node_tests LOG FILE...
# A hanging file fails after ten minutes; no file normally takes half of that.
node_tests() {
    local log=$1
    shift
    node --test --test-concurrency=3 --test-timeout=600000 --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=./scripts/lib/endings.mjs --test-reporter-destination="$log" "$@" </dev/null
}

# Prints the total as the last line and exits with its status.
closing_line() {
    printf '\n'
    local step
    for step in "${unstable[@]}"; do
        echo "UNSTABLE: $step"
    done
    for step in "${broken[@]}"; do
        echo "FAILED: $step"
    done
    echo "$passed passed, $failed failed"
    ((failed == 0 && passed > 0))
    exit
}
