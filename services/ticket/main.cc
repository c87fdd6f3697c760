// The ticket service as a process; flags in libs/runtime/process_main.h.
#include "libs/runtime/process_main.h"
#include "services/ticket/ticket.h"

int main(int argc, char** argv) {
  return pitlane::runtime::ProcessMain(argc, argv, pitlane::ticket::MakeTicketService());
}
