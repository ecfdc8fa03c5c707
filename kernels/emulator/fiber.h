// A fiber: a stack and a place to go on. CUDA threads that wait are left standing on one.
#pragma once

#include "options.h"

namespace emu {
inline namespace EMU_VARIANT {

class BlockRunner;

enum class FiberState : unsigned char { idle, running, waits_for_block, waits_for_warp };

// What a CUDA thread hands in at a warp function.
struct WarpCall {
  WarpOperation operation;
  unsigned mask;
  int argument, width;
  uint64_t value, result;
};

struct Fiber {
  void* stack_pointer = nullptr;
  char* stack = nullptr;  // lowest address
  BlockRunner* runner = nullptr;
  unsigned number = 0;
  FiberState state = FiberState::idle;

  // The CUDA thread that stands here while it waits, and where it waits.
  uint3 thread{};
  unsigned linear = 0;
  const char* file = nullptr;
  int line = 0;
  WarpCall call{};

  static constexpr size_t stack_bytes = 256 * 1024;

  // True where there was memory for its stack.
  bool allocate(BlockRunner* owner, unsigned fiber_number);
  void release();

  // Forgets what the fiber was doing: the next switch to it calls main(this).
  void restart(void (*main)(Fiber*));

  // True for the page below the stack, which nobody may touch: there a stack that overflows ends up.
  bool guards(uintptr_t address) const;
};

// Saves the caller's registers on its stack and goes on where the other stack stopped. Takes 16 ns.
extern "C" void emu_fiber_switch(void** save_stack_pointer, void* stack_pointer);

}  // namespace EMU_VARIANT
}  // namespace emu
