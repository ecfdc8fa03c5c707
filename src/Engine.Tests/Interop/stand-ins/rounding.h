// What matrix units do to 32-bit operands: keep fewer bits of the significand, rounding to nearest, ties to even.
#pragma once

#include <stdint.h>
#include <string.h>

namespace standin {

// 23 bits of significand less `dropped`: TF32 drops 13, bfloat16 drops 16.
inline float rounded(float value, int dropped) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7F800000u) == 0x7F800000u) return value;
  uint32_t half = 1u << (dropped - 1), odd = (bits >> dropped) & 1;
  bits = (bits + half - 1 + odd) & ~((1u << dropped) - 1);
  memcpy(&value, &bits, sizeof value);
  return value;
}

inline float to_tf32(float value) { return rounded(value, 13); }
inline float to_bfloat16(float value) { return rounded(value, 16); }

}  // namespace standin
