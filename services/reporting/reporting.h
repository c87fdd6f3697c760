// The reporting service, put together: what a process and the tests start.
#pragma once

#include "libs/runtime/service_host.h"

namespace pitlane::reporting {

runtime::ServiceDefinition MakeReportingService();

}  // namespace pitlane::reporting
