// Dropout's mask: 0 with the probability of the rate, otherwise 1/(1 − rate).
#include "loops.h"
#include "packs.h"
#include "philox.h"

// Element i belongs to number first + i of the stream, and is dropped where the upper 24 bits of that number are below
// the threshold, which is the rate times 2²⁴. A thread draws a block of four numbers at a time and writes the four
// elements that belong to them, in packs where they begin at a pack; the first and the last block may lie partly
// outside. Drawing costs about as much as writing: some hundred instructions for 16 bytes.
template <typename T>
__device__ void dropout_mask(uint64 seed, uint64 stream, uint64 first, uint32 threshold, T kept, T* mask, int n) {
  constexpr int WIDTH = Pack<T>::size;
  const uint32 skipped = uint32(first & 3);
  const bool in_packs = skipped == 0 && is_aligned(mask);
  GRID_STRIDE_LOOP(block, (skipped + uint32(n) + 3) / 4) {
    const uint4 numbers = philox_block(seed, stream, (first >> 2) + block);
    const T values[4] = {numbers.x >> 8 < threshold ? T(0) : kept, numbers.y >> 8 < threshold ? T(0) : kept,
                         numbers.z >> 8 < threshold ? T(0) : kept, numbers.w >> 8 < threshold ? T(0) : kept};
    const uint32 start = 4 * block - skipped;      // below 0 wraps to beyond n
    if (in_packs && start + 4 <= uint32(n)) {
#pragma unroll
      for (int i = 0; i < 4; i += WIDTH) {
        Pack<T> pack;
#pragma unroll
        for (int k = 0; k < WIDTH; ++k) pack.at[k] = values[i + k];
        store_pack(mask + start + i, pack);
      }
    } else {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        if (start + i < uint32(n)) mask[start + i] = values[i];
      }
    }
  }
}
KERNEL_F32_F64(dropout_mask, (uint64 seed, uint64 stream, uint64 first, uint32 threshold, T kept, T* mask, int n),
               (seed, stream, first, threshold, kept, mask, n))
