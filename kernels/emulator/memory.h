// Device memory, which here is main memory that is watched.
#pragma once

#include <cstdint>
#include <string>

#include "options.h"

namespace emu {
inline namespace EMU_VARIANT {

// Fresh memory holds 0xFF in every byte, a NaN for floats and doubles: who reads before writing sees it. Null when
// there is none left.
void* allocate(size_t bytes, const char* label);

// False where no allocation begins there.
bool release(void* start);

// True where the whole range lies inside one live allocation; else `finding` says where it lies.
bool is_inside_allocation(const void* start, size_t bytes, std::string& finding);

// The name that the allocation which starts there was given.
std::string label_of(uintptr_t start);

// "4 bytes past the end", "right at the end".
std::string distance_past_end(uintptr_t address, uintptr_t end);

// "address 0x7f…, 4 bytes past the end of 'x' (1024 bytes)".
std::string describe_address(uintptr_t address);

}  // namespace EMU_VARIANT
}  // namespace emu
