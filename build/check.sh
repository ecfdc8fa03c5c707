#!/usr/bin/env bash
# The gate: a clean build with warnings as errors, the format check, the tests as the README runs them, every example.
# Needs the .NET 10 SDK, and for the kernels CMake and a C++ compiler. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Here nothing may be left out because it was not built.
export CI=${CI:-true}

passed=0 failed=0 skipped=0
finish() {
    echo
    local line="$passed passed, $failed failed"
    [ "$skipped" -gt 0 ] && line="$line, $skipped skipped"
    echo "$line"
    [ "$failed" -eq 0 ]
    exit
}

# step NAME COMMAND…: runs a command; on failure shows what it printed.
step() {
    local name=$1 log start=$SECONDS
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $name ($((SECONDS - start)) s)"
        rm -f "$log"
    else
        failed=$((failed + 1))
        echo "FAIL  $name ($((SECONDS - start)) s)"
        tail -n 60 "$log"
        rm -f "$log"
        return 1
    fi
}

step "restore" dotnet restore Engine.sln || finish
step "build, warnings as errors" dotnet build Engine.sln -c Release --no-restore -warnaserror || finish
step "format" dotnet format Engine.sln --no-restore --verify-no-changes

# What runs on other machines, the GPU bundle's scripts above all, is at least whole.
parse_scripts() {
    local script
    for script in build/*.sh engine; do
        bash -n "$script" || return
    done
    if command -v python3 >/dev/null; then
        python3 -c 'import ast, sys; [ast.parse(open(path, encoding="utf-8").read(), path) for path in sys.argv[1:]]' build/*.py
    fi
}
step "scripts parse" parse_scripts

# The kernels are CUDA: clang compiles them to PTX. Ends with 3 where there is no clang and none can be installed.
if build/check-ptx.sh >/dev/null 2>&1 || [ $? -ne 3 ]; then
    step "kernels compile to PTX" build/check-ptx.sh
else
    skipped=$((skipped + 1))
    echo "skip  kernels compile to PTX: no clang with the NVPTX target (apt-get install clang-19)"
fi

# Runs tests, whose totals are added to the counts.
count() { sed -n "s/.*$1: *\([0-9]*\).*/\1/p" "$log" | awk '{ n += $1 } END { print n + 0 }'; }
count_tests() {
    local name=$1 log start=$SECONDS status
    shift
    log=$(mktemp)
    "$@" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    echo "$name took $((SECONDS - start)) s"
    passed=$((passed + $(count Passed)))
    failed=$((failed + $(count Failed)))
    skipped=$((skipped + $(count Skipped)))
    if [ "$status" -ne 0 ] && [ "$(count Failed)" -eq 0 ]; then
        failed=$((failed + 1))
    fi
    rm -f "$log"
}

# The README's test command; then what computes on the CPU, on narrower registers and on none.
count_tests "tests" dotnet test -c Release --no-build
count_tests "tests on narrower registers" build/test-paths.sh

# Every example runs to its end, with the procedurally drawn digits where it needs data.
for example in examples/*.cs; do
    step "$example" dotnet run "$example" -- --quick
done

# The README's first command, on a small number of samples.
run=$(mktemp -d)
step "engine train lenet5" ./engine train lenet5 --dataset digits --samples 2000 --epochs 1 --output "$run"
step "engine evaluate lenet5" ./engine evaluate lenet5 --dataset digits --test-samples 500 --weights "$run/weights.safetensors"
step "engine gradcheck" ./engine gradcheck
step "engine train lenet5, emulated" ./engine train lenet5 --device emulated --dataset digits --samples 256 --test-samples 100 --epochs 1 --output "$run"
step "engine gradcheck, emulated" ./engine gradcheck --device emulated --cases 2
step "engine kernel check" ./engine kernel check examples/kernels/swish.cu
step "engine doctor" ./engine doctor
rm -rf "$run"

finish
