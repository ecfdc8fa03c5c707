// __syncthreads and the warp functions: who waits, when all have come, and what is wrong when they never do.
#include <algorithm>

#include "block_runner.h"
#include "faults.h"
#include "launch.h"
#ifdef EMU_CHECKED
#include "checker.h"
#endif

namespace emu {
inline namespace EMU_VARIANT {

int wait_for_block(BlockVote vote, int predicate, const char* file, int line) {
  return BlockRunner::of_this_thread()->wait_for_block(vote, predicate, file, line);
}

uint64_t exchange_in_warp(unsigned mask, uint64_t value, WarpOperation operation, int argument, int width,
                          const char* file, int line) {
  return BlockRunner::of_this_thread()->exchange_in_warp({operation, mask, argument, width, value, 0}, file, line);
}

void stop_kernel(const char* why, const char* file, int line) {
  const uint3& t = thread_state().thread_index;
  BlockRunner::of_this_thread()->fail(launch_failed, "thread (%u, %u, %u): %s at %s:%d", t.x, t.y, t.z, why,
                                      base_name(file), line);
}

static void stand_at(Fiber& fiber, const char* file, int line) {
  fiber.thread = thread_state().thread_index;
  fiber.linear = thread_state().linear;
  fiber.file = base_name(file);
  fiber.line = line;
}

// ---- The block

int BlockRunner::wait_for_block(BlockVote vote, int predicate, const char* file, int line) {
  ThreadState& state = thread_state();
  Fiber& fiber = *current;
  stand_at(fiber, file, line);
  fiber.state = FiberState::waits_for_block;
  votes += predicate != 0;
  at_barrier.push_back(&fiber);
  ++state.waiting;
  if (at_barrier.size() + state.exited == threads) complete_barrier();
  switch_to(next_fiber());
  switch (vote) {
    case BlockVote::all: return vote_result == int(threads);
    case BlockVote::any: return vote_result > 0;
    default: return vote_result;
  }
}

void BlockRunner::complete_barrier() {
  if (strict && !barrier_is_uniform()) return;
#ifdef EMU_CHECKED
  if (!begin_checked_interval()) return;
#endif
  vote_result = votes;
  votes = 0;
  // Who goes on first is anybody's guess on a GPU. A kernel whose result depends on it shows under another order.
  if (order == long(Order::descending)) std::reverse(at_barrier.begin(), at_barrier.end());
  if (order == long(Order::shuffled)) std::shuffle(at_barrier.begin(), at_barrier.end(), random);
  for (Fiber* fiber : at_barrier) wake(fiber);
  at_barrier.clear();
  thread_state().waiting = 0;
}

bool BlockRunner::barrier_is_uniform() {
  const Fiber& first = *at_barrier[0];
  for (const Fiber* other : at_barrier) {
    if (other->line == first.line && std::strcmp(other->file, first.file) == 0) continue;
    fail(launch_failed,
         "divergent barrier: thread (%u, %u, %u) waits at __syncthreads in %s:%d while thread (%u, %u, %u) waits at "
         "another in %s:%d. "
         "All threads of a block must meet at the same one",
         first.thread.x, first.thread.y, first.thread.z, first.file, first.line, other->thread.x, other->thread.y,
         other->thread.z, other->file, other->line);
    return false;
  }
  unsigned exited = thread_state().exited;
  if (exited == 0) return true;
  std::vector<bool> waits(threads);
  for (const Fiber* fiber : at_barrier) waits[fiber->linear] = true;
  unsigned missing = unsigned(std::find(waits.begin(), waits.end(), false) - waits.begin());
  const dim3& block = active->block;
  fail(launch_failed,
       "divergent barrier: %zu of %u threads reach __syncthreads in %s:%d; %u returned without it, the first of them "
       "thread (%u, %u, %u). "
       "No thread may return, or take another branch, before a barrier that others wait at",
       at_barrier.size(), threads, first.file, first.line, exited, missing % block.x, missing / block.x % block.y,
       missing / (block.x * block.y));
  return false;
}

// ---- The warp

uint64_t BlockRunner::exchange_in_warp(const WarpCall& call, const char* file, int line) {
  Fiber& fiber = *current;
  stand_at(fiber, file, line);
  fiber.call = call;
  unsigned lane = fiber.linear % 32;
  Warp& warp = warps[fiber.linear / 32];
  if ((call.mask >> lane & 1) == 0) {
    fail(launch_failed,
         "thread (%u, %u, %u) calls a warp function at %s:%d with mask 0x%08x, which leaves out its own lane %u",
         fiber.thread.x, fiber.thread.y, fiber.thread.z, fiber.file, line, call.mask, lane);
  }
  warp.arrived |= 1u << lane;
  warp.lane[lane] = &fiber;
  unsigned lanes = call.mask & warp.present;
  if ((warp.arrived & lanes) != lanes) {
    fiber.state = FiberState::waits_for_warp;
    switch_to(next_fiber());
    return fiber.call.result;
  }
  complete_exchange(warp, lanes, fiber);
  return fiber.call.result;
}

// The lane from which a lane gets its value. `width` cuts the warp into segments that know nothing of each other.
static int source_lane(const WarpCall& call, int lane) {
  int within = lane & (call.width - 1);
  int segment = lane - within;
  switch (call.operation) {
    case WarpOperation::lane: return segment + (call.argument & (call.width - 1));
    case WarpOperation::up: return within - call.argument >= 0 ? lane - call.argument : lane;
    case WarpOperation::down: return within + call.argument < call.width ? lane + call.argument : lane;
    case WarpOperation::exclusive_or:
      return (within ^ call.argument) < call.width ? segment + (within ^ call.argument) : lane;
    default: return lane;
  }
}

void BlockRunner::complete_exchange(Warp& warp, unsigned lanes, const Fiber& last) {
  unsigned ballot = 0;
  for (int lane = 0; lane < 32; ++lane) {
    if ((lanes >> lane & 1) && warp.lane[lane]->call.value != 0) ballot |= 1u << lane;
  }
  for (int lane = 0; lane < 32; ++lane) {
    if ((lanes >> lane & 1) == 0) continue;
    Fiber& fiber = *warp.lane[lane];
    if (strict && (fiber.line != last.line || fiber.call.mask != last.call.mask)) {
      fail(launch_failed,
           "divergent warp function: lane %u is at %s:%d with mask 0x%08x, lane %d at %s:%d with mask 0x%08x. "
           "All lanes of a mask must make the same call",
           last.linear % 32, last.file, last.line, last.call.mask, lane, fiber.file, fiber.line, fiber.call.mask);
    }
    int source = source_lane(fiber.call, lane);
    if (last.call.operation == WarpOperation::ballot) {
      fiber.call.result = ballot;
    } else {
      // What a lane gets from one that does not take part is undefined. All bits set is a NaN, which is noticed.
      fiber.call.result = lanes >> source & 1 ? warp.lane[source]->call.value : ~uint64_t(0);
    }
  }
  warp.arrived &= ~lanes;
  ++warp.epoch;
  for (int lane = 0; lane < 32; ++lane) {
    if ((lanes >> lane & 1) && warp.lane[lane] != &last) wake(warp.lane[lane]);
  }
}

}  // namespace EMU_VARIANT
}  // namespace emu
