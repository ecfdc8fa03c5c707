// The emulator's C functions: what the driver API becomes where there is no GPU. No exception leaves them.
#include <cstdio>
#include <exception>
#include <new>

#include "faults.h"
#include "launch.h"
#include "memory.h"
#include "modules.h"

#define API extern "C" EMU_API

using namespace emu;

namespace emu {
inline namespace EMU_VARIANT {
Options options;
}
}  // namespace emu

static thread_local std::string last_error;
static std::atomic<unsigned long long> launches{0};

static int fails(int result, std::string text) {
  last_error = std::move(text);
  return result;
}

template <typename Work, typename Outcome>
static Outcome without_exceptions(Outcome on_failure, Work work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    last_error = "the emulator is out of memory";
  } catch (const std::exception& problem) {
    last_error = problem.what();
  }
  return on_failure;
}

// ---- Modules and their kernels

API void* emu_module_load(const char* path) {
  return without_exceptions(static_cast<void*>(nullptr), [&]() -> void* {
    std::string finding;
    Module* module = load_module(path, finding);
    if (!module) last_error = finding;
    return module;
  });
}

API int emu_module_unload(void* module) {
  return unload_module(static_cast<Module*>(module)) ? success : invalid_value;
}

API void* emu_module_function(void* module, const char* name) {
  return without_exceptions(static_cast<void*>(nullptr), [&]() -> void* {
    const KernelEntry* kernel = find_kernel(static_cast<Module*>(module), name);
    if (!kernel) last_error = std::string("there is no kernel named '") + name + "' in the module";
    return const_cast<KernelEntry*>(kernel);
  });
}

API int emu_module_function_names(void* module, const char** names, int capacity) {
  return without_exceptions(0, [&] {
    auto all = kernel_names(static_cast<Module*>(module));
    for (size_t i = 0; i < all.size() && i < size_t(capacity); ++i) names[i] = all[i];
    return int(all.size());
  });
}

API int emu_function_parameters(void* function, unsigned* sizes, int capacity) {
  auto* kernel = static_cast<const KernelEntry*>(function);
  for (int i = 0; i < kernel->parameter_count && i < capacity; ++i) sizes[i] = kernel->parameter_sizes[i];
  return kernel->parameter_count;
}

// ---- Launch

// The limits of every device since compute capability 3.0, and the shared memory of 9.0 (CUDA C++ Programming Guide,
// "Compute Capabilities"). Null where the launch keeps to them.
static const char* broken_limit(const Launch& launch) {
  const dim3 &grid = launch.grid, &block = launch.block;
  if (launch.blocks == 0) return "the grid has no blocks";
  if (grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535)
    return "the grid has more than 2147483647 x 65535 x 65535 blocks";
  if (uint64_t(block.x) * block.y * block.z == 0) return "the block has no threads";
  if (block.x > 1024 || block.y > 1024 || block.z > 64) return "the block has more than 1024 x 1024 x 64 threads";
  if (uint64_t(block.x) * block.y * block.z > 1024) return "the block has more than 1024 threads in all";
  if (launch.shared_bytes > 227 * 1024) return "the block asks for more than 227 KB of shared memory";
  if (launch.kernel->parameter_count > 0 && !launch.arguments) return "the kernel takes arguments and got none";
  return nullptr;
}

static std::string shape_of(const Launch& launch) {
  char text[200];
  snprintf(text, sizeof text,
           "kernel '%s', grid (%u, %u, %u), block (%u, %u, %u), %u bytes of shared memory: ", launch.kernel->name,
           launch.grid.x, launch.grid.y, launch.grid.z, launch.block.x, launch.block.y, launch.block.z,
           launch.shared_bytes);
  return text;
}

API int emu_launch(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared_bytes, void** parameters) {
  return without_exceptions(int(out_of_memory), [&] {
    auto* kernel = static_cast<const KernelEntry*>(function);
    if (!kernel) return fails(invalid_value, "the function is null");
    Launch launch;
    launch.kernel = kernel;
    launch.grid = {gx, gy, gz};
    launch.block = {bx, by, bz};
    launch.shared_bytes = shared_bytes;
    launch.arguments = parameters;
    launch.blocks = uint64_t(gx) * gy * gz;
    if (const char* limit = broken_limit(launch)) return fails(invalid_value, shape_of(launch) + limit);
    catch_faults();
    ++launches;
    run_launch(launch);
    return launch.failed ? fails(launch.result, std::move(launch.text)) : int(success);
  });
}

API unsigned long long emu_launch_count() { return launches; }
API const char* emu_last_error() { return last_error.c_str(); }
API int emu_is_checked() { return is_checked; }

// ---- Memory

API void* emu_malloc(size_t bytes, const char* label) {
  return without_exceptions(static_cast<void*>(nullptr), [&]() -> void* {
    void* start = allocate(bytes, label);
    if (!start) last_error = "the emulator has no " + std::to_string(bytes) + " bytes left";
    return start;
  });
}

API int emu_free(void* start) {
  return without_exceptions(int(invalid_value), [&] {
    return release(start) ? int(success) : fails(invalid_value, "there is no allocation to free at that address");
  });
}

API int emu_check_range(const void* start, size_t bytes) {
  return without_exceptions(int(invalid_value), [&] {
    std::string finding;
    return is_inside_allocation(start, bytes, finding) ? int(success) : fails(invalid_value, std::move(finding));
  });
}

// ---- Options

API void emu_option(const char* key, long value) {
  struct {
    const char* key;
    std::atomic<long>* value;
  } known[] = {
      {"order", &options.order},     {"seed", &options.seed},     {"workers", &options.workers},
      {"guard", &options.guard},     {"poison", &options.poison}, {"strict", &options.strict},
      {"timeout", &options.timeout},
  };
  for (auto& option : known) {
    if (std::strcmp(option.key, key) == 0) *option.value = value;
  }
}
