#include "tests/bench/inventory_alone.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/check.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/grpc_status.h"
#include "services/inventory/inventory.h"
#include "tests/bench/bench.h"
#include "tests/bench/one_computer.h"
#include "tests/bench/unary_call.h"

namespace pitlane::bench {
namespace {

namespace inv = inventory::v1;

constexpr int kRowsABatch = 500;
constexpr int kInFlight = 256;  // while filling
constexpr uint64_t kWave = 200'000;

inv::ImportPartsRequest BatchOf(int first, int count) {
  inv::ImportPartsRequest batch;
  batch.set_request_id(absl::StrCat("bench-import-", first));
  for (int i = first; i < first + count; ++i) {
    inv::PartRow& row = *batch.add_rows();
    row.set_number(absl::StrCat("BN-", 100000 + i));
    row.set_brand("Bench");
    row.set_description(absl::StrCat("Brake part number ", i));
    row.set_category("brakes");
    row.set_currency("USD");
    row.set_unit_cost_e4(10000 + i);
    row.set_list_price_minor(200 + i);
  }
  return batch;
}

}  // namespace

InventoryAlone::InventoryAlone()
    : token_(identity_.Token(rpc::Role::kOwner)),
      location_id_(LocationId::Make(Clock::System(), Entropy::System(), /*slot=*/7).text()) {}

InventoryAlone::~InventoryAlone() {
  if (host_ != nullptr) host_->Stop();
}

absl::StatusOr<std::unique_ptr<InventoryAlone>> InventoryAlone::Make(const std::string& folder,
                                                                     int parts) {
  std::unique_ptr<InventoryAlone> made(new InventoryAlone());
  RETURN_IF_ERROR(made->Open(folder));
  RETURN_IF_ERROR(made->Import(parts));
  return made;
}

absl::Status InventoryAlone::Open(const std::string& folder) {
  runtime::ServiceDefinition definition = inventory::MakeInventoryService();
  definition.listens_to.clear();
  definition.reactors = [] { return std::vector<std::unique_ptr<runtime::Reactor>>(); };
  runtime::HostOptions options;
  options.data_dir = folder;
  options.server.listen = "127.0.0.1:0";
  options.verifier = &identity_.verifier();
  options.metrics = &metrics_;
  ASSIGN_OR_RETURN(host_, runtime::ServiceHost::Open(std::move(definition), std::move(options)));
  RETURN_IF_ERROR(host_->Start());
  host_->WaitUntilServing();
  ASSIGN_OR_RETURN(const auto channel, ChannelTo(absl::StrCat("127.0.0.1:", host_->port())));
  stub_ = inv::InventoryService::NewStub(channel);
  return absl::OkStatus();
}

absl::Status InventoryAlone::Import(int parts) {
  grpc::ClientContext context;
  rpc::AttachToken(context, token_);
  const auto stream = stub_->ImportParts(&context);
  for (int first = 0; first < parts; first += kRowsABatch) {
    inv::ImportPartsResponse response;
    if (!stream->Write(BatchOf(first, std::min(kRowsABatch, parts - first))) ||
        !stream->Read(&response)) {
      break;
    }
    for (const inv::RowResult& row : response.results()) part_ids_.push_back(row.part_id());
  }
  stream->WritesDone();
  RETURN_IF_ERROR(rpc::FromGrpcStatus(stream->Finish()));
  PITLANE_CHECK(part_ids_.size() == static_cast<size_t>(parts));
  return absl::OkStatus();
}

absl::Status InventoryAlone::FillTo(uint64_t events) {
  while (this->events() < events) {
    const uint64_t wave = std::min(events - this->events(), kWave);
    MakeCalls(kInFlight, static_cast<int64_t>(wave),
              [this](std::function<void()> done) { AdjustStock(std::move(done)); });
    std::cerr << this->events() << " of " << events << " events\n";
  }
  while (host_->journal().stats().pending_compaction_bytes > 0) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::OkStatus();
}

// Far apart from one call to the next, and each as often as the others.
const std::string& InventoryAlone::PartOf(uint64_t call) const {
  return part_ids_[call * 7919 % part_ids_.size()];
}

void InventoryAlone::AdjustStock(std::function<void()> done) {
  const uint64_t number = calls_.fetch_add(1);
  inv::AdjustStockRequest request;
  request.set_request_id(absl::StrCat("bench-", number));
  request.set_part_id(PartOf(number));
  request.set_location_id(location_id_);
  request.set_change_milli(1000);
  request.set_reason(inv::ADJUST_REASON_FOUND);
  CallUnary<inv::AdjustStockResponse>(
      token_, std::move(request),
      [this](auto... call) { stub_->async()->AdjustStock(std::move(call)...); }, std::move(done));
}

void InventoryAlone::GetStock(std::function<void()> done) {
  inv::GetStockRequest request;
  request.set_part_id(PartOf(calls_.fetch_add(1)));
  request.set_location_id(location_id_);
  CallUnary<inv::GetStockResponse>(
      token_, std::move(request),
      [this](auto... call) { stub_->async()->GetStock(std::move(call)...); }, std::move(done));
}

}  // namespace pitlane::bench
