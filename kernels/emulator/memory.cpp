#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>

#ifdef EMU_CHECKED
#include "checker_arena.h"
#endif

namespace emu {
inline namespace EMU_VARIANT {

namespace {

struct Allocation {
  uintptr_t start, end;
  std::string label;
  void* mapping;  // with guard pages: what mmap gave; else null
  size_t mapping_bytes;
};

struct Memory {
  std::mutex lock;
  std::map<uintptr_t, Allocation> live;  // by start
  std::deque<Allocation> freed;          // the last ones, newest in front, so that their names are still known
};

// Never destroyed: kernels may still run while the process ends.
Memory& memory = *new Memory;

constexpr size_t remembered = 1024;
constexpr size_t alignment = 256;  // that of cuMemAlloc

size_t round_up(size_t bytes, size_t multiple) { return (bytes + multiple - 1) / multiple * multiple; }

// Ends at a page that faults when touched, so an overrun is caught where it happens.
bool allocate_guarded(Allocation& allocation, size_t bytes) {
  size_t page = size_t(sysconf(_SC_PAGESIZE));
  size_t body = round_up(bytes, page);
  allocation.mapping_bytes = body + 2 * page;
  void* mapping =
      mmap(nullptr, allocation.mapping_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return false;
  allocation.mapping = mapping;
  char* usable = static_cast<char*>(mapping) + page;
  mprotect(usable, body, PROT_READ | PROT_WRITE);
  allocation.start = reinterpret_cast<uintptr_t>(usable) + body - round_up(bytes, 16);
  return true;
}

#ifdef EMU_CHECKED
std::mutex& arena_lock = *new std::mutex;

uintptr_t allocate_checked(size_t bytes) {
  std::lock_guard<std::mutex> hold(arena_lock);
  return arena.allocate(bytes);
}

void release_checked(uintptr_t start) {
  std::lock_guard<std::mutex> hold(arena_lock);
  arena.release(start);
}
#else
uintptr_t allocate_checked(size_t) { return 0; }
void release_checked(uintptr_t) {}
#endif

void give_back(const Allocation& allocation) {
  if (allocation.mapping) munmap(allocation.mapping, allocation.mapping_bytes);
}

}  // namespace

void* allocate(size_t bytes, const char* label) {
  Allocation allocation = {};
  allocation.label = label ? label : "unnamed";
  if (is_checked) {
    allocation.start = allocate_checked(bytes);
    if (allocation.start == 0) return nullptr;
  } else if (options.guard) {
    if (!allocate_guarded(allocation, bytes)) return nullptr;
  } else {
    allocation.start =
        reinterpret_cast<uintptr_t>(std::aligned_alloc(alignment, round_up(bytes ? bytes : 1, alignment)));
    if (allocation.start == 0) return nullptr;
  }
  allocation.end = allocation.start + bytes;
  void* start = reinterpret_cast<void*>(allocation.start);
  std::memset(start, 0xFF, bytes);
  std::lock_guard<std::mutex> hold(memory.lock);
  memory.live[allocation.start] = std::move(allocation);
  return start;
}

bool release(void* start) {
  std::lock_guard<std::mutex> hold(memory.lock);
  auto found = memory.live.find(reinterpret_cast<uintptr_t>(start));
  if (found == memory.live.end()) return false;
  Allocation allocation = std::move(found->second);
  memory.live.erase(found);
  if (is_checked) {
    release_checked(allocation.start);
  } else if (allocation.mapping) {
    mprotect(allocation.mapping, allocation.mapping_bytes, PROT_NONE);
  } else {
    std::free(start);
  }
  memory.freed.push_front(std::move(allocation));
  if (memory.freed.size() > remembered) {
    give_back(memory.freed.back());
    memory.freed.pop_back();
  }
  return true;
}

std::string label_of(uintptr_t start) {
  std::lock_guard<std::mutex> hold(memory.lock);
  auto found = memory.live.find(start);
  return found == memory.live.end() ? "unnamed" : found->second.label;
}

std::string distance_past_end(uintptr_t address, uintptr_t end) {
  return address == end ? "right at the end" : std::to_string(address - end) + " bytes past the end";
}

std::string describe_address(uintptr_t address) {
  char text[400];
  std::lock_guard<std::mutex> hold(memory.lock);
  const Allocation* nearest = nullptr;
  uintptr_t distance = 1 << 20;  // farther away, a name would mislead
  for (auto& [start, allocation] : memory.live) {
    uintptr_t away = address < start ? start - address : address >= allocation.end ? address - allocation.end : 0;
    if (away < distance) {
      distance = away;
      nearest = &allocation;
    }
  }
  if (!nearest || distance > 0) {
    for (auto& allocation : memory.freed) {
      if (address < allocation.start || address >= allocation.end) continue;
      snprintf(text, sizeof text, "byte %zu of '%s', which was freed", size_t(address - allocation.start),
               allocation.label.c_str());
      return text;
    }
  }
  if (address < 4096) {
    snprintf(text, sizeof text, "address 0x%zx, a null pointer or close to one", size_t(address));
  } else if (!nearest) {
    snprintf(text, sizeof text, "address 0x%zx, near no allocation (a pointer of the host, or one never set?)",
             size_t(address));
  } else if (address >= nearest->end) {
    snprintf(text, sizeof text, "%s of '%s' (%zu bytes)", distance_past_end(address, nearest->end).c_str(),
             nearest->label.c_str(), size_t(nearest->end - nearest->start));
  } else if (address < nearest->start) {
    snprintf(text, sizeof text, "%zu bytes before the start of '%s' (%zu bytes)", size_t(nearest->start - address),
             nearest->label.c_str(), size_t(nearest->end - nearest->start));
  } else {
    snprintf(text, sizeof text, "byte %zu of '%s' (%zu bytes)", size_t(address - nearest->start),
             nearest->label.c_str(), size_t(nearest->end - nearest->start));
  }
  return text;
}

bool is_inside_allocation(const void* start, size_t bytes, std::string& finding) {
  uintptr_t first = reinterpret_cast<uintptr_t>(start);
  char text[400];
  {
    std::lock_guard<std::mutex> hold(memory.lock);
    auto after = memory.live.upper_bound(first);
    if (after != memory.live.begin()) {
      const Allocation& allocation = std::prev(after)->second;
      size_t left = first <= allocation.end ? allocation.end - first : 0;
      if (first < allocation.end || (first == allocation.end && bytes == 0)) {
        if (bytes <= left) return true;
        snprintf(text, sizeof text, "%zu bytes from byte %zu of '%s' (%zu bytes) reach %zu bytes past its end", bytes,
                 size_t(first - allocation.start), allocation.label.c_str(), size_t(allocation.end - allocation.start),
                 bytes - left);
        finding = text;
        return false;
      }
    }
  }
  finding = std::to_string(bytes) + " bytes from " + describe_address(first);
  return false;
}

}  // namespace EMU_VARIANT
}  // namespace emu
