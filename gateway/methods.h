// What the gateway knows of the methods behind it: those whose contracts are linked into it, and
// those of a descriptor set it was given.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/json.h"
#include "google/protobuf/descriptor.h"
#include "libs/rpc/permissions.h"

namespace pitlane::gateway {

struct Method {
  rpc::MethodInfo info{.path = "(unknown)", .service = "(unknown)"};
  // Null when this build does not know the method: a newer service may have it. It can be passed
  // on, with a token, but not be converted from JSON.
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  const Types* types = nullptr;  // of its messages

  bool client_streaming() const { return descriptor != nullptr && descriptor->client_streaming(); }
  bool server_streaming() const { return descriptor != nullptr && descriptor->server_streaming(); }
  bool no_side_effects() const;
};

// Immutable; thread-safe.
class MethodTable {
 public:
  // `descriptor_file`: a FileDescriptorSet with all it imports; empty for none. NOT_FOUND: it
  // cannot be read. INVALID_ARGUMENT: it is none.
  static absl::StatusOr<std::unique_ptr<MethodTable>> Create(const std::string& descriptor_file);

  // By "/pitlane.ticket.v1.TicketService/OpenTicket". Lives as long as the table.
  const Method& Find(std::string_view path) const;

 private:
  MethodTable() = default;
  absl::Status Load(const std::string& descriptor_file);
  void Add(const google::protobuf::FileDescriptor& file, const Types& types);

  google::protobuf::DescriptorPool loaded_pool_;
  std::vector<std::unique_ptr<Types>> types_;
  absl::flat_hash_map<std::string, Method> methods_;
  const Method unknown_;
};

}  // namespace pitlane::gateway
