// The pool of helpers. A launch begins on the thread that asks for it; most end there too, before waking somebody would
// have paid. One that takes longer is put on a list, from which idle helpers take blocks.
#include "launch.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <thread>
#include <vector>

#include "block_runner.h"
#include "faults.h"

namespace emu {
inline namespace EMU_VARIANT {

namespace {

struct Pool {
  std::mutex lock;
  std::condition_variable work, done;
  std::vector<Launch*> open;                          // launches that want help
  std::vector<std::unique_ptr<BlockRunner>> runners;  // not in use
  unsigned helpers = 0;
};

// Never destroyed: helpers wait in it until the process ends.
Pool& pool = *new Pool;

std::unique_ptr<BlockRunner> take_runner() {
  std::lock_guard<std::mutex> hold(pool.lock);
  auto& free = pool.runners;
  if (free.empty()) return std::make_unique<BlockRunner>();
  auto ours = std::find_if(free.begin(), free.end(), [](auto& runner) { return runner->ran_here(); });
  if (ours != free.end()) std::swap(*ours, free.back());
  auto runner = std::move(free.back());
  free.pop_back();
  return runner;
}

void help() {
  provide_signal_stack();
  BlockRunner runner;
  std::unique_lock<std::mutex> hold(pool.lock);
  for (;;) {
    pool.work.wait(hold, [] { return !pool.open.empty(); });
    Launch& launch = *pool.open.front();
    ++launch.helpers;
    hold.unlock();
    runner.run(launch);
    hold.lock();
    pool.open.erase(std::remove(pool.open.begin(), pool.open.end(), &launch),
                    pool.open.end());  // nothing is left of it
    if (--launch.helpers == 0) pool.done.notify_all();
  }
}

}  // namespace

void call_helpers(Launch& launch) {
  long wanted = options.workers ? options.workers.load() : long(std::thread::hardware_concurrency());
  if (wanted <= 1) return;
  std::lock_guard<std::mutex> hold(pool.lock);
  while (pool.helpers + 1 < unsigned(wanted)) {
    std::thread(help).detach();
    ++pool.helpers;
  }
  pool.open.push_back(&launch);
  pool.work.notify_all();
}

void run_launch(Launch& launch) {
  // The checker's shadow memory is written by one thread of the operating system at a time.
  static std::mutex& one_checked_launch = *new std::mutex;
  std::unique_lock<std::mutex> alone(one_checked_launch, std::defer_lock);
  if (is_checked) alone.lock();

  auto runner = take_runner();
  runner->run(launch);
  std::unique_lock<std::mutex> hold(pool.lock);
  pool.open.erase(std::remove(pool.open.begin(), pool.open.end(), &launch), pool.open.end());
  pool.done.wait(hold, [&] { return launch.helpers == 0; });
  pool.runners.push_back(std::move(runner));
}

}  // namespace EMU_VARIANT
}  // namespace emu
