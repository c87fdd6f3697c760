#include "tools/pitlane/play.h"

#include <cstdio>
#include <iostream>
#include <string_view>

#include "absl/time/time.h"
#include "fmt/core.h"
#include "libs/base/status.h"
#include "nlohmann/json.hpp"

namespace pitlane::tools {
namespace {

absl::Status Play(const PlayOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Connect(options.connection));
  ASSIGN_OR_RETURN(const DemoShop shop, LoadDemoShop(*session));
  return PlaySale(*session, shop, options.json ? PrintStepAsJson : PrintStepAsText);
}

}  // namespace

void PrintStepAsJson(const StoryStep& step) {
  nlohmann::ordered_json line = {{"step", step.step},
                                 {"ok", step.ok},
                                 {"event", step.event},
                                 {"position", step.position},
                                 {"elapsed_ms", absl::ToDoubleMilliseconds(step.elapsed)}};
  if (!step.ok) line["error"] = step.error;
  std::cout << line.dump() << std::endl;
}

void PrintStepAsText(const StoryStep& step) {
  const std::string_view event = step.event;
  fmt::print("  {} {:>6.0f} ms  {:<17} {:<52} {}\n", step.ok ? "ok  " : "FAIL",
             absl::ToDoubleMilliseconds(step.elapsed), step.area, step.what,
             step.ok ? fmt::format("{} {}", event.substr(event.rfind('.') + 1), step.position)
                     : step.error);
  std::fflush(stdout);
}

int RunSale(const PlayOptions& options) {
  const absl::Status status = Play(options);
  if (status.ok()) return 0;
  std::cerr << "pitlane sale: " << status.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
