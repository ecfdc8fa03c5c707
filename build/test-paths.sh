#!/usr/bin/env bash
# The suite's CPU part, once for each width of registers narrower than this processor's: the wider ones are switched off in
# the runtime. Widths the processor has not got are left out. Needs the tests to be built: dotnet build -c Release
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Left out is what does not compute on the CPU: the kernels of other devices, the command's words, files, drivers.
filter="TestCategory!=Emulated&TestCategory!=Gpu"
for room in Cli Data Driver Interop; do
    filter="$filter&FullyQualifiedName!~Engine.Tests.$room."
done

# path BITS SETTING: VectorPathTests fails where the registers are not that wide.
status=0
path() {
    echo "registers of $1 bits: $2"
    env "$2" ENGINE_EXPECTED_VECTOR_BITS="$1" dotnet test -c Release --no-build --filter "$filter" || status=1
}

flags=$(grep -m 1 '^flags' /proc/cpuinfo 2>/dev/null || true)
case $flags in *avx512f*) path 256 DOTNET_EnableAVX512=0 ;; esac
case $flags in *avx2*) path 128 DOTNET_EnableAVX2=0 ;; esac
path 0 DOTNET_EnableHWIntrinsic=0
exit "$status"
