#include "libs/base/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace pitlane::internal {

CheckFailure::CheckFailure(const char* file, int line, const char* condition) {
  stream_ << file << ":" << line << ": check failed: " << condition << " ";
}

CheckFailure::~CheckFailure() {
  // stderr, not the logger: the logger may be what is broken, and its queue dies with the process.
  std::string message = stream_.str();
  message += '\n';
  std::fwrite(message.data(), 1, message.size(), stderr);
  std::fflush(stderr);
  std::abort();
}

}  // namespace pitlane::internal
