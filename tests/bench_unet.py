#!/usr/bin/env python3
"""bench_unet.py -- the U-Net of docs/unet.md in PyTorch: does it compute the same, and how fast is it?

usage: bench_unet.py check FILE                  outputs and gradients against those in a checkpoint
       bench_unet.py train WIDTH SECONDS THREADS    images/s of whole training steps, batch 64
       bench_unet.py sample WIDTH SECONDS THREADS   images/s of sampling steps, 64 images at a time

The training step is that of src/train/trainer.h: draw x_0 (a stripe), t and eps; forward; L_simple;
backward; Adam; average.  The best of five stretches counts, as in bench_unet.c.
BENCH_CLOCK=cpu measures processor time: for one thread on a busy machine."""
import hashlib
import json
import math
import os
import struct
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

T = 1000


class Block(nn.Module):
    def __init__(self, before, after, hidden):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups(before), before, eps=1e-5)
        self.conv1 = nn.Conv2d(before, after, 3, padding=1)
        self.time = nn.Linear(hidden, after)
        self.norm2 = nn.GroupNorm(groups(after), after, eps=1e-5)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1)
        if before != after:
            self.shortcut = nn.Conv2d(before, after, 1)

    def forward(self, x, e):
        h = self.conv1(F.silu(self.norm1(x))) + self.time(e)[:, :, None, None]
        h = self.conv2(F.silu(self.norm2(h)))
        return h + (self.shortcut(x) if hasattr(self, "shortcut") else x)


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(groups(channels), channels, eps=1e-5)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.last = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        n, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(n, 3, c, h * w).unbind(1)
        p = torch.softmax(torch.bmm(q.transpose(1, 2), k) / math.sqrt(c), dim=2)
        return x + self.last(torch.bmm(v, p.transpose(1, 2)).reshape(n, c, h, w))


def groups(channels):
    return max(g for g in range(1, 9) if channels % g == 0)


class Unet(nn.Module):
    def __init__(self, width, mult=(1, 2, 4), blocks=1, attention=True, embed=None, channels=1, out=1):
        super().__init__()
        embed, hidden, levels = embed or width, 4 * width, len(mult)
        c = [width * m for m in mult]
        half = embed // 2
        w = torch.exp(-math.log(10000.0) * torch.arange(half, dtype=torch.float64) / max(half - 1, 1))
        angle = torch.arange(T + 1, dtype=torch.float64)[:, None] * w[None, :]
        self.register_buffer("table", torch.cat([angle.sin(), angle.cos()], 1).float(), persistent=False)
        self.time = nn.ModuleList([nn.Linear(embed, hidden), nn.Linear(hidden, hidden)])
        self.conv_in = nn.Conv2d(channels, c[0], 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        self.downsample, self.upsample = nn.ModuleList(), nn.ModuleList([nn.Identity()])
        now = c[0]
        for l in range(levels):
            self.down.append(nn.ModuleList([Block(now if b == 0 else c[l], c[l], hidden) for b in range(blocks)]))
            now = c[l]
            if l + 1 < levels:
                self.downsample.append(nn.Conv2d(now, now, 3, stride=2, padding=1))
        self.mid = nn.ModuleList([Block(now, now, hidden), Block(now, now, hidden)])
        self.attention = Attention(now) if attention else nn.Identity()
        for l in range(levels):
            self.up.append(nn.ModuleList([Block(2 * c[l], c[l], hidden) for b in range(blocks)]))
            if l > 0:
                self.upsample.append(nn.Conv2d(c[l], c[l - 1], 3, padding=1))
        self.norm_out = nn.GroupNorm(groups(c[0]), c[0], eps=1e-5)
        self.conv_out = nn.Conv2d(c[0], out, 3, padding=1)

    def forward(self, x, t):
        e = F.silu(self.time[1](F.silu(self.time[0](self.table[t]))))
        h, kept = self.conv_in(x), []
        for l, level in enumerate(self.down):
            for block in level:
                h = block(h, e)
                kept.append(h)
            if l + 1 < len(self.down):
                h = self.downsample[l](h)
        h = self.mid[1](self.attention(self.mid[0](h, e)), e)
        for l in reversed(range(len(self.up))):
            for block in self.up[l]:
                h = block(torch.cat([h, kept.pop()], 1), e)
            if l > 0:
                h = self.upsample[l](F.interpolate(h, scale_factor=2, mode="nearest"))
        return self.conv_out(F.silu(self.norm_out(h)))


def read(path):
    """A checkpoint by docs/ddpm.md alone."""
    data = open(path, "rb").read()
    n = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + n])
    seal = header.pop("__metadata__")["sha256"].encode()
    assert hashlib.sha256(data.replace(seal, b"0" * 64, 1)).hexdigest().encode() == seal, "seal"
    kinds = {"F16": torch.float16, "F32": torch.float32, "F64": torch.float64, "I64": torch.int64}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(bytearray(data[8 + n + begin : 8 + n + end]), dtype=kinds[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def check(path):
    tensors = read(path)
    given = {name: tensors.pop(name) for name in ("x", "t", "out", "d_out")}
    gradients = {name[9:]: v for name, v in tensors.items() if name.startswith("gradient.")}
    parameters = {name: v for name, v in tensors.items() if not name.startswith("gradient.")}
    worst = {}
    for kind in (torch.float64, torch.float32):
        net = Unet(parameters["conv_in.bias"].numel())
        net.load_state_dict(parameters)  # refuses a missing, an additional or a misshapen tensor
        net.to(kind)
        out = net(given["x"].to(kind), given["t"])
        out.backward(given["d_out"].to(kind))
        errors = [((out - given["out"]).norm() / out.norm()).item()]
        for name, p in net.named_parameters():
            errors.append(((p.grad - gradients[name]).norm() / p.grad.norm()).item())
        worst[kind] = errors[0], max(errors[1:])
        print("  against PyTorch in %s: forward %.1e, worst of %d gradients %.1e (relative L2 norm)"
              % (str(kind)[6:], errors[0], len(errors) - 1, max(errors[1:])))
    if not all(forward <= 1e-5 and backward <= 1e-4 for forward, backward in worst.values()):
        sys.exit("bench_unet.py: the networks disagree")


def stretches(seconds, step):
    now = time.process_time if os.environ.get("BENCH_CLOCK") == "cpu" else time.monotonic
    best = 0.0
    for stretch in range(6):  # the first one warms up
        begin, steps = now(), 0
        while now() - begin < seconds / 6:
            step()
            steps += 1
        if stretch > 0:
            best = max(best, 64 * steps / (now() - begin))
    return best


def schedule():
    beta = torch.linspace(1e-4, 0.02, T, dtype=torch.float64)
    beta = torch.cat([torch.zeros(1, dtype=torch.float64), beta])
    return beta, torch.cumprod(1 - beta, 0)


def train(net, seconds):
    _, alpha_bar = schedule()
    signal, noise = alpha_bar.sqrt().float(), (1 - alpha_bar).sqrt().float()
    parameters = list(net.parameters())
    average = [p.detach().clone() for p in parameters]
    adam = torch.optim.Adam(parameters, lr=2e-3, foreach=True)

    def step():
        x_0 = -torch.ones(64, 1, 28, 28)
        x_0[torch.arange(64), 0, :, torch.randint(28, (64,))] = 1
        t = torch.randint(1, T + 1, (64,))
        eps = torch.randn_like(x_0)
        x_t = signal[t][:, None, None, None] * x_0 + noise[t][:, None, None, None] * eps
        adam.zero_grad(set_to_none=True)
        F.mse_loss(net(x_t, t), eps).backward()
        adam.step()
        with torch.no_grad():
            torch._foreach_mul_(average, 0.999)
            torch._foreach_add_(average, parameters, alpha=0.001)

    return stretches(seconds, step)


def sample(net, seconds):
    beta, alpha_bar = schedule()
    x, t = torch.randn(64, 1, 28, 28), [T]

    @torch.no_grad()
    def step():
        k = t[0]
        eps = net(x, torch.full((64,), k))
        x.sub_(eps * float(beta[k] / (1 - alpha_bar[k]).sqrt())).mul_(float((1 - beta[k]).rsqrt()))
        if k > 1:
            x.add_(torch.randn_like(x), alpha=float(beta[k].sqrt()))
        t[0] = k - 1 if k > 1 else T

    return stretches(seconds, step)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "check":
        check(sys.argv[2])
    else:
        torch.set_num_threads(int(sys.argv[4]))
        torch.manual_seed(1)
        work = {"train": train, "sample": sample}[sys.argv[1]]
        print("%.1f" % work(Unet(int(sys.argv[2])), float(sys.argv[3])))
