#!/usr/bin/env python3
"""The training steps of bench/Flambeau.Bench in PyTorch on the CPU.

usage: cpu_training.py THREADS SECONDS [PART OF A NAME]
One line a workload: name, median milliseconds of a training step, quartiles.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b)
        self.conv2, self.bn2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b)
        self.down = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b)) if stride != 1 or a != b else nn.Identity()

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))
        return F.relu(y.add_(self.down(x)), inplace=True)


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
        sizes = [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]
        self.blocks = nn.Sequential(*[Block(*s) for s in sizes])
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        return self.fc(F.adaptive_avg_pool2d(self.blocks(self.stem(x)), 1).flatten(1))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.TransformerEncoderLayer(256, 8, 1024, dropout=0.0) for _ in range(4))
        self.head = nn.Linear(256, 10)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.head(x.mean(0))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(256, 256, 2), nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1])


class GptBlock(nn.Module):
    def __init__(self, width=384):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        n, t, w = x.shape
        q, k, v = self.qkv(self.ln1(x)).reshape(n, t, 3, 6, w // 6).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(n, t, w))
        return x + self.down(F.gelu(self.up(self.ln2(x))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(4096, 384), nn.Embedding(128, 384)
        self.blocks = nn.Sequential(*[GptBlock() for _ in range(6)])
        self.norm, self.head = nn.LayerNorm(384), nn.Linear(384, 4096, bias=False)

    def forward(self, ids):
        return self.head(self.norm(self.blocks(self.tokens(ids) + self.positions.weight))).reshape(-1, 4096)


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))


def conv_net():
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))


WORK = [
    ("MLP 784-512-512-10, b64, SGD", mlp, (64, 784), 64, 10, "sgd"),
    ("conv32-conv64-pool-fc128-fc10, b64, SGD", conv_net, (64, 1, 28, 28), 64, 10, "sgd"),
    ("ResNet-18, b64 at 32², SGD", ResNet18, (64, 3, 32, 32), 64, 1000, "sgd"),
    ("ResNet-18, b4 at 224², SGD", ResNet18, (4, 3, 224, 224), 4, 1000, "sgd"),
    ("transformer encoder 4×256, T64 b8, Adam", Encoder, (64, 8, 256), 8, 10, "adam"),
    ("LSTM 2×256, T50 b32, Adam", Lstm, (50, 32, 256), 32, 10, "adam"),
    ("GPT decoder 6×384, T128 b4, AdamW", Gpt, (4, 128), 512, 4096, "adamw"),
]


def main():
    threads, seconds, part = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    torch.set_num_threads(threads)
    for name, make, shape, targets, classes, rule in WORK:
        if part.lower() not in name.lower():
            continue
        torch.manual_seed(1)
        net = make()
        opt = {"sgd": lambda p: torch.optim.SGD(p, 0.01, momentum=0.9), "adam": lambda p: torch.optim.Adam(p, 1e-4),
               "adamw": lambda p: torch.optim.AdamW(p, 1e-4)}[rule](net.parameters())
        x = torch.randint(4096, shape) if make is Gpt else torch.randn(shape)
        y = torch.randint(classes, (targets,))

        def step():
            opt.zero_grad()
            F.cross_entropy(net(x), y).backward()
            opt.step()

        start = time.perf_counter()
        while time.perf_counter() - start < seconds / 2:
            step()
        times, start = [], time.perf_counter()
        while len(times) < 5 or time.perf_counter() - start < seconds:
            t = time.perf_counter()
            step()
            times.append((time.perf_counter() - t) * 1e3)
        times.sort()
        n = len(times)
        print(f"pytorch | {threads} | {name} | {times[n // 2]:.2f} | {times[n // 4]:.2f}–{times[n * 3 // 4]:.2f}", flush=True)


if __name__ == "__main__":
    main()
