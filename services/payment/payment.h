// The payment service, put together: what a process and the tests start.
#pragma once

#include "libs/runtime/service_host.h"

namespace pitlane::payment {

// Calls the terminal gateway through the host's channel to "terminal_gateway".
runtime::ServiceDefinition MakePaymentService();

}  // namespace pitlane::payment
