// Philox-4×32-10: number i of a stream is a function of the seed, the stream and i alone. So every thread works out its
// own numbers, in any order, and a mask is the same on any device, bit for bit (Engine.Tensors.Philox is the same in C#).
//
// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
#pragma once

#include "engine_cuda.h"

// Numbers 4·block … 4·block + 3 of a stream. The key is the seed; the counter is the block in its low half and the stream
// in its high half. Ten rounds of two multiplications whose halves are crossed over, the key moving on in between.
__device__ __forceinline__ uint4 philox_block(uint64 seed, uint64 stream, uint64 block) {
  uint4 c = make_uint4(uint32(block), uint32(block >> 32), uint32(stream), uint32(stream >> 32));
  uint32 k0 = uint32(seed), k1 = uint32(seed >> 32);
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    const uint64 p0 = uint64(0xD2511F53u) * c.x, p1 = uint64(0xCD9E8D57u) * c.z;
    c = make_uint4(uint32(p1 >> 32) ^ c.y ^ k0, uint32(p1), uint32(p0 >> 32) ^ c.w ^ k1, uint32(p0));
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}
