#include "libs/rpc/log.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/text.h"
#include "nlohmann/json.hpp"
#include "spdlog/logger.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/sinks/dist_sink.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace pitlane::rpc {
namespace {

struct Log {
  std::shared_ptr<spdlog::sinks::dist_sink_mt> sinks;  // the logger shares it
  std::shared_ptr<spdlog::logger> logger;
};

// Never destroyed: threads may still log while the process ends.
Log& TheLog() {
  static Log* const log = [] {
    auto sinks = std::make_shared<spdlog::sinks::dist_sink_mt>();
    sinks->add_sink(std::make_shared<spdlog::sinks::stderr_sink_mt>());
    auto logger = std::make_shared<spdlog::logger>("pitlane", sinks);
    logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc));
    logger->flush_on(spdlog::level::warn);
    return new Log{std::move(sinks), std::move(logger)};
  }();
  return *log;
}

class CaptureSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit CaptureSink(std::function<void(std::string_view)> line) : line_(std::move(line)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& msg) override {
    spdlog::memory_buf_t formatted;
    formatter_->format(msg, formatted);
    std::string_view line(formatted.data(), formatted.size());
    while (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    line_(line);
  }
  void flush_() override {}

 private:
  std::function<void(std::string_view)> line_;
};

}  // namespace

absl::Status SetLogLevel(std::string_view level) {
  static constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error", "off"};
  if (std::find(std::begin(kLevels), std::end(kLevels), level) == std::end(kLevels)) {
    return absl::InvalidArgumentError(
        absl::StrCat("no log level '", ToAbsl(level), "'; use debug, info, warning, error or off"));
  }
  TheLog().logger->set_level(spdlog::level::from_str(std::string(level)));
  return absl::OkStatus();
}

void LogEvent(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  auto& logger = *TheLog().logger;
  if (!logger.should_log(level)) return;
  nlohmann::ordered_json line;
  line["event"] = std::string(event);
  for (const auto& [name, value] : fields) {
    std::visit([&line, key = std::string(name)](const auto& held) { line[key] = held; }, value);
  }
  const std::string text =
      line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  // Without the opening brace: the pattern has written it already.
  logger.log(level, spdlog::string_view_t(text.data() + 1, text.size() - 2));
}

ScopedLogCapture::ScopedLogCapture(std::function<void(std::string_view)> line)
    : sink_(std::make_shared<CaptureSink>(std::move(line))) {
  sink_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc));
  TheLog().sinks->add_sink(sink_);
}

ScopedLogCapture::~ScopedLogCapture() { TheLog().sinks->remove_sink(sink_); }

}  // namespace pitlane::rpc
