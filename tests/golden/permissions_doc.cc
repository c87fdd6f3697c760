// Writes docs/permissions.md from the methods' access options and the roles' table:
//   permissions_doc build/release/pitlane.binpb > docs/permissions.md
#include <fstream>
#include <iostream>
#include <string>

#include "absl/strings/match.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "libs/rpc/permissions.h"

namespace pitlane::golden {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::ServiceDescriptor;
using rpc::Role;

constexpr Role kRoles[] = {Role::kOwner,       Role::kManager, Role::kAdvisor,    Role::kTechnician,
                           Role::kParts,       Role::kCashier, Role::kBookkeeper, Role::kAuditor,
                           Role::kIntegration, Role::kService};

void PrintService(const ServiceDescriptor& service) {
  std::cout << "\n## " << service.full_name() << "\n\n| method | permission | where |";
  for (const Role role : kRoles) std::cout << " " << rpc::RoleName(role) << " |";
  std::cout << "\n| --- | --- | --- |";
  for (size_t i = 0; i < std::size(kRoles); ++i) std::cout << " :-: |";
  std::cout << "\n";
  for (int i = 0; i < service.method_count(); ++i) {
    const rpc::MethodInfo method = rpc::DescribeMethod(*service.method(i));
    const std::string permission =
        common::v1::Permission_Name(method.access.permission()).substr(sizeof("PERMISSION_") - 1);
    const std::string& scope = method.access.scope_field();
    std::cout << "| " << service.method(i)->name() << " | " << permission << " | "
              << (scope.empty() ? "anywhere" : "`" + scope + "`") << " |";
    for (const Role role : kRoles) {
      std::cout << (rpc::RoleHas(role, method.access.permission()) ? " x |" : " |");
    }
    std::cout << "\n";
  }
}

int Main(const char* descriptors) {
  google::protobuf::FileDescriptorSet files;
  std::ifstream input(descriptors, std::ios::binary);
  if (!files.ParseFromIstream(&input)) {
    std::cerr << descriptors << " is no descriptor set; build the target pitlane_descriptors\n";
    return 1;
  }
  std::cout
      << "# Permissions\n\n"
         "Generated from the methods' `(pitlane.common.v1.access)` and the roles' table; do not "
         "edit. A test\nplays every method with every role, at the gateway and at each "
         "service, against this page.\n\n"
         "*where*: the field of the request that says at which location the permission is "
         "needed: a `loc_…` id\nis that location, any other id belongs to one. Empty, it is "
         "needed everywhere. *anywhere*: one\nlocation of the token's is enough. Without a "
         "token nothing is answered but health.\n";
  for (const auto& file : files.file()) {
    if (file.service().empty() || !absl::StartsWith(file.package(), "pitlane.") ||
        file.package() == "pitlane.testing.v1") {
      continue;
    }
    const auto* known = DescriptorPool::generated_pool()->FindFileByName(file.name());
    if (known == nullptr) {
      std::cerr << file.name() << " is not linked in\n";
      return 1;
    }
    for (int i = 0; i < known->service_count(); ++i) PrintService(*known->service(i));
  }
  return 0;
}

}  // namespace
}  // namespace pitlane::golden

int main(int argc, char** argv) {
  if (argc == 2) return pitlane::golden::Main(argv[1]);
  std::cerr << "usage: permissions_doc DESCRIPTOR_SET\n";
  return 2;
}
