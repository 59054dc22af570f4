"""Computes VGG-19's features with PyTorch and torchvision and writes sampled values to vgg19.json beside this file.

Weights and picture come from a counter-based hash, so that both sides make the same numbers without a file between them.
Run with Debian's python3-torch (1.13) and python3-torchvision (0.14):  python3 vgg19_reference.py
"""
import json
import pathlib

import numpy
import torch
import torchvision

HEIGHT, WIDTH = 64, 48
SAMPLES = 8
# torchvision's `features`: a convolution and its ReLU take two places, a pooling one.
BLOCKS = [2, 2, 4, 4, 4]


def uniform(seed, count):
    """Murmur3's finalizer of a counter: float32 in [0, 1) with 24 bits."""
    z = numpy.arange(count, dtype=numpy.uint32) + numpy.uint32((seed * 0x9E3779B9) & 0xFFFFFFFF)
    z ^= z >> numpy.uint32(16)
    z *= numpy.uint32(0x85EBCA6B)
    z ^= z >> numpy.uint32(13)
    z *= numpy.uint32(0xC2B2AE35)
    z ^= z >> numpy.uint32(16)
    return (z >> numpy.uint32(8)).astype(numpy.float32) / numpy.float32(16777216)


def seeded(network):
    for number, convolution in enumerate(layer for layer in network if isinstance(layer, torch.nn.Conv2d)):
        fan_in = 9 * convolution.in_channels
        scale = numpy.float32((24.0 / fan_in) ** 0.5)  # He's variance for a uniform distribution of width 1
        weight = (uniform(100 + 2 * number, convolution.weight.numel()) - numpy.float32(0.5)) * scale
        bias = (uniform(101 + 2 * number, convolution.bias.numel()) - numpy.float32(0.5)) * numpy.float32(0.2)
        convolution.weight.data = torch.from_numpy(weight).reshape(convolution.weight.shape)
        convolution.bias.data = torch.from_numpy(bias)


def features(network, image, pooling):
    names = [(block + 1, index + 1) for block, count in enumerate(BLOCKS) for index in range(count)]
    found, place, x = {}, 0, image
    for layer in network:
        if isinstance(layer, torch.nn.MaxPool2d):
            # The engine doubles averages, to keep deeper layers in the range that they were trained for.
            x = layer(x) if pooling == "max" else 2 * torch.nn.functional.avg_pool2d(x, 2)
        elif isinstance(layer, torch.nn.Conv2d):
            x = layer(x)
            found["conv%d_%d" % names[place]] = x
        else:
            x = torch.relu(x)
            found["relu%d_%d" % names[place]] = x
            place += 1
    return found


def sampled(x):
    flat = x.double().flatten()
    places = [(k * 7919 + 13) % flat.numel() for k in range(SAMPLES)]
    return {
        "shape": list(x.shape),
        "norm": float(flat.norm()),
        "places": places,
        "values": [float(flat[place]) for place in places],
    }


torch.manual_seed(0)
network = torchvision.models.vgg19(weights=None).features.eval()
seeded(network)
image = torch.from_numpy(uniform(1, 3 * HEIGHT * WIDTH)).reshape(1, 3, HEIGHT, WIDTH)
preset = torchvision.models.VGG19_Weights.IMAGENET1K_V1.transforms()
normalised = torchvision.transforms.functional.normalize(image, mean=preset.mean, std=preset.std)
with torch.no_grad():
    result = {
        "made_with": "torch %s, torchvision %s" % (torch.__version__, torchvision.__version__),
        "height": HEIGHT,
        "width": WIDTH,
        "mean": [float(v) for v in preset.mean],
        "std": [float(v) for v in preset.std],
        "normalised": sampled(normalised),
        "max": {name: sampled(x) for name, x in features(network, normalised, "max").items()},
        "average": {name: sampled(x) for name, x in features(network, normalised, "average").items()},
    }
pathlib.Path(__file__).with_name("vgg19.json").write_text(json.dumps(result, indent=1) + "\n")
