// What a library of emulated kernels and the emulator's run-time agree on: the state of the CUDA thread that runs, how
// a kernel is registered, and how a launch enters it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#define EMU_API __attribute__((visibility("default")))

// The two builds of the emulator may be loaded side by side in one process; their names must never meet.
#ifdef EMU_CHECKED
#define EMU_VARIANT checked
#if defined(__clang__)
#define EMU_UNCHECKED __attribute__((disable_sanitizer_instrumentation))
#else
#define EMU_UNCHECKED __attribute__((no_sanitize("thread")))
#endif
#else
#define EMU_VARIANT plain
#define EMU_UNCHECKED
#endif

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

namespace emu {
inline namespace EMU_VARIANT {

// The CUDA thread that this operating-system thread is running just now, and how far the loop over its block has come.
struct ThreadState {
  uint3 thread_index, block_index;
  dim3 block_extent, grid_extent;
  unsigned char* dynamic_shared;
  unsigned linear;   // thread_index as one number, x fastest
  uint3 next_index;  // the next thread of the block that has not started
  unsigned next;     // ... as one number
  unsigned threads;  // threads of the block
  unsigned exited;   // how many have returned from the kernel
  unsigned waiting;  // how many wait at a barrier
};

// Plain bytes instead of a ThreadState, because a thread-local object with constructors is reached through a function.
extern EMU_API __thread
    __attribute__((tls_model("initial-exec"))) unsigned char thread_state_bytes[sizeof(ThreadState)];
EMU_UNCHECKED inline ThreadState& thread_state() { return *reinterpret_cast<ThreadState*>(thread_state_bytes); }

EMU_API bool begin_thread_slowly();
EMU_API void end_thread_slowly();

// The loop over a block's threads. A kernel that never waits runs all of them as plain calls, one after another. One
// that waits leaves this loop standing on its fiber, in the middle of a thread; another fiber goes on with the next
// thread.
EMU_UNCHECKED inline bool begin_thread() {
  ThreadState& s = thread_state();
  if (s.next >= s.threads) return begin_thread_slowly();
  s.linear = s.next++;
  s.thread_index = s.next_index;
  if (++s.next_index.x == s.block_extent.x) {
    s.next_index.x = 0;
    if (++s.next_index.y == s.block_extent.y) {
      s.next_index.y = 0;
      ++s.next_index.z;
    }
  }
  return true;
}

EMU_UNCHECKED inline void end_thread() {
  ThreadState& s = thread_state();
  ++s.exited;
  if (s.waiting) end_thread_slowly();
}

struct KernelEntry {
  const char* name;
  void (*run_threads)(void** arguments);
  const unsigned* parameter_sizes;
  int parameter_count;
  const void* (*shared_anchor)();  // an address in this library's shared memory of the calling thread
};

EMU_API void register_kernel(const KernelEntry* entry);
EMU_API void unregister_kernel(const KernelEntry* entry);

// Where the compiler puts a check before every access, asking a function is cheaper than looking; and as the answer
// stays the same for as long as a kernel's thread runs, it need ask only once. (Elsewhere the kernel is inlined into
// the loop over the threads, and a look is a register.)
#ifdef EMU_CHECKED
#define EMU_ASK(T, name) \
  EMU_UNCHECKED __attribute__((noinline, const)) inline T name() { return thread_state().name; }
#else
#define EMU_ASK(T, name) \
  inline T name() { return thread_state().name; }
#endif
EMU_ASK(uint3, thread_index)
EMU_ASK(uint3, block_index)
EMU_ASK(dim3, block_extent)
EMU_ASK(dim3, grid_extent)
EMU_ASK(unsigned char*, dynamic_shared)

static thread_local volatile char shared_anchor_byte;

// Launches come with cuLaunchKernel's convention: arguments[i] points at the value of the i-th argument.
template <auto Function>
struct Kernel;

template <typename... Parameters, void (*Function)(Parameters...)>
struct Kernel<Function> {
  static constexpr unsigned sizes[sizeof...(Parameters) + 1] = {unsigned(sizeof(Parameters))..., 0};

  template <size_t... I>
  EMU_UNCHECKED static void run_threads(void** arguments, std::index_sequence<I...>) {
    while (begin_thread()) {
      Function(*static_cast<std::remove_const_t<Parameters>*>(arguments[I])...);
      end_thread();
    }
    (void)arguments;
  }

  static void run(void** arguments) { run_threads(arguments, std::index_sequence_for<Parameters...>{}); }

  EMU_UNCHECKED static const void* anchor() {
    shared_anchor_byte = 1;  // touched, so that this thread's copy of the shared memory exists
    return const_cast<const char*>(&shared_anchor_byte);
  }

  KernelEntry entry;
  explicit Kernel(const char* name) : entry{name, &run, sizes, int(sizeof...(Parameters)), &anchor} {
    register_kernel(&entry);
  }
  ~Kernel() { unregister_kernel(&entry); }
};

// What a thread waits for. All warp functions are one exchange: hand in a value, wait for the lanes of the mask, get
// the value of the lane that the operation names.
enum class WarpOperation { lane, up, down, exclusive_or, ballot };

enum class BlockVote { none, count, all, any };

EMU_API int wait_for_block(BlockVote vote, int predicate, const char* file, int line);
EMU_API uint64_t exchange_in_warp(unsigned mask, uint64_t value, WarpOperation operation, int argument, int width,
                                  const char* file, int line);
EMU_API void stop_kernel(const char* why, const char* file, int line);
#ifdef EMU_CHECKED
EMU_API void check_atomic(void* address, size_t size, const void* program_counter);
EMU_API void publish_writes();
#else
inline void check_atomic(void*, size_t, const void*) {}
inline void publish_writes() {}
#endif

}  // namespace EMU_VARIANT
}  // namespace emu

// By this name the run-time knows where a library of kernels lies in memory.
extern "C" EMU_API __attribute__((weak, used)) const char emu_kernel_library = 1;

#define EXPORT_KERNEL(name) static const emu::Kernel<name> emu_kernel_##name(#name);
