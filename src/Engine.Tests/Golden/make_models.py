#!/usr/bin/env python3
"""Golden models: what torchvision, in Float64, makes of the networks of Engine.Models.

    python3 make_models.py            # writes values/models.json; needs torchvision (Debian: python3-torchvision)

No weights are stored. Element i of the tensor called `name` is u(name, i), a hash of both that is uniform on [-1, 1),
scaled by what kind of tensor it is; the test computes the same numbers. So a layer under another name, or with rows and
columns exchanged, gives another answer. Of each network there are the logits of two pictures, in inference mode, and some
elements of the gradient of <v, logits> by the pictures, v too being u.
"""
import json
import pathlib

import numpy
import torch
import torchvision
from torch import nn

CLASSES, BATCH, SAMPLES = 10, 2, 24
M32 = numpy.uint64(0xFFFFFFFF)


def u(name, shape):
    """Uniform on [-1, 1): FNV-1a of the name, then the finalizer of MurmurHash3 on that and i, all modulo 2**32."""
    key = 2166136261
    for byte in name.encode():
        key = (key ^ byte) * 16777619 & 0xFFFFFFFF
    h = (numpy.arange(numpy.prod(shape), dtype=numpy.uint64) * numpy.uint64(0x9E3779B1) + numpy.uint64(key)) & M32
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h ^= h >> numpy.uint64(shift)
        h = h * numpy.uint64(factor) & M32
    h ^= h >> numpy.uint64(16)
    return torch.from_numpy(h.astype(numpy.float64) / 2**31 - 1).reshape(tuple(shape))


def fill(model):
    for name, t in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        noise = u(name, t.shape)
        if t.dim() > 1:
            noise *= (6 / t[0].numel()) ** 0.5  # the variance of He et al.: 2 / fan in
        elif name.endswith("running_var") or (name.endswith("weight") and t.dim() == 1):
            noise = 1 + noise / 4
        else:
            noise /= 8
        t.copy_(noise)


def resnet18_small():
    model = torchvision.models.resnet18(num_classes=CLASSES)
    model.conv1, model.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    return model


def without_adaptive_pooling(model, first, features):
    """Engine's first dense layer fits the maps there are; torchvision's stretches them to a fixed size."""
    model.avgpool, model.classifier[first] = nn.Identity(), nn.Linear(features, 4096)
    return model


MODELS = (
    ("resnet18", 64, lambda: torchvision.models.resnet18(num_classes=CLASSES)),
    ("resnet18", 32, resnet18_small),
    ("resnet50", 64, lambda: torchvision.models.resnet50(num_classes=CLASSES)),
    ("googlenet", 64, lambda: torchvision.models.googlenet(num_classes=CLASSES, aux_logits=False, init_weights=False)),
    ("alexnet", 64, lambda: without_adaptive_pooling(torchvision.models.alexnet(num_classes=CLASSES), 1, 256)),
    ("vgg16", 64, lambda: without_adaptive_pooling(torchvision.models.vgg16(num_classes=CLASSES), 0, 2048)),
)

if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    cases = []
    for name, size, make in MODELS:
        model = make().eval()
        with torch.no_grad():
            fill(model)
        x = u("input", (BATCH, 3, size, size)).requires_grad_()
        y = model(x)
        (y * u("cotangent", y.shape)).sum().backward()
        dx = x.grad.flatten()
        cases.append({
            "model": name, "size": size, "tensors": sum("num_batches" not in k for k in model.state_dict()),
            "logits": y.flatten().tolist(), "dx": dx[:: len(dx) // SAMPLES].tolist()[:SAMPLES],
        })
        print(name, size, y.abs().max().item(), dx.abs().max().item())
    made = {"made_with": f"torchvision {torchvision.__version__}, PyTorch {torch.__version__}", "cases": cases}
    (pathlib.Path(__file__).parent / "values" / "models.json").write_text(json.dumps(made, indent=1) + "\n")
