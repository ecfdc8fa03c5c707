// NVRTC that compiles nothing: it reads the kernels' declarations and writes PTX without bodies, which the stand-in driver
// loads. #include and #error are honoured, so that headers and mistakes can be tried.
#include "standin.h"
#include "vendor/nvrtc_types.h"

#include <algorithm>
#include <regex>
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

// The source with its headers in the place of their #include lines. Conditions are not worked out: what stands under one
// may be for another compiler, and is left alone.
std::string preprocess(const _nvrtcProgram& program, const std::string& text, const std::string& file, int depth = 0) {
  static const std::regex include(R"re(^\s*#\s*include\s*["<]([^">]+)[">].*$)re");
  static const std::regex error(R"(^\s*#\s*error\s*(.*)$)");
  static const std::regex opening(R"(^\s*#\s*if.*$)"), closing(R"(^\s*#\s*endif.*$)");
  int conditions = 0;
  std::istringstream lines(text);
  std::string line, result;
  for (int number = 1; std::getline(lines, line); number++) {
    std::smatch match;
    std::string place = file + "(" + std::to_string(number) + "): ";
    if (std::regex_match(line, opening)) conditions++;
    if (std::regex_match(line, closing)) conditions--;
    if (conditions > 0) {
      result += line + "\n";
      continue;
    }
    if (std::regex_match(line, match, error)) throw Mistake{place + "error: #error directive: " + match[1].str()};
    if (std::regex_match(line, match, include)) {
      auto header = program.headers.find(match[1]);
      if (header == program.headers.end() || depth > 10) throw Mistake{place + "catastrophic error: cannot open source file \"" + match[1].str() + "\""};
      result += preprocess(program, header->second, header->first, depth + 1);
    } else {
      result += line + "\n";
    }
  }
  return result;
}

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

STANDIN_API nvrtcResult nvrtcVersion(int* major, int* minor) {
  *major = static_cast<int>(standin::setting("ENGINE_STANDIN_NVRTC", 1300)) / 100;
  *minor = static_cast<int>(standin::setting("ENGINE_STANDIN_NVRTC", 1300)) % 100;
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
    }
  }
  try {
    std::string body = entries(preprocess(*program, program->source, program->name));
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
