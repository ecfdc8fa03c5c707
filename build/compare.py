#!/usr/bin/env python3
"""Compares the engine on the CPU with PyTorch, OpenBLAS and BLIS, and writes the tables of docs/performance.md.

    build/compare.py [--threads 2] [--processes 3] [--turns 5] [--only TEXT] [--python /usr/bin/python3] [--markdown docs/performance.md]

The two sides run in processes of their own and take turns, some tenths of a second each, with a pause between, in the
other order every other time; a turn during which something else used the machine is taken again. A ratio is of two turns
next to each other; its median over the turns of one pair of processes is one reading, and each row has as many readings as
there are pairs of processes. PyTorch is at its best: see build/cpu-peer.py. Where several peers can do the same, the
ratio is against the one that was best in that pair. Everything between the two marks of the page is written anew.

Needs python3-torch, python3-torchvision, libopenblas0-openmp and libblis4-openmp (Debian's names); what is not there is
left out, and the page says so.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ENGINE = os.path.join(HERE, "..", "engine")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PAUSE = 0.06          # OpenBLAS's threads go on spinning for some time after their work is done
FOREIGN = 0.08        # of a core: what others may use during a turn
MOST_TAKES = 4        # of one turn

TRAINING = [  # what to run, how it is called, samples per step, goal
    ("train mnist-mlp 128 1,28,28 adam", "MLP 784-512-10, Adam, batch 128", 128, 1.5),
    ("train mnist-mlp 32 1,28,28 adam", "the same, batch 32", 32, 2.0),
    ("train lenet5 64 1,28,28 sgd", "LeNet-5, SGD, batch 64", 64, 3.0),
    ("train shallow-vgg 64 3,32,32 adam", "ShallowVGG 32×32×3, Adam, batch 64", 64, 1.5),
    ("train resnet18 32 3,32,32 sgd", "ResNet-18 with a 3×3 stem, 32×32, SGD, batch 32", 32, 1.5),
]
PREDICTION = [  # the goal is a share of PyTorch's time
    ("predict vgg16", "VGG16", 0.65), ("predict alexnet", "AlexNet", 0.95),
    ("predict resnet50", "ResNet-50", 0.8), ("predict googlenet", "GoogLeNet", 0.8),
]
MEMORY_GOALS = {"train mnist-mlp 128 1,28,28 adam": 0.5, "train shallow-vgg 64 3,32,32 adam": 0.5, "train resnet18 32 3,32,32 sgd": 0.5, "predict vgg16": None}
VGG16_MEMORY = 640 * 2 ** 20
PRODUCTS = ["64x64x64", "128x128x128", "256x256x256", "512x512x512", "1024x1024x1024", "2048x2048x2048", "128x784x512",
            "128x784x512 NT", "512x128x784 TN", "128x512x10", "128x512x10 NT", "128x10x512", "64x150x576", "64x576x1024"]
CONVOLUTION = 2 * 64 * 64 * 32 * 32 * 64 * 9
KERNELS = [  # what to run, how it is called, units per run and their name, goal
    ("kernel conv3x3 forward", "convolution 3×3, 64×64×32² → 64, forward", CONVOLUTION, "GFLOP/s", 1.0),
    ("kernel conv3x3 backward data", "the same, gradient of the data", CONVOLUTION, "GFLOP/s", 1.0),
    ("kernel conv3x3 backward weights", "the same, gradient of the weights", CONVOLUTION, "GFLOP/s", 1.2),
    ("kernel exp", "exp of 2²⁰ numbers", 2 ** 20, "10⁹ numbers/s", 1.0),
    ("kernel tanh", "tanh of 2²⁰ numbers", 2 ** 20, "10⁹ numbers/s", 1.0),
    ("kernel add 1048576", "sum of two arrays of 2²⁰", 2 ** 20, "10⁹ numbers/s", 1.0),
]


# Two sides in turn ------------------------------------------------------------------------------------------------------

class Side:
    """A process that answers requests for timed turns."""

    def __init__(self, command, threads=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if threads:
            self.ask(f"threads {threads}")

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"no answer to '{request}'")
        return answer

    def turn(self, seconds, what):
        """Runs per second, taken again while others keep the machine busy."""
        best = None
        for _ in range(MOST_TAKES):
            time.sleep(PAUSE)
            busy, own, start = busy_seconds(), seconds_of(self.process.pid), time.perf_counter()
            rate = float(self.ask(f"{seconds} {what}"))
            taken = time.perf_counter() - start
            foreign = (busy_seconds() - busy - (seconds_of(self.process.pid) - own)) / taken
            if best is None or foreign < best[0]:
                best = (foreign, rate)
            if foreign < FOREIGN:
                break
        return best[1]

    def close(self):
        memory = float(self.ask("memory"))
        self.process.stdin.close()
        self.process.wait()
        return memory


def busy_seconds():
    """Processor time that the whole machine has spent since it was started."""
    try:
        with open("/proc/stat", encoding="ascii") as stat:
            v = [int(x) for x in stat.readline().split()[1:9]]
        return (sum(v) - v[3] - v[4]) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0


def seconds_of(pid):
    """Processor time of one process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0


class Comparison:
    """Readings of one row: the ratio, the engine's rate and the best peer's, one of each per pair of processes."""

    def __init__(self):
        self.ratios, self.own, self.peers, self.memory, self.peer_memory, self.winners = [], [], [], [], [], []

    def add(self, rates, peers):
        """Rates of the engine and of each peer, turn by turn."""
        medians = {name: statistics.median(rates[name]) for name in peers if rates.get(name) and rates[name][0] > 0}
        self.own.append(statistics.median(rates["engine"]))
        if medians:
            best = max(medians, key=medians.get)
            self.ratios.append(statistics.median(a / b for a, b in zip(rates["engine"], rates[best])))
            self.peers.append(medians[best])
            self.winners.append(best)

    @property
    def ratio(self):
        return statistics.median(self.ratios) if self.ratios else None

    def spread(self, invert=False):
        values = sorted(1 / r if invert else r for r in self.ratios)
        return f"{values[len(values) // 2]:.2f} ({values[0]:.2f} … {values[-1]:.2f})" if values else "–"


def compare(what, peers, options, seconds, threads):
    """One row in processes of its own, so that the memory of each is known."""
    row = Comparison()
    for _ in range(options.processes):
        sides = open_sides(peers, options, threads)
        row.add(take_turns(sides, what, options.turns, seconds, warm_up=1), peers)
        row.memory.append(sides.pop("engine").close())
        if sides:
            row.peer_memory.append(min(side.close() for side in sides.values()))
    return row


def compare_many(rows, peers, options, seconds, threads):
    """Many small rows that share their processes."""
    found = {what: Comparison() for what in rows}
    for _ in range(options.processes):
        sides = open_sides(peers, options, threads)
        for what in rows:
            found[what].add(take_turns(sides, what, options.turns, seconds, warm_up=0.3), peers)
        for side in sides.values():
            side.close()
    return found


def open_sides(peers, options, threads):
    sides = {"engine": Side([ENGINE, "bench", "turns"], threads)}
    for peer in peers:
        if peer in options.available:
            sides[peer] = Side([options.python, os.path.join(HERE, "cpu-peer.py"), peer, str(threads)])
    return sides


def take_turns(sides, what, turns, seconds, warm_up):
    # The first turns warm up: code is compiled for good, memory is taken.
    rates = {name: [] for name in sides}
    for name, side in sides.items():
        if float(side.ask(f"{warm_up} {what}")) == 0:
            rates[name] = [0]
    names = [name for name in sides if rates[name] != [0]]
    for turn in range(turns):
        for name in (names if turn % 2 == 0 else reversed(names)):
            rates[name].append(sides[name].turn(seconds, what))
    return rates


# The page ---------------------------------------------------------------------------------------------------------------

def measure(options):
    threads, text = options.threads, []
    torch = ("torch", "torch-channels-last")

    def wanted(name):
        return options.only.lower() in name.lower()

    def note(name, row):
        print(f"{name:60s} {row.spread()}", flush=True)

    rows = [r for r in TRAINING if wanted("training " + r[1])]
    memory = []
    if rows:
        text += [f"## Training, {threads} threads", "",
                 "| network | engine, samples/s | PyTorch, samples/s | ratio (least … most) | goal |", "| --- | ---: | ---: | ---: | ---: |"]
        for what, name, batch, goal in rows:
            row = compare(what, torch[:1] if "mlp" in what else torch, options, 0.5, threads)
            note(name, row)
            text.append(f"| {name} | {count(batch * statistics.median(row.own))} | {count(batch * middle(row.peers))} | {row.spread()} | {goal} {met(row.ratio, goal)} |")
            memory.append((what, name, row))
        text.append("")

    rows = [r for r in PREDICTION if wanted("prediction " + r[1])]
    if rows:
        text += [f"## Answers to one picture of 224×224, {threads} threads", "",
                 "| network | engine, ms | PyTorch frozen, ms | time ratio (least … most) | goal |", "| --- | ---: | ---: | ---: | ---: |"]
        for what, name, goal in rows:
            row = compare(what, torch, options, 0.5, threads)
            note(name, row)
            inverse = 1 / row.ratio if row.ratio else None
            text.append(f"| {name} | {1e3 / statistics.median(row.own):.1f} | {1e3 / middle(row.peers) if row.peers else 0:.1f} | {row.spread(invert=True)} | {goal} {met(goal, inverse)} |")
            memory.append((what, name, row))
        text.append("")

    if memory:
        text += ["## Memory: the largest resident size of the process in the rows above", "",
                 "| network | engine, MiB | PyTorch, MiB | ratio | goal |", "| --- | ---: | ---: | ---: | ---: |"]
        for what, name, row in memory:
            own, peer = statistics.median(row.memory), statistics.median(row.peer_memory) if row.peer_memory else None
            if what == "predict vgg16":
                goal = f"640 MiB {'met' if own <= VGG16_MEMORY else '**missed**'}"
            else:
                goal = f"0.5 {met(0.5, own / peer if peer else None)}" if what in MEMORY_GOALS else ""
            text.append(f"| {name} | {own / 2 ** 20:.0f} | {peer / 2 ** 20 if peer else 0:.0f} | {own / peer if peer else 0:.2f} | {goal} |")
        text.append("")

    shapes = [s for s in PRODUCTS if wanted("product " + s)]
    if shapes:
        by_threads = {n: compare_many([f"kernel product {s}" for s in shapes], ("openblas", "blis"), options, 0.12, n) for n in sorted({1, threads})}
        text += ["## Matrix products, GFLOP/s", "",
                 "M×K×N; NT: the right operand transposed, TN: the left one. The ratio is against the better of OpenBLAS and BLIS in each pair of processes. Goal: at least 1.0 everywhere, geometric mean 1.15.", "",
                 "| product |" + "".join(f" engine, {n} thread{'s' * (n > 1)} | best peer | ratio (least … most) |" for n in by_threads), "| --- |" + " ---: | ---: | ---: |" * len(by_threads)]
        for shape in shapes:
            m, k, n = map(int, shape.split()[0].split("x"))
            flops, cells = 2e-9 * m * k * n, ""
            for rows in by_threads.values():
                row = rows[f"kernel product {shape}"]
                note(f"product {shape}", row)
                cells += f" {flops * statistics.median(row.own):.0f} | {flops * middle(row.peers):.0f} {most(row.winners)} | {row.spread()} {met(row.ratio, 1.0)} |"
            text.append(f"| {shape.replace('x', '×')} |{cells}")
        means = [statistics.geometric_mean([r.ratio for r in rows.values()]) for rows in by_threads.values() if all(r.ratio for r in rows.values())]
        text.append("| geometric mean |" + "".join(f" | | {mean:.2f} {met(mean, 1.15)} |" for mean in means))
        text.append("")

    kernels = [k for k in KERNELS if wanted("operation " + k[1])]
    if kernels:
        found = compare_many([k[0] for k in kernels], torch, options, 0.2, threads)
        text += [f"## Operations, {threads} threads", "", "| operation | engine | PyTorch | | ratio (least … most) | goal |", "| --- | ---: | ---: | --- | ---: | ---: |"]
        for what, name, units, unit, goal in kernels:
            row = found[what]
            note(name, row)
            text.append(f"| {name} | {digits(units * statistics.median(row.own) / 1e9)} | {digits(units * middle(row.peers) / 1e9)} | {unit} | {row.spread()} | {goal} {met(row.ratio, goal)} |")
        text.append("")

    if wanted("cost"):
        text += costs(options)
    return text


def costs(options):
    """What a sample costs: the same in any batch, in proportion to width² and to depth."""
    side = Side([ENGINE, "bench", "turns"], options.threads)

    def microseconds(what, batch):
        side.ask(f"1 {what}")
        return statistics.median(1e6 / side.turn(0.4, what) / batch for _ in range(options.turns))

    text = ["## What a sample costs, in microseconds of a training step", ""]
    batches = (16, 32, 64, 128, 256)
    text += ["The batch:", "", "| network |" + "".join(f" {b} |" for b in batches) + " most / least |", "| --- |" + " ---: |" * (len(batches) + 1)]
    for name, what in (("LeNet-5", "train lenet5 {} 1,28,28 sgd"), ("ShallowVGG", "train shallow-vgg {} 3,32,32 sgd"),
                       ("8 dense layers of 512", "stack dense 512 8 {}"), ("4 convolutions of 64 channels", "stack conv 64 4 {}")):
        times = [microseconds(what.format(b), b) for b in batches]
        print(name, [f"{t:.1f}" for t in times], flush=True)
        text.append(f"| {name} |" + "".join(f" {t:.1f} |" for t in times) + f" {max(times) / min(times):.2f} |")

    def series(title, head, values, what, expected):
        times = [microseconds(what.format(v), 128) for v in values]
        print(title, [f"{t:.1f}" for t in times], flush=True)
        return ["", f"{title}:", "", f"| {head} |" + "".join(f" {v} |" for v in values), "| --- |" + " ---: |" * len(values),
                "| µs |" + "".join(f" {t:.1f} |" for t in times),
                f"| µs / {expected[0]}, relative |" + "".join(f" {t / expected[1](v) * expected[1](values[-1]) / times[-1]:.2f} |" for t, v in zip(times, values))]

    square, linear = ("width²", lambda v: v * v), ("depth", lambda v: v)
    text += series("The width of 4 dense layers, batch 128", "width", (256, 512, 1024, 2048), "stack dense {} 4 128", square)
    text += series("The channels of 4 convolutions, batch 128", "channels", (32, 64, 128, 256), "stack conv {} 4 128", square)
    text += series("The depth, dense layers of 512, batch 128", "layers", (2, 4, 8, 16), "stack dense 512 {} 128", linear)
    text += series("The depth, convolutions of 64 channels, batch 128", "layers", (2, 4, 8, 16), "stack conv 64 {} 128", linear)
    side.close()
    return [*text, ""]


def middle(values):
    return statistics.median(values) if values else 0


def most(names):
    return max(set(names), key=names.count) if names else ""


def met(value, goal):
    return "" if value is None or goal is None else "met" if value >= goal else "**missed**"


def count(value):
    return f"{float(f'{value:.3g}'):,.0f}"


def digits(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def machine(options):
    """What the figures were measured on and with."""
    name, features = "unknown processor", ""
    try:
        info = open("/proc/cpuinfo", encoding="utf-8").read()
        name = re.search(r"model name\s*: (.*)", info).group(1)
        features = ", ".join(f for f, flag in (("AVX-512", "avx512f"), ("AVX2", "avx2")) if re.search(rf"\b{flag}\b", info))
    except (OSError, AttributeError):
        pass
    versions = []
    for peer in ("torch", "openblas", "blis"):
        try:
            side = Side([options.python, os.path.join(HERE, "cpu-peer.py"), peer, str(options.threads)])
            versions.append(side.ask("version"))
            options.available += [peer, "torch-channels-last"] if peer == "torch" else [peer]
            side.process.stdin.close()
        except (RuntimeError, OSError):
            versions.append(f"no {peer} on this machine")
    framework = subprocess.run(["dotnet", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return [f"Measured on {time.strftime('%Y-%m-%d')} on {os.cpu_count()} cores of an {name} ({features}), shared with others; .NET SDK {framework}, {', '.join(versions)}.",
            f"{options.processes} pairs of processes per row, {options.turns} turns each.", "",
            "```", " ".join(["build/compare.py", *sys.argv[1:]]), "```", ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", default="", help="rows whose section and name contain this text; the page is not written then")
    parser.add_argument("--python", default="/usr/bin/python3", help="the Python that has PyTorch")
    parser.add_argument("--markdown", default=os.path.join(HERE, "..", "docs", "performance.md"))
    options = parser.parse_args()
    options.available = []
    subprocess.run([ENGINE, "--help"], check=True, stdout=subprocess.DEVNULL)  # builds it where that is needed
    head = machine(options)
    text = "\n".join([BEGIN, *head, *measure(options), END])
    if options.only:
        print(text)
        return
    page = open(options.markdown, encoding="utf-8").read()
    if BEGIN not in page or END not in page:
        sys.exit(f"{options.markdown} has no '{BEGIN}' and '{END}' to write between.")
    written = options.markdown + ".new"
    with open(written, "w", encoding="utf-8") as target:
        target.write(page[:page.index(BEGIN)] + text + page[page.index(END) + len(END):])
        target.flush()
        os.fsync(target.fileno())
    os.replace(written, options.markdown)


main()
