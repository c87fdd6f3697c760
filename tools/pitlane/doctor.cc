#include "tools/pitlane/doctor.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "fmt/core.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "pitlane/common/v1/common_reason.pb.h"
#include "tools/pitlane/areas.h"

namespace pitlane::tools {
namespace {

using Admin = admin::v1::AdminService;
using Status = admin::v1::GetStatusResponse;

constexpr absl::Duration kPatience = absl::Seconds(3);

Finding Good(std::string what) { return {.ok = true, .what = std::move(what), .fix = ""}; }
Finding Bad(std::string what, std::string fix) {
  return {.ok = false, .what = std::move(what), .fix = std::move(fix)};
}

Finding Gateway(Session& session, const ConnectionOptions& options) {
  const bool connected =
      session.channel()->WaitForConnected(absl::ToChronoTime(absl::Now() + kPatience));
  if (connected) return Good(absl::StrCat("gateway ", options.gateway, " answers"));
  return Bad(absl::StrCat("nothing that speaks Pitlane answers at ", options.gateway),
             options.tls_ca.empty()
                 ? "start it (pitlane up), or name its address with --gateway; with TLS: --tls-ca"
                 : "start it, name its address with --gateway, and see that --tls-ca signed its "
                   "certificate");
}

// Why a service gave no status.
Finding Silent(std::string_view area, const absl::Status& status) {
  const std::string what = absl::StrCat(ToAbsl(area), ": ", status.message());
  if (rpc::HasReason(status, common::v1::TOKEN_EXPIRED)) {
    return Bad(what, "get a new token; is this computer's clock right?");
  }
  if (absl::IsUnauthenticated(status)) {
    return Bad(what,
               "the token is not of this installation: name its --data folder or a --token-file");
  }
  if (absl::IsPermissionDenied(status)) return Bad(what, "use an owner's token");
  if (absl::IsUnavailable(status)) {
    return Bad(what, absl::StrCat("start the ", ToAbsl(area), " service, or look into its log"));
  }
  return Bad(what, absl::StrCat("look into the log of the ", ToAbsl(area), " service"));
}

Finding Service(const Status& status) {
  const std::string& area = status.area();
  if (!status.serving()) {
    return Bad(absl::StrCat(area, " is not serving yet"),
               "it is catching up, or ends; its log says which");
  }
  if (status.parked() > 0) {
    return Bad(absl::StrCat(area, " has parked ", status.parked(), " records"),
               absl::StrCat("pitlane parked list --service ", area));
  }
  if (!status.publish_trouble().empty()) {
    return Bad(absl::StrCat(area, " cannot publish: ", status.publish_trouble()),
               "see whether Kafka is up, and has room");
  }
  if (!status.caught_up()) {
    return Bad(absl::StrCat(area, " has not heard all that the others said"),
               "wait; when it stays so, one of the services it listens to or Kafka is down");
  }
  return Good(absl::StrCat(area, " serves; ", status.last_position(), " events"));
}

}  // namespace

std::vector<Finding> Diagnose(const ConnectionOptions& options) {
  std::vector<Finding> findings;
  absl::StatusOr<std::unique_ptr<Session>> session = Connect(options, kPatience);
  if (!session.ok()) {
    findings.push_back(Bad(std::string(session.status().message()),
                           "start a suite once (pitlane up), or give --token-file"));
    return findings;
  }
  findings.push_back(Good("there is a token"));
  findings.push_back(Gateway(**session, options));
  if (!findings.back().ok) return findings;
  const auto admin = Admin::NewStub((*session)->channel());
  for (const std::string_view area : kAreas) {
    const auto status =
        (*session)->Call(*admin, &Admin::Stub::GetStatus, admin::v1::GetStatusRequest(), area);
    findings.push_back(status.ok() ? Service(*status) : Silent(area, status.status()));
  }
  return findings;
}

int RunDoctor(const ConnectionOptions& options) {
  bool all = true;
  for (const Finding& finding : Diagnose(options)) {
    all = all && finding.ok;
    fmt::print("{} {}\n", finding.ok ? "ok  " : "FAIL", finding.what);
    if (!finding.ok) fmt::print("     {}\n", finding.fix);
  }
  return all ? 0 : 1;
}

}  // namespace pitlane::tools
