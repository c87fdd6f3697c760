// `pitlane trigger`: situations that a front end has to cope with, made on purpose on a running
// Pitlane with the demo shop's parts, customer and simulated card reader.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/pitlane/connection.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/session.h"
#include "tools/pitlane/steps.h"

namespace pitlane::tools {

struct Situation {
  std::string name;  // "card-declined"
  std::string what;  // one sentence
};
const std::vector<Situation>& Situations();

// Plays one, told step by step as a sale is. The session needs role owner. NOT_FOUND: no such
// situation.
absl::Status PlaySituation(const std::string& name, Session& session, const DemoShop& shop,
                           const StepSink& sink);

struct TriggerOptions {
  ConnectionOptions connection;
  std::string situation;
  bool json = false;
};

// The exit code: 0 when every step was ok.
int RunTrigger(const TriggerOptions& options);

}  // namespace pitlane::tools
