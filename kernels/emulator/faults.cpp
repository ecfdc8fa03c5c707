#include "faults.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "block_runner.h"

namespace emu {
inline namespace EMU_VARIANT {

static const int caught_signals[] = {SIGSEGV, SIGBUS, SIGFPE, Alarm::signal};
static struct sigaction previous[NSIG];

static uintptr_t program_counter_of(const void* context) {
  auto* machine = &static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__linux__) && defined(__x86_64__)
  return uintptr_t(machine->gregs[REG_RIP]);
#elif defined(__linux__) && defined(__aarch64__)
  return uintptr_t(machine->pc);
#elif defined(__APPLE__) && defined(__aarch64__)
  return uintptr_t((*machine)->__ss.__pc);
#else
  (void)machine;
  return 0;
#endif
}

// Runs on the thread that faulted. .NET turns the same signals into its own exceptions, so what is not ours is handed
// on exactly as it came.
static void on_fault(int signal, siginfo_t* info, void* context) {
  if (BlockRunner* runner = BlockRunner::of_this_thread()) {
    runner->escape_from_fault(signal, uintptr_t(info->si_addr), program_counter_of(context));
  }
  const struct sigaction& handler = previous[signal];
  if (handler.sa_flags & SA_SIGINFO) {
    handler.sa_sigaction(signal, info, context);
  } else if (handler.sa_handler == SIG_DFL) {
    ::signal(signal, SIG_DFL);  // the instruction is tried again and ends the process as it would have
  } else if (handler.sa_handler != SIG_IGN) {
    handler.sa_handler(signal);
  }
}

void catch_faults() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (int signal : caught_signals) {
      struct sigaction action = {};
      action.sa_sigaction = on_fault;
      // NODEFER, because the handler leaves by a jump and nobody would unblock the signal again.
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
      sigaction(signal, &action, &previous[signal]);
    }
  });
}

void provide_signal_stack() {
  constexpr size_t bytes = 64 * 1024;
  stack_t stack = {};
  stack.ss_sp = std::malloc(bytes);  // kept as long as the thread, which is as long as the process
  stack.ss_size = bytes;
  if (stack.ss_sp) sigaltstack(&stack, nullptr);
}

const char* base_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash ? slash + 1 : path;
}

bool is_ours(const void* program_counter) {
  Dl_info there, here;
  return dladdr(program_counter, &there) && dladdr(reinterpret_cast<void*>(&catch_faults), &here) && there.dli_fbase == here.dli_fbase;
}

std::string source_line(const void* program_counter) {
  Dl_info found;
  if (!program_counter || !dladdr(program_counter, &found) || !found.dli_fname) return "an unknown place";
  auto offset = static_cast<const char*>(program_counter) - static_cast<const char*>(found.dli_fbase);
  char command[1200];
  snprintf(command, sizeof command, "addr2line -s -i -e '%s' %lx 2>/dev/null", found.dli_fname,
           static_cast<unsigned long>(offset));
  std::string place;
  if (FILE* output = popen(command, "r")) {
    char line[400];
    // The innermost inlined function comes first. One of CUDA's own, such as __ldg, is passed over for its caller.
    while (fgets(line, sizeof line, output)) {
      line[std::strcspn(line, " \n")] = 0;
      bool is_ours = std::strstr(line, "cuda_emulated.h") || std::strstr(line, "kernel_entry.h");
      if (place.empty() && !is_ours && *line != '?' && !std::strstr(line, ":?")) place = line;
    }
    pclose(output);
  }
  if (!place.empty()) return place;
  return found.dli_sname ? std::string("function ") + found.dli_sname
                         : std::string("an unknown line of ") + base_name(found.dli_fname);
}

}  // namespace EMU_VARIANT
}  // namespace emu
