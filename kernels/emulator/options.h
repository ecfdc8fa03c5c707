// What emu_option sets. Read at the start of each launch or allocation.
#pragma once

#include <atomic>
#include "kernel_entry.h"

namespace emu {
inline namespace EMU_VARIANT {

enum class Order : long { ascending, descending, shuffled };

struct Options {
  std::atomic<long> order{0};    // in which order threads and blocks are started: see Order
  std::atomic<long> seed{1};     // of the shuffled order
  std::atomic<long> workers{0};  // threads of the operating system that run blocks; 0: one per processor
  std::atomic<long> guard{0};    // 1: allocations from now on end at a page that may not be touched
  std::atomic<long> poison{1};   // fill shared memory with NaN before each block: 0 never, 1 dynamic, 2 static too
  std::atomic<long> strict{1};   // 1: who waits together must wait at the same call
  std::atomic<long> timeout{0};  // seconds of processor time after which a launch is given up; 0: never
};

extern Options options;

#ifdef EMU_CHECKED
constexpr bool is_checked = true;
#else
constexpr bool is_checked = false;
#endif

// Results of emu_* functions, numbered as the CUDA driver numbers its own.
enum Result : int {
  success = 0,
  invalid_value = 1,
  out_of_memory = 2,
  not_found = 500,
  illegal_address = 700,
  launch_timeout = 702,
  misaligned_address = 716,
  launch_failed = 719,
};

}  // namespace EMU_VARIANT
}  // namespace emu
