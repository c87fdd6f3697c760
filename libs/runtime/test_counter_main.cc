// The counter as a process of its own, for process_main_test. It listens to nothing unless told to.
#include "libs/runtime/process_main.h"
#include "libs/runtime/test_counter.h"

int main(int argc, char** argv) {
  bool listen_to_pulses = false;
  return pitlane::runtime::ProcessMain(
      argc, argv, "counter",
      {{"--listen-to-pulses", "count the pulses that come over Kafka", &listen_to_pulses}},
      [&listen_to_pulses] {
        pitlane::runtime::ServiceDefinition definition = pitlane::runtime::MakeCounterService();
        if (!listen_to_pulses) definition.listens_to.clear();
        return definition;
      });
}
