// The ticket service, put together: what a process and the tests start.
#pragma once

#include "libs/runtime/service_host.h"

namespace pitlane::ticket {

runtime::ServiceDefinition MakeTicketService();

}  // namespace pitlane::ticket
