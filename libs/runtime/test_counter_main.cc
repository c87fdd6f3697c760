// The counter as a process of its own, for process_main_test.
#include "libs/runtime/process_main.h"
#include "libs/runtime/test_counter.h"

int main(int argc, char** argv) {
  pitlane::runtime::ServiceDefinition definition = pitlane::runtime::MakeCounterService();
  definition.listens_to.clear();
  return pitlane::runtime::ProcessMain(argc, argv, std::move(definition));
}
