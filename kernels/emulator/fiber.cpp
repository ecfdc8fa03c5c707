// Fibers per processor: the switch is a handful of instructions that save what a function call must preserve (the
// callee-saved registers of the System V and AArch64 calling conventions) and exchange the stack pointer.
#include "fiber.h"

#include <sys/mman.h>

namespace emu {
inline namespace EMU_VARIANT {

extern "C" void emu_fiber_entry();

#ifdef __APPLE__
#define SYMBOL(name) "_" name
#define HIDE(name) "  .private_extern " SYMBOL(name) "\n"
#else
#define SYMBOL(name) name
#define HIDE(name) "  .hidden " SYMBOL(name) "\n"
#endif

#if defined(__x86_64__)
asm("  .text\n"
    "  .globl " SYMBOL("emu_fiber_switch") "\n" HIDE("emu_fiber_switch")
    SYMBOL("emu_fiber_switch") ":\n"
    "  pushq %rbp\n"
    "  pushq %rbx\n"
    "  pushq %r12\n"
    "  pushq %r13\n"
    "  pushq %r14\n"
    "  pushq %r15\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  popq %r15\n"
    "  popq %r14\n"
    "  popq %r13\n"
    "  popq %r12\n"
    "  popq %rbx\n"
    "  popq %rbp\n"
    "  ret\n"
    "  .globl " SYMBOL("emu_fiber_entry") "\n" HIDE("emu_fiber_entry")
    SYMBOL("emu_fiber_entry") ":\n"      // r12 holds the argument, r13 the function
    "  movq %r12, %rdi\n"
    "  callq *%r13\n"
    "  ud2\n");

static void* first_frame(char* top, void (*main)(Fiber*), Fiber* argument) {
  void** sp = reinterpret_cast<void**>(top);
  *--sp = nullptr;                                    // two words: the stack is aligned to 16 where
  *--sp = nullptr;                                    // emu_fiber_entry calls
  *--sp = reinterpret_cast<void*>(&emu_fiber_entry);  // the return address of the first switch
  *--sp = nullptr;                                    // rbp
  *--sp = nullptr;                                    // rbx
  *--sp = argument;                                   // r12
  *--sp = reinterpret_cast<void*>(main);              // r13
  *--sp = nullptr;                                    // r14
  *--sp = nullptr;                                    // r15
  return sp;
}

#elif defined(__aarch64__)
asm("  .text\n"
    "  .p2align 2\n"
    "  .globl " SYMBOL("emu_fiber_switch") "\n" HIDE("emu_fiber_switch")
    SYMBOL("emu_fiber_switch") ":\n"
    "  sub sp, sp, #160\n"
    "  stp x19, x20, [sp, #0]\n"
    "  stp x21, x22, [sp, #16]\n"
    "  stp x23, x24, [sp, #32]\n"
    "  stp x25, x26, [sp, #48]\n"
    "  stp x27, x28, [sp, #64]\n"
    "  stp x29, x30, [sp, #80]\n"
    "  stp d8, d9, [sp, #96]\n"
    "  stp d10, d11, [sp, #112]\n"
    "  stp d12, d13, [sp, #128]\n"
    "  stp d14, d15, [sp, #144]\n"
    "  mov x9, sp\n"
    "  str x9, [x0]\n"
    "  mov sp, x1\n"
    "  ldp x19, x20, [sp, #0]\n"
    "  ldp x21, x22, [sp, #16]\n"
    "  ldp x23, x24, [sp, #32]\n"
    "  ldp x25, x26, [sp, #48]\n"
    "  ldp x27, x28, [sp, #64]\n"
    "  ldp x29, x30, [sp, #80]\n"
    "  ldp d8, d9, [sp, #96]\n"
    "  ldp d10, d11, [sp, #112]\n"
    "  ldp d12, d13, [sp, #128]\n"
    "  ldp d14, d15, [sp, #144]\n"
    "  add sp, sp, #160\n"
    "  ret\n"
    "  .p2align 2\n"
    "  .globl " SYMBOL("emu_fiber_entry") "\n" HIDE("emu_fiber_entry")
    SYMBOL("emu_fiber_entry") ":\n"      // x19 holds the argument, x20 the function
    "  mov x0, x19\n"
    "  blr x20\n"
    "  brk #0\n");

static void* first_frame(char* top, void (*main)(Fiber*), Fiber* argument) {
  void** sp = reinterpret_cast<void**>(top - 160);
  std::memset(sp, 0, 160);
  sp[0] = argument;                                    // x19
  sp[1] = reinterpret_cast<void*>(main);               // x20
  sp[11] = reinterpret_cast<void*>(&emu_fiber_entry);  // x30, the link register
  return sp;
}
#else
#error "The emulator switches fibers on x86-64 and AArch64. Write emu_fiber_switch for this processor."
#endif

constexpr size_t page = 16384;  // a multiple of every page size in use

bool Fiber::allocate(BlockRunner* owner, unsigned fiber_number) {
  void* memory =
      mmap(nullptr, page + stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  mprotect(memory, page, PROT_NONE);  // a stack that overflows faults instead of writing into its neighbour
  stack = static_cast<char*>(memory) + page;
  runner = owner;
  number = fiber_number;
  return true;
}

void Fiber::release() {
  if (stack) munmap(stack - page, page + stack_bytes);
  stack = nullptr;
}

void Fiber::restart(void (*main)(Fiber*)) {
  // Stacks are aligned alike, so the busy ends of all of them would fall into the same few sets of the first-level
  // cache. Each starts a little lower than the one before.
  unsigned colour = number % 32 * 128;
  stack_pointer = first_frame(stack + stack_bytes - colour, main, this);
  state = FiberState::idle;
}

bool Fiber::guards(uintptr_t address) const {
  uintptr_t lowest = reinterpret_cast<uintptr_t>(stack);
  return address < lowest && address >= lowest - page;
}

}  // namespace EMU_VARIANT
}  // namespace emu
