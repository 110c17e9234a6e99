"""The measurements of ResNetBench in bench/Flambeau.Gpu, by PyTorch and torchvision: one line each, name|number|unit."""
import sys
import time
import torch
import torchvision

torch.backends.cudnn.benchmark = True
print(f"# {torch.cuda.get_device_name()}, PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}")
BATCH, WARM_UP, STEPS, REPEATS = 128, 6, 10, 3


def show(name, value, unit):
    print(f"{name}|{value:.3f}|{unit}", flush=True)


def precision(tf32):
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32


def network(last, low):
    torch.manual_seed(1)
    net = torchvision.models.resnet50().cuda()
    if last:
        net = net.to(memory_format=torch.channels_last)
    return net.bfloat16() if low else net


def train(kind, profile=False):
    precision(kind == "tf32")
    last, low = kind in ("bf16", "amp"), kind == "bf16"
    net = network(last, low)
    x = torch.randn(BATCH, 3, 224, 224, device="cuda")
    if last:
        x = x.contiguous(memory_format=torch.channels_last)
    if low:
        x = x.bfloat16()
    t = torch.randint(0, 1000, (BATCH,), device="cuda")
    sgd = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)

    def step():
        sgd.zero_grad()
        with torch.autocast("cuda", torch.bfloat16, enabled=kind == "amp"):
            loss = torch.nn.functional.cross_entropy(net(x).float(), t)
        loss.backward()
        sgd.step()
        return loss

    for _ in range(WARM_UP):
        loss = step()
    torch.cuda.synchronize()
    if profile:
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as p:
            step()
            torch.cuda.synchronize()
        print(p.key_averages().table(sort_by="cuda_time_total", row_limit=60, max_name_column_width=110))
        return
    torch.cuda.reset_peak_memory_stats()
    times, host = [], 0
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(STEPS):
            loss = step()
        host = (time.perf_counter() - start) * 1e3 / STEPS
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) / STEPS)
    show(f"resnet50 train {kind}", BATCH / sorted(times)[1], "images/s")
    show(f"resnet50 train {kind}, host", host, "ms")
    show(f"resnet50 train {kind}, peak", torch.cuda.max_memory_allocated() / 2**30, "GiB")
    show(f"resnet50 train {kind}, loss", loss.item(), "")


def infer(n):
    precision(True)
    net = network(False, False).eval()
    x = torch.randn(n, 3, 224, 224, device="cuda")
    with torch.no_grad():
        for _ in range(100):
            net(x)
        torch.cuda.synchronize()
        times = []
        for _ in range(30):
            start = time.perf_counter()
            for _ in range(5):
                net(x)
            torch.cuda.synchronize()
            times.append((time.perf_counter() - start) * 200)
    show(f"resnet50 infer eager tf32, batch {n}", sorted(times)[15], "ms")


which = sys.argv[1:] or ["fp32", "tf32", "bf16", "amp", "infer"]
if which[0] == "profile":
    train(which[1], profile=True)
    which = []
for w in which:
    if w == "infer":
        infer(1)
        infer(32)
    else:
        train(w)
    torch.cuda.empty_cache()
