#!/usr/bin/env bash
# Are the kernels CUDA? clang compiles each to PTX, without an NVIDIA toolkit and with warnings as errors. The host
# compiler alone would accept what no GPU can run.
#   build/check-ptx.sh
# Installs clang-19 where it is missing, this is Debian or its like, and the user may; else says so and ends with 3.
set -euo pipefail
cd "$(dirname "$0")/.."

find_clang() {
    for name in clang++-19 clang++-20 clang++-21 clang++; do
        command -v "$name" >/dev/null && "$name" -print-targets 2>/dev/null | grep -q nvptx64 && { echo "$name"; return; }
    done
    return 1
}

if ! clang=$(find_clang); then
    if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
        apt-get update -qq && apt-get install -y -qq --no-install-recommends clang-19 >/dev/null || true
    fi
    clang=$(find_clang) || {
        echo "The PTX check needs clang 19 or newer with the NVPTX target, and it could not be installed: apt-get install clang-19" >&2
        exit 3
    }
fi

out=artifacts/ptx-check
mkdir -p "$out"
failed=0
# ptx75: without it clang does not know the warp functions. A loop that it declines to unroll is no mistake.
options=(-x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_75 -Xclang -target-feature -Xclang +ptx75
    -std=c++17 -O3 -Wall -Werror -Wno-pass-failed -Ikernels)
for source in kernels/*.cu src/Engine.Tests/Emulator/wrong/*.cu; do
    [ -e "$source" ] || continue
    ptx=$out/$(basename "$source" .cu).ptx
    if "$clang" "${options[@]}" -S "$source" -o "$ptx"; then
        echo "ok    $source ($(grep -c '\.entry' "$ptx") kernels)"
    else
        echo "FAIL  $source"
        failed=1
    fi
done
exit "$failed"
