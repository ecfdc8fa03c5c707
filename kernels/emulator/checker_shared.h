// The static __shared__ variables of a library of kernels: where they lie in a thread's copy, how large they are, and
// what they are called, from the library's own symbol table.
#pragma once

#include <string>
#include <vector>

#include "options.h"

namespace emu {
inline namespace EMU_VARIANT {

struct SharedVariable {
  size_t offset, bytes;
  std::string name;
};

class SharedLayout {
 public:
  // The layout of the library that lies at this address in memory. Read once and kept.
  static const SharedLayout& of_library(const void* base);

  // Null where the bytes are not all of one variable. Without a symbol table everything is one nameless variable.
  const SharedVariable* find(size_t offset, size_t size) const;

  // The variable that an address beside all of them is nearest to.
  const SharedVariable* nearest(size_t offset) const;

 private:
  explicit SharedLayout(const char* path);
  std::vector<SharedVariable> variables;  // by offset
  std::vector<short> of_word;             // the variable in which a word begins, or -1
};

}  // namespace EMU_VARIANT
}  // namespace emu
