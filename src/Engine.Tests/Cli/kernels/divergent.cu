// check half
//   n = 32, 64
//   y[n]
//   grid 1
//   block n
extern "C" __global__ void half(int* y, int n) {
  if (threadIdx.x < 40) {
    y[threadIdx.x] = 1;
    __syncthreads();
  }
}
