"""Independent references for the engine's formulas, computed with PyTorch and NumPy in float64.

Not part of the build. Run it only to make the JSON files beside it again:

    python3 make_references.py formulas > formulas.json
    python3 make_references.py features WEIGHTS.safetensors > compact-teacher.json

Made with PyTorch 1.13 and NumPy 1.24. Everything is written as the papers write it: matrices are built whole, gradients come
from autograd, nothing is shared with the engine's own way of computing.
"""
import json
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def made(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def listed(x):
    return [float(v) for v in torch.as_tensor(x).detach().flatten()]


def power(matrix, exponent):
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ torch.diag(values.clamp(min=1e-300) ** exponent) @ vectors.T


def moments(f, mask):
    f = f.flatten(1)
    w = torch.ones(f.shape[1]) if mask is None else mask.flatten()
    return (f * w).sum(1) / w.sum(), (f * w) @ f.T / w.sum()


def gram(k):
    def loss(x, a):
        return k(x[0].shape[0]) * ((x[1] - a[1]) ** 2).sum()
    return loss


def wasserstein(scale, added):
    def loss(x, a):
        covariance = lambda m: m[1] - torch.outer(m[0], m[0]) + added(a) * torch.eye(m[0].shape[0])
        sx, sa = covariance(x), covariance(a)
        root = power(sa, 0.5)
        cross = power(root @ sx @ root, 0.5)
        return scale(a) * (((x[0] - a[0]) ** 2).sum() + torch.trace(sx) + torch.trace(sa) - 2 * torch.trace(cross))
    return loss


STYLE_FORMS = {
    "gramPaper": gram(lambda n: 1 / (4 * n * n)),
    "gramMean": gram(lambda n: 1 / n ** 4),
    "wasserstein2": wasserstein(lambda a: 1 / a[0].shape[0], lambda a: 1e-4),
    "relativeWasserstein2": wasserstein(lambda a: 1 / torch.trace(a[1]), lambda a: 1e-4 * torch.trace(a[1]) / a[0].shape[0]),
}


def styles():
    x, a = made(1, 5, 6, 7) + 0.3, 0.7 * made(2, 5, 5, 8) - 0.1
    mask, style_mask = torch.rand(6, 7, generator=torch.Generator().manual_seed(3)), torch.rand(5, 8, generator=torch.Generator().manual_seed(4))
    cases = []
    for form, loss in STYLE_FORMS.items():
        for masked in (False, True):
            leaf = x.clone().requires_grad_()
            value = loss(moments(leaf, mask if masked else None), moments(a, style_mask if masked else None))
            value.backward()
            cases.append({"form": form, "masked": masked, "value": float(value), "gradient": listed(leaf.grad)})
    return {"picture": listed(x), "style": listed(a), "mask": listed(mask), "styleMask": listed(style_mask), "cases": cases}


def sliced():
    # One channel has one direction only, and one dimension a closed form: the sorted order.
    x, a = made(5, 1, 6, 8), 1.5 * made(6, 1, 6, 8) + 0.5
    leaf = x.clone().requires_grad_()
    value = ((leaf.flatten().sort().values - a.flatten().sort().values) ** 2).mean() / (a ** 2).mean()
    value.backward()
    return {"picture": listed(x), "style": listed(a), "value": float(value), "gradient": listed(leaf.grad)}


def contents():
    x, p = made(7, 4, 3, 5), made(8, 4, 3, 5)
    forms = {
        "paper": lambda f: 0.5 * ((f - p) ** 2).sum(),
        "mean": lambda f: F.mse_loss(f, p),
        "relative": lambda f: ((f - p) ** 2).sum() / (p ** 2).sum(),
    }
    cases = []
    for form, loss in forms.items():
        leaf = x.clone().requires_grad_()
        value = loss(leaf)
        value.backward()
        cases.append({"form": form, "value": float(value), "gradient": listed(leaf.grad)})
    return {"picture": listed(x), "content": listed(p), "cases": cases}


def variations():
    x = torch.rand(3, 7, 6, generator=torch.Generator().manual_seed(9))

    def nine_point(image):
        # Every neighbour of the repeated border by itself, over the pixels of each kind of difference.
        big = F.pad(image[None], (1, 1, 1, 1), "replicate")[0]
        height, width = image.shape[1:]
        right = [(big[:, i, j + 1] - big[:, i, j]) ** 2 for i in range(1, height + 1) for j in range(1, width + 1)]
        below = [(big[:, i + 1, j] - big[:, i, j]) ** 2 for i in range(1, height + 1) for j in range(1, width + 1)]
        falling = [(big[:, i + 1, j + 1] - big[:, i, j]) ** 2 for i in range(height + 1) for j in range(width + 1)]
        rising = [(big[:, i + 1, j] - big[:, i, j + 1]) ** 2 for i in range(height + 1) for j in range(width + 1)]
        mean = lambda terms: torch.stack(terms).mean()
        return 2 * ((mean(right) + mean(below)) / 3 + (mean(falling) + mean(rising)) / 12)

    across, down = lambda i: i[:, :, 1:] - i[:, :, :-1], lambda i: i[:, 1:] - i[:, :-1]
    forms = {
        "l1": lambda i: across(i).abs().sum() + down(i).abs().sum(),
        "l2": lambda i: (across(i) ** 2).sum() + (down(i) ** 2).sum(),
        "ninePoint": nine_point,
    }
    cases = []
    for form, loss in forms.items():
        leaf = x.clone().requires_grad_()
        value = loss(leaf)
        value.backward()
        cases.append({"form": form, "value": float(value), "gradient": listed(leaf.grad)})
    return {"picture": listed(x), "cases": cases}


def matting():
    # Levin et al. 2008, equation 12, entry by entry.
    rng = np.random.default_rng(10)
    height, width = 5, 6
    content, x = rng.random((height, width, 3)), rng.random((height, width, 3))
    laplacian = np.zeros((height * width, height * width))
    for top in range(height - 2):
        for left in range(width - 2):
            places = [(top + i) * width + left + j for i in range(3) for j in range(3)]
            colors = content.reshape(-1, 3)[places]
            centered = colors - colors.mean(0)
            inverse = np.linalg.inv(centered.T @ centered / 9 + 1e-7 / 9 * np.eye(3))
            for i in range(9):
                for j in range(9):
                    laplacian[places[i], places[j]] += (i == j) - (1 + centered[i] @ inverse @ centered[j]) / 9
    v = x.reshape(-1, 3)
    value = np.trace(v.T @ laplacian @ v) / (height * width)
    gradient = (2 * laplacian @ v / (height * width)).reshape(height, width, 3).transpose(2, 0, 1)
    planar = lambda image: listed(torch.tensor(image.transpose(2, 0, 1).copy()))
    return {"content": planar(content), "picture": planar(x), "value": value, "gradient": [float(g) for g in gradient.flatten()]}


def guided():
    # He et al. 2013, equations 4 to 6 and 17, window by window, averaged over the windows that lie inside.
    rng = np.random.default_rng(11)
    height, width, size, epsilon = 6, 7, 3, 1e-4
    guide, v = rng.random((height, width, 3)), rng.random((height, width, 3))
    total, count = np.zeros((height, width, 3)), np.zeros((height, width, 1))
    for top in range(height - size + 1):
        for left in range(width - size + 1):
            rows, columns = slice(top, top + size), slice(left, left + size)
            colors, values = guide[rows, columns].reshape(-1, 3), v[rows, columns].reshape(-1, 3)
            mean, level = colors.mean(0), values.mean(0)
            covariance = (colors - mean).T @ (colors - mean) / size ** 2 + epsilon * np.eye(3)
            a = np.linalg.solve(covariance, (colors - mean).T @ (values - level) / size ** 2)
            total[rows, columns] += ((colors - mean) @ a + level).reshape(size, size, 3)
            count[rows, columns] += 1
    planar = lambda image: listed(torch.tensor(image.transpose(2, 0, 1).copy()))
    return {"guide": planar(guide), "picture": planar(v), "refined": planar(np.clip(total / count, 0, 1))}


def colors():
    # Gatys et al. 2017, section 5.3.
    rng = np.random.default_rng(12)
    style, content = torch.tensor(0.3 + 0.2 * rng.random((3, 4, 5))), torch.tensor(0.4 + 0.2 * rng.random((3, 5, 4)))

    def statistics(image):
        pixels = image.flatten(1)
        mean = pixels.mean(1, keepdim=True)
        return pixels, mean, (pixels - mean) @ (pixels - mean).T / pixels.shape[1] + 1e-5 * torch.eye(3)

    pixels, mean, s = statistics(style)
    _, goal, c = statistics(content)
    root = power(s, 0.5)
    maps = {
        "cholesky": torch.linalg.cholesky(c) @ torch.linalg.inv(torch.linalg.cholesky(s)),
        "pca": power(c, 0.5) @ power(s, -0.5),
        "symmetric": torch.linalg.inv(root) @ power(root @ c @ root, 0.5) @ torch.linalg.inv(root),
    }
    cases = [{"form": form, "matched": listed((a @ (pixels - mean) + goal).clamp(0, 1))} for form, a in maps.items()]
    return {"style": listed(style), "content": listed(content), "cases": cases}


def adam():
    x = torch.nn.Parameter(torch.full((1, 1, 2, 3), 0.5))
    curvature = torch.arange(1.0, 7.0).view(1, 1, 2, 3)
    optimizer = torch.optim.Adam([x], lr=0.02, betas=(0.9, 0.99))
    steps = []
    for _ in range(5):
        optimizer.zero_grad()
        (0.5 * curvature * (x - 0.1) ** 2).sum().backward()
        optimizer.step()
        steps.append(listed(x))
    return {"steps": steps}


def safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: torch.tensor(np.frombuffer(data[entry["data_offsets"][0]:entry["data_offsets"][1]], "<f4").reshape(entry["shape"]).astype(np.float64))
        for name, entry in header.items()
    }


def features(path):
    weights = safetensors(path)
    height, width = 48, 64
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    image = (0.5 + 0.5 * np.sin(0.9 * x + 1.7 * c) * np.cos(0.6 * y - 0.8 * c)).astype(np.float32).astype(np.float64)
    f = F.conv2d(torch.tensor(image).permute(2, 0, 1)[None], weights["conv0.weight"], weights["conv0.bias"])
    layers = {}
    for block, count in enumerate([2, 2, 4, 4, 1], 1):
        f = F.max_pool2d(f, 2) if block > 1 else f
        for index in range(1, count + 1):
            name = f"conv{block}{index}"
            if f"{name}.weight" not in weights:
                continue
            f = F.relu(F.conv2d(F.pad(f, (1, 1, 1, 1), "reflect"), weights[f"{name}.weight"], weights[f"{name}.bias"]))
            flat = f.flatten()
            picked = np.random.default_rng(block * 10 + index).choice(flat.numel(), 40, replace=False)
            layers[f"relu{block}_{index}"] = {
                "shape": list(f.shape),
                "mean": float(flat.mean()),
                "largest": float(flat.max()),
                "at": [int(i) for i in picked],
                "values": [float(np.float32(flat[int(i)])) for i in picked],
            }
    return {"width": width, "height": height, "layers": layers}


if __name__ == "__main__":
    if sys.argv[1:2] == ["features"]:
        result = features(sys.argv[2])
    else:
        result = {
            "styles": styles(), "sliced": sliced(), "contents": contents(), "variations": variations(), "matting": matting(),
            "guided": guided(), "colors": colors(), "adam": adam(),
        }
    json.dump(result, sys.stdout, separators=(",", ":"))
    print()
