#!/usr/bin/env bash
# Runs all of the bundle on this machine and writes a page about it: tests on the GPU, kernels beside cuBLAS and cuDNN,
# training steps beside PyTorch, then the tests that need no GPU.
#   ./run.sh [FOLDER]     the page is FOLDER/gpu-results.md, the logs lie beside it; FOLDER is ./results unless given
# Needs Linux x64 and a GPU's driver. Uses nvcc and PyTorch where they are there; needs no .NET and no network. A part that
# fails or takes too long is reported as that, and the others go on. Ends with 0 if every part is well.
# A rehearsal without a GPU: ENGINE_DEVICE=emulated ENGINE_BATCH_SIZE=2 ENGINE_MODELS=lenet5 ./run.sh
set -uo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
device=${ENGINE_DEVICE:-cuda}
read -ra models <<<"${ENGINE_MODELS:-}"
batch=${ENGINE_BATCH_SIZE:+--batch-size $ENGINE_BATCH_SIZE}
total=${ENGINE_SECONDS:-520}
if [ "${1:-}" != --only ]; then
    out=$(mkdir -p "${1:-results}" && cd "${1:-results}" && pwd)
    export logs=$out/logs
    mkdir -p "$logs"
    rm -f "$out"/*.md "$logs"/*

    # Compilers begin anew: nothing is written elsewhere, and what other runs left elsewhere is not used.
    export PATH HOME=${HOME:-$out} XDG_CACHE_HOME=$out/cache CUDA_CACHE_PATH=$out/cache/driver TORCHINDUCTOR_CACHE_DIR=$out/cache/inductor
    export TRITON_CACHE_DIR=$out/cache/triton PYTHONUNBUFFERED=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 LC_ALL=C.UTF-8
    rm -rf "$out/cache"
fi

cd "$here"

bad=0 rows=""
left() { echo $((total - SECONDS)); }
limit() { local l; l=$(left); echo $(($1 < l ? $1 : (l > 1 ? l : 1))); }

# part NAME SECONDS COMMAND…: runs a command under a time limit, its output in logs/NAME.log, and adds a row to the page.
part() {
    local name=$1 seconds rc word start=$SECONDS log=$logs/$1.log
    seconds=$(limit "$2")
    shift 2
    printf '$ %s\n\n' "$*" >"$log"
    timeout --kill-after=10 "$seconds" "$@" >>"$log" 2>&1
    rc=$?
    case $rc in
        0) word="well" ;;
        8) word="**no test ran**: $(count skipped "$log") were skipped. $(reason "$log")" ;;
        124 | 137) word="**stopped after $seconds s**" ;;
        *) word="**failed** ($rc): $(grep -q '^Test run summary' "$log" && echo "$(count failed "$log") of $(count total "$log") tests" || grep -v '^[[:space:]]*$' "$log" | tail -n 1 | cut -c 1-200 | tr '|' '/')" ;;
    esac
    [ "$rc" -eq 0 ] || bad=$((bad + 1))
    rows+="| $name | $word | $((SECONDS - start)) s |"$'\n'
    echo "$name: $word ($((SECONDS - start)) s)"
    return "$rc"
}

# From the output of tests: a count of the summary, and why the first one was skipped.
count() { sed -n "s/^ *$1: *\([0-9]*\).*/\1/p" "$2" | tail -n 1; }
reason() { sed -n '/^skipped /{n;s/^ *\(OneTimeSetUp: \)\{0,1\}//p;q}' "$1" | cut -c 1-200; }

machine() {
    echo "commit $(head -n 1 commit)$(sed -n '2s/^/, /p' commit)"
    date -u +'%Y-%m-%d %H:%M UTC'
    uname -srm
    echo "$(nproc) processors: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    if command -v nvidia-smi >/dev/null; then
        nvidia-smi --query-gpu=name,driver_version,compute_cap,memory.total,clocks.max.sm --format=csv,noheader || echo "nvidia-smi finds no GPU"
    else
        echo "no nvidia-smi"
    fi
    find_nvcc && "$nvcc" --version | grep release || echo "no nvcc"
    command -v python3 >/dev/null && python3 --version || echo "no python3"
}

find_nvcc() {
    local folder
    for folder in "${CUDA_PATH:-}" "${CUDA_HOME:-}" /usr/local/cuda; do
        [ -x "$folder/bin/nvcc" ] && { nvcc=$folder/bin/nvcc; return; }
    done
    nvcc=$(command -v nvcc)
}

# Compiles each file of kernels for this GPU, and notes what each kernel takes: registers, shared memory, spills. All or
# nothing: with half of the PTX one would not know what was measured.
ptx() {
    local capability
    capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d '. ')
    mkdir -p app/ptx.new
    export nvcc capability ptxas=${nvcc%nvcc}ptxas logs
    printf '%s\n' app/kernels/*.cu | xargs -P "$(nproc)" -I '{}' bash -c '
        family=$(basename "$1" .cu)
        "$nvcc" -ptx -O3 -std=c++17 -arch="compute_$capability" -lineinfo "$1" -o "app/ptx.new/$family.ptx" &&
            "$ptxas" -v -arch="sm_$capability" "app/ptx.new/$family.ptx" -o /dev/null 2>"$logs/registers-$family.txt" &&
            echo "$family" || { cat "$logs/registers-$family.txt"; exit 1; }' compile '{}' ||
        { rm -rf app/ptx.new; echo "nvcc or ptxas failed, see above; NVRTC compiles instead"; return 1; }
    rm -rf app/ptx && mv app/ptx.new app/ptx
    echo "$(ls app/ptx | wc -l) families for compute capability $capability"
}

# What ptxas said, as rows of a table, the hungriest kernels first.
registers() {
    cat "$logs"/registers-*.txt 2>/dev/null | awk '
        /Compiling entry function/ { split($0, word, "'"'"'"); kernel = word[2] }
        /bytes stack frame/ { stack = $1; stores = $5; loads = $9 }
        /Used [0-9]+ registers/ {
            shared = 0
            for (i = 1; i < NF; i++) { if ($i == "Used") used = $(i + 1); if ($(i + 2) ~ /^smem/) shared = $i }
            print "| " kernel " | " used " | " shared " | " stack " | " stores " | " loads " |" }' | sort -t '|' -k 3,3nr -k 2,2
}

# tests NAME SECONDS FILTER: the tests of a category. Where all were skipped, none ran, and that is a failure.
tests() {
    local seconds
    seconds=$(limit "$2")
    part "$1" "$seconds" app/Engine.Tests --filter "$3" --zero-tests-policy strict --timeout "$((seconds > 15 ? seconds - 10 : 5))s" \
        --output Detailed --progress off --no-ansi --no-banner
}

find_nvcc || nvcc=""

# A function as a process of its own, which can be stopped.
if [ "${1:-}" = --only ]; then
    "$2"
    exit
fi

part machine 20 bash "$here/run.sh" --only machine
part doctor 30 ./engine doctor

# First without PTX: NVRTC, the compiler that comes as a library, makes the kernels.
rm -rf app/ptx app/ptx.new
[ "$device" = cuda ] &&
    part nvrtc 60 ./engine train lenet5 --dataset digits --samples 2048 --test-samples 512 --epochs 1 --device cuda --output "$out/cache/lenet5"
[ -n "$nvcc" ] && part ptx 90 bash "$here/run.sh" --only ptx

category=Gpu
[ "$device" = cuda ] || category=Emulated
tests "tests-on-$device" 150 "TestCategory=$category"
part kernels 70 ./engine bench kernels --device "$device" --markdown "$out/kernels.md"
if command -v python3 >/dev/null; then
    # shellcheck disable=SC2086 # two words or none
    part steps 170 python3 gpu-peer.py --engine ./engine --device "$device" --seconds "$(($(limit 170) - 15))" $batch \
        --markdown "$out/steps.md" --json "$out/steps.json" "${models[@]}"
else
    # shellcheck disable=SC2086
    part steps 60 ./engine bench steps "${models[@]}" --device "$device" $batch --json "$out/steps.json"
fi
elsewhere="TestCategory!=Gpu" left_out=""
if [ -z "$(command -v g++ clang++ c++)" ] || ! command -v addr2line >/dev/null; then
    elsewhere+="&FullyQualifiedName!~KernelC&FullyQualifiedName!~Engine.Tests.Emulator"
    left_out=" (no C++ compiler or no addr2line here: those that compile kernels or name a line of their source were left out)"
fi
tests tests-elsewhere 240 "$elsewhere"

# --- the page ---

block() { printf '\n```\n%s\n```\n' "$(tail -n +3 "$1")"; }
summary() { printf '\n```\n%s\n```\n' "$(grep -E '^(Test run summary|  ?(total|failed|succeeded|skipped|duration):)' "$1" || tail -n 5 "$1")"; }
{
    echo "# What has run on a GPU"
    echo
    if [ "$device" = cuda ] && nvidia-smi -L >/dev/null 2>&1; then
        echo "Made by the bundle of \`build/gpu-bundle.sh\`, by its one command \`./run.sh\`, on the machine below."
    else
        echo "**Nothing on this page ran on a GPU.** It was made on a machine without one${ENGINE_DEVICE:+, as a rehearsal on \`$device\`}."
    fi
    printf '\n| part | result | time |\n| --- | --- | ---: |\n%s' "$rows"
    printf '\n## Machine\n'
    block "$logs/machine.log"
    printf '\n## Tests\n\nOn %s, `--filter TestCategory=%s`:\n' "$device" "$category"
    summary "$logs/tests-on-$device.log"
    printf '\nAll others, on the CPU and the emulator%s:\n' "$left_out"
    summary "$logs/tests-elsewhere.log"
    for log in "$logs"/tests-*.log; do
        if grep -q '^failed ' "$log"; then
            printf '\nFailed in %s:\n\n' "$(basename "$log" .log)"
            grep '^failed ' "$log" | head -n 40 | sed 's/^failed /- /'
        fi
    done
    printf '\n## Training steps\n\n'
    [ -f "$out/steps.md" ] && cat "$out/steps.md" || { echo "Not measured side by side."; block "$logs/steps.log"; }
    echo
    [ -f "$out/kernels.md" ] && sed 's/^#/##/' "$out/kernels.md" || printf '## Kernels\n\nNot measured.\n'
    if [ -n "$(registers)" ]; then
        printf '\n## Registers and spills\n\nOf %s kernels, those with the most registers and all that spill (ptxas -v):\n\n' "$(registers | wc -l)"
        printf '| kernel | registers | shared bytes | stack bytes | spill stores | spill loads |\n| --- | ---: | ---: | ---: | ---: | ---: |\n'
        registers | awk -F '|' 'NR <= 20 || $6 + $7 > 0'
    fi
    printf '\n## Commands\n\n'
    for log in "$logs"/*.log; do
        sed -n '1s/^\$ //p' "$log" | grep -v -e --only | sed "s|$out|results|g; s/.*/- \`&\`/"
    done
} >"$out/gpu-results.md"

echo
echo "$([ "$bad" -eq 0 ] && echo "All parts are well." || echo "$bad parts are not well.") The page: $out/gpu-results.md ($SECONDS s)"
[ "$bad" -eq 0 ]
