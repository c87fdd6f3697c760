#include "libs/runtime/process_main.h"
#include "services/terminal_gateway/terminal_gateway.h"

int main(int argc, char** argv) {
  return pitlane::runtime::ProcessMain(argc, argv,
                                       pitlane::terminal_gateway::MakeTerminalGatewayService());
}
