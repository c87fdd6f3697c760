// Structured logs: one JSON object a line on standard error. Never a token, never personal data.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "spdlog/common.h"

namespace spdlog::sinks {
class sink;
}

namespace pitlane::rpc {

using LogLevel = spdlog::level::level_enum;
using LogValue = std::variant<std::string, int64_t, double, bool>;
using LogField = std::pair<std::string_view, LogValue>;

// Sets the least level that is written ("debug", "info", "warning", "error", "off"); info until
// then. INVALID_ARGUMENT for another word. Thread-safe.
absl::Status SetLogLevel(std::string_view level);

// Writes {"ts": …, "level": …, "event": event, …fields in their order}. Bytes that are not UTF-8
// are replaced. Thread-safe; never fails.
void LogEvent(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

// For tests: every line written while it lives also goes to `line`, one call at a time.
class ScopedLogCapture {
 public:
  explicit ScopedLogCapture(std::function<void(std::string_view)> line);
  ~ScopedLogCapture();
  ScopedLogCapture(const ScopedLogCapture&) = delete;
  ScopedLogCapture& operator=(const ScopedLogCapture&) = delete;

 private:
  std::shared_ptr<spdlog::sinks::sink> sink_;
};

}  // namespace pitlane::rpc
