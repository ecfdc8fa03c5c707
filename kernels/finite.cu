// How many numbers are not finite, over many tensors in one launch: the guard of an optimizer's step.
#include "tensor_table.h"

// A thread counts in its share; x − x is 0 for a number and NaN for an infinity or NaN. As a rule there is none, and then
// no thread has anything to add. Additions of integers may come in any order, so atomics keep the result exact.
template <typename T> __device__ __forceinline__ void count_nonfinite(const TensorTable& table, int* count) {
  const TableTile at = table_tile(table);
  const T* x = table_array<T>(table, at.row, 0);
  on_tile<T>(at.tile, at.size, [=](auto tile) INLINED {
    Share<T> share = tile.load(x);
    int found = 0;
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) found += !(share[i] - share[i] == T(0));
    if (found != 0) atomicAdd(count, found);
  }, x);
}
KERNEL_F32_F64(count_nonfinite, (TensorTable table, int* count), (table, count))
