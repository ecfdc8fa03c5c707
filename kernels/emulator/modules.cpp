#include "modules.h"

#include <dlfcn.h>
#ifdef __linux__
#include <link.h>
#endif

#include <map>
#include <mutex>

namespace emu {
inline namespace EMU_VARIANT {

struct Module {
  void* library;
  void* base;  // where it lies in memory, which is what its kernels know of it
};

namespace {

struct Registry {
  std::mutex lock;
  std::map<void*, std::map<std::string, const KernelEntry*>> kernels;  // by library, then by name
};

// Made when first asked for, since libraries register before this file's own variables may exist; never destroyed.
Registry& registry() {
  static Registry* one = new Registry;
  return *one;
}

void* base_of(const void* address) {
  Dl_info found;
  return dladdr(address, &found) ? found.dli_fbase : nullptr;
}

}  // namespace

void register_kernel(const KernelEntry* entry) {
  void* base = base_of(entry);
  std::lock_guard<std::mutex> hold(registry().lock);
  registry().kernels[base][entry->name] = entry;
}

void unregister_kernel(const KernelEntry* entry) {
  void* base = base_of(entry);
  std::lock_guard<std::mutex> hold(registry().lock);
  auto library = registry().kernels.find(base);
  if (library == registry().kernels.end()) return;
  library->second.erase(entry->name);
  if (library->second.empty()) registry().kernels.erase(library);
}

Module* load_module(const char* path, std::string& finding) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    finding = dlerror();
    return nullptr;
  }
  void* marker = dlsym(library, "emu_kernel_library");
  void* base = marker ? base_of(marker) : nullptr;
  {
    std::lock_guard<std::mutex> hold(registry().lock);
    if (base && registry().kernels.count(base) == 0) base = nullptr;
  }
  if (!base) {
    finding = std::string(path) + " holds no kernels " +
              (is_checked ? "built for the checked emulator" : "built for the emulator");
    dlclose(library);
    return nullptr;
  }
  return new Module{library, base};
}

bool unload_module(Module* module) {
  if (!module) return false;
  bool closed = dlclose(module->library) == 0;
  delete module;
  return closed;
}

const KernelEntry* find_kernel(Module* module, const char* name) {
  std::lock_guard<std::mutex> hold(registry().lock);
  auto library = registry().kernels.find(module->base);
  if (library == registry().kernels.end()) return nullptr;
  auto kernel = library->second.find(name);
  return kernel == library->second.end() ? nullptr : kernel->second;
}

std::vector<const char*> kernel_names(Module* module) {
  std::lock_guard<std::mutex> hold(registry().lock);
  std::vector<const char*> names;
  for (auto& [name, entry] : registry().kernels[module->base]) names.push_back(entry->name);
  return names;
}

void find_static_shared(const KernelEntry& kernel, unsigned char*& start, size_t& bytes) {
  start = nullptr;
  bytes = 0;
#ifdef __linux__
  struct Search {
    uintptr_t anchor;
    unsigned char* start;
    size_t bytes;
  } search = {reinterpret_cast<uintptr_t>(kernel.shared_anchor()), nullptr, 0};
  dl_iterate_phdr(
      [](dl_phdr_info* image, size_t, void* data) {
        auto& search = *static_cast<Search*>(data);
        auto first = reinterpret_cast<uintptr_t>(image->dlpi_tls_data);
        for (int i = 0; first != 0 && i < image->dlpi_phnum; ++i) {
          size_t size = image->dlpi_phdr[i].p_memsz;
          if (image->dlpi_phdr[i].p_type != PT_TLS || search.anchor - first >= size) continue;
          search.start = reinterpret_cast<unsigned char*>(first);
          search.bytes = size;
          return 1;
        }
        return 0;
      },
      &search);
  start = search.start;
  bytes = search.bytes;
#else
  (void)kernel;
#endif
}

}  // namespace EMU_VARIANT
}  // namespace emu
