// The CUDA driver and NVRTC on a machine without a GPU: memory is host memory, kernels are compiled by g++ and run thread by thread. For tests only; nothing here is fast.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <ucontext.h>
#include <unistd.h>
#include <vector>

typedef void* Any;
struct Dim { unsigned x, y, z; };
struct Module { void* library; Dim *block, *thread, *blocks, *threads; };
struct Function { Module* module; void (*body)(const void*); bool synchronizes; };

// Threads of a block that meet at barriers are coroutines; a barrier is a yield, and a round through all of them.
static std::recursive_mutex gate;
static ucontext_t scheduler;
static std::vector<ucontext_t> threads;
static std::vector<char*> stacks;
static std::vector<bool> finished;
static int current;
static Function* running;
static const void* parameters;
static void barrier() { int mine = current; swapcontext(&threads[mine], &scheduler); }
static void enter() { running->body(parameters); finished[current] = true; swapcontext(&threads[current], &scheduler); }

// While a stream is captured, work on it is noted down; waiting for it, and copies from and to the host, are refused.
struct Graph { std::vector<std::function<void()>> work; };
static std::mutex captures;
static std::map<Any, Graph*> captured;
static Graph* capture(Any stream) { std::lock_guard<std::mutex> lock(captures); auto found = captured.find(stream); return found == captured.end() ? nullptr : found->second; }
static int later(Any stream, std::function<void()> work)
{
    if (auto graph = capture(stream)) graph->work.push_back(work);
    else work();
    return 0;
}
bool note(Any stream, std::function<void()> work) { auto graph = capture(stream); if (graph) graph->work.push_back(work); return graph; }
const int Unsupported = 900, Invalid = 901;

static std::string scratch(const char* kind)
{
    static std::atomic<int> count{0};
    const char* folder = getenv("TMPDIR");
    return std::string(folder ? folder : "/tmp") + "/flambeau_" + kind + "_" + std::to_string(getpid()) + "_" + std::to_string(count++);
}

static int text(char* to, int length, const char* what) { snprintf(to, length, "%s", what); return 0; }

extern "C" {
int cuInit(unsigned) { return 0; }
int cuDriverGetVersion(int* v) { *v = 13000; return 0; }
int cuDeviceGetCount(int* n) { *n = 1; return 0; }
int cuDeviceGet(int* device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char* name, int length, int) { return text(name, length, "CPU in place of a GPU"); }
int cuDeviceGetAttribute(int* v, int a, int) { *v = a == 75 ? 9 : a == 76 ? 0 : a == 16 ? 4 : a == 97 ? 200000 : 0; return 0; }
int cuDeviceTotalMem_v2(size_t* n, int) { *n = 1ull << 33; return 0; }
int cuDevicePrimaryCtxRetain(Any* context, int) { *context = (Any)1; return 0; }
int cuCtxSetCurrent(Any) { return 0; }
int cuCtxSynchronize() { return 0; }
// what was never written is no plausible number
int cuMemAlloc_v2(Any* p, size_t n) { *p = aligned_alloc(512, (n + 511) / 512 * 512); if (*p) memset(*p, 0x7b, n); return *p ? 0 : 2; }
int cuMemFree_v2(Any p) { free(p); return 0; }
int cuMemGetInfo_v2(size_t* left, size_t* total) { *left = *total = 1ull << 33; return 0; }
int cuMemHostAlloc(Any* p, size_t n, unsigned) { *p = aligned_alloc(512, (n + 511) / 512 * 512); return 0; }
int cuMemFreeHost(Any p) { free(p); return 0; }
int cuMemcpyHtoDAsync_v2(Any to, Any from, size_t n, Any stream) { if (capture(stream)) return Unsupported; memcpy(to, from, n); return 0; }
int cuMemcpyDtoHAsync_v2(Any to, Any from, size_t n, Any stream) { if (capture(stream)) return Unsupported; memcpy(to, from, n); return 0; }
int cuMemcpyDtoDAsync_v2(Any to, Any from, size_t n, Any stream) { return later(stream, [=] { memmove(to, from, n); }); }
int cuMemsetD8Async(Any p, unsigned char v, size_t n, Any stream) { return later(stream, [=] { memset(p, v, n); }); }
int cuStreamCreate(Any* s, unsigned) { static std::atomic<long> next{2}; *s = (Any)(next++); return 0; }
int cuStreamBeginCapture_v2(Any s, int) { std::lock_guard<std::mutex> lock(captures); if (captured.count(s)) return Invalid; captured[s] = new Graph; return 0; }
int cuStreamEndCapture(Any s, Graph** graph) { std::lock_guard<std::mutex> lock(captures); if (!captured.count(s)) return Invalid; *graph = captured[s]; captured.erase(s); return 0; }
int cuGraphGetNodes(Graph* graph, Any*, size_t* n) { *n = graph->work.size(); return 0; }
int cuGraphInstantiateWithFlags(Graph** executable, Graph* graph, unsigned long long) { *executable = new Graph(*graph); return 0; }
int cuGraphLaunch(Graph* executable, Any stream) { if (capture(stream)) return Unsupported; for (auto& work : executable->work) work(); return 0; }
int cuGraphExecDestroy(Graph* executable) { delete executable; return 0; }
int cuGraphDestroy(Graph* graph) { delete graph; return 0; }
int cuStreamDestroy_v2(Any) { return 0; }
int cuStreamSynchronize(Any s) { return capture(s) ? Unsupported : 0; }
int cuStreamWaitEvent(Any, Any, unsigned) { return 0; }
int cuEventCreate(Any* e, unsigned) { *e = (Any)3; return 0; }
int cuEventDestroy_v2(Any) { return 0; }
int cuEventRecord(Any, Any) { return 0; }
int cuEventQuery(Any) { return 0; }
int cuEventSynchronize(Any) { return 0; }
int cuEventElapsedTime(float* ms, Any, Any) { *ms = 1; return 0; }
int cuGetErrorName(int, const char** n) { *n = "EMULATED_ERROR"; return 0; }
int cuGetErrorString(int, const char** n) { *n = "an emulated call was refused"; return 0; }
int cuFuncSetAttribute(Any, int, int) { return 0; }

int cuModuleLoadData(Module** module, const void* image)
{
    std::lock_guard<std::recursive_mutex> lock(gate);
    size_t n;
    memcpy(&n, image, sizeof n);
    auto path = scratch("module") + ".so";
    std::ofstream(path, std::ios::binary).write((const char*)image + sizeof n, n);
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    unlink(path.c_str());
    if (!library) return fprintf(stderr, "%s\n", dlerror()), 200;
    auto dim = [&](const char* name) { return (Dim*)dlsym(library, name); };
    *module = new Module{library, dim("blockIdx"), dim("threadIdx"), dim("gridDim"), dim("blockDim")};
    *(void (**)())dlsym(library, "emu_sync") = barrier;
    return 0;
}

int cuModuleGetFunction(Function** function, Module* module, const char* name)
{
    void* body = dlsym(module->library, name);
    if (!body) return 500;
    *function = new Function{module, (void (*)(const void*))body, *(int*)dlsym(module->library, (std::string(name) + "_sync").c_str()) != 0};
    return 0;
}

int cuLaunchKernel(Function* f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, Any stream, void** arguments, void** extra)
{
    if (auto graph = capture(stream))
    {
        // a kernel takes one struct, of up to 4,000 bytes
        struct alignas(16) Parameters { char bytes[4000]; };
        auto copy = std::make_shared<Parameters>();
        memcpy(copy->bytes, arguments[0], 3900);
        graph->work.push_back([=] { void* p = copy->bytes; if (cuLaunchKernel(f, gx, gy, gz, bx, by, bz, shared, nullptr, &p, extra)) fprintf(stderr, "a captured kernel can't be launched\n"); });
        return 0;
    }
    std::lock_guard<std::recursive_mutex> lock(gate);
    const unsigned n = bx * by * bz;
    const void* p = arguments[0];
    if (n > 1024 || gx == 0 || gy == 0 || gz == 0 || gx > 2147483647u || gy > 65535 || gz > 65535 || shared > 232448 || ((size_t)p & 15)) return 1;
    Module* m = f->module;
    *m->blocks = {gx, gy, gz};
    *m->threads = {bx, by, bz};
    for (unsigned z = 0; z < gz; z++) for (unsigned y = 0; y < gy; y++) for (unsigned x = 0; x < gx; x++)
    {
        *m->block = {x, y, z};
        if (!f->synchronizes)
        {
            for (unsigned t = 0; t < n; t++) { *m->thread = {t % bx, t / bx % by, t / bx / by}; f->body(p); }
            continue;
        }
        while (stacks.size() < n) stacks.push_back((char*)malloc(262144));
        threads.resize(1024);
        finished.assign(n, false);
        running = f;
        parameters = p;
        for (unsigned t = 0; t < n; t++)
        {
            getcontext(&threads[t]);
            threads[t].uc_stack.ss_sp = stacks[t];
            threads[t].uc_stack.ss_size = 262144;
            threads[t].uc_link = 0;
            makecontext(&threads[t], enter, 0);
        }
        for (bool more = true; more;)
        {
            more = false;
            for (unsigned t = 0; t < n; t++)
            {
                if (finished[t]) continue;
                current = t;
                *m->thread = {t % bx, t / bx % by, t / bx / by};
                swapcontext(&scheduler, &threads[t]);
                more |= !finished[t];
            }
        }
    }
    return 0;
}

struct Program { std::string source, log, code; };
int nvrtcVersion(int* major, int* minor) { *major = 13; *minor = 0; return 0; }
int nvrtcCreateProgram(Program** p, const char* source, const char*, int, Any, Any) { *p = new Program{source, "", ""}; return 0; }
int nvrtcDestroyProgram(Program** p) { delete *p; return 0; }
int nvrtcCompileProgram(Program* p, int, const char**)
{
    auto base = scratch("kernel");
    std::ofstream(base + ".cpp") << p->source;
    // FLAMBEAU_EMULATOR: the folder of on_cpu.h
    auto command = std::string("g++ -O1 -std=c++17 -shared -fPIC -w -ffp-contract=off -I'") + getenv("FLAMBEAU_EMULATOR") + "' " + base + ".cpp -o " + base + ".so 2> " + base + ".log";
    const int result = system(command.c_str());
    auto read = [](const std::string& path) { std::ifstream f(path, std::ios::binary); return std::string(std::istreambuf_iterator<char>(f), {}); };
    p->log = read(base + ".log");
    if (result == 0)
    {
        auto code = read(base + ".so");
        const size_t n = code.size();
        p->code.assign((const char*)&n, sizeof n);
        p->code += code;
    }
    for (auto end : {".cpp", ".so", ".log"}) unlink((base + end).c_str());
    return result ? 6 : 0;
}
int nvrtcGetProgramLogSize(Program* p, size_t* n) { *n = p->log.size() + 1; return 0; }
int nvrtcGetProgramLog(Program* p, char* to) { strcpy(to, p->log.c_str()); return 0; }
int nvrtcGetCUBINSize(Program* p, size_t* n) { *n = p->code.size(); return 0; }
int nvrtcGetCUBIN(Program* p, char* to) { memcpy(to, p->code.data(), p->code.size()); return 0; }
}
