// The customer_vehicle service, put together: what a process and the tests start.
#pragma once

#include "libs/runtime/service_host.h"

namespace pitlane::customer_vehicle {

runtime::ServiceDefinition MakeCustomerVehicleService();

}  // namespace pitlane::customer_vehicle
