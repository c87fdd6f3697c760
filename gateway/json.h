// Between protobuf's JSON mapping and its binary form, for messages known by descriptor alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/type_resolver.h"

namespace pitlane::gateway {

// The message types of one pool, which must outlive it. Immutable; thread-safe.
class Types {
 public:
  explicit Types(const google::protobuf::DescriptorPool& pool);

  // Unknown fields are left out, as Connect's implementations do. INVALID_ARGUMENT, FIELD_INVALID:
  // no JSON, or a value does not fit its field, which is named; values are not repeated.
  absl::StatusOr<std::string> FromJson(const google::protobuf::Descriptor& type,
                                       std::string_view json) const;
  // INTERNAL, INTERNAL_FAULT: `binary` does not decode, or holds an Any whose type is not known.
  absl::StatusOr<std::string> ToJson(const google::protobuf::Descriptor& type,
                                     std::string_view binary) const;

  // nullptr: not in the pool.
  const google::protobuf::Descriptor* Find(std::string_view full_name) const;

 private:
  const google::protobuf::DescriptorPool& pool_;
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver_;
};

// INVALID_ARGUMENT, FIELD_INVALID unless `binary` is a message of that type: truncated, with broken
// tags, nested deeper than protobuf allows, or text that is not UTF-8. Names the field. Services
// would answer a message that does not decode without a reason.
absl::Status CheckBinary(const google::protobuf::Descriptor& type, std::string_view binary);

}  // namespace pitlane::gateway
