__global__ void hidden(float* x) { x[threadIdx.x] = 0; }
