// PITLANE_CHECK: for bugs only, never for input. Ends the process with file, line and message.
#pragma once

#include <sstream>

#include "absl/status/status.h"

namespace pitlane::internal {

// Collects a message and aborts the process when it goes out of scope.
class CheckFailure {
 public:
  CheckFailure(const char* file, int line, const char* condition);
  [[noreturn]] ~CheckFailure();
  CheckFailure(const CheckFailure&) = delete;
  CheckFailure& operator=(const CheckFailure&) = delete;

  std::ostream& stream() { return stream_; }

 private:
  std::ostringstream stream_;
};

}  // namespace pitlane::internal

// PITLANE_CHECK(x > 0) << "what went wrong"; the name leaves room for Abseil's own CHECK.
#define PITLANE_CHECK(condition) \
  while (!(condition))           \
  [[unlikely]] ::pitlane::internal::CheckFailure(__FILE__, __LINE__, #condition).stream()

// Ends the process when a Status is not OK; the message contains it.
#define PITLANE_CHECK_OK(expr)                                                     \
  if (::absl::Status pitlane_check_status_ = (expr); pitlane_check_status_.ok()) { \
  } else /* NOLINT */                                                              \
    ::pitlane::internal::CheckFailure(__FILE__, __LINE__, #expr).stream() << pitlane_check_status_
