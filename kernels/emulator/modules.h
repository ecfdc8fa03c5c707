// Libraries of kernels, as the driver's modules: loaded by path, functions found by name.
#pragma once

#include <string>
#include <vector>

#include "options.h"

namespace emu {
inline namespace EMU_VARIANT {

struct Module;

// Null with a finding where the library cannot be loaded or has no kernels of this variant.
Module* load_module(const char* path, std::string& finding);
bool unload_module(Module* module);

const KernelEntry* find_kernel(Module* module, const char* name);
std::vector<const char*> kernel_names(Module* module);

// The calling thread's copy of the static __shared__ variables of the kernel's library.
void find_static_shared(const KernelEntry& kernel, unsigned char*& start, size_t& bytes);

}  // namespace EMU_VARIANT
}  // namespace emu
