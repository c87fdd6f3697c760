// The customer_vehicle service as a process.
#include "libs/runtime/process_main.h"
#include "services/customer_vehicle/customer_vehicle.h"

int main(int argc, char** argv) {
  return pitlane::runtime::ProcessMain(argc, argv,
                                       pitlane::customer_vehicle::MakeCustomerVehicleService());
}
