// check broken
//   n = 4
//   x[n]
//   grid 1
//   block n
extern "C" __global__ void broken(float* x, int n) {
  x[threadIdx.x] = no_such_name;
}
