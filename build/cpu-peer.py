#!/usr/bin/env python3
"""The other side of build/compare.py: times PyTorch, OpenBLAS or BLIS, in turns with the engine.

    cpu-peer.py torch|torch-channels-last|openblas|blis THREADS

Reads from standard input what 'engine bench turns' reads, and answers as it does: runs per second, or bytes. PyTorch is
the system's, set up to be at its best: OpenBLAS with OpenMP, so that not two pools of threads fight, and an allocator
that keeps its memory, without which half the time goes into page faults. An answer of 0 says that it has no such thing.
"""

import ctypes
import os
import resource
import sys
import time

LIBRARIES = "/usr/lib/x86_64-linux-gnu"
WARM_UP_RUNS = 3
LEARNING_RATE = 1e-6  # so low that no network learns its one batch by heart


def restart_with_environment(threads):
    """Libraries read their settings when they are loaded, so the script starts again with them set."""
    if os.environ.get("CPU_PEER") == "ready":
        return
    settings = {
        "CPU_PEER": "ready",
        "LD_LIBRARY_PATH": f"{LIBRARIES}/openblas-openmp",
        "MALLOC_TRIM_THRESHOLD_": "4294967296", "MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TOP_PAD_": "67108864",
        **{name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS")},
    }
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **settings})


# PyTorch ----------------------------------------------------------------------------------------------------------------

class Torch:
    """Networks and operations of PyTorch, under the names that the engine has for them."""

    def __init__(self, threads, channels_last):
        import warnings
        warnings.filterwarnings("ignore")
        import torch
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        self.torch, self.nn, self.channels_last = torch, torch.nn, channels_last

    @property
    def version(self):
        return f"PyTorch {self.torch.__version__}"

    def create(self, words):
        kind, *rest = words
        return getattr(self, kind, lambda *_: None)(*rest)

    def train(self, name, batch, sizes, optimizer):
        torch, shape = self.torch, [int(batch), *map(int, sizes.split(","))]
        network = {"mnist-mlp": self.mlp, "lenet5": self.lenet5, "shallow-vgg": self.shallow_vgg, "resnet18": self.resnet18}[name]().train()
        x, y = torch.rand(shape), torch.randint(0, 10, (int(batch),))
        if self.channels_last:
            network, x = network.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
        rule = (torch.optim.Adam(network.parameters(), LEARNING_RATE) if optimizer == "adam"
                else torch.optim.SGD(network.parameters(), LEARNING_RATE, momentum=0.9))

        def step():
            rule.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(network(x), y).backward()
            rule.step()
        return step

    def predict(self, name, batch="1"):
        """Frozen by torch.jit.optimize_for_inference: normalization folded, weights in oneDNN's own layout."""
        import torchvision.models
        torch = self.torch
        options = {"init_weights": False} if name == "googlenet" else {}
        network = getattr(torchvision.models, name)(weights=None, **options).eval()
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        x = torch.rand(int(batch), 3, 224, 224)
        if self.channels_last:
            network, x = network.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
        network = torch.jit.optimize_for_inference(torch.jit.trace(network, x, check_trace=False))

        def answer():
            with torch.inference_mode():
                network(x)
        return answer

    def kernel(self, *words):
        torch, name = self.torch, " ".join(words)
        if name.startswith("conv3x3 "):
            x, w = torch.randn(64, 64, 32, 32), torch.randn(64, 64, 3, 3)
            if self.channels_last:
                x, w = x.contiguous(memory_format=torch.channels_last), w.contiguous(memory_format=torch.channels_last)
            g = torch.randn_like(torch.nn.functional.conv2d(x, w, padding=1))
            wanted = {"conv3x3 backward data": (True, False, False), "conv3x3 backward weights": (False, True, False)}.get(name)
            if wanted:
                return lambda: torch.ops.aten.convolution_backward(g, x, w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, wanted)

            def forward():
                with torch.inference_mode():
                    torch.nn.functional.conv2d(x, w, padding=1)
            return forward
        if name in ("exp", "tanh", "add 1048576"):
            x, z = torch.randn(1 << 20), torch.randn(1 << 20)
            y = torch.empty_like(x)
            return {"exp": lambda: torch.exp(x, out=y), "tanh": lambda: torch.tanh(x, out=y)}.get(name, lambda: torch.add(x, z, out=y))
        return None

    def mlp(self):
        nn = self.nn
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))

    def lenet5(self):
        nn = self.nn
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))

    def shallow_vgg(self):
        nn = self.nn
        layers, channels = [], 3
        for filters in (32, 64):
            for _ in range(2):
                layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(filters)]
                channels = filters
            layers += [nn.MaxPool2d(2), nn.Dropout(0.25)]
        return nn.Sequential(
            *layers, nn.Flatten(), nn.Linear(64 * 8 * 8, 512), nn.ReLU(), nn.BatchNorm1d(512), nn.Dropout(0.5), nn.Linear(512, 10))

    def resnet18(self):
        """For small pictures: a 3×3 stem of stride 1 and no pooling before the first stage; 1000 classes as the engine's."""
        import torchvision.models
        nn, network = self.nn, torchvision.models.resnet18(weights=None)
        network.conv1, network.maxpool = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.Identity()
        return network


# BLAS -------------------------------------------------------------------------------------------------------------------

class Blas:
    """Matrix products of a library with the C interface of BLAS."""

    FILES = {"openblas": "openblas-openmp/libopenblas.so.0", "blis": "blis-openmp/libblis.so.4"}
    ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112

    def __init__(self, name):
        self.library = ctypes.CDLL(f"{LIBRARIES}/{self.FILES[name]}")
        self.name = name
        self.keep = []

    @property
    def version(self):
        try:
            self.library.openblas_get_config.restype = ctypes.c_char_p
            return self.library.openblas_get_config().decode().split(" NO_")[0]
        except AttributeError:
            self.library.bli_info_get_version_str.restype = ctypes.c_char_p
            return f"BLIS {self.library.bli_info_get_version_str().decode()}"

    def create(self, words):
        if words[:2] != ["kernel", "product"]:
            return None
        import random
        m, k, n = map(int, words[2].split("x"))
        how = words[3] if len(words) > 3 else ""

        def matrix(count):
            source = random.Random(1)
            numbers = (ctypes.c_float * count)(*[source.uniform(-1, 1) for _ in range(min(count, 1 << 16))])
            for start in range(1 << 16, count, 1 << 16):
                ctypes.memmove(ctypes.addressof(numbers) + 4 * start, numbers, 4 * min(1 << 16, count - start))
            self.keep.append(numbers)
            return numbers
        a, b, y = matrix(m * k), matrix(k * n), matrix(m * n)
        one, zero, sgemm = ctypes.c_float(1), ctypes.c_float(0), self.library.cblas_sgemm
        ta, tb = (self.TRANSPOSED if how == "TN" else self.PLAIN), (self.TRANSPOSED if how == "NT" else self.PLAIN)
        la, lb = (m if how == "TN" else k), (k if how == "NT" else n)
        return lambda: sgemm(self.ROW_MAJOR, ta, tb, m, n, k, one, a, la, b, lb, zero, y, n)


# Turns ------------------------------------------------------------------------------------------------------------------

def timed(run, times):
    start = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - start


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    restart_with_environment(threads)
    peer = Torch(threads, name.endswith("channels-last")) if name.startswith("torch") else Blas(name)
    runs, seconds_per_run = {}, {}
    for line in sys.stdin:
        words = line.split()
        if words == ["version"]:
            answer = peer.version
        elif words == ["memory"]:
            answer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        else:
            seconds, key = float(words[0]), " ".join(words[1:])
            if key not in runs:
                runs[key] = peer.create(words[1:])
                if runs[key]:
                    timed(runs[key], WARM_UP_RUNS)
                    seconds_per_run[key] = timed(runs[key], 1)
            answer = 0
            if runs[key]:
                times = max(1, int(seconds / max(1e-9, seconds_per_run[key])))
                taken = timed(runs[key], times)
                seconds_per_run[key] = taken / times
                answer = times / taken
        print(answer, flush=True)


main()
