// The stand-in driver: a device that is main memory and does its work at once.
#pragma once

#include "../standin.h"
#include "../vendor/cuda_types.h"

#include <chrono>
#include <memory>
#include <set>
#include <vector>

struct CUctx_st {
  int retained = 0;
};

struct CUfunc_st {
  std::string name;
  std::vector<size_t> parameter_sizes;
  int max_dynamic_shared = 48 * 1024;
  void* emulated = nullptr;  // the emulator's handle, where there is one
};

struct CUmod_st {
  std::map<std::string, std::unique_ptr<CUfunc_st>> functions;
};

struct CUgraphNode_st {
  std::function<CUresult()> work;
  bool is_kernel = false;
};

struct CUgraph_st {
  std::vector<std::shared_ptr<CUgraphNode_st>> nodes;
};

struct CUgraphExec_st {
  std::vector<std::shared_ptr<CUgraphNode_st>> originals;
  std::map<CUgraphNode, std::function<CUresult()>> work;
};

struct CUstream_st {
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_RELAXED;
  std::unique_ptr<CUgraph_st> graph;
  CUgraphNode last = nullptr;
};

struct CUevent_st {
  bool timing = true;
  bool recorded = false;
  std::chrono::steady_clock::time_point time;
};

namespace driver {

struct State {
  bool initialized = false;
  CUctx_st primary;
  std::map<uintptr_t, size_t> memory;  // address and size of each allocation
  std::map<uintptr_t, size_t> pinned;
  size_t used = 0;
  std::set<void*> streams, events, modules, graphs, executables;
  CUresult lost = CUDA_SUCCESS;  // what every call answers once a kernel has gone astray
};

State& state();
extern thread_local CUcontext current;

// Whether calls are possible at all: initialized, a context current, the device not lost.
CUresult ready();

// Whether a capture somewhere forbids calls that may wait or allocate; such a call spoils the capture.
CUresult forbidden_by_capture();

bool is_memory(uintptr_t address, size_t bytes);

size_t total_memory();

// Runs work now, or adds it to the graph that the stream is being captured into.
CUresult submit(CUstream stream, std::function<CUresult()> work, bool is_kernel = false);

// Runs a kernel with copies of its arguments.
CUresult run(const CUfunc_st& function, const unsigned grid[3], const unsigned block[3], unsigned shared,
             const std::vector<std::vector<char>>& arguments);

// The emulator and the library of kernels named by ENGINE_STANDIN_EMULATOR and ENGINE_STANDIN_KERNELS.
void* emulated_function(const char* name, std::vector<size_t>* sizes);
int emulated_launch(void* function, const unsigned grid[3], const unsigned block[3], unsigned shared, void** arguments);
bool has_emulator();
uintptr_t emulated_malloc(size_t bytes);
void emulated_free(uintptr_t address);

}  // namespace driver

#define READY(call)                                                  \
  STANDIN_FAIL(call, CUresult);                                      \
  if (CUresult not_ready = driver::ready()) return not_ready
