// A kernel launch under way.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "options.h"

namespace emu {
inline namespace EMU_VARIANT {

struct Launch {
  const KernelEntry* kernel;
  dim3 grid, block;
  unsigned shared_bytes;
  void** arguments;
  uint64_t blocks;  // of the grid

  std::atomic<uint64_t> next_block{0};  // the first that nobody took yet
  std::atomic<bool> failed{false};
  unsigned helpers = 0;  // worker threads that take blocks of it just now; under the pool's lock

  // The first finding counts; blocks that still run add nothing.
  void report(int code, std::string finding) {
    std::lock_guard<std::mutex> hold(lock);
    if (failed.exchange(true)) return;
    result = code;
    text = std::move(finding);
  }

  int result = success;
  std::string text;

 private:
  std::mutex lock;
};

// Runs all blocks, on the calling thread and, where it takes long, on helpers too. Comes back when all are done.
void run_launch(Launch& launch);

// Wakes helpers for a launch that turns out to take long. Called by its own thread between two blocks.
void call_helpers(Launch& launch);

}  // namespace EMU_VARIANT
}  // namespace emu
