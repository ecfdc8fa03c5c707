// Ends a kernel that does not end by itself: a signal to the thread that runs it, handled like a fault.
#pragma once

#include <csignal>

#ifdef __linux__
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#endif

#include "options.h"

namespace emu {
inline namespace EMU_VARIANT {

class Alarm {
 public:
  // Nobody else in a .NET process uses it.
  static constexpr int signal = SIGVTALRM;

  ~Alarm() { clear(); }

  // The signal comes after so many seconds of the calling thread's processor time.
  void set(long seconds) {
#ifdef __linux__
    sigevent event = {};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = signal;
    event._sigev_un._tid = int(syscall(SYS_gettid));
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0) return;
    is_set = true;
    itimerspec time = {};
    time.it_value.tv_sec = seconds;
    timer_settime(timer, 0, &time, nullptr);
#else
    (void)seconds;
#endif
  }

  void clear() {
#ifdef __linux__
    if (is_set) timer_delete(timer);
#endif
    is_set = false;
  }

 private:
#ifdef __linux__
  timer_t timer = {};
#endif
  bool is_set = false;
};

}  // namespace EMU_VARIANT
}  // namespace emu
