"""The measurements of bench/Flambeau.Gpu, by PyTorch: one line each, name|number|unit."""
import time
import torch

torch.backends.cuda.matmul.allow_tf32 = False
print(f"# {torch.cuda.get_device_name()}, PyTorch {torch.__version__}")
d = "cuda"


def show(name, value, unit):
    print(f"{name}|{value:.3f}|{unit}")


def host(name, run, count=2000):
    for _ in range(count):
        run()
    torch.cuda.synchronize()
    times = []
    for _ in range(11):
        t = time.perf_counter()
        for _ in range(count):
            run()
        times.append((time.perf_counter() - t) * 1e6 / count)
        torch.cuda.synchronize()
    show(name, sorted(times)[5], "us")


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


with torch.no_grad():
    x, y, m = torch.randn(16, device=d), torch.randn(16, device=d), torch.randn(16, 16, device=d)
    host("x + y, 16 floats", lambda: x + y)
    host("x * 2, 16 floats", lambda: x * 2)
    host("relu, 16 floats", lambda: x.relu())
    host("x.sum(), 16 floats", lambda: x.sum())
    host("mm, 16 x 16", lambda: m.mm(m))
    host("softmax, 16 x 16", lambda: m.softmax(1))
    host("view, 16 x 16", lambda: m.permute(1, 0))
    big, into, gib = torch.randn(1 << 28, device=d), torch.empty(1 << 28, device=d), (1 << 30) / 1e12
    rows = big.reshape(1 << 16, 1 << 12)
    show("copy, 1 GiB", 2 * gib / device(lambda: into.copy_(big), 5), "TB/s")
    show("x + x, 1 GiB", 2 * gib / device(lambda: big + big, 5), "TB/s")
    show("exp, 1 GiB", 2 * gib / device(lambda: big.exp(), 5), "TB/s")
    show("sum, 1 GiB", gib / device(lambda: big.sum(), 5), "TB/s")
    show("sum rows, 65536 x 4096", gib / device(lambda: rows.sum(1), 5), "TB/s")
    show("sum columns, 65536 x 4096", gib / device(lambda: rows.sum(0), 5), "TB/s")
    show("softmax, 65536 x 4096", 2 * gib / device(lambda: rows.softmax(1), 5), "TB/s")
    show("layer_norm, 65536 x 4096", 2 * gib / device(lambda: torch.nn.functional.layer_norm(rows, (4096,)), 5), "TB/s")
    show("transpose copy, 65536 x 4096", 2 * gib / device(lambda: rows.permute(1, 0).contiguous(), 5), "TB/s")
    a, b, flops = torch.randn(8192, 8192, device=d), torch.randn(8192, 8192, device=d), 2 * 8192**3 / 1e12
    show("mm 8192 fp32", flops / device(lambda: a.mm(b), 3), "TFLOP/s")
    torch.backends.cuda.matmul.allow_tf32 = True
    show("mm 8192 tf32", flops / device(lambda: a.mm(b), 5), "TFLOP/s")
    a, b = a.bfloat16(), b.bfloat16()
    show("mm 8192 bf16", flops / device(lambda: a.mm(b), 5), "TFLOP/s")
