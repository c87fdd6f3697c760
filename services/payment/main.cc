#include "libs/runtime/process_main.h"
#include "services/payment/payment.h"

int main(int argc, char** argv) {
  return pitlane::runtime::ProcessMain(argc, argv, pitlane::payment::MakePaymentService());
}
