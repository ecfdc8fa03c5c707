// The functions that -fsanitize=thread calls before a memory access. Their names are the compiler's; what they do is ours.
#include <cstring>

#include "checker.h"

using namespace emu;

#define HOOK(name) extern "C" EMU_API void name

#define CHECK(address, size, access) \
  check_access(reinterpret_cast<uintptr_t>(address), size, access, __builtin_return_address(0))

#define HOOKS_OF_SIZE(n)                                                          \
  HOOK(__tsan_read##n)(void* p) { CHECK(p, n, Access::read); }                    \
  HOOK(__tsan_write##n)(void* p) { CHECK(p, n, Access::write); }                  \
  HOOK(__tsan_unaligned_read##n)(void* p) { CHECK(p, n, Access::read); }          \
  HOOK(__tsan_unaligned_write##n)(void* p) { CHECK(p, n, Access::write); }        \
  HOOK(__tsan_volatile_read##n)(void* p) { CHECK(p, n, Access::read); }           \
  HOOK(__tsan_volatile_write##n)(void* p) { CHECK(p, n, Access::write); }         \
  HOOK(__tsan_read_write##n)(void* p) { CHECK(p, n, Access::write); }             \
  HOOK(__tsan_unaligned_read_write##n)(void* p) { CHECK(p, n, Access::write); }

HOOKS_OF_SIZE(1)
HOOKS_OF_SIZE(2)
HOOKS_OF_SIZE(4)
HOOKS_OF_SIZE(8)
HOOKS_OF_SIZE(16)

HOOK(__tsan_init)() {}
HOOK(__tsan_func_entry)(void*) {}
HOOK(__tsan_func_exit)() {}

HOOK(__tsan_read_range)(void* p, size_t n) { CHECK(p, n, Access::read); }
HOOK(__tsan_write_range)(void* p, size_t n) { CHECK(p, n, Access::write); }

// clang sends block copies through these.
extern "C" EMU_API void* __tsan_memcpy(void* to, const void* from, size_t n) {
  CHECK(from, n, Access::read);
  CHECK(to, n, Access::write);
  return std::memcpy(to, from, n);
}
extern "C" EMU_API void* __tsan_memmove(void* to, const void* from, size_t n) {
  CHECK(from, n, Access::read);
  CHECK(to, n, Access::write);
  return std::memmove(to, from, n);
}
extern "C" EMU_API void* __tsan_memset(void* to, int value, size_t n) {
  CHECK(to, n, Access::write);
  return std::memset(to, value, n);
}
