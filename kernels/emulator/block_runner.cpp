// The scheduler of one block. Threads start in order on a fiber; a fiber is left only when its thread waits, and then
// the first fiber that may go on is switched to, or a fresh one that starts the threads still to come.
#include "block_runner.h"

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdio>

#include "faults.h"
#include "launch.h"
#include "memory.h"
#include "modules.h"
#ifdef EMU_CHECKED
#include "checker.h"
#endif

namespace emu {
inline namespace EMU_VARIANT {

alignas(ThreadState) EMU_API __thread
    __attribute__((tls_model("initial-exec"))) unsigned char thread_state_bytes[sizeof(ThreadState)];

static thread_local BlockRunner* runner_of_thread = nullptr;

BlockRunner* BlockRunner::of_this_thread() { return runner_of_thread; }
bool begin_thread_slowly() { return runner_of_thread->begin_thread_slowly(); }
void end_thread_slowly() { runner_of_thread->end_thread_slowly(); }

static uint3 index_of(unsigned linear, const dim3& extent) {
  return {linear % extent.x, linear / extent.x % extent.y, linear / (extent.x * extent.y)};
}

BlockRunner::~BlockRunner() {
  for (auto& fiber : fibers) fiber->release();
}

// ---- A launch

void BlockRunner::run(Launch& launch) {
  runner_of_thread = this;
  active = &launch;
  current = &main_fiber;
  main_fiber.runner = this;
  order = options.order;
  strict = options.strict != 0;
  if (order == long(Order::shuffled)) random.seed(unsigned(options.seed.load()));

  threads = launch.block.x * launch.block.y * launch.block.z;
  warps.resize((threads + 31) / 32);
  ready.reserve(threads);
  at_barrier.reserve(threads);
  restart_fibers();
  prepare_shared();
  ThreadState& state = thread_state();
  state.block_extent = launch.block;
  state.grid_extent = launch.grid;
#ifdef EMU_CHECKED
  begin_checked_launch(*this);
#endif

  if (sigsetjmp(fault_escape, 0) != 0) {
    report_fault();
  } else {
    escape_armed = 1;
    if (options.timeout > 0) alarm.set(options.timeout);
    bool called = is_checked || launch.blocks < 3;
    auto started = called ? std::chrono::steady_clock::time_point() : std::chrono::steady_clock::now();
    while (!launch.failed) {
      uint64_t index = launch.next_block.fetch_add(1, std::memory_order_relaxed);
      if (index >= launch.blocks) break;
      run_block(index);
      if (failed) break;
      if (!called && index + 2 < launch.blocks &&
          std::chrono::steady_clock::now() - started > std::chrono::microseconds(30)) {
        called = true;
        call_helpers(launch);
      }
    }
  }
  escape_armed = 0;
  alarm.clear();
#ifdef EMU_CHECKED
  end_checked_launch();
#endif
  active = nullptr;
  runner_of_thread = nullptr;
}

// Fibers keep addresses that belong to the thread of the operating system on which they last ran, and after a failure
// they stand in the middle of a kernel. Else they wait for the next launch where they are.
void BlockRunner::restart_fibers() {
  std::thread::id here = std::this_thread::get_id();
  if (!failed && here == owner) return;
  owner = here;
  failed = false;
  idle.clear();
  for (size_t i = fibers.size(); i-- > 0;) {
    fibers[i]->restart(&fiber_main);
    idle.push_back(fibers[i].get());
  }
}

void BlockRunner::prepare_shared() {
  size_t bytes = active->shared_bytes;
  constexpr size_t margin = 256;  // so that a small overrun is no accident of the emulator's own
  if (dynamic_shared_memory.size() < bytes + 2 * margin) dynamic_shared_memory.resize(bytes + 2 * margin);
  uintptr_t address = reinterpret_cast<uintptr_t>(dynamic_shared_memory.data()) + margin;
  thread_state().dynamic_shared = reinterpret_cast<unsigned char*>(address & ~uintptr_t(margin - 1));
  static_shared_memory = nullptr;
  static_shared_size = 0;
  if (is_checked || options.poison > 1) {
    find_static_shared(*active->kernel, static_shared_memory, static_shared_size);
  }
}

void BlockRunner::run_block(uint64_t index) {
  const Launch& launch = *active;
  if (order != long(Order::ascending)) index = launch.blocks - 1 - index;
  ThreadState& state = thread_state();
  state.block_index = {unsigned(index % launch.grid.x), unsigned(index / launch.grid.x % launch.grid.y),
                       unsigned(index / launch.grid.x / launch.grid.y)};
  prepare_threads();
  if (options.poison > 0) std::memset(state.dynamic_shared, 0xFF, launch.shared_bytes);
  if (options.poison > 1 && static_shared_memory) std::memset(static_shared_memory, 0xFF, static_shared_size);
#ifdef EMU_CHECKED
  begin_checked_block(index);
#endif
  current = &main_fiber;
  switch_to(next_fiber());
  if (!failed && state.exited != threads) report_stuck_threads();
#ifdef EMU_CHECKED
  if (!failed) end_checked_block();
#endif
}

void BlockRunner::prepare_threads() {
  ThreadState& state = thread_state();
  state.threads = threads;
  state.exited = state.waiting = 0;
  state.next_index = {};
  state.next = 0;
  ready.clear();
  ready_front = 0;
  at_barrier.clear();
  votes = 0;
  for (size_t i = 0; i < warps.size(); ++i) {
    bool is_short = i + 1 == warps.size() && threads % 32 != 0;
    warps[i].present = is_short ? (1u << threads % 32) - 1 : ~0u;
    warps[i].arrived = 0;
    warps[i].epoch = 0;
  }
  if (order == long(Order::ascending)) return;
  state.next = threads;  // so that begin_thread comes to begin_thread_slowly
  start_order.resize(threads);
  for (unsigned i = 0; i < threads; ++i) start_order[i] = threads - 1 - i;
  if (order == long(Order::shuffled)) std::shuffle(start_order.begin(), start_order.end(), random);
}

// ---- Threads

void BlockRunner::fiber_main(Fiber* fiber) {
  BlockRunner& runner = *fiber->runner;
  for (;;) {
    runner.active->kernel->run_threads(runner.active->arguments);
    fiber->state = FiberState::idle;
    runner.idle.push_back(fiber);
    runner.switch_to(runner.next_fiber());
  }
}

bool BlockRunner::begin_thread_slowly() {
  ThreadState& state = thread_state();
  if (order == long(Order::ascending) || state.next >= 2 * threads) return false;
  state.linear = start_order[state.next++ - threads];
  state.thread_index = index_of(state.linear, active->block);
  return true;
}

void BlockRunner::end_thread_slowly() {
  if (at_barrier.size() + thread_state().exited == threads) complete_barrier();
}

Fiber* BlockRunner::next_fiber() {
  if (ready_front < ready.size()) {
    Fiber* fiber = ready[ready_front++];
    if (ready_front == ready.size()) {
      ready.clear();
      ready_front = 0;
    }
    return fiber;
  }
  unsigned end = order == long(Order::ascending) ? threads : 2 * threads;
  if (thread_state().next >= end) return &main_fiber;  // nobody is left who could run
  if (idle.empty()) {
    auto fiber = std::make_unique<Fiber>();
    if (!fiber->allocate(this, unsigned(fibers.size()))) {
      fail(out_of_memory, "there is no memory for the stack of another waiting thread");
      return &main_fiber;
    }
    fiber->restart(&fiber_main);
    idle.push_back(fiber.get());
    fibers.push_back(std::move(fiber));
  }
  Fiber* fiber = idle.back();
  idle.pop_back();
  fiber->state = FiberState::running;
  return fiber;
}

void BlockRunner::switch_to(Fiber* fiber) {
  Fiber* from = current;
  if (fiber == from) {
    thread_state().thread_index = fiber->thread;
    thread_state().linear = fiber->linear;
    return;
  }
  current = fiber;
  ThreadState& state = thread_state();
  state.thread_index = fiber->thread;
  state.linear = fiber->linear;
  emu_fiber_switch(&from->stack_pointer, fiber->stack_pointer);
}

void BlockRunner::wake(Fiber* fiber) {
  fiber->state = FiberState::running;
  ready.push_back(fiber);
}

// ---- Findings

void BlockRunner::fail(int result, const char* format, ...) {
  {
    char text[2000];
    const ThreadState& state = thread_state();
    int head = snprintf(text, sizeof text, "kernel '%s', block (%u, %u, %u): ", active->kernel->name,
                        state.block_index.x, state.block_index.y, state.block_index.z);
    va_list values;
    va_start(values, format);
    vsnprintf(text + head, sizeof text - size_t(head), format, values);
    va_end(values);
    active->report(result, text);
  }
  failed = true;
  // Every fiber is abandoned where it stands: kernels own nothing that would need to be given back.
  if (in_kernel()) switch_to(&main_fiber);
}

void BlockRunner::report_stuck_threads() {
  for (auto& fiber : fibers) {
    if (fiber->state != FiberState::waits_for_warp) continue;
    const uint3& t = fiber->thread;
    fail(launch_failed,
         "deadlock: thread (%u, %u, %u) waits at the warp function at %s:%d for lanes 0x%08x, not all of which come",
         t.x, t.y, t.z, fiber->file, fiber->line, fiber->call.mask);
    return;
  }
  fail(launch_failed, "deadlock: threads wait at a barrier that the others never reach");
}

bool BlockRunner::escape_from_fault(int signal, uintptr_t address, uintptr_t program_counter) {
  if (!escape_armed || !in_kernel()) return false;
  escape_armed = 0;
  fault_signal = signal;
  fault_address = address;
  fault_counter = program_counter;
  siglongjmp(fault_escape, 1);
}

void BlockRunner::report_fault() {
  Fiber& fiber = *current;
  current = &main_fiber;
  uint3 t = thread_state().thread_index;
  // An alarm may ring while the checker looks at an access; it is the kernel's line that counts.
  const void* counter = reinterpret_cast<void*>(fault_counter);
  std::string where = source_line(is_ours(counter) && last_access ? last_access : counter);
  if (fault_signal == Alarm::signal) {
    fail(launch_timeout, "no end after %ld s; thread (%u, %u, %u) is at %s, perhaps in a loop that waits for another thread",
         options.timeout.load(), t.x, t.y, t.z, where.c_str());
  } else if (fault_signal == SIGFPE) {
    fail(launch_failed, "thread (%u, %u, %u) divides an integer by zero at %s", t.x, t.y, t.z, where.c_str());
  } else if (fiber.guards(fault_address)) {
    fail(launch_failed, "thread (%u, %u, %u) needs more than %zu KB for its local variables at %s", t.x, t.y, t.z,
         Fiber::stack_bytes / 1024, where.c_str());
  } else {
    fail(illegal_address, "thread (%u, %u, %u) touches memory that is not its own at %s: %s", t.x, t.y, t.z,
         where.c_str(), describe_address(fault_address).c_str());
  }
}

}  // namespace EMU_VARIANT
}  // namespace emu
