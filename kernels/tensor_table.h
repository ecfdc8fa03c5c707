// Many tensors, one launch: a table passed by value, and a grid that covers all of its rows.
//
// The parameters of a network are many small arrays, and a launch costs more than moving most of them. So a row of the
// table names the arrays that belong together (an optimizer's gradient, moments and weights), which have one size, and
// each row gets as many blocks as it has tiles (sweep.h). A kernel's arguments may take 4 KB, which is 96 rows and some
// numbers; more rows go into another launch.
#pragma once

#include "sweep.h"

struct TensorTable {
  static constexpr int ROWS = 96, COLUMNS = 4;

  void* array[ROWS][COLUMNS];
  unsigned first_block[ROWS + 1];      // of each row; after the last row, the number of all blocks
  int size[ROWS];                      // elements of each array of a row
  int rows;
};

// What one block has to do: which tile of which row.
struct TableTile {
  int row;
  unsigned tile;
  int size;
};

// By halving: the last row that does not begin behind this block. Every thread of a block goes the same way.
__device__ __forceinline__ TableTile table_tile(const TensorTable& table) {
  int row = 0, end = table.rows;
  while (end - row > 1) {
    const int middle = (row + end) / 2;
    if (table.first_block[middle] <= blockIdx.x) {
      row = middle;
    } else {
      end = middle;
    }
  }
  return {row, blockIdx.x - table.first_block[row], table.size[row]};
}

template <typename T> __device__ __forceinline__ T* table_array(const TensorTable& table, int row, int column) {
  return static_cast<T*>(table.array[row][column]);
}
