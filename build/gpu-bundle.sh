#!/usr/bin/env bash
# Packs tests, command and benchmarks for a GPU machine that has no .NET and no network:
#   build/gpu-bundle.sh      makes artifacts/gpu-bundle/engine-gpu.tar.gz
# There, on Linux x64 with a driver:
#   tar xf engine-gpu.tar.gz && engine-gpu/run.sh results      ends with results/gpu-results.md (build/gpu-run.sh)
# Needs the .NET 10 SDK, CMake and a C++ compiler, here. The emulator in it is built by this machine's compiler: the other
# machine's C library may not be older.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
MOST_MEGABYTES=60

work=$PWD/artifacts/gpu-bundle
bundle=$work/engine-gpu
rm -rf "$bundle" "$work"/*.tar.gz

# The tests refer to the command, so one publish brings both programs and one runtime for the two. It has outputs of its own:
# what the tests are built with here is another package of the test platform's, and the two should not take turns.
dotnet publish src/Engine.Tests -c Release -r linux-x64 --self-contained -p:PortableTests=true -p:ArtifactsPath="$work/build" \
    -p:RunAnalyzersDuringBuild=false -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false \
    -p:DebugType=embedded -p:PathMap="$PWD/=/" -o "$bundle/app" --nologo -v quiet

ln -s app/Engine.Cli "$bundle/engine"
cp build/gpu-run.sh "$bundle/run.sh"
cp build/gpu-peer.py "$bundle/"
cp LICENSE "$bundle/"
git rev-parse HEAD >"$bundle/commit" 2>/dev/null || echo "not from a repository" >"$bundle/commit"
git diff --quiet HEAD -- 2>/dev/null || echo "with changes that are not committed" >>"$bundle/commit"

# What must be in it, before someone carries it to a machine where nothing can be added.
for file in engine app/Engine.Tests app/libcoreclr.so app/kernels/gemm.cu app/kernels/engine_cuda.h app/libengine_kernels.so \
    app/libengine_kernels_checked.so app/libengine_wrong_kernels.so app/stand-ins/libcuda.so.1 app/Golden/values app/Emulator/wrong; do
    [ -e "$bundle/$file" ] || { echo "The bundle is incomplete: $file is missing. Are CMake and a C++ compiler here?" >&2; exit 1; }
done
chmod -R u+rwX,go+rX "$bundle"

tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -cf - engine-gpu | gzip -9 >"$work/engine-gpu.tar.gz"
bytes=$(stat -c %s "$work/engine-gpu.tar.gz")
echo "${work#"$PWD"/}/engine-gpu.tar.gz: $((bytes / 1000000)) MB"
[ "$bytes" -le $((MOST_MEGABYTES * 1000000)) ] || { echo "That is more than the $MOST_MEGABYTES MB it may have." >&2; exit 1; }
