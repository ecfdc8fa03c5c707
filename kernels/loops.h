// The plain way to spread n elements over a grid: one at a time.
#pragma once

// Thread t of the grid takes elements t, t + stride, t + 2·stride …, where stride is the number of threads: neighbours
// in a warp are neighbours in memory in every round, and any count goes with any grid. With n and stride below 2³¹ the
// unsigned sum does not wrap.
#define GRID_STRIDE_LOOP(i, n) \
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(n); i += gridDim.x * blockDim.x)
