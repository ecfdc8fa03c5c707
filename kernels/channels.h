// Where the elements of a channel lie in N×C×H×W, or in N×C, for kernels that do with each channel the same as with the
// others.
//
// Images: a channel is a run of H·W neighbours in each of N samples. A block, or several, work on one channel, and the
// lanes of a warp lie along a run. Rows N×C have runs of one element: then the lanes of a warp take neighbouring channels,
// `columns` of them (a power of two up to 32), and so read neighbours in memory all the same. Thread t of a block works on
// column t % columns; all threads of one column walk through the channel side by side.
#pragma once

#include "engine_cuda.h"

struct ChannelShape {
  int batch, channels, positions;   // N, C, H·W
  int columns;                      // channels that a block works on
  int parts, part;                  // blocks that share a channel, and how many of its elements each has
};

// Which channel a thread works on, and which of its elements: `first`, first + step … below `end`, counted over samples
// and positions. A thread beyond the last channel has none.
struct ChannelThread {
  unsigned outer;                   // for several tensors behind one another: which
  int part, channel;
  bool has_channel;
  unsigned first, end, step;

  __device__ __forceinline__ explicit ChannelThread(const ChannelShape& s) {
    const unsigned tiles = (unsigned(s.channels) + s.columns - 1) / s.columns;
    outer = blockIdx.x / tiles / s.parts;
    part = int(blockIdx.x / tiles % s.parts);
    channel = int(blockIdx.x % tiles) * s.columns + threadIdx.x % s.columns;
    has_channel = channel < s.channels;
    const unsigned elements = unsigned(s.batch) * s.positions, from = unsigned(part) * s.part;
    end = elements - from < unsigned(s.part) ? elements : from + s.part;
    first = has_channel ? from + threadIdx.x / s.columns : end;
    step = blockDim.x / s.columns;
  }
};

// Goes through the elements of a ChannelThread. `offset` is where the current one lies. Dividing a counter into sample and
// position for every element would cost more than reading it; so the step is divided once, and positions that run over
// the end of a run carry into the next sample.
struct ChannelWalk {
  size_t offset;
  unsigned element, end, step;
  unsigned position, positions, step_position;
  size_t step_offset, to_next_run;

  __device__ __forceinline__ ChannelWalk(const ChannelShape& s, const ChannelThread& t)
      : element(t.first), end(t.end), step(t.step), positions(s.positions) {
    const size_t sample = size_t(s.channels) * positions;
    position = element % positions;
    offset = t.outer * (s.batch * sample) + element / positions * sample + size_t(t.channel) * positions + position;
    step_position = step % positions;
    step_offset = step / positions * sample + step_position;
    to_next_run = sample - positions;
  }

  __device__ __forceinline__ bool more() const { return element < end; }

  __device__ __forceinline__ void next() {
    element += step;
    offset += step_offset;
    position += step_position;
    if (position >= positions) {
      position -= positions;
      offset += to_next_run;
    }
  }
};
