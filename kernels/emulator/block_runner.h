// Runs the blocks of a launch, one at a time, on one thread of the operating system.
#pragma once

#include <csetjmp>
#include <csignal>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "alarm.h"
#include "fiber.h"

namespace emu {
inline namespace EMU_VARIANT {

struct Launch;

// 32 consecutive threads of a block.
struct Warp {
  unsigned present = 0;  // lanes that exist (the last warp of a block may be short)
  unsigned arrived = 0;  // lanes that wait at a warp function
  unsigned epoch = 0;    // exchanges completed since the block began
  Fiber* lane[32] = {};
};

class BlockRunner {
 public:
  ~BlockRunner();

  // Takes blocks of the launch until none is left or something went wrong.
  void run(Launch& launch);

  // Called by running CUDA threads.
  int wait_for_block(BlockVote vote, int predicate, const char* file, int line);
  uint64_t exchange_in_warp(const WarpCall& call, const char* file, int line);
  bool begin_thread_slowly();
  void end_thread_slowly();

  // Ends the launch with a finding. Called by a CUDA thread, it does not come back. Text is printf's.
  void fail(int result, const char* format, ...) __attribute__((format(printf, 3, 4)));

  // From the signal handler: leaves the faulting kernel for run(). False where no kernel is running.
  bool escape_from_fault(int signal, uintptr_t address, uintptr_t program_counter);

  // Where the kernel was when it last came to the checker.
  void passes(const void* program_counter) { last_access = program_counter; }

  bool in_kernel() const { return current != &main_fiber; }
  Fiber& fiber() { return *current; }
  Launch& launch() { return *active; }
  const Warp& warp_of(unsigned linear) const { return warps[linear / 32]; }
  unsigned char* static_shared() const { return static_shared_memory; }
  size_t static_shared_bytes() const { return static_shared_size; }

  static BlockRunner* of_this_thread();
  bool ran_here() const { return owner == std::this_thread::get_id(); }

 private:
  static void fiber_main(Fiber* fiber);
  void run_block(uint64_t index);
  void prepare_threads();
  void prepare_shared();
  void report_stuck_threads();
  void report_fault();
  void restart_fibers();

  Fiber* next_fiber();
  void switch_to(Fiber* fiber);
  void wake(Fiber* fiber);
  void complete_barrier();
  bool barrier_is_uniform();
  void complete_exchange(Warp& warp, unsigned lanes, const Fiber& last);

  Launch* active = nullptr;
  Fiber main_fiber;  // the operating system's own stack
  Fiber* current = &main_fiber;
  std::vector<std::unique_ptr<Fiber>> fibers;  // all that were ever needed
  std::vector<Fiber*> idle;                    // those that no CUDA thread stands on
  std::vector<Fiber*> ready;                   // those that may go on; taken from the front
  size_t ready_front = 0;
  std::vector<Fiber*> at_barrier;
  std::vector<unsigned> start_order;  // of threads, where it is not ascending
  std::vector<Warp> warps;
  std::vector<unsigned char> dynamic_shared_memory;
  unsigned char* static_shared_memory = nullptr;
  size_t static_shared_size = 0;
  std::thread::id owner;  // the operating system's thread that ran the last launch
  unsigned threads = 0;
  long order = 0;
  bool strict = true;
  bool failed = false;
  int votes = 0;        // true predicates at the present barrier
  int vote_result = 0;  // ... at the barrier before
  std::mt19937 random;

  Alarm alarm;
  sigjmp_buf fault_escape;
  volatile sig_atomic_t escape_armed = 0;
  int fault_signal = 0;
  uintptr_t fault_address = 0, fault_counter = 0;
  const void* last_access = nullptr;
};

}  // namespace EMU_VARIANT
}  // namespace emu
