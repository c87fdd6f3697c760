// Which service a call goes to: by its method's name alone.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"

namespace pitlane::gateway {

// Names the service that a call to pitlane.admin.v1, which every service has, is meant for.
inline constexpr std::string_view kServiceMetadata = "pitlane-service";

// One service behind the gateway. Thread-safe.
struct Backend {
  using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

  Backend(std::string area_name, std::shared_ptr<grpc::Channel> channel)
      : area(std::move(area_name)), stub(std::move(channel)) {}

  const std::string area;
  Stub stub;
};

// Immutable; thread-safe.
class Router {
 public:
  using Channels = std::map<std::string, std::shared_ptr<grpc::Channel>>;

  // By area, e.g. "ticket"; and by protobuf package, e.g. "acme.loyalty.v1", for services of
  // others.
  explicit Router(const Channels& areas, const Channels& packages = {});

  // "/pitlane.<area>.v1.<Service>/<Method>" goes to that area; "/pitlane.admin.v1.…" to the one
  // named by `service`, the value of kServiceMetadata; anything else to the service of its package.
  // UNIMPLEMENTED, METHOD_UNKNOWN: none has it. INVALID_ARGUMENT: `service` is missing or names
  // none.
  absl::StatusOr<Backend*> Route(std::string_view method,
                                 const std::optional<std::string>& service) const;

 private:
  Backend* Find(std::string_view area) const;

  std::map<std::string, std::unique_ptr<Backend>, std::less<>> backends_;  // by area
  std::map<std::string, std::unique_ptr<Backend>, std::less<>> others_;    // by package
};

}  // namespace pitlane::gateway
