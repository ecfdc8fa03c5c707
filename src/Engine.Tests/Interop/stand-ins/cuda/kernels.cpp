// Launches. A kernel runs on the emulator where one is named; a few are built in, for tests of the bindings alone.
#include "driver.h"

using driver::state;

namespace {

struct Emulator {
  void* module = nullptr;
  void* (*find)(void*, const char*) = nullptr;
  int (*parameters)(void*, unsigned*, int) = nullptr;
  int (*launch)(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void**) = nullptr;
  void* (*allocate)(size_t, const char*) = nullptr;
  int (*release)(void*) = nullptr;
};

template <typename Function>
void load(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
}

const Emulator& emulator() {
  static const Emulator one = [] {
    Emulator found;
    const char* path = getenv("ENGINE_STANDIN_EMULATOR");
    const char* kernels = getenv("ENGINE_STANDIN_KERNELS");
    void* library = path && kernels ? dlopen(path, RTLD_LAZY | RTLD_LOCAL) : nullptr;
    if (library) {
      void* (*load_module)(const char*) = nullptr;
      load(library, "emu_module_load", &load_module);
      load(library, "emu_module_function", &found.find);
      load(library, "emu_function_parameters", &found.parameters);
      load(library, "emu_launch", &found.launch);
      load(library, "emu_malloc", &found.allocate);
      load(library, "emu_free", &found.release);
      found.module = load_module ? load_module(kernels) : nullptr;
    }
    return found;
  }();
  return one;
}

template <typename T>
T argument(const std::vector<std::vector<char>>& arguments, size_t index) {
  T value;
  memcpy(&value, arguments[index].data(), sizeof(T));
  return value;
}

// y[i] = a·x[i] + y[i] for every thread of the grid below n; "axpy_outside" does not look at n.
CUresult axpy(const std::vector<std::vector<char>>& arguments, size_t threads, bool guarded) {
  int n = argument<int>(arguments, 0);
  float a = argument<float>(arguments, 1);
  auto* x = argument<const float*>(arguments, 2);
  auto* y = argument<float*>(arguments, 3);
  for (size_t i = 0; i < threads; i++) {
    if (guarded && i >= static_cast<size_t>(n)) continue;
    if (!driver::is_memory(reinterpret_cast<uintptr_t>(y + i), sizeof(float))) return CUDA_ERROR_ILLEGAL_ADDRESS;
    y[i] += a * x[i];
  }
  return CUDA_SUCCESS;
}

}  // namespace

namespace driver {

bool has_emulator() { return emulator().module != nullptr; }

uintptr_t emulated_malloc(size_t bytes) { return reinterpret_cast<uintptr_t>(emulator().allocate(bytes, "stand-in memory")); }

void emulated_free(uintptr_t address) { emulator().release(reinterpret_cast<void*>(address)); }

void* emulated_function(const char* name, std::vector<size_t>* sizes) {
  void* function = has_emulator() ? emulator().find(emulator().module, name) : nullptr;
  if (function) {
    unsigned found[64];
    int count = emulator().parameters(function, found, 64);
    sizes->assign(found, found + count);
  }
  return function;
}

CUresult run(const CUfunc_st& function, const unsigned grid[3], const unsigned block[3], unsigned shared,
             const std::vector<std::vector<char>>& arguments) {
  CUresult result;
  if (function.emulated) {
    std::vector<void*> pointers;
    for (const std::vector<char>& one : arguments) pointers.push_back(const_cast<char*>(one.data()));
    int code = emulator().launch(function.emulated, grid[0], grid[1], grid[2], block[0], block[1], block[2], shared, pointers.data());
    result = static_cast<CUresult>(code);
  } else if (function.name == "axpy" || function.name == "axpy_outside") {
    result = axpy(arguments, static_cast<size_t>(grid[0]) * block[0], function.name == "axpy");
  } else {
    result = CUDA_ERROR_LAUNCH_FAILED;
  }
  // As on a device: the launch has long succeeded when the kernel goes astray; the next call that waits tells.
  if (result) state().lost = result;
  return CUDA_SUCCESS;
}

}  // namespace driver

STANDIN_API CUresult cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z, unsigned int block_x,
                                    unsigned int block_y, unsigned int block_z, unsigned int shared, CUstream stream, void** parameters,
                                    void** extra) {
  READY("cuLaunchKernel");
  if (!function || extra) return CUDA_ERROR_INVALID_VALUE;
  if (stream && !state().streams.count(stream)) return CUDA_ERROR_INVALID_HANDLE;
  unsigned long long threads = 1ULL * block_x * block_y * block_z;
  if (!grid_x || !grid_y || !grid_z || !threads || grid_y > 65535 || grid_z > 65535 || threads > 1024 || block_z > 64) return CUDA_ERROR_INVALID_VALUE;
  if (shared > static_cast<unsigned>(function->max_dynamic_shared)) return CUDA_ERROR_INVALID_VALUE;
  std::vector<std::vector<char>> arguments;
  for (size_t i = 0; i < function->parameter_sizes.size(); i++) {
    auto* bytes = static_cast<const char*>(parameters[i]);
    arguments.emplace_back(bytes, bytes + function->parameter_sizes[i]);
  }
  return driver::submit(stream, [=] {
    unsigned grid[] = {grid_x, grid_y, grid_z}, block[] = {block_x, block_y, block_z};
    return driver::run(*function, grid, block, shared, arguments);
  }, true);
}
