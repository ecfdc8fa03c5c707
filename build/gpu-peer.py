#!/usr/bin/env python3
"""Times training steps of the engine and of PyTorch on one machine, in turns, and writes a page with the ratios.

    gpu-peer.py --engine ./engine --markdown steps.md [--device cuda] [--rounds 5] [--seconds 200] [MODEL ...]

Both train the same networks in Float32 (TF32 off) on batches of the same shape that stay on the device: forward, loss,
backward, Adam. PyTorch computes in three ways: eager, the whole step as one CUDA graph, and torch.compile in its mode
"reduce-overhead"; always with its fused Adam and cuDNN's benchmark mode. In each round every way takes its turn, in
reverse order every other round, and a ratio is taken within a round, so that what disturbs the machine disturbs both.
Where there is no PyTorch the page has the engine alone, and says so.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

LEARNING_RATE = 1e-3
WARM_UP_STEPS = 11
ROUND_SECONDS = 0.03
TURNS = 5  # looks at the clock per round
PREPARATION_SECONDS = 90  # for torch.compile, per model

ENGINE_WAYS = {
    "engine, CUDA graphs": [],
    "engine, no graphs": ["--cuda-graph", "off"],
    "engine, own kernels only": ["--convolution", "kernels", "--matrix-product", "kernels"],
}


# The networks -----------------------------------------------------------------------------------------------------------

def mnist_mlp(nn):
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))


def lenet5(nn):
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(),
        nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))


def shallow_vgg(nn):
    layers, channels = [], 1
    for filters in (32, 64):
        for _ in range(2):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(filters)]
            channels = filters
        layers += [nn.MaxPool2d(2), nn.Dropout(0.25)]
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(64 * 7 * 7, 512), nn.ReLU(), nn.BatchNorm1d(512), nn.Dropout(0.5), nn.Linear(512, 10))


def resnet18(nn):
    """For 32x32 pixels: a first convolution of 3x3 with stride 1, and no pooling after it."""

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
                nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
            self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
            self.relu = nn.ReLU()

        def forward(self, x):
            return self.relu(self.body(x) + self.shortcut(x))

    layers, channels = [nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU()], 64
    for filters, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Block(channels, filters, stride), Block(filters, filters, 1)]
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


NETWORKS = {"mnist-mlp": mnist_mlp, "lenet5": lenet5, "shallow-vgg": shallow_vgg, "resnet18": resnet18}


# PyTorch's ways ---------------------------------------------------------------------------------------------------------

class Step:
    """A network, a batch and an optimizer; a step in the way of a subclass."""

    def __init__(self, torch, make, shape, batch, device, capturable=False):
        torch.manual_seed(1)
        self.torch, self.device = torch, device
        self.network = make(torch.nn).to(device).train()
        self.parameters = sum(p.numel() for p in self.network.parameters())
        self.x = torch.rand(batch, *shape, device=device)
        self.y = torch.randint(0, 10, (batch,), device=device)
        options = {"fused": True, "capturable": True} if capturable else {"fused": True}
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=LEARNING_RATE, **options)

    def loss(self):
        return self.torch.nn.functional.cross_entropy(self.network(self.x), self.y)

    def train(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        self.optimizer.step()

    def prepare(self):
        for _ in range(WARM_UP_STEPS):
            self.run()

    def run(self):
        self.train()

    def synchronize(self):
        if self.device != "cpu":
            self.torch.cuda.synchronize()

    def round(self, steps):
        self.synchronize()
        start = time.perf_counter()
        for _ in range(steps):
            self.run()
        self.synchronize()
        return time.perf_counter() - start

    def measure(self):
        """Microseconds per step: the median of rounds that are long enough for the clock."""
        if not hasattr(self, "steps"):
            self.steps = 1
            while self.round(self.steps) < ROUND_SECONDS:
                self.steps *= 2
        return statistics.median(self.round(self.steps) for _ in range(TURNS)) / self.steps * 1e6


class Eager(Step):
    pass


class Graph(Step):
    """All of the step captured once, after a warm-up on a stream of its own, and replayed."""

    def __init__(self, *arguments):
        super().__init__(*arguments, capturable=True)

    def prepare(self):
        cuda = self.torch.cuda
        aside = cuda.Stream()
        aside.wait_stream(cuda.current_stream())
        with cuda.stream(aside):
            for _ in range(WARM_UP_STEPS):
                self.train()
        cuda.current_stream().wait_stream(aside)

        # Without gradients at the start, the captured backward pass makes its own and writes them anew in each replay.
        self.optimizer.zero_grad(set_to_none=True)
        self.graph = cuda.CUDAGraph()
        with cuda.graph(self.graph):
            loss = self.loss()
            loss.backward()
            self.optimizer.step()
        for _ in range(WARM_UP_STEPS):
            self.run()

    def run(self):
        self.graph.replay()


class Compiled(Step):
    """Forward, loss and backward compiled; the fused optimizer is one kernel already."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        cross_entropy = self.torch.nn.functional.cross_entropy
        self.compiled = self.torch.compile(lambda x, y: cross_entropy(self.network(x), y), mode="reduce-overhead")

    def loss(self):
        self.torch.compiler.cudagraph_mark_step_begin()
        return self.compiled(self.x, self.y)


PYTORCH_WAYS = {"PyTorch, eager": Eager, "PyTorch, CUDA graph": Graph, "PyTorch, torch.compile": Compiled}


class Preparation:
    """Ends what takes longer than some seconds with a TimeoutError, as soon as it comes back to Python."""

    def __init__(self, seconds):
        self.seconds = max(1, int(seconds))

    def __enter__(self):
        def stop(*_):
            raise TimeoutError(f"not ready after {self.seconds} s")

        self.before = signal.signal(signal.SIGALRM, stop)
        signal.alarm(self.seconds)

    def __exit__(self, *_):
        signal.alarm(0)
        signal.signal(signal.SIGALRM, self.before)


# The contest ------------------------------------------------------------------------------------------------------------

def one_line(problem):
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return f"{type(problem).__name__}: {lines[0][:200] if lines else ''}" if isinstance(problem, Exception) else " ".join(lines)[:300]


class Contest:
    def __init__(self, options):
        self.options = options
        self.end = time.monotonic() + options.seconds
        self.notes = []
        self.models = {}  # name: what the engine says of it
        self.times = {}  # (model, way): microseconds, one number per round
        self.where = ""
        self.machine = "PyTorch has not been measured"
        self.ways = {way: words for way, words in ENGINE_WAYS.items() if options.device != "cpu" or not words}
        self.peers = {}

    def left(self):
        return self.end - time.monotonic()

    def note(self, text):
        print(text, flush=True)
        self.notes.append(text)

    def engine(self, way):
        """Microseconds per step of each model, or nothing where the engine failed; then this way is not tried again."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "steps.json")
            command = [self.options.engine, "bench", "steps", *self.options.models, "--device", self.options.device,
                       *self.ways[way], "--rounds", str(TURNS), "--json", path]
            if self.options.batch_size:
                command += ["--batch-size", str(self.options.batch_size)]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=max(1, self.left()))
                if done.returncode == 0:
                    with open(path, encoding="utf-8") as file:
                        return json.load(file)
                problem = one_line(done.stderr) or f"exit code {done.returncode}"
            except (subprocess.TimeoutExpired, OSError) as failure:
                problem = one_line(failure)
        self.note(f"{way}: {problem}")
        del self.ways[way]
        return None

    def take(self, way):
        report = self.engine(way)
        for model in report["models"] if report else []:
            self.times.setdefault((model["model"], way), []).append(model["microseconds"])
            self.models.setdefault(model["model"], model)
        if report and not self.where:
            self.where = report["where"]

    def prepare_peers(self):
        """PyTorch's networks, warm; what fails is noted and left out."""
        try:
            import torch
        except ImportError as failure:
            self.note(f"PyTorch was not measured: {one_line(failure)}")
            return
        device = self.options.device
        if device not in ("cpu", "cuda"):
            self.note(f"PyTorch was not measured: it has no device '{device}'")
            return
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = True
        self.machine = f"PyTorch {torch.__version__}"
        if device == "cuda":
            self.machine += f", CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}, {torch.cuda.get_device_name(0)}"

        for way, kind in PYTORCH_WAYS.items():
            if kind is Graph and device == "cpu":
                continue
            for name, model in self.models.items():
                if name not in NETWORKS:
                    self.note(f"{way}, {name}: no such network here")
                    continue
                if self.left() < 20:
                    self.note(f"{way}, {name}: no time was left")
                    continue
                try:
                    with Preparation(min(PREPARATION_SECONDS, self.left() - 10)):
                        peer = kind(torch, NETWORKS[name], model["input"], model["batchSize"], device)
                        if peer.parameters != model["parameters"]:
                            self.note(f"{way}, {name}: {peer.parameters} parameters, the engine has {model['parameters']}: not the same network, left out")
                            continue
                        peer.prepare()
                        peer.measure()
                    self.peers[name, way] = peer
                    print(f"ready: {way}, {name}", flush=True)
                except Exception as failure:  # whatever a compiler may throw: the others go on
                    self.note(f"{way}, {name}: {one_line(failure)}")

    def run(self):
        for way in list(self.ways):
            self.engine(way)  # compiles kernels and fills the caches on disk; not counted
        if not self.ways:
            return
        self.take(next(iter(self.ways)))  # says which models there are
        self.times.clear()
        self.prepare_peers()
        for round_number in range(self.options.rounds):
            if round_number > 0 and self.left() < 20:
                self.note(f"only {round_number} of {self.options.rounds} rounds: no time was left")
                break
            turns = [("engine", way) for way in self.ways] + [("peer", key) for key in self.peers]
            for who, what in turns if round_number % 2 == 0 else reversed(turns):
                if who == "engine":
                    self.take(what)
                else:
                    self.times.setdefault(what, []).append(self.peers[what].measure())
            self.write()
            print(f"round {round_number + 1} of {self.options.rounds}, {self.left():.0f} s left", flush=True)

    # The page

    def ratio(self, model, ours, theirs):
        pairs = list(zip(self.times.get((model, ours), []), self.times.get((model, theirs), [])))
        if not pairs:
            return "–"
        ratios = [their / our for our, their in pairs]
        return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} – {max(ratios):.2f})"

    def page(self):
        if not self.times:
            return "\n".join(["Nothing was measured.", "", *(f"- {note}" for note in self.notes)]) + "\n"
        text = [f"Engine: {self.where}. {self.machine}. Float32, TF32 off; the batch stays on the device; Adam.",
                "The engine's step also looks whether loss and gradients are finite; PyTorch's does not.", "",
                "| model | batch | way | step, median of rounds | from – to | samples/s | rounds |",
                "| --- | ---: | --- | ---: | ---: | ---: | ---: |"]
        for name, model in self.models.items():
            for way in [*ENGINE_WAYS, *PYTORCH_WAYS]:
                times = self.times.get((name, way))
                if times:
                    median = statistics.median(times)
                    text.append(f"| {name} | {model['batchSize']} | {way} | {median:.1f} µs | {min(times):.1f} – {max(times):.1f} "
                                f"| {model['batchSize'] / median * 1e6:,.0f} | {len(times)} |")
        if self.peers:
            text += ["", "PyTorch's time over the engine's, within a round: median (least – most). Above 1 the engine is faster.", "",
                     f"| model | engine | {' | '.join(PYTORCH_WAYS)} |", f"| --- | --- |{' ---: |' * len(PYTORCH_WAYS)}"]
            for name in self.models:
                for ours in ENGINE_WAYS:
                    if (name, ours) in self.times:
                        ratios = " | ".join(self.ratio(name, ours, theirs) for theirs in PYTORCH_WAYS)
                        text.append(f"| {name} | {ours.removeprefix('engine, ')} | {ratios} |")
        if self.notes:
            text += ["", *(f"- {note}" for note in self.notes)]
        return "\n".join(text) + "\n"

    def write(self):
        with open(self.options.markdown, "w", encoding="utf-8") as file:
            file.write(self.page())
        if self.options.json:
            with open(self.options.json, "w", encoding="utf-8") as file:
                json.dump([{"model": m, "way": w, "microseconds": t} for (m, w), t in self.times.items()], file, indent=1)


def main():
    parser = argparse.ArgumentParser(description="Training steps of the engine and of PyTorch, in turns.")
    parser.add_argument("models", nargs="*", metavar="MODEL", help="models of the engine; otherwise all that read pictures")
    parser.add_argument("--engine", required=True, help="the engine command")
    parser.add_argument("--markdown", required=True, help="the page to write")
    parser.add_argument("--json", help="the times, round by round")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--batch-size", type=int, help="samples per step; each model's own unless given")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=200, help="begin nothing new after so long")
    contest = Contest(parser.parse_args())
    contest.run()
    contest.write()
    print(contest.page())
    return 0 if contest.times else 1


if __name__ == "__main__":
    sys.exit(main())
