#include "gateway/methods.h"

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/descriptor_database.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace pitlane::gateway {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodOptions;

bool Method::no_side_effects() const {
  return descriptor != nullptr &&
         descriptor->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
}

absl::StatusOr<std::unique_ptr<MethodTable>> MethodTable::Create(
    const std::string& descriptor_file) {
  std::unique_ptr<MethodTable> table(new MethodTable());
  const DescriptorPool& linked = *DescriptorPool::generated_pool();
  table->types_.push_back(std::make_unique<Types>(linked));
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  for (const std::string& name : files) {
    const FileDescriptor* file = linked.FindFileByName(name);
    if (file != nullptr) table->Add(*file, *table->types_.back());
  }
  if (!descriptor_file.empty()) RETURN_IF_ERROR(table->Load(descriptor_file));
  return table;
}

absl::Status MethodTable::Load(const std::string& descriptor_file) {
  std::ifstream input(descriptor_file, std::ios::binary);
  if (!input) {
    return absl::NotFoundError(absl::StrCat(descriptor_file, " cannot be read"));
  }
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromIstream(&input)) {
    return absl::InvalidArgumentError(
        absl::StrCat(descriptor_file,
                     " is no descriptor set; make it with protoc --include_imports "
                     "--descriptor_set_out"));
  }
  types_.push_back(std::make_unique<Types>(loaded_pool_));
  for (const auto& proto : set.file()) {
    const FileDescriptor* file = loaded_pool_.BuildFile(proto);
    if (file == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(descriptor_file, ": ", proto.name(),
                       " does not fit; the set must have every import before what imports it"));
    }
    Add(*file, *types_.back());
  }
  return absl::OkStatus();
}

void MethodTable::Add(const FileDescriptor& file, const Types& types) {
  for (int s = 0; s < file.service_count(); ++s) {
    for (int m = 0; m < file.service(s)->method_count(); ++m) {
      const auto* descriptor = file.service(s)->method(m);
      rpc::MethodInfo info = rpc::DescribeMethod(*descriptor);
      std::string path = info.path;
      // What is linked comes first, and stays: the services check access by it, too.
      methods_.emplace(std::move(path), Method{std::move(info), descriptor, &types});
    }
  }
}

const Method& MethodTable::Find(std::string_view path) const {
  const auto found = methods_.find(ToAbsl(path));
  return found == methods_.end() ? unknown_ : found->second;
}

}  // namespace pitlane::gateway
