// The reporting service as a process.
#include "libs/runtime/process_main.h"
#include "services/reporting/reporting.h"

int main(int argc, char** argv) {
  return pitlane::runtime::ProcessMain(argc, argv, pitlane::reporting::MakeReportingService());
}
