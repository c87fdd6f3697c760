// The payment service, put together: what a process and the tests start.
#pragma once

#include <functional>
#include <memory>

#include "libs/runtime/service_host.h"
#include "services/payment/cards/card_terminal.h"

namespace pitlane::payment {

struct PaymentOptions {
  // Makes the way to the terminal gateway. Empty: through the host's channel to "terminal_gateway".
  std::function<std::shared_ptr<CardTerminal>(runtime::HostContext& host)> terminal;
};

runtime::ServiceDefinition MakePaymentService(PaymentOptions options = {});

}  // namespace pitlane::payment
