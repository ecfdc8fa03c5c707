// The functions that the compiler calls: -fsanitize=thread before every memory access, and the other sanitizers where
// an index, an address or a divisor is found wrong. Their names are the compiler's; what they do is ours.
#include <cstdio>
#include <cstring>

#include "checker.h"

using namespace emu;

#define HOOK(name) extern "C" EMU_API void name

#define CHECK(address, size, access) \
  check_access(reinterpret_cast<uintptr_t>(address), size, access, __builtin_return_address(0))

#define HOOKS_OF_SIZE(n)                                                   \
  HOOK(__tsan_read##n)(void* p) { CHECK(p, n, Access::read); }             \
  HOOK(__tsan_write##n)(void* p) { CHECK(p, n, Access::write); }           \
  HOOK(__tsan_unaligned_read##n)(void* p) { CHECK(p, n, Access::read); }   \
  HOOK(__tsan_unaligned_write##n)(void* p) { CHECK(p, n, Access::write); } \
  HOOK(__tsan_volatile_read##n)(void* p) { CHECK(p, n, Access::read); }    \
  HOOK(__tsan_volatile_write##n)(void* p) { CHECK(p, n, Access::write); }  \
  HOOK(__tsan_read_write##n)(void* p) { CHECK(p, n, Access::write); }      \
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

// ---- What the compiler's checks of undefined behaviour hand over (compiler-rt, ubsan_handlers.h).

struct SourceLocation {
  const char* file;
  uint32_t line, column;
};

struct TypeDescriptor {
  uint16_t kind, info;  // of an integer, info is twice the logarithm of its bits, plus 1 if it is signed
  char name[1];         // in quotes, continued behind the structure
};

struct ArrayIndex {
  SourceLocation where;
  const TypeDescriptor* array;
  const TypeDescriptor* index;
};

struct Misalignment {
  SourceLocation where;
  const TypeDescriptor* type;
  unsigned char alignment_logarithm, kind;
};

struct Division {
  SourceLocation where;
  const TypeDescriptor* type;
};

HOOK(__ubsan_handle_out_of_bounds)(ArrayIndex* found, uintptr_t index) {
  char text[300];
  bool is_negative = (found->index->info & 1) != 0 && int64_t(index) < 0;
  snprintf(text, sizeof text,
           is_negative ? "uses index %lld of an array of type %s" : "uses index %llu of an array of type %s",
           static_cast<unsigned long long>(index), found->array->name);
  report_misuse(illegal_address, text, found->where.file, found->where.line);
}

HOOK(__ubsan_handle_type_mismatch_v1)(Misalignment* found, uintptr_t address) {
  char text[300];
  unsigned alignment = 1u << found->alignment_logarithm;
  snprintf(text, sizeof text, "uses address 0x%zx for type %s, which needs a multiple of %u", size_t(address),
           found->type->name, alignment);
  report_misuse(misaligned_address, text, found->where.file, found->where.line);
}

HOOK(__ubsan_handle_divrem_overflow)(Division* found, uintptr_t, uintptr_t) {
  report_misuse(launch_failed, "divides an integer by zero", found->where.file, found->where.line);
}
