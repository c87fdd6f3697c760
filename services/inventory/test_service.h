// The inventory service on a disk in memory, with a supplier that answers as a test says and a
// stream of ticket events written by hand. For tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/ids.h"
#include "libs/base/status_matchers.h"
#include "libs/rpc/errors.h"
#include "libs/runtime/parking.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/test_cluster.h"
#include "pitlane/admin/v1/admin_service.grpc.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "services/inventory/inventory.h"
#include "services/inventory/suppliers/supplier_port.h"

namespace pitlane::inventory {

// Confirms everything unless told otherwise. Thread-safe.
class FakeSupplier final : public SupplierPort {
 public:
  using Answer = absl::StatusOr<SupplierAnswer>;
  static SupplierAnswer Confirmed(bool delivered = false) {
    return {.what = SupplierAnswer::What::kConfirmed,
            .reference = "F-1",
            .reason = "",
            .delivered = delivered};
  }
  static SupplierAnswer Refused() {
    return {.what = SupplierAnswer::What::kRefused,
            .reference = "",
            .reason = "discontinued",
            .delivered = false};
  }
  static SupplierAnswer NeverHeard() {
    return {.what = SupplierAnswer::What::kNeverHeard,
            .reference = "",
            .reason = "",
            .delivered = false};
  }

  // What the next Submit or Query is answered; after that, Confirmed again.
  void NextSubmit(Answer answer) { Push(submit_answers_, std::move(answer)); }
  void NextQuery(Answer answer) { Push(query_answers_, std::move(answer)); }
  std::vector<v1::PurchaseOrder> submitted() const {
    absl::MutexLock lock(&mutex_);
    return submitted_;
  }
  std::vector<std::string> queried() const {
    absl::MutexLock lock(&mutex_);
    return queried_;
  }

  void Submit(const v1::PurchaseOrder& order, SupplierDone done) override {
    Answer answer = Confirmed();
    {
      absl::MutexLock lock(&mutex_);
      submitted_.push_back(order);
      Pop(submit_answers_, answer);
    }
    done(std::move(answer));
  }
  void Query(std::string_view purchase_order_id, SupplierDone done) override {
    Answer answer = Confirmed();
    {
      absl::MutexLock lock(&mutex_);
      queried_.emplace_back(purchase_order_id);
      Pop(query_answers_, answer);
    }
    done(std::move(answer));
  }

 private:
  void Push(std::deque<Answer>& answers, Answer answer) {
    absl::MutexLock lock(&mutex_);
    answers.push_back(std::move(answer));
  }
  static void Pop(std::deque<Answer>& answers, Answer& answer) {
    if (answers.empty()) return;
    answer = std::move(answers.front());
    answers.pop_front();
  }

  mutable absl::Mutex mutex_;
  std::deque<Answer> submit_answers_ ABSL_GUARDED_BY(mutex_);
  std::deque<Answer> query_answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::PurchaseOrder> submitted_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> queried_ ABSL_GUARDED_BY(mutex_);
};

using Stub = v1::InventoryService::Stub;

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() : ServiceTest(InventoryOptions{std::make_shared<FakeSupplier>(), false}) {}
  explicit ServiceTest(InventoryOptions options) : options_(std::move(options)) {
    cluster_.Add([this] { return MakeInventoryService(options_); });
    location_ = LocationId::Make(cluster_.clock(), cluster_.entropy(), 77);
  }

  void SetUp() override {
    ASSERT_THAT(cluster_.Start(), IsOk());
    stub_ = cluster_.Stub<v1::InventoryService>("inventory");
  }

  FakeSupplier& supplier() { return static_cast<FakeSupplier&>(*options_.supplier); }
  std::string NextRequest() { return absl::StrCat("req-", ++requests_); }
  void NewStub() { stub_ = cluster_.Stub<v1::InventoryService>("inventory"); }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, rpc::Role role = rpc::Role::kOwner) {
    return cluster_.Call(*stub_, method, request, role);
  }

  std::string Supplier(std::string_view name = "Heartland") {
    v1::RegisterSupplierRequest request;
    request.set_request_id(NextRequest());
    request.set_name(std::string(name));
    const auto response = Call(&Stub::RegisterSupplier, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->supplier().supplier_id() : "";
  }

  v1::PartRow Row(std::string_view number) {
    v1::PartRow row;
    row.set_number(std::string(number));
    row.set_brand("Acme");
    row.set_description(absl::StrCat("Part ", std::string(number)));
    row.set_currency("USD");
    row.set_unit_cost_e4(500'000);
    row.set_list_price_minor(9'900);
    return row;
  }
  // With a supplier and this rule at the location.
  v1::PartRow ReorderedRow(std::string_view number, int64_t point, int64_t quantity) {
    v1::PartRow row = Row(number);
    row.set_supplier_name("Heartland");
    v1::ReorderRule& rule = *row.add_reorder_rules();
    rule.set_location_id(location_.text());
    rule.set_reorder_point_milli(point);
    rule.set_reorder_quantity_milli(quantity);
    return row;
  }

  // One stream with these batches; the responses in order, and how it ended.
  struct Imported {
    std::vector<v1::ImportPartsResponse> responses;
    absl::Status status;
  };
  Imported Import(const std::vector<v1::ImportPartsRequest>& batches,
                  rpc::Role role = rpc::Role::kOwner) {
    const auto context = cluster_.Context(role);
    return Import(batches, *context);
  }
  Imported Import(const std::vector<v1::ImportPartsRequest>& batches,
                  grpc::ClientContext& context) {
    Imported result;
    const auto stream = stub_->ImportParts(&context);
    for (const v1::ImportPartsRequest& batch : batches) {
      if (!stream->Write(batch) || !stream->Read(&result.responses.emplace_back())) {
        result.responses.pop_back();
        break;
      }
    }
    stream->WritesDone();
    result.status = cluster_.AfterCall(context, stream->Finish());
    return result;
  }
  v1::ImportPartsRequest Batch(std::vector<v1::PartRow> rows) {
    v1::ImportPartsRequest batch;
    batch.set_request_id(NextRequest());
    for (v1::PartRow& row : rows) *batch.add_rows() = std::move(row);
    return batch;
  }
  v1::RowResult ImportOne(const v1::PartRow& row) {
    const Imported imported = Import({Batch({row})});
    EXPECT_THAT(imported.status, IsOk());
    EXPECT_EQ(imported.responses.size(), 1u);
    return imported.responses.empty() ? v1::RowResult() : imported.responses[0].results(0);
  }
  std::string Part(std::string_view number) { return ImportOne(Row(number)).part_id(); }

  absl::StatusOr<v1::ReceiveStockResponse> Receive(const std::string& part, int64_t quantity,
                                                   int64_t cost) {
    v1::ReceiveStockRequest request;
    request.set_request_id(NextRequest());
    request.set_part_id(part);
    request.set_location_id(location_.text());
    request.set_quantity_milli(quantity);
    request.set_unit_cost_e4(cost);
    return Call(&Stub::ReceiveStock, request);
  }

  v1::StockLevel Level(const std::string& part) {
    v1::GetStockRequest request;
    request.set_part_id(part);
    request.set_location_id(location_.text());
    const auto response = Call(&Stub::GetStock, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->level() : v1::StockLevel();
  }

  std::vector<v1::PurchaseOrder> Orders(bool open_only = false) {
    v1::ListPurchaseOrdersRequest request;
    request.set_location_id(location_.text());
    request.set_open_only(open_only);
    const auto response = Call(&Stub::ListPurchaseOrders, request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return {};
    return {response->purchase_orders().begin(), response->purchase_orders().end()};
  }

  std::vector<v1::TicketStockLine> TicketLines(const TicketId& ticket) {
    v1::ListTicketStockRequest request;
    request.set_ticket_id(ticket.text());
    const auto response = Call(&Stub::ListTicketStock, request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return {};
    return {response->lines().begin(), response->lines().end()};
  }

  // Everything in the journal.
  std::vector<v1::InventoryEvent> Events() {
    std::vector<v1::InventoryEvent> events;
    const auto records = cluster_.journal("inventory").ReadLog(1, 1'000'000, size_t{1} << 30);
    EXPECT_THAT(records, IsOk());
    for (const journal::Record& record : *records) {
      EXPECT_TRUE(events.emplace_back().ParseFromString(record.payload));
    }
    return events;
  }
  int Count(v1::InventoryEvent::EventCase kind) {
    int count = 0;
    for (const v1::InventoryEvent& event : Events()) count += event.event_case() == kind ? 1 : 0;
    return count;
  }

  // ---- what the ticket service says ----

  TicketId NewTicket() { return TicketId::Make(cluster_.clock(), cluster_.entropy(), 77); }
  JobId NewJob() { return JobId::Make(cluster_.clock(), cluster_.entropy(), 77); }
  LineId NewLine() { return LineId::Make(cluster_.clock(), cluster_.entropy(), 77); }

  void Publish(const TicketId& ticket, ticket::v1::TicketEvent event) {
    event.mutable_meta()->set_location_id(location_.text());
    event.mutable_meta()->set_business_date("2026-01-02");
    cluster_.stream("ticket").Publish(event, ticket.text());
    ASSERT_TRUE(cluster_.Settle());
  }

  struct Need {
    LineId line;
    std::string part;
    int64_t quantity = 0;
  };
  void Authorize(const TicketId& ticket, const JobId& job, const std::vector<Need>& needs) {
    ticket::v1::TicketEvent event;
    event.mutable_job_authorized()->set_job_id(job.text());
    for (const Need& need : needs) {
      ticket::v1::PartDemand& part = *event.mutable_job_authorized()->add_parts();
      part.set_line_id(need.line.text());
      part.set_part_id(need.part);
      part.set_quantity_milli(need.quantity);
    }
    Publish(ticket, event);
  }
  ticket::v1::TicketEvent ClosedEvent(const TicketId& ticket, const JobId& job,
                                      const std::vector<Need>& needs) {
    ticket::v1::TicketEvent event;
    ticket::v1::Ticket& closed = *event.mutable_ticket_closed()->mutable_ticket();
    closed.set_ticket_id(ticket.text());
    closed.set_location_id(location_.text());
    closed.set_business_date("2026-01-02");
    ticket::v1::Job& sold = *closed.add_jobs();
    sold.set_job_id(job.text());
    sold.add_lines()->set_kind(ticket::v1::LINE_KIND_LABOUR);
    for (const Need& need : needs) {
      ticket::v1::Line& line = *sold.add_lines();
      line.set_kind(ticket::v1::LINE_KIND_PART);
      line.set_line_id(need.line.text());
      line.set_part_id(need.part);
      line.set_quantity_milli(need.quantity);
    }
    return event;
  }
  void Close(const TicketId& ticket, const JobId& job, const std::vector<Need>& needs) {
    Publish(ticket, ClosedEvent(ticket, job, needs));
  }
  uint64_t Parked() {
    const auto count = runtime::CountParked(cluster_.journal("inventory"));
    EXPECT_THAT(count, IsOk());
    return count.value_or(0);
  }
  // Applies everything that is parked again.
  void RetryParked() {
    const auto admin = cluster_.Stub<admin::v1::AdminService>("inventory");
    const auto listed = cluster_.Call(*admin, &admin::v1::AdminService::Stub::ListParked,
                                      admin::v1::ListParkedRequest());
    ASSERT_THAT(listed, IsOk());
    for (const auto& parked : listed->parked()) {
      EXPECT_THAT(parked.reason(), ::testing::HasSubstr("not in the catalogue"));
      admin::v1::RetryParkedRequest retry;
      retry.set_source(parked.source());
      retry.set_stream_id(parked.stream_id());
      ASSERT_THAT(cluster_.Call(*admin, &admin::v1::AdminService::Stub::RetryParked, retry),
                  IsOk());
    }
  }

  InventoryOptions options_;
  testing::TestCluster cluster_;
  LocationId location_;
  std::unique_ptr<Stub> stub_;

 private:
  int requests_ = 0;
};

}  // namespace pitlane::inventory
