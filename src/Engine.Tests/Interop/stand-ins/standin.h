// What all stand-ins share: failures on demand, and the way to the stand-in driver.
#pragma once

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>

#define STANDIN_API extern "C" __attribute__((visibility("default")))

namespace standin {

// Calls that are to fail, with the code they fail with. ENGINE_STANDIN_FAIL="cuMemAlloc_v2=2;cublasSgemm_v2=13" sets
// them before the library is loaded, standin_fail(call, code) later; the code 0 takes a failure back.
inline std::map<std::string, int>& failures() {
  static std::map<std::string, int> map = [] {
    std::map<std::string, int> from_environment;
    const char* text = getenv("ENGINE_STANDIN_FAIL");
    for (std::string rest = text ? text : ""; !rest.empty();) {
      std::string item = rest.substr(0, rest.find(';'));
      rest = item.size() < rest.size() ? rest.substr(item.size() + 1) : "";
      size_t equals = item.find('=');
      if (equals != std::string::npos) {
        from_environment[item.substr(0, equals)] = atoi(item.c_str() + equals + 1);
      }
    }
    return from_environment;
  }();
  return map;
}

inline int failure(const char* call) {
  auto found = failures().find(call);
  return found == failures().end() ? 0 : found->second;
}

inline long long setting(const char* name, long long otherwise) {
  const char* text = getenv(name);
  return text && *text ? atoll(text) : otherwise;
}

// Functions of the stand-in driver that the other stand-ins need; null where it is not loaded.
template <typename Function>
Function of_driver(const char* name) {
  void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
  return driver ? reinterpret_cast<Function>(dlsym(driver, name)) : nullptr;
}

// Whether the calling thread has a context, as every call of cuBLAS and cuDNN needs.
inline bool has_context() {
  auto get = of_driver<int (*)(void**)>("cuCtxGetCurrent");
  void* context = nullptr;
  return get && get(&context) == 0 && context;
}

// Whether all the bytes lie in one piece of device memory.
inline bool is_device_memory(const void* address, size_t bytes) {
  auto check = of_driver<int (*)(const void*, size_t)>("standin_is_device_memory");
  return check && check(address, bytes);
}

// Does a piece of work now, or writes it down where the stream is being captured. 0 or a result code of the driver.
inline int enqueue(void* stream, std::function<void()> work) {
  auto add = of_driver<int (*)(void*, const std::function<void()>*)>("standin_enqueue");
  return add ? add(stream, &work) : 3;
}

}  // namespace standin

#define STANDIN_FAIL(call, type) \
  if (int code = standin::failure(call)) return static_cast<type>(code)

#define STANDIN_EXPORT_FAIL                                     \
  STANDIN_API void standin_fail(const char* call, int code) {   \
    if (code) {                                                 \
      standin::failures()[call] = code;                         \
    } else {                                                    \
      standin::failures().erase(call);                          \
    }                                                           \
  }
