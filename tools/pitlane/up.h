// `pitlane up`: the suite on one computer, with a demo shop and one sale to see it work.
#pragma once

#include <string>
#include <vector>

#include "gateway/default_address.h"

namespace pitlane::tools {

struct UpOptions {
  std::string data_dir;
  std::string listen = gateway::kDefaultAddress;
  std::string admin = "127.0.0.1:7412";
  std::string tls_certificate;  // PEM files; empty: plaintext
  std::string tls_key;
  std::string tls_ca;  // who signed the certificate; empty: it signs for itself
  std::vector<std::string> allowed_origins;
  std::string kafka;
  std::string ack = "local";  // or "replicated": answers wait for Kafka
  bool once = false;          // stop after the sale
  bool no_sale = false;       // no demo shop and no sale: only the suite
  bool json = false;  // one JSON object a line for each step, and nothing else on standard output
};

// Runs until Ctrl-C or SIGTERM. The exit code: 0 when every step of the sale was ok and the stop
// was clean.
int RunUp(const UpOptions& options);

}  // namespace pitlane::tools
