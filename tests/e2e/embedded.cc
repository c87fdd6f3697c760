#include "tests/e2e/embedded.h"

#include "libs/base/status.h"
#include "tools/pitlane/tokens.h"

namespace pitlane::e2e {

absl::Status Embedded::Start() {
  ASSIGN_OR_RETURN(
      suite_,
      tools::Suite::Open(
          {.data_dir = folder() + "/data", .listen = "127.0.0.1:0", .admin = "", .kafka = ""}));
  return tools::WriteTokenFiles(suite_->issuer(), folder() + "/data");
}

absl::Status Embedded::Stop() {
  suite_->Stop();
  suite_.reset();
  return absl::OkStatus();
}

tools::ConnectionOptions Embedded::connection() const {
  tools::ConnectionOptions connection;
  connection.gateway = suite_->address();
  connection.data_dir = folder() + "/data";
  return connection;
}

// Its log is this process's standard error.
std::string Embedded::LogOf(const std::string&) const { return ""; }

}  // namespace pitlane::e2e
