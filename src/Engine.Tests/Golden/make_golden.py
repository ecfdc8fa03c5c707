#!/usr/bin/env python3
"""Golden values: what PyTorch, in Float64, makes of the layers, losses and optimizers that Engine has.

    python3 make_golden.py            # writes values/*.safetensors; needs PyTorch (Debian: apt-get install python3-torch)

Each file holds, for one case, the input `x`, the parameters, the cotangent `v` (random sign times U(0.5, 1.5), never
constant), the output `y`, and the gradients of <v, y>: `dx` and `d_<parameter>`. The tests load the parameters into the
layer of the same name and compare. The script is deterministic; the version that made a file is in its metadata.
"""
import json
import pathlib
import struct

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).parent / "values"
torch.set_default_dtype(torch.float64)


def save(name, tensors):
    """The safetensors format: header length, JSON header, raw little-endian data."""
    header, data = {"__metadata__": {"made_with": f"PyTorch {torch.__version__}"}}, b""
    for key, t in tensors.items():
        t = t.detach().contiguous()
        dtype = {torch.float64: "F64", torch.int32: "I32"}[t.dtype]
        raw = t.numpy().tobytes()
        header[key] = {"dtype": dtype, "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (OUT / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


def cotangent(y):
    return (torch.randint(0, 2, y.shape) * 2 - 1) * (torch.rand(y.shape) + 0.5)


def case(name, x, parameters, f, extra=None):
    """Runs y = f(x, parameters) forward and back against a cotangent."""
    torch.manual_seed(sum(map(ord, name)))
    x.requires_grad_()
    for p in parameters.values():
        p.requires_grad_()
    y = f(x, parameters)
    v = cotangent(y)
    (y * v).sum().backward()
    grads = {f"d_{k}": p.grad for k, p in parameters.items()}
    save(name, {"x": x, **parameters, "v": v, "y": y, "dx": x.grad, **grads, **(extra() if extra else {})})


def mirror(x, top, bottom, left, right):
    """Symmetric padding: the edge itself is repeated. PyTorch has no mode for it, so pixels are gathered by index."""
    def index(size, before, after):
        i = torch.arange(-before, size + after)
        return torch.where(i < 0, -1 - i, torch.where(i >= size, 2 * size - 1 - i, i))
    x = x[:, :, index(x.shape[2], top, bottom)]
    return x[:, :, :, index(x.shape[3], left, right)]


def layers():
    torch.manual_seed(1)
    case("dense", torch.randn(3, 5), {"weight": torch.randn(5, 4), "bias": torch.randn(4)},
         lambda x, p: x @ p["weight"] + p["bias"])
    case("conv2d", torch.randn(2, 3, 6, 5), {"weight": torch.randn(4, 3, 3, 2), "bias": torch.randn(4)},
         lambda x, p: F.conv2d(x, p["weight"], p["bias"]))
    case("conv2d_strided", torch.randn(2, 4, 9, 8), {"weight": torch.randn(6, 2, 3, 2), "bias": torch.randn(6)},
         lambda x, p: F.conv2d(x, p["weight"], p["bias"], stride=(2, 1), padding=(1, 2), dilation=(2, 3), groups=2))
    case("conv2d_mirror", torch.randn(2, 2, 4, 5), {"weight": torch.randn(3, 2, 3, 5), "bias": torch.randn(3)},
         lambda x, p: F.conv2d(mirror(x, 1, 1, 2, 2), p["weight"], p["bias"]))
    case("conv2d_same", torch.randn(2, 2, 5, 6), {"weight": torch.randn(3, 2, 2, 4), "bias": torch.randn(3)},
         lambda x, p: F.conv2d(F.pad(x, (1, 2, 0, 1)), p["weight"], p["bias"]))
    case("maxpooling2d", torch.randn(2, 3, 6, 7), {}, lambda x, p: F.max_pool2d(x, 2))
    case("maxpooling2d_overlapping", torch.randn(2, 3, 7, 8), {},
         lambda x, p: F.max_pool2d(x, (3, 2), stride=(2, 1), padding=(1, 1), dilation=(2, 1)))
    case("averagepooling2d", torch.randn(2, 3, 6, 7), {}, lambda x, p: F.avg_pool2d(x, 2))
    case("averagepooling2d_padded", torch.randn(2, 3, 6, 7), {},
         lambda x, p: F.avg_pool2d(x, (3, 2), stride=(2, 1), padding=(1, 1), count_include_pad=False))
    case("relu", torch.randn(3, 7), {}, lambda x, p: F.relu(x))
    case("logistic", 3 * torch.randn(3, 7), {}, lambda x, p: torch.sigmoid(x))
    case("tanh", 2 * torch.randn(3, 7), {}, lambda x, p: torch.tanh(x))
    case("softmax", 3 * torch.randn(3, 7), {}, lambda x, p: F.softmax(x, -1))


def batch_normalization():
    for name, shape in (("batchnormalization", (6, 3)), ("batchnormalization_images", (3, 2, 4, 3))):
        for mode in ("training", "inference"):
            torch.manual_seed(2)
            mean, variance = torch.randn(shape[1]), torch.rand(shape[1]) + 0.5
            before = {"running_mean": mean.clone(), "running_variance": variance.clone()}
            after = lambda: {**before, "running_mean_after": mean, "running_variance_after": variance}
            case(f"{name}_{mode}", 2 * torch.randn(*shape) + 1,
                 {"gamma": torch.randn(shape[1]), "beta": torch.randn(shape[1])},
                 lambda x, p: F.batch_norm(x, mean, variance, p["gamma"], p["beta"], mode == "training", 0.1, 1e-5), after)


def losses():
    torch.manual_seed(3)
    for name, x, target, f in (
        ("meansquarederror", torch.randn(4, 3), torch.randn(4, 3), F.mse_loss),
        ("categoricalcrossentropy", 3 * torch.randn(4, 5), torch.softmax(torch.randn(4, 5), 1), F.cross_entropy),
        ("sparsecategoricalcrossentropy", 3 * torch.randn(4, 5), torch.tensor([1, 4, 0, 2]), F.cross_entropy),
        ("binarycrossentropy", 3 * torch.randn(4, 2), torch.randint(0, 2, (4, 2)).double(), F.binary_cross_entropy_with_logits),
    ):
        x.requires_grad_()
        loss = f(x, target)
        loss.backward()
        stored = target.int() if target.dtype == torch.int64 else target
        save(name, {"x": x, "target": stored, "loss": loss, "dx": x.grad})


def optimizers():
    """Six steps on the same changing gradients: g of step t is given, so only the rule is tested."""
    for name, make in (
        ("sgd", lambda p: torch.optim.SGD(p, lr=0.05)),
        ("sgd_momentum", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
        ("adam", lambda p: torch.optim.Adam(p, lr=0.01)),
        ("adam_settings", lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-4)),
    ):
        torch.manual_seed(4)
        theta = torch.randn(3, 4)
        saved, gradients, states = theta.clone(), torch.randn(6, 3, 4), []
        theta.requires_grad_()
        optimizer = make([theta])
        for g in gradients:
            theta.grad = g.clone()
            optimizer.step()
            states.append(theta.detach().clone())
        save(name, {"theta": saved, "gradients": gradients, "thetas": torch.stack(states)})


def network():
    """A small convolutional network with a residual block: every gradient of one training step."""
    torch.manual_seed(5)
    p = {
        "conv.weight": torch.randn(3, 2, 3, 3) / 4, "conv.bias": torch.randn(3) / 4,
        "bn.gamma": torch.rand(3) + 0.5, "bn.beta": torch.randn(3) / 4,
        "block.body.weight": torch.randn(3, 3, 3, 3) / 5, "block.body.bias": torch.randn(3) / 4,
        "dense.weight": torch.randn(27, 4) / 5, "dense.bias": torch.randn(4) / 4,
    }
    x, labels = torch.randn(4, 2, 6, 6), torch.tensor([3, 0, 1, 1])
    for t in (x, *p.values()):
        t.requires_grad_()
    h = F.conv2d(x, p["conv.weight"], p["conv.bias"], padding=1)
    h = torch.tanh(F.batch_norm(h, None, None, p["bn.gamma"], p["bn.beta"], True, 0.1, 1e-5))
    h = h + F.conv2d(h, p["block.body.weight"], p["block.body.bias"], padding=1)
    h = F.max_pool2d(F.relu(h), 2).flatten(1)
    loss = F.cross_entropy(h @ p["dense.weight"] + p["dense.bias"], labels)
    loss.backward()
    save("network", {"x": x, "labels": labels.int(), "loss": loss, "dx": x.grad, **p, **{f"d_{k}": t.grad for k, t in p.items()}})


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    layers()
    batch_normalization()
    losses()
    optimizers()
    network()
    print(f"{len(list(OUT.iterdir()))} files, {sum(f.stat().st_size for f in OUT.iterdir()):,} bytes")
