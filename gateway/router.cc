#include "gateway/router.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace pitlane::gateway {
namespace {

constexpr std::string_view kPrefix = "/pitlane.";
constexpr std::string_view kVersion = "v1.";
constexpr std::string_view kAdmin = "admin";

// "ticket" of "/pitlane.ticket.v1.TicketService/Open"; empty when it has another shape.
std::string_view AreaOf(std::string_view method) {
  if (method.substr(0, kPrefix.size()) != kPrefix) return {};
  method.remove_prefix(kPrefix.size());
  const size_t dot = method.find('.');
  if (dot == std::string_view::npos || method.substr(dot + 1, kVersion.size()) != kVersion) {
    return {};
  }
  return method.substr(0, dot);
}

// "acme.loyalty.v1" of "/acme.loyalty.v1.Points/Give"; empty when it has another shape.
std::string_view PackageOf(std::string_view method) {
  if (method.empty() || method[0] != '/') return {};
  const std::string_view service = method.substr(1, method.find('/', 1) - 1);
  const size_t dot = service.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : service.substr(0, dot);
}

}  // namespace

Router::Router(const Channels& areas, const Channels& packages) {
  for (const auto& [area, channel] : areas) {
    backends_.emplace(area, std::make_unique<Backend>(area, channel));
  }
  for (const auto& [package, channel] : packages) {
    others_.emplace(package, std::make_unique<Backend>(package, channel));
  }
}

Backend* Router::Find(std::string_view area) const {
  const auto found = backends_.find(area);
  return found == backends_.end() ? nullptr : found->second.get();
}

absl::StatusOr<Backend*> Router::Route(std::string_view method,
                                       const std::optional<std::string>& service) const {
  const std::string_view area = AreaOf(method);
  if (area == kAdmin) {
    Backend* const named = service.has_value() ? Find(*service) : nullptr;
    if (named != nullptr) return named;
    return rpc::Invalid(kServiceMetadata,
                        "every service has this method; name the one you mean, e.g. 'ticket'");
  }
  if (Backend* const backend = Find(area); backend != nullptr) return backend;
  const auto other = others_.find(PackageOf(method));
  if (other != others_.end()) return other->second.get();
  return rpc::MakeError(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNKNOWN,
                        "no service behind this gateway has such a method");
}

}  // namespace pitlane::gateway
