// `pitlane sale`, and how steps of a sale are printed.
#pragma once

#include "tools/pitlane/connection.h"
#include "tools/pitlane/sale.h"

namespace pitlane::tools {

// One JSON object on a line: step, ok, event, position, elapsed_ms; error when not ok.
void PrintStepAsJson(const StoryStep& step);
// One line for people.
void PrintStepAsText(const StoryStep& step);

struct PlayOptions {
  ConnectionOptions connection;
  bool json = false;
};

// The exit code: 0 when every step was ok.
int RunSale(const PlayOptions& options);

}  // namespace pitlane::tools
