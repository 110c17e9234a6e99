"""The measurements of Gpt2Bench in bench/Flambeau.Gpu, by PyTorch: one line each, name|number|unit. Arguments: the file for weights and tokens, then fp32, amp, bf16, compiled (which is amp by torch.compile), or nothing for the first three."""
import sys
import time
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

LAYERS, HEADS, WIDTH, VOCABULARY, ROWS, TOKENS, CURVE_STEPS, STEPS, REPEATS = 12, 12, 768, 50304, 16, 1024, 20, 10, 3


def show(name, value, unit):
    print(f"{name}|{value:.6f}|{unit}", flush=True)


def begin():
    torch.manual_seed(1)
    w = {"tokens": torch.randn(VOCABULARY, WIDTH) * 0.02, "places": torch.randn(TOKENS, WIDTH) * 0.02}

    def norm(name):
        w[name + ".weight"], w[name + ".bias"] = torch.ones(WIDTH), torch.zeros(WIDTH)

    def linear(name, a, b, deviation=0.02):
        w[name + ".weight"], w[name + ".bias"] = torch.randn(b, a) * deviation, torch.zeros(b)

    for i in range(LAYERS):
        norm(f"{i}.norm1")
        linear(f"{i}.qkv", WIDTH, 3 * WIDTH)
        linear(f"{i}.projection", WIDTH, WIDTH, 0.02 / (2 * LAYERS) ** 0.5)
        norm(f"{i}.norm2")
        linear(f"{i}.up", WIDTH, 4 * WIDTH)
        linear(f"{i}.down", 4 * WIDTH, WIDTH, 0.02 / (2 * LAYERS) ** 0.5)
    norm("norm")
    # some tokens are frequent, so there is something to learn
    data = (torch.rand(CURVE_STEPS, ROWS, TOKENS + 1) ** 4 * 50257).long()
    return w, data


def forward(w, ids, places):
    n, t = ids.shape
    x = F.embedding(ids, w["tokens"]) + F.embedding(places, w["places"])

    def norm(v, name):
        return F.layer_norm(v, (WIDTH,), w[name + ".weight"], w[name + ".bias"])

    def linear(v, name):
        return F.linear(v, w[name + ".weight"], w[name + ".bias"])

    for i in range(LAYERS):
        q, k, v = (p.reshape(n, t, HEADS, WIDTH // HEADS).transpose(1, 2) for p in linear(norm(x, f"{i}.norm1"), f"{i}.qkv").split(WIDTH, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + linear(y.transpose(1, 2).reshape(n, t, WIDTH), f"{i}.projection")
        x = x + linear(F.gelu(linear(norm(x, f"{i}.norm2"), f"{i}.up"), approximate="tanh"), f"{i}.down")
    return F.linear(norm(x, "norm"), w["tokens"])


def train(start, data, kind):
    torch.backends.cuda.matmul.allow_tf32 = False
    kept = torch.bfloat16 if kind == "bf16" else torch.float32
    w = {k: v.to(kept).cuda().requires_grad_() for k, v in start.items()}
    data = data.cuda()
    places = torch.arange(TOKENS, device="cuda")
    optimizer = torch.optim.AdamW([w[k] for k in sorted(w)], lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)

    run = torch.compile(forward) if kind == "compiled" else forward

    def step(i):
        batch = data[i % CURVE_STEPS]
        optimizer.zero_grad()
        with torch.autocast("cuda", torch.bfloat16, enabled=kind in ("amp", "compiled")):
            loss = F.cross_entropy(run(w, batch[:, :TOKENS], places).reshape(ROWS * TOKENS, -1), batch[:, 1:].reshape(ROWS * TOKENS))
        loss.backward()
        optimizer.step()
        return loss

    first = time.perf_counter()
    for i in range(CURVE_STEPS):
        show(f"gpt2 {kind}, loss {i}", step(i).item(), "")
        if i == 2:
            show(f"gpt2 {kind}, first three steps", time.perf_counter() - first, "s")
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    times, host = [], 0
    for _ in range(REPEATS):
        start = time.perf_counter()
        for i in range(STEPS):
            step(i)
        host = (time.perf_counter() - start) * 1e3 / STEPS
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1e3 / STEPS)
    show(f"gpt2 {kind}", sorted(times)[1], "ms")
    show(f"gpt2 {kind}, host", host, "ms")
    show(f"gpt2 {kind}, peak", torch.cuda.max_memory_allocated() / 2**30, "GiB")
    del w, optimizer, data
    torch.cuda.empty_cache()


print(f"# {torch.cuda.get_device_name()}, PyTorch {torch.__version__}")
weights, batches = begin()
save_file({**weights, "data": batches}, sys.argv[1])
for which in sys.argv[2:] or ["fp32", "amp", "bf16"]:
    train(weights, batches, which)
