// The terminal gateway, put together: what a process and the tests start.
#pragma once

#include <functional>
#include <memory>

#include "libs/base/clock.h"
#include "libs/runtime/service_host.h"
#include "services/terminal_gateway/devices/reader_port.h"

namespace pitlane::terminal_gateway {

struct TerminalGatewayOptions {
  // Makes the way to the readers. Empty: simulated ones. What it gives may be shared with whoever
  // made it, and must be thread-safe.
  std::function<std::shared_ptr<ReaderPort>(Clock& clock)> readers;
  // Whether some amounts ask a simulated reader for special outcomes (README.md has the table).
  bool simulate_by_amount = true;
};

runtime::ServiceDefinition MakeTerminalGatewayService(TerminalGatewayOptions options = {});

}  // namespace pitlane::terminal_gateway
