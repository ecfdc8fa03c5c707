// Reads the symbol table of an ELF file (Tool Interface Standard, "Executable and Linking Format", 1995; symbols of
// type TLS hold their offset in the thread's copy).
#include "checker_shared.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

namespace emu {
inline namespace EMU_VARIANT {

// "void tiled<float, 16>(float*, int)::tile" is the variable 'tile'.
static std::string short_name(const char* symbol) {
  int status;
  char* whole = abi::__cxa_demangle(symbol, nullptr, nullptr, &status);
  std::string name = status == 0 ? whole : symbol;
  std::free(whole);
  size_t colons = name.rfind("::");
  return colons == std::string::npos ? name : name.substr(colons + 2);
}

static std::vector<SharedVariable> read_thread_local_symbols(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<SharedVariable> found;
  if (bytes.size() < sizeof(Elf64_Ehdr)) return found;
  auto* header = reinterpret_cast<const Elf64_Ehdr*>(bytes.data());
  if (header->e_shoff + size_t(header->e_shnum) * sizeof(Elf64_Shdr) > bytes.size()) return found;
  auto* sections = reinterpret_cast<const Elf64_Shdr*>(bytes.data() + header->e_shoff);
  for (int i = 0; i < header->e_shnum; ++i) {
    const Elf64_Shdr& table = sections[i];
    if (table.sh_type != SHT_SYMTAB || table.sh_link >= header->e_shnum) continue;
    const Elf64_Shdr& names = sections[table.sh_link];
    if (table.sh_offset + table.sh_size > bytes.size() || names.sh_offset + names.sh_size > bytes.size()) continue;
    auto* symbols = reinterpret_cast<const Elf64_Sym*>(bytes.data() + table.sh_offset);
    for (size_t s = 0; s < table.sh_size / sizeof(Elf64_Sym); ++s) {
      const Elf64_Sym& symbol = symbols[s];
      if (ELF64_ST_TYPE(symbol.st_info) != STT_TLS || symbol.st_shndx == SHN_UNDEF || symbol.st_name >= names.sh_size)
        continue;
      found.push_back({symbol.st_value, symbol.st_size, short_name(bytes.data() + names.sh_offset + symbol.st_name)});
    }
  }
  return found;
}

SharedLayout::SharedLayout(const char* path) {
  for (auto& variable : read_thread_local_symbols(path)) {
    if (variable.name.rfind("emu_gap_", 0) != 0) variables.push_back(std::move(variable));
  }
  std::sort(variables.begin(), variables.end(), [](auto& a, auto& b) { return a.offset < b.offset; });
  if (variables.empty()) return;
  of_word.assign((variables.back().offset + variables.back().bytes) / 4 + 1, -1);
  for (size_t i = 0; i < variables.size() && i < 32767; ++i) {
    const SharedVariable& variable = variables[i];
    for (size_t word = variable.offset / 4; word * 4 < variable.offset + variable.bytes; ++word) {
      if (of_word[word] < 0) of_word[word] = short(i);
    }
  }
}

const SharedLayout& SharedLayout::of_library(const void* base) {
  static auto& known = *new std::map<const void*, std::pair<std::string, SharedLayout*>>;
  Dl_info library;
  std::string path = dladdr(base, &library) && library.dli_fname ? library.dli_fname : "";
  auto& entry = known[base];
  if (!entry.second || entry.first != path) {
    delete entry.second;
    entry = {path, new SharedLayout(path.c_str())};
  }
  return *entry.second;
}

const SharedVariable* SharedLayout::find(size_t offset, size_t size) const {
  static const SharedVariable all = {0, ~size_t(0), "static shared memory"};
  if (variables.empty()) return &all;
  size_t word = offset / 4;
  if (word >= of_word.size() || of_word[word] < 0) return nullptr;
  const SharedVariable* variable = &variables[size_t(of_word[word])];
  // Variables of less than a word may share one.
  const SharedVariable* end = variables.data() + variables.size();
  while (variable != end && offset >= variable->offset + variable->bytes) ++variable;
  return variable != end && offset >= variable->offset && offset + size <= variable->offset + variable->bytes ? variable
                                                                                                              : nullptr;
}

const SharedVariable* SharedLayout::nearest(size_t offset) const {
  const SharedVariable* best = nullptr;
  size_t distance = ~size_t(0);
  for (auto& variable : variables) {
    size_t away = offset < variable.offset ? variable.offset - offset
                                           : offset - std::min(offset, variable.offset + variable.bytes);
    if (away >= distance) continue;
    distance = away;
    best = &variable;
  }
  return best;
}

}  // namespace EMU_VARIANT
}  // namespace emu
