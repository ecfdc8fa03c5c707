// Whole numbers, counted from zero, within bounds that the declaration sets.
//
// check histogram
//   n = 1, 100, 257
//   bins = 7
//   labels[n] in 0..bins - 1, counts[bins] = 0
//   grid (n + 127) / 128
//   block 128
extern "C" __global__ void histogram(const int* labels, unsigned int* counts, int n, int bins) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) atomicAdd(&counts[labels[i]], 1u);
}

extern "C" __global__ void histogram_reference(const int* labels, unsigned int* counts, int n, int bins) {
  for (int i = 0; i < n; ++i) ++counts[labels[i]];
}

