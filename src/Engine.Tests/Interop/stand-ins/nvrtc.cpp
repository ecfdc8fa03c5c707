// NVRTC that compiles nothing: it reads the kernels' declarations and writes PTX without bodies, which the stand-in driver
// loads. Headers and #error are honoured, so that mistakes can be tried.
#include "standin.h"
#include "vendor/nvrtc_types.h"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

struct _nvrtcProgram {
  std::string source, name, log, ptx, cubin;
  std::map<std::string, std::string> headers;
};

STANDIN_EXPORT_FAIL

namespace {

const int Architectures[] = {75, 80, 86, 89, 90, 100, 120};

struct Mistake {
  std::string text;
};

// As much of a preprocessor as the kernels' sources need: #include, #pragma once, #define, conditions made of defined(…),
// and #error. Macros are not replaced.
class Preprocessor {
 public:
  Preprocessor(const std::map<std::string, std::string>& headers, std::set<std::string> macros) : headers_(headers), macros_(std::move(macros)) {}

  std::string run(const std::string& text, const std::string& file) {
    static const std::regex directive(R"(^\s*#\s*(\w+)\s*(.*)$)");
    std::istringstream lines(text);
    std::string line, result;
    std::vector<Branch> branches;
    for (int number = 1; std::getline(lines, line); number++) {
      std::smatch match;
      bool taken = std::all_of(branches.begin(), branches.end(), [](const Branch& branch) { return branch.taken; });
      if (!std::regex_match(line, match, directive)) {
        if (taken) result += line + "\n";
      } else if (!condition(match[1], match[2], &branches) && taken) {
        result += act(match[1], match[2], file, file + "(" + std::to_string(number) + "): ");
      }
    }
    return result;
  }

 private:
  struct Branch {
    bool taken, done;
  };

  // #if and its like. False where the line is none of them.
  bool condition(const std::string& word, const std::string& rest, std::vector<Branch>* branches) const {
    if (word == "if" || word == "ifdef" || word == "ifndef") {
      bool holds = word == "if" ? any_of(rest) : (macros_.count(first_word(rest)) > 0) == (word == "ifdef");
      branches->push_back({holds, holds});
    } else if (word == "elif") {
      Branch& branch = branches->back();
      branch.taken = !branch.done && any_of(rest);
      branch.done = branch.done || branch.taken;
    } else if (word == "else") {
      branches->back() = {!branches->back().done, true};
    } else if (word == "endif") {
      branches->pop_back();
    } else {
      return false;
    }
    return true;
  }

  // "defined(A) || !defined(B) && defined(C)".
  bool any_of(const std::string& expression) const {
    size_t alternative = expression.find("||");
    if (alternative != std::string::npos) return any_of(expression.substr(0, alternative)) || any_of(expression.substr(alternative + 2));
    size_t both = expression.find("&&");
    if (both != std::string::npos) return any_of(expression.substr(0, both)) && any_of(expression.substr(both + 2));
    static const std::regex defined(R"(\s*(!?)\s*defined\s*\(?\s*(\w+).*)");
    std::smatch match;
    return std::regex_match(expression, match, defined) && (macros_.count(match[2]) > 0) == (match[1].length() == 0);
  }

  std::string act(const std::string& word, const std::string& rest, const std::string& file, const std::string& place) {
    if (word == "error") throw Mistake{place + "error: #error directive: " + rest};
    if (word == "define") macros_.insert(first_word(rest));
    if (word == "pragma" && rest.rfind("once", 0) == 0) once_.insert(file);
    if (word != "include") return "";
    size_t begin = rest.find_first_of("\"<"), end = rest.find_first_of("\">", begin + 1);
    std::string name = begin == std::string::npos ? "" : rest.substr(begin + 1, end - begin - 1);
    auto header = headers_.find(name);
    if (header == headers_.end()) throw Mistake{place + "catastrophic error: cannot open source file \"" + name + "\""};
    return once_.count(name) ? "" : run(header->second, name);
  }

  static std::string first_word(const std::string& text) { return text.substr(0, text.find_first_of(" \t(/")); }

  const std::map<std::string, std::string>& headers_;
  std::set<std::string> macros_, once_;
};

std::string parameter_type(const std::string& declaration) {
  if (declaration.find('*') != std::string::npos) return ".u64";
  for (const char* wide : {"double", "long", "size_t", "int64_t"}) {
    if (declaration.find(wide) != std::string::npos) return ".b64";
  }
  return ".b32";
}

std::string entries(const std::string& source) {
  static const std::regex kernel(R"(extern\s+"C"\s+__global__\s+void\s+(\w+)\s*\(([^)]*)\))");
  std::string result;
  for (std::sregex_iterator i(source.begin(), source.end(), kernel), end; i != end; ++i) {
    result += ".visible .entry " + (*i)[1].str() + "(\n";
    std::istringstream parameters((*i)[2].str());
    std::string parameter;
    for (int number = 0; std::getline(parameters, parameter, ','); number++) {
      result += std::string(number ? ",\n" : "") + "  .param " + parameter_type(parameter) + " " + (*i)[1].str() + "_param_" + std::to_string(number);
    }
    result += "\n)\n{\n  ret;\n}\n";
  }
  return result;
}

nvrtcResult copy_text(const std::string& text, char* target) {
  if (!target) return NVRTC_ERROR_INVALID_INPUT;
  memcpy(target, text.c_str(), text.size() + 1);
  return NVRTC_SUCCESS;
}

}  // namespace

// A version that no real one has: what is compiled here must never be taken for the real thing from a cache.
STANDIN_API nvrtcResult nvrtcVersion(int* major, int* minor) {
  *major = static_cast<int>(standin::setting("ENGINE_STANDIN_NVRTC", 1399)) / 100;
  *minor = static_cast<int>(standin::setting("ENGINE_STANDIN_NVRTC", 1399)) % 100;
  return NVRTC_SUCCESS;
}

STANDIN_API const char* nvrtcGetErrorString(nvrtcResult result) {
  switch (result) {
    case NVRTC_SUCCESS: return "NVRTC_SUCCESS";
    case NVRTC_ERROR_INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
    case NVRTC_ERROR_INVALID_PROGRAM: return "NVRTC_ERROR_INVALID_PROGRAM";
    case NVRTC_ERROR_INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
    case NVRTC_ERROR_COMPILATION: return "NVRTC_ERROR_COMPILATION";
    default: return "NVRTC_ERROR unknown";
  }
}

STANDIN_API nvrtcResult nvrtcGetNumSupportedArchs(int* count) {
  *count = static_cast<int>(std::size(Architectures));
  return NVRTC_SUCCESS;
}

STANDIN_API nvrtcResult nvrtcGetSupportedArchs(int* architectures) {
  std::copy(std::begin(Architectures), std::end(Architectures), architectures);
  return NVRTC_SUCCESS;
}

STANDIN_API nvrtcResult nvrtcCreateProgram(nvrtcProgram* program, const char* source, const char* name, int header_count, const char* const* headers,
                                           const char* const* include_names) {
  STANDIN_FAIL("nvrtcCreateProgram", nvrtcResult);
  if (!program || !source || header_count < 0 || (header_count > 0 && (!headers || !include_names))) return NVRTC_ERROR_INVALID_INPUT;
  *program = new _nvrtcProgram{source, name ? name : "default_program", "", "", "", {}};
  for (int i = 0; i < header_count; i++) (*program)->headers[include_names[i]] = headers[i];
  return NVRTC_SUCCESS;
}

STANDIN_API nvrtcResult nvrtcDestroyProgram(nvrtcProgram* program) {
  if (!program || !*program) return NVRTC_ERROR_INVALID_PROGRAM;
  delete *program;
  *program = nullptr;
  return NVRTC_SUCCESS;
}

STANDIN_API nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int count, const char* const* options) {
  STANDIN_FAIL("nvrtcCompileProgram", nvrtcResult);
  if (!program) return NVRTC_ERROR_INVALID_PROGRAM;
  if (count < 0 || (count > 0 && !options)) return NVRTC_ERROR_INVALID_INPUT;
  std::set<std::string> macros = {"__CUDACC__", "__CUDACC_RTC__", "__cplusplus"};
  int architecture = 75;
  bool machine_code = false;
  for (int i = 0; i < count; i++) {
    std::smatch match;
    std::string option = options[i];
    if (std::regex_match(option, match, std::regex("--gpu-architecture=(sm|compute)_([0-9]+)"))) {
      machine_code = match[1] == "sm";
      architecture = std::stoi(match[2]);
      if (std::find(std::begin(Architectures), std::end(Architectures), architecture) == std::end(Architectures)) {
        program->log = "nvrtc: error: invalid value for --gpu-architecture (-arch)\n";
        return NVRTC_ERROR_INVALID_OPTION;
      }
    } else if (option != "--std=c++17" && option != "-lineinfo" && option != "--use_fast_math" && option.rfind("-D", 0) != 0) {
      program->log = "nvrtc: error: unrecognized option " + option + " found\n";
      return NVRTC_ERROR_INVALID_OPTION;
    } else if (option[1] == 'D') {
      macros.insert(option.substr(2, option.find('=') - 2));
    }
  }
  try {
    std::string body = entries(Preprocessor(program->headers, macros).run(program->source, program->name));
    program->ptx = ".version 9.0\n.target sm_" + std::to_string(architecture) + "\n.address_size 64\n\n" + body;
    program->cubin = machine_code ? "\x7f" "ELF" + program->ptx : "";
    program->log = "";
    return NVRTC_SUCCESS;
  } catch (const Mistake& mistake) {
    program->log = mistake.text + "\n\n1 error detected in the compilation of \"" + program->name + "\".\n";
    return NVRTC_ERROR_COMPILATION;
  }
}

STANDIN_API nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t* bytes) {
  if (!program) return NVRTC_ERROR_INVALID_PROGRAM;
  *bytes = program->log.size() + 1;
  return NVRTC_SUCCESS;
}

STANDIN_API nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char* log) {
  return program ? copy_text(program->log, log) : NVRTC_ERROR_INVALID_PROGRAM;
}

STANDIN_API nvrtcResult nvrtcGetPTXSize(nvrtcProgram program, size_t* bytes) {
  if (!program || program->ptx.empty()) return NVRTC_ERROR_INVALID_PROGRAM;
  *bytes = program->ptx.size() + 1;
  return NVRTC_SUCCESS;
}

STANDIN_API nvrtcResult nvrtcGetPTX(nvrtcProgram program, char* ptx) {
  return program && !program->ptx.empty() ? copy_text(program->ptx, ptx) : NVRTC_ERROR_INVALID_PROGRAM;
}

// A cubin is no text: no zero follows it.
STANDIN_API nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t* bytes) {
  if (!program) return NVRTC_ERROR_INVALID_PROGRAM;
  *bytes = program->cubin.size();
  return NVRTC_SUCCESS;
}

STANDIN_API nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char* cubin) {
  if (!program || program->cubin.empty()) return NVRTC_ERROR_INVALID_PROGRAM;
  memcpy(cubin, program->cubin.data(), program->cubin.size());
  return NVRTC_SUCCESS;
}
