#!/usr/bin/env python3
"""bench_mlp.py -- training steps per second of the default MLP in PyTorch; the other side of bench_mlp.c.

usage: bench_mlp.py SECONDS BATCH THREADS FOREACH

The same step as src/train/trainer.c: draw x_0 (ring of eight), t and eps; forward; L_simple; backward;
Adam; average of the parameters.  One line: steps per second, and the loss at the end.  The best stretch
of a tenth of a second counts, after a tenth of the time to warm up."""
import math
import sys
import time

import torch

seconds, batch, threads, foreach = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "1"
torch.set_num_threads(threads)
torch.manual_seed(1)
T, embed, width, depth, D = 1000, 128, 128, 4, 2


class Mlp(torch.nn.Module):
    def __init__(self):
        super().__init__()
        h = embed // 2
        w = torch.exp(-math.log(10000.0) * torch.arange(h) / (h - 1))
        angle = torch.arange(T + 1)[:, None] * w[None, :]
        self.register_buffer("table", torch.cat([torch.sin(angle), torch.cos(angle)], 1))
        sizes = [D + embed] + depth * [width] + [D]
        self.layers = torch.nn.ModuleList([torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])])

    def forward(self, x, t):
        h = torch.cat([x, self.table[t]], 1)
        for layer in self.layers[:-1]:
            h = torch.nn.functional.silu(layer(h))
        return self.layers[-1](h)


beta = torch.linspace(1e-4, 0.02, T, dtype=torch.float64)
alpha_bar = torch.cat([torch.ones(1), torch.cumprod(1 - beta, 0)])
signal, noise = alpha_bar.sqrt().float(), (1 - alpha_bar).sqrt().float()
net = Mlp()
parameters = list(net.parameters())
average = [p.detach().clone() for p in parameters]
adam = torch.optim.Adam(parameters, lr=2e-3, foreach=foreach)


def step(k):
    angle = torch.randint(8, (batch,)) * (math.pi / 4)
    x_0 = torch.stack([angle.cos(), angle.sin()], 1) + 0.1 * torch.randn(batch, D)
    t = torch.randint(1, T + 1, (batch,))
    eps = torch.randn(batch, D)
    x_t = signal[t][:, None] * x_0 + noise[t][:, None] * eps
    loss = torch.nn.functional.mse_loss(net(x_t, t), eps)
    adam.zero_grad(set_to_none=True)
    loss.backward()
    adam.step()
    keep = min(0.999, k / (k + 3))
    with torch.no_grad():
        torch._foreach_mul_(average, keep)
        torch._foreach_add_(average, parameters, alpha=1 - keep)
    return loss


k, best, start = 0, 0.0, time.monotonic()
while time.monotonic() - start < seconds:
    begin, steps = time.monotonic(), 0
    while time.monotonic() - begin < 0.1:
        loss = step(k)
        k, steps = k + 1, steps + 1
    if begin - start > seconds / 10:
        best = max(best, steps / (time.monotonic() - begin))
print(f"{best:.1f} {loss.item():.4f}")
