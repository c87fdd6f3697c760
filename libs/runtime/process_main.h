// The main function of a service's process: flags, logging, signals, start, stop.
//
//   int main(int argc, char** argv) {
//     return pitlane::runtime::ProcessMain(argc, argv, pitlane::ticket::MakeTicketService());
//   }
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/runtime/service_host.h"

namespace pitlane::runtime {

// Runs the service until SIGTERM or SIGINT. The exit code: 0 after a clean stop, 1 when it could
// not start (the reason is on standard error), 2 for wrong flags.
//
// Flags: --data DIR, --listen HOST:PORT, --kafka HOST:PORT, --no-publish, --ack local|replicated,
// --kafka-property KEY=VALUE, --jwks FILE|URL,
// --issuer TEXT, --audience TEXT, --tls-cert, --tls-key, --tls-ca FILE, --allow-plaintext,
// --admin HOST:PORT, --shard I/N, --partitions N, --peer AREA=HOST:PORT (repeatable),
// --service-token FILE, --reflection, --catch-up-timeout SECONDS, --log-level LEVEL. Each may also
// come from the environment as PITLANE_<NAME>.
int ProcessMain(int argc, char** argv, ServiceDefinition definition);

// A switch of one service alone; it may come from the environment like the flags of all.
struct ServiceSwitch {
  std::string name;  // "--auto-deliver"
  std::string help;
  bool* value;  // borrowed; set before the service is made
};

// The same for a service that has switches of its own.
int ProcessMain(int argc, char** argv, const std::string& area,
                const std::vector<ServiceSwitch>& switches,
                const std::function<ServiceDefinition()>& make);

}  // namespace pitlane::runtime
