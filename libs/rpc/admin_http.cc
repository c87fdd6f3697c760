#include "libs/rpc/admin_http.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "prometheus/exposer.h"

namespace pitlane::rpc {

absl::StatusOr<std::unique_ptr<AdminHttp>> AdminHttp::Start(const Metrics& metrics,
                                                            const std::string& address) {
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address, 1);
    exposer->RegisterCollectable(metrics.registry());
    return std::unique_ptr<AdminHttp>(new AdminHttp(std::move(exposer)));
  } catch (const std::exception& error) {
    return absl::UnavailableError(
        absl::StrCat("admin port ", address, ": ", error.what(), "; is another process using it?"));
  }
}

AdminHttp::AdminHttp(std::unique_ptr<prometheus::Exposer> exposer) : exposer_(std::move(exposer)) {}

AdminHttp::~AdminHttp() = default;

int AdminHttp::port() const { return exposer_->GetListeningPorts().front(); }

}  // namespace pitlane::rpc
