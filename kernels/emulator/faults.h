// Faults of the processor inside a kernel, and the source line of a machine instruction.
#pragma once

#include <string>

#include "options.h"

namespace emu {
inline namespace EMU_VARIANT {

// Once per process: from now on, faults while a kernel runs become findings. Others go to whoever handled them before.
void catch_faults();

// Once per thread of the operating system that runs kernels and was not made by somebody else.
void provide_signal_stack();

// "softmax.cu:42"; the function's name where line numbers cannot be had.
std::string source_line(const void* program_counter);

// True for code of the emulator itself.
bool is_ours(const void* program_counter);

// The file's name without its folders.
const char* base_name(const char* path);

}  // namespace EMU_VARIANT
}  // namespace emu
