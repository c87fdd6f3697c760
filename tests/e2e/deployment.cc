#include "tests/e2e/deployment.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "tools/pitlane/areas.h"

namespace pitlane::e2e {
namespace {

// How long a call waits for a service that is starting.
constexpr absl::Duration kTimeout = absl::Seconds(60);

}  // namespace

absl::StatusOr<std::unique_ptr<tools::Session>> Deployment::Connect() const {
  ASSIGN_OR_RETURN(const auto connected, tools::Connect(connection()));
  auto session =
      std::make_unique<tools::Session>(connected->channel(), connected->token(), kTimeout);
  const auto admin = admin::v1::AdminService::NewStub(session->channel());
  for (std::string_view area : tools::kAreas) {
    // UNAVAILABLE is tried again until the session's timeout.
    const absl::Status answered = session
                                      ->Call(*admin, &admin::v1::AdminService::Stub::GetStatus,
                                             admin::v1::GetStatusRequest(), area)
                                      .status();
    if (!answered.ok()) {
      return absl::UnavailableError(absl::StrCat(std::string(area), ": ", answered.ToString(), "\n",
                                                 LogOf(std::string(area))));
    }
  }
  return session;
}

std::string FreshFolder(std::string name) {
  for (char& c : name) c = c == '/' ? '-' : c;
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / absl::StrCat("pitlane-e2e-", name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder.string();
}

}  // namespace pitlane::e2e
