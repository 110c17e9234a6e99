"""The measurements of bench/Flambeau.Gpu with the argument "compiled", by PyTorch: one line each, name|number|unit."""
import time
import torch
from torch import nn

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
print(f"# {torch.cuda.get_device_name()}, PyTorch {torch.__version__}")
d = "cuda"


def device(run, count):
    for _ in range(3):
        run()
    torch.cuda.synchronize()
    times = []
    for _ in range(7):
        t = time.perf_counter()
        for _ in range(count):
            run()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - t) / count)
    return sorted(times)[3]


def show(name, value, unit):
    print(f"{name}|{value:.3f}|{unit}", flush=True)


def ms(name, run, count=10):
    show(name, 1e3 * device(run, count), "ms")


hidden, batch, steps = 512, 64, 100
p = [torch.randn(hidden, 4 * hidden, device=d) * 0.05, torch.randn(hidden, 4 * hidden, device=d) * 0.05, torch.randn(4 * hidden, device=d)]
for w in p:
    w.requires_grad_()
x = torch.randn(steps, batch, hidden, device=d)


def cell(x):
    h, c = x.new_zeros(batch, hidden), x.new_zeros(batch, hidden)
    for t in range(steps):
        g = x[t] @ p[0] + h @ p[1] + p[2]
        i, f, u, o = (g.narrow(1, k * hidden, hidden) for k in range(4))
        c = f.sigmoid() * c + i.sigmoid() * u.tanh()
        h = o.sigmoid() * c.tanh()
    return h


def train():
    for w in p:
        w.grad = None
    cell(x).sum().backward()


for _ in range(30):
    train()
ms("LSTM cell loop, forward+backward, eager", train, 3)
with torch.no_grad():
    ms("LSTM cell loop, forward, eager", lambda: cell(x), 3)
    layers = []
    for _ in range(12):
        layers += [nn.Linear(512, 512), nn.GELU(), nn.LayerNorm(512)]
    mlp, small = nn.Sequential(*layers).to(d).eval(), torch.randn(16, 512, device=d)
    ms("MLP of 12 layers of 512, batch 16, eager", lambda: mlp(small), 50)
    try:
        import torchvision

        for name, make in (("ResNet-18", torchvision.models.resnet18), ("ResNet-50", torchvision.models.resnet50)):
            net, image = make().to(d).eval(), torch.randn(1, 3, 224, 224, device=d)
            ms(f"{name} inference, batch 1, eager", lambda: net(image), 10)
    except ImportError:
        print("# no torchvision here")
    big, gib = torch.randn(1 << 27, device=d), (1 << 29) / 1e12
    into = torch.empty_like(big)
    show("copy, 512 MiB", 2 * gib / device(lambda: into.copy_(big), 10), "TB/s")
    rows = big.reshape(1 << 16, 1 << 11)
    show("pointwise chain, 512 MiB, eager", 2 * gib / device(lambda: (big * 2 + 1).sigmoid() * big - big.abs().sqrt(), 5), "TB/s")


    def norm(v):
        e = v - v.mean(1, keepdim=True)
        return e / (e.square().mean(1, keepdim=True) + 1e-5).sqrt()

    show("norm of rows by hand, 65536 x 2048, eager", 2 * gib / device(lambda: norm(rows), 5), "TB/s")
    show("norm of rows by hand, 1048576 x 128, eager", 2 * gib / device(lambda: norm(big.reshape(1 << 20, 1 << 7)), 5), "TB/s")
