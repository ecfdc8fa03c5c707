// Streams, events, captures and graphs. Work is done at once, except while a stream is being captured.
#include "driver.h"

using driver::state;

namespace driver {

CUresult forbidden_by_capture() {
  for (void* each : state().streams) {
    auto* stream = static_cast<CUstream>(each);
    if (stream->status == CU_STREAM_CAPTURE_STATUS_ACTIVE && stream->mode != CU_STREAM_CAPTURE_MODE_RELAXED) {
      stream->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
  }
  return CUDA_SUCCESS;
}

CUresult submit(CUstream stream, std::function<CUresult()> work, bool is_kernel) {
  if (!stream || stream->status == CU_STREAM_CAPTURE_STATUS_NONE) return work();
  if (stream->status == CU_STREAM_CAPTURE_STATUS_INVALIDATED) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  auto node = std::make_shared<CUgraphNode_st>();
  node->work = std::move(work);
  node->is_kernel = is_kernel;
  stream->last = node.get();
  stream->graph->nodes.push_back(std::move(node));
  return CUDA_SUCCESS;
}

}  // namespace driver

namespace {

// The handle must be one that was made and not destroyed.
template <typename T>
bool is_alive(const std::set<void*>& alive, T* handle) { return handle && alive.count(handle); }

// A call that waits for a stream which is being captured spoils the capture.
CUresult forbidden_for(CUstream stream) {
  if (stream && stream->status != CU_STREAM_CAPTURE_STATUS_NONE) {
    stream->status = CU_STREAM_CAPTURE_STATUS_INVALIDATED;
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  return CUDA_SUCCESS;
}

}  // namespace

STANDIN_API int standin_enqueue(void* stream, const std::function<void()>* work) {
  if (CUresult not_ready = driver::ready()) return not_ready;
  std::function<void()> copy = *work;
  return driver::submit(static_cast<CUstream>(stream), [copy] { return copy(), CUDA_SUCCESS; });
}

STANDIN_API CUresult cuStreamCreate(CUstream* stream, unsigned int flags) {
  READY("cuStreamCreate");
  if (flags > 1) return CUDA_ERROR_INVALID_VALUE;
  *stream = new CUstream_st;
  state().streams.insert(*stream);
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuStreamDestroy_v2(CUstream stream) {
  READY("cuStreamDestroy_v2");
  if (!is_alive(state().streams, stream)) return CUDA_ERROR_INVALID_HANDLE;
  state().streams.erase(stream);
  delete stream;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuStreamSynchronize(CUstream stream) {
  READY("cuStreamSynchronize");
  if (stream && !is_alive(state().streams, stream)) return CUDA_ERROR_INVALID_HANDLE;
  return forbidden_for(stream);
}

STANDIN_API CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned int flags) {
  READY("cuStreamWaitEvent");
  if (!is_alive(state().streams, stream) || !is_alive(state().events, event)) return CUDA_ERROR_INVALID_HANDLE;
  return flags > 1 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

STANDIN_API CUresult cuEventCreate(CUevent* event, unsigned int flags) {
  READY("cuEventCreate");
  if (flags > 7) return CUDA_ERROR_INVALID_VALUE;
  *event = new CUevent_st;
  (*event)->timing = !(flags & 2);
  state().events.insert(*event);
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuEventDestroy_v2(CUevent event) {
  READY("cuEventDestroy_v2");
  if (!is_alive(state().events, event)) return CUDA_ERROR_INVALID_HANDLE;
  state().events.erase(event);
  delete event;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuEventRecord(CUevent event, CUstream stream) {
  READY("cuEventRecord");
  if (!is_alive(state().events, event) || (stream && !is_alive(state().streams, stream))) return CUDA_ERROR_INVALID_HANDLE;
  return driver::submit(stream, [=] {
    event->recorded = true;
    event->time = std::chrono::steady_clock::now();
    return CUDA_SUCCESS;
  });
}

STANDIN_API CUresult cuEventQuery(CUevent event) {
  READY("cuEventQuery");
  return is_alive(state().events, event) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

STANDIN_API CUresult cuEventSynchronize(CUevent event) {
  READY("cuEventSynchronize");
  return is_alive(state().events, event) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

STANDIN_API CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end) {
  READY("cuEventElapsedTime");
  if (!is_alive(state().events, start) || !is_alive(state().events, end)) return CUDA_ERROR_INVALID_HANDLE;
  if (!start->timing || !end->timing || !start->recorded || !end->recorded) return CUDA_ERROR_INVALID_HANDLE;
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
  READY("cuStreamBeginCapture_v2");
  if (!is_alive(state().streams, stream)) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  if (stream->status != CU_STREAM_CAPTURE_STATUS_NONE || mode > CU_STREAM_CAPTURE_MODE_RELAXED) return CUDA_ERROR_INVALID_VALUE;
  stream->status = CU_STREAM_CAPTURE_STATUS_ACTIVE;
  stream->mode = mode;
  stream->graph = std::make_unique<CUgraph_st>();
  stream->last = nullptr;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
  READY("cuStreamEndCapture");
  *graph = nullptr;
  if (!is_alive(state().streams, stream)) return CUDA_ERROR_INVALID_HANDLE;
  CUstreamCaptureStatus status = stream->status;
  stream->status = CU_STREAM_CAPTURE_STATUS_NONE;
  if (status == CU_STREAM_CAPTURE_STATUS_NONE) return CUDA_ERROR_INVALID_VALUE;
  if (status == CU_STREAM_CAPTURE_STATUS_INVALIDATED) {
    stream->graph.reset();
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  }
  *graph = stream->graph.release();
  state().graphs.insert(*graph);
  return CUDA_SUCCESS;
}

namespace {

CUresult capture_info(CUstream stream, CUstreamCaptureStatus* status, CUgraph* graph, const CUgraphNode** dependencies, size_t* count) {
  if (!is_alive(state().streams, stream)) return CUDA_ERROR_INVALID_HANDLE;
  *status = stream->status;
  if (stream->status == CU_STREAM_CAPTURE_STATUS_ACTIVE) {
    if (graph) *graph = stream->graph.get();
    if (dependencies) *dependencies = &stream->last;
    if (count) *count = stream->last ? 1 : 0;
  }
  return CUDA_SUCCESS;
}

}  // namespace

STANDIN_API CUresult cuStreamGetCaptureInfo_v2(CUstream stream, CUstreamCaptureStatus* status, cuuint64_t* id, CUgraph* graph,
                                               const CUgraphNode** dependencies, size_t* count) {
  READY("cuStreamGetCaptureInfo_v2");
  if (id) *id = 1;
  return capture_info(stream, status, graph, dependencies, count);
}

#ifndef STANDIN_OLD
STANDIN_API CUresult cuStreamGetCaptureInfo_v3(CUstream stream, CUstreamCaptureStatus* status, cuuint64_t* id, CUgraph* graph,
                                               const CUgraphNode** dependencies, const CUgraphEdgeData** edges, size_t* count) {
  READY("cuStreamGetCaptureInfo_v3");
  if (edges && !dependencies) return CUDA_ERROR_INVALID_VALUE;
  if (edges) *edges = nullptr;
  if (id) *id = 1;
  return capture_info(stream, status, graph, dependencies, count);
}
#endif

STANDIN_API CUresult cuGraphInstantiateWithFlags(CUgraphExec* executable, CUgraph graph, unsigned long long flags) {
  READY("cuGraphInstantiateWithFlags");
  if (!is_alive(state().graphs, graph) || flags > 15) return CUDA_ERROR_INVALID_VALUE;
  *executable = new CUgraphExec_st;
  (*executable)->originals = graph->nodes;
  for (const auto& node : graph->nodes) (*executable)->work[node.get()] = node->work;
  state().executables.insert(*executable);
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec executable, CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS* parameters) {
  READY("cuGraphExecKernelNodeSetParams_v2");
  if (!is_alive(state().executables, executable) || !executable->work.count(node) || !node->is_kernel) return CUDA_ERROR_INVALID_VALUE;
  CUDA_KERNEL_NODE_PARAMS copy = *parameters;
  if (!copy.func || copy.extra || copy.kern || copy.ctx || !copy.gridDimX || !copy.blockDimX) return CUDA_ERROR_INVALID_VALUE;
  std::vector<std::vector<char>> arguments;
  for (size_t i = 0; i < copy.func->parameter_sizes.size(); i++) {
    auto* bytes = static_cast<const char*>(copy.kernelParams[i]);
    arguments.emplace_back(bytes, bytes + copy.func->parameter_sizes[i]);
  }
  executable->work[node] = [copy, arguments] {
    unsigned grid[] = {copy.gridDimX, copy.gridDimY, copy.gridDimZ}, block[] = {copy.blockDimX, copy.blockDimY, copy.blockDimZ};
    return driver::run(*copy.func, grid, block, copy.sharedMemBytes, arguments);
  };
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) {
  READY("cuGraphLaunch");
  if (!is_alive(state().executables, executable) || (stream && !is_alive(state().streams, stream))) return CUDA_ERROR_INVALID_HANDLE;
  for (const auto& node : executable->originals) {
    if (CUresult result = executable->work[node.get()]()) return result;
  }
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuGraphExecDestroy(CUgraphExec executable) {
  READY("cuGraphExecDestroy");
  if (!state().executables.erase(executable)) return CUDA_ERROR_INVALID_VALUE;
  delete executable;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuGraphDestroy(CUgraph graph) {
  READY("cuGraphDestroy");
  if (!state().graphs.erase(graph)) return CUDA_ERROR_INVALID_VALUE;
  delete graph;
  return CUDA_SUCCESS;
}
