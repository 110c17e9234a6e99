"""The measurements of bench/Flambeau.Gpu with the argument breadth, by PyTorch."""
import time
import torch
import torch.nn.functional as F

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
print(f"# {torch.cuda.get_device_name()}, PyTorch {torch.__version__}")


def show(name, value, unit):
    print(f"{name}|{value:.3f}|{unit}")


def device(run, count=10):
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


def draw(dtype, *sizes):
    return torch.randn(sizes, device="cuda").to(dtype)


def speed(name, total, run):
    show(name, total / device(run) / 1e12, "TB/s")


def ms(name, run, count=10):
    show(name, 1e3 * device(run, count), "ms")


bf16, f32 = torch.bfloat16, torch.float32
label = {bf16: "bfloat16", f32: "float32"}
for dtype, rows, n in [(f32, 65536, 4096), (bf16, 65536, 4096), (bf16, 16384, 768)]:
    size, name = rows * n * dtype.itemsize, f"{label[dtype]} {rows} x {n}"
    x, dy, w, b = draw(dtype, rows, n), draw(dtype, rows, n), draw(dtype, n).requires_grad_(), draw(dtype, n).requires_grad_()
    with torch.no_grad():
        speed(f"sum rows {name}", size, lambda: x.sum(1))
        speed(f"softmax {name}", 2 * size, lambda: x.softmax(1))
        speed(f"layer_norm {name}", 2 * size, lambda: F.layer_norm(x, (n,), w, b))
        speed(f"rms_norm {name}", 2 * size, lambda: F.rms_norm(x, (n,), w))
        speed(f"dropout {name}", 2 * size, lambda: F.dropout(x, 0.1))
    x.requires_grad_()
    y = F.layer_norm(x, (n,), w, b)
    speed(f"layer_norm gradient {name}", 3 * size, lambda: torch.autograd.grad(y, [x, w, b], dy, retain_graph=True))
    y = x.softmax(1)
    speed(f"softmax gradient {name}", 3 * size, lambda: torch.autograd.grad(y, [x], dy, retain_graph=True))
del x, dy, y
x, at = draw(bf16, 8192, 50257).requires_grad_(), torch.randint(50257, (8192,), device="cuda")
ms("cross_entropy forward and backward, bfloat16 8192 x 50257", lambda: torch.autograd.grad(F.cross_entropy(x, at), [x]), 5)
w, dy = draw(bf16, 50257, 768).requires_grad_(), draw(bf16, 8192, 768)
ms("embedding forward and backward, bfloat16 50257 x 768, 8192", lambda: torch.autograd.grad(F.embedding(at, w), [w], dy))
for dtype, n, heads, t, d in [(bf16, 16, 12, 1024, 64), (bf16, 4, 16, 4096, 128), (f32, 4, 12, 1024, 64)]:
    q, k, v = (draw(dtype, n, heads, t, d).requires_grad_() for _ in range(3))
    dy, flops, name = draw(dtype, n, heads, t, d), 2.0 * n * heads * t * t * d, f"attention, causal, {label[dtype]} {n} x {heads} x {t} x {d}"
    with torch.no_grad():
        show(name, flops / device(lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)) / 1e12, "TFLOP/s")
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    show(name + ", gradient", 2.5 * flops / device(lambda: torch.autograd.grad(y, [q, k, v], dy, retain_graph=True), 5) / 1e12, "TFLOP/s")
with torch.no_grad():
    x = draw(f32, 1 << 24)
    ms("cumsum, 16M", lambda: x.cumsum(0))
    ms("sort, 16M", lambda: x.sort(), 3)
    rows = x.reshape(16384, 1024)
    ms("sort rows, 16384 x 1024", lambda: rows.sort(), 5)
    ms("topk 50 of rows, 16384 x 1024", lambda: rows.topk(50), 5)
lstm, sequence = torch.nn.LSTM(512, 512, num_layers=2).cuda(), draw(f32, 100, 64, 512)


def step():
    lstm.zero_grad()
    lstm(sequence)[0].sum().backward()


ms("LSTM 2 x 512, T 100, B 64, forward and backward", step, 5)
