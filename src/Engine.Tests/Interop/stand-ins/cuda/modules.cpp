// Modules: PTX text, or a "cubin" that is PTX text behind the four letters of an ELF file, as the stand-in NVRTC makes it.
#include "driver.h"

#include <algorithm>
#include <regex>

using driver::state;

namespace {

// The newest PTX that CUDA 13.0 knows.
constexpr double NewestPtx = 9.0;

struct JitLog {
  char* text = nullptr;
  size_t size = 0;
  size_t size_index = 0;

  void write(const std::string& message, void** values) const {
    if (!text || size == 0) return;
    size_t length = std::min(message.size(), size - 1);
    memcpy(text, message.data(), length);
    text[length] = 0;
    values[size_index] = reinterpret_cast<void*>(length);
  }
};

size_t size_of(const std::string& type) {
  if (type == "64") return 8;
  if (type == "32") return 4;
  return type == "16" ? 2 : 1;
}

// ".visible .entry name(" and a list of ".param .u64 name_param_0".
void read_entries(const std::string& ptx, CUmod_st* module) {
  static const std::regex entry(R"(\.entry\s+([A-Za-z_]\w*)\s*\(([^)]*)\))");
  static const std::regex parameter(R"(\.param\s+(?:\.align\s+\d+\s+)?\.[busf](\d+)\s+\w+(?:\[(\d+)\])?)");
  for (std::sregex_iterator i(ptx.begin(), ptx.end(), entry), end; i != end; ++i) {
    auto function = std::make_unique<CUfunc_st>();
    function->name = (*i)[1];
    std::string list = (*i)[2];
    for (std::sregex_iterator p(list.begin(), list.end(), parameter); p != end; ++p) {
      size_t count = (*p)[2].matched ? std::stoul((*p)[2]) : 1;
      function->parameter_sizes.push_back(size_of((*p)[1]) * count);
    }
    module->functions[function->name] = std::move(function);
  }
}

}  // namespace

STANDIN_API CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned int count, CUjit_option* options, void** values) {
  READY("cuModuleLoadDataEx");
  JitLog info, error;
  for (unsigned int i = 0; i < count; i++) {
    switch (options[i]) {
      case CU_JIT_INFO_LOG_BUFFER: info.text = static_cast<char*>(values[i]); break;
      case CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES: info.size = reinterpret_cast<size_t>(values[i]), info.size_index = i; break;
      case CU_JIT_ERROR_LOG_BUFFER: error.text = static_cast<char*>(values[i]); break;
      case CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES: error.size = reinterpret_cast<size_t>(values[i]), error.size_index = i; break;
      case CU_JIT_GENERATE_LINE_INFO: break;
      default: return CUDA_ERROR_INVALID_VALUE;
    }
  }
  const char* text = static_cast<const char*>(image);
  bool is_cubin = memcmp(text, "\x7f" "ELF", 4) == 0;
  std::string ptx = is_cubin ? text + 4 : text;
  std::smatch version;
  if (!std::regex_search(ptx, version, std::regex(R"(\.version\s+([0-9.]+))"))) return CUDA_ERROR_INVALID_IMAGE;
  if (std::stod(version[1]) > NewestPtx) return CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
  size_t mistake = ptx.find("mistake");
  if (mistake != std::string::npos) {
    auto line = 1 + std::count(ptx.begin(), ptx.begin() + static_cast<std::ptrdiff_t>(mistake), '\n');
    error.write("ptxas application ptx input, line " + std::to_string(line) + "; fatal   : Parsing error near 'mistake': syntax error", values);
    return CUDA_ERROR_INVALID_PTX;
  }
  auto* loaded = new CUmod_st;
  read_entries(ptx, loaded);
  info.write("info    : 0 bytes gmem", values);
  state().modules.insert(loaded);
  *module = loaded;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuModuleUnload(CUmodule module) {
  READY("cuModuleUnload");
  if (!state().modules.erase(module)) return CUDA_ERROR_INVALID_HANDLE;
  delete module;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
  READY("cuModuleGetFunction");
  if (!state().modules.count(module)) return CUDA_ERROR_INVALID_HANDLE;
  std::unique_ptr<CUfunc_st>& found = module->functions[name];
  if (!found || driver::has_emulator()) {
    std::vector<size_t> sizes;
    void* emulated = driver::emulated_function(name, &sizes);
    if (!found && emulated) found = std::make_unique<CUfunc_st>();
    if (emulated) {
      found->name = name;
      found->parameter_sizes = sizes;
      found->emulated = emulated;
    }
  }
  if (!found) {
    module->functions.erase(name);
    return CUDA_ERROR_NOT_FOUND;
  }
  *function = found.get();
  return CUDA_SUCCESS;
}

#ifndef STANDIN_OLD
STANDIN_API CUresult cuFuncGetParamInfo(CUfunction function, size_t index, size_t* offset, size_t* size) {
  READY("cuFuncGetParamInfo");
  if (index >= function->parameter_sizes.size()) return CUDA_ERROR_INVALID_VALUE;
  size_t at = 0;
  for (size_t i = 0; i <= index; i++) {
    size_t bytes = function->parameter_sizes[i], alignment = std::min<size_t>(bytes, 8);
    at = (at + alignment - 1) / alignment * alignment;
    *offset = at;
    at += bytes;
  }
  if (size) *size = function->parameter_sizes[index];
  return CUDA_SUCCESS;
}
#endif

STANDIN_API CUresult cuFuncGetAttribute(int* value, CUfunction_attribute attribute, CUfunction function) {
  READY("cuFuncGetAttribute");
  switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = 1024; break;
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES: *value = 0; break;
    case CU_FUNC_ATTRIBUTE_NUM_REGS: *value = 32; break;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES: *value = function->max_dynamic_shared; break;
    default: return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value) {
  READY("cuFuncSetAttribute");
  if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES || value < 0 || value > 227 * 1024) return CUDA_ERROR_INVALID_VALUE;
  function->max_dynamic_shared = value;
  return CUDA_SUCCESS;
}
