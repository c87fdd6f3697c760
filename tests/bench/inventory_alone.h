// The inventory service alone, hearing of nobody: a store of any size, made by its own commands.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/testing/test_identity.h"
#include "libs/runtime/service_host.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"

namespace pitlane::bench {

// Calls are thread-safe, and go through gRPC over loopback as a front end's do.
class InventoryAlone {
 public:
  // A new store in `folder` with `parts` parts in its catalogue.
  static absl::StatusOr<std::unique_ptr<InventoryAlone>> Make(const std::string& folder, int parts);
  ~InventoryAlone();

  // Corrects stock until the journal holds `events` events, and until what that leaves RocksDB to
  // do is done.
  absl::Status FillTo(uint64_t events);
  // One unit of any of the parts was found: one event. `done` is called when it is answered; a
  // refusal is a CHECK.
  void AdjustStock(std::function<void()> done);
  // What there is of any of the parts.
  void GetStock(std::function<void()> done);

  runtime::ServiceHost& host() { return *host_; }
  uint64_t events() const { return host_->journal().last_position(); }

 private:
  InventoryAlone();
  absl::Status Open(const std::string& folder);
  absl::Status Import(int parts);
  const std::string& PartOf(uint64_t call) const;

  rpc::testing::TestIdentity identity_;
  rpc::Metrics metrics_;
  std::string token_;
  std::string location_id_;
  std::vector<std::string> part_ids_;
  std::atomic<uint64_t> calls_{0};
  std::unique_ptr<runtime::ServiceHost> host_;
  std::unique_ptr<inventory::v1::InventoryService::Stub> stub_;
};

}  // namespace pitlane::bench
