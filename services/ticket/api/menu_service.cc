#include "services/ticket/api/menu_service.h"

#include <optional>
#include <string>
#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "libs/runtime/expected_version.h"
#include "services/ticket/api/menu_requests.h"
#include "services/ticket/desk.h"
#include "services/ticket/domain/location.h"
#include "services/ticket/domain/matrix.h"
#include "services/ticket/domain/menu.h"
#include "services/ticket/projections/menu.h"

namespace pitlane::ticket {
namespace {

using runtime::ReadContext;

constexpr size_t kStandardPage = 50;
constexpr size_t kLargestPage = 200;

// Decides about one thing of the menu and shows it as it then is.
template <class Aggregate, class Command>
absl::Status SetIn(runtime::Unit& unit, const std::string& location_id, const std::string& stream,
                   std::optional<uint64_t> expected_version, const Command& command,
                   typename Aggregate::State* after) {
  ASSIGN_OR_RETURN(Desk desk, Desk::At(unit, location_id));
  const runtime::EventScope scope{.location_id = location_id,
                                  .business_date = desk.context().business_date};
  RETURN_IF_ERROR(
      unit.Execute<Aggregate>(stream, expected_version, scope,
                              [&command](const auto& now) { return Decide(now, command); }));
  ASSIGN_OR_RETURN(const auto loaded, unit.Load<Aggregate>(stream));
  *after = loaded.state;
  return absl::OkStatus();
}

// The aggregate's state, or its default when there is none.
template <class A>
absl::StatusOr<typename A::State> StateOf(ReadContext& read, const std::string& stream_id) {
  auto found = read.Get<A>(stream_id);
  if (found.ok()) return std::move(found->state);
  if (absl::IsNotFound(found.status())) return typename A::State();
  return found.status();
}

absl::Status Warn(const v1::PartPricing& pricing, const v1::Location& location,
                  google::protobuf::RepeatedPtrField<v1::BandInversion>& warnings) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(location.currency()));
  for (const v1::PartMatrix& matrix : pricing.matrices()) {
    auto inversions = InversionsOf(matrix, currency);
    // Prices beyond all numbers warn of themselves when somebody is to pay them.
    if (!inversions.ok()) continue;
    for (v1::BandInversion& inversion : *inversions) *warnings.Add() = std::move(inversion);
  }
  return absl::OkStatus();
}

// A page of one of the menu's lists.
template <class Request, class Response, class Row>
absl::Status ListFrom(ReadContext& read, const Request& request, const std::string& prefix,
                      Row* (Response::*add)(), Response* response) {
  ASSIGN_OR_RETURN(const rpc::PageRequest page,
                   rpc::ParsePage(request, kStandardPage, kLargestPage));
  std::optional<std::string> last;
  size_t rows = 0;
  bool damaged = false;
  const auto visit = [&](std::string_view key, std::string_view row) {
    if (rows == page.limit) {
      response->set_next_page_token(rpc::PageToken(request, last));
      return false;
    }
    damaged = !(response->*add)()->ParseFromArray(row.data(), static_cast<int>(row.size()));
    last = std::string(key);
    ++rows;
    return !damaged;
  };
  RETURN_IF_ERROR(read.views().ForEach(
      Menu::kView, journal::ScanOptions{.prefix = prefix, .after = page.after}, visit));
  if (damaged) return rpc::DataLoss("a row of the view menu does not decode; rebuild it");
  return absl::OkStatus();
}

absl::Status DefineOperationIn(runtime::Unit& unit, const v1::DefineOperationRequest& request,
                               v1::DefineOperationResponse* response) {
  const v1::Operation& thing = request.operation();
  return SetIn<OperationAggregate>(
      unit, thing.location_id(), OperationStream(thing.location_id(), thing.code()),
      runtime::ExpectedVersion(request), DefineOperation{thing}, response->mutable_operation());
}

absl::Status SetLabourPricingIn(runtime::Unit& unit, const v1::SetLabourPricingRequest& request,
                                v1::SetLabourPricingResponse* response) {
  const v1::LabourPricing& thing = request.pricing();
  return SetIn<LabourPricingAggregate>(
      unit, thing.location_id(), LabourPricingStream(thing.location_id()),
      runtime::ExpectedVersion(request), SetLabourPricing{thing}, response->mutable_pricing());
}

absl::Status SetPartPricingIn(runtime::Unit& unit, const v1::SetPartPricingRequest& request,
                              v1::SetPartPricingResponse* response) {
  const v1::PartPricing& thing = request.pricing();
  RETURN_IF_ERROR(SetIn<PartPricingAggregate>(
      unit, thing.location_id(), PartPricingStream(thing.location_id()),
      runtime::ExpectedVersion(request), SetPartPricing{thing}, response->mutable_pricing()));
  ASSIGN_OR_RETURN(const auto location, unit.Load<LocationAggregate>(thing.location_id()));
  return Warn(response->pricing(), location.state, *response->mutable_warnings());
}

absl::Status SetCustomerTermsIn(runtime::Unit& unit, const v1::SetCustomerTermsRequest& request,
                                v1::SetCustomerTermsResponse* response) {
  const v1::CustomerTerms& thing = request.terms();
  return SetIn<CustomerTermsAggregate>(
      unit, thing.location_id(), TermsStream(thing.location_id(), thing.customer_id()),
      runtime::ExpectedVersion(request), SetCustomerTerms{thing}, response->mutable_terms());
}

absl::Status DefineKitIn(runtime::Unit& unit, const v1::DefineKitRequest& request,
                         v1::DefineKitResponse* response) {
  const v1::Kit& thing = request.kit();
  return SetIn<KitAggregate>(
      unit, thing.location_id(), KitStream(thing.location_id(), thing.code()),
      runtime::ExpectedVersion(request), DefineKit{thing}, response->mutable_kit());
}

absl::Status DefineCannedJobIn(runtime::Unit& unit, const v1::DefineCannedJobRequest& request,
                               v1::DefineCannedJobResponse* response) {
  const v1::CannedJob& thing = request.canned_job();
  return SetIn<CannedJobAggregate>(
      unit, thing.location_id(), CannedJobStream(thing.location_id(), thing.code()),
      runtime::ExpectedVersion(request), DefineCannedJob{thing}, response->mutable_canned_job());
}

absl::Status SetFeeScheduleIn(runtime::Unit& unit, const v1::SetFeeScheduleRequest& request,
                              v1::SetFeeScheduleResponse* response) {
  const v1::FeeSchedule& thing = request.schedule();
  return SetIn<FeeScheduleAggregate>(
      unit, thing.location_id(), FeeScheduleStream(thing.location_id()),
      runtime::ExpectedVersion(request), SetFeeSchedule{thing}, response->mutable_schedule());
}

absl::Status ImportLabourTimesIn(runtime::Unit& unit, const v1::ImportLabourTimesRequest& request,
                                 v1::ImportLabourTimesResponse* response) {
  const ImportLabourTimes command{.location_id = request.location_id(),
                                  .operation_code = request.operation_code(),
                                  .times = {request.times().begin(), request.times().end()}};
  const std::string stream = LabourTimesStream(request.location_id(), request.operation_code());
  ASSIGN_OR_RETURN(const auto before, unit.Load<LabourTimesAggregate>(stream));
  const ImportCounts counts = CountTimes(before.state, command);
  response->set_imported(counts.imported);
  response->set_updated(counts.updated);
  response->set_unchanged(counts.unchanged);
  return SetIn<LabourTimesAggregate>(unit, request.location_id(), stream, std::nullopt, command,
                                     response->mutable_times());
}

absl::Status GetLabourPricingFrom(ReadContext& read, const v1::GetLabourPricingRequest& request,
                                  v1::GetLabourPricingResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(
      *response->mutable_pricing(),
      StateOf<LabourPricingAggregate>(read, LabourPricingStream(request.location_id())));
  return absl::OkStatus();
}

absl::Status GetCustomerTermsFrom(ReadContext& read, const v1::GetCustomerTermsRequest& request,
                                  v1::GetCustomerTermsResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_terms(),
                   StateOf<CustomerTermsAggregate>(
                       read, TermsStream(request.location_id(), request.customer_id())));
  return absl::OkStatus();
}

absl::Status GetFeeScheduleFrom(ReadContext& read, const v1::GetFeeScheduleRequest& request,
                                v1::GetFeeScheduleResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_schedule(),
                   StateOf<FeeScheduleAggregate>(read, FeeScheduleStream(request.location_id())));
  return absl::OkStatus();
}

absl::Status GetLabourTimesFrom(ReadContext& read, const v1::GetLabourTimesRequest& request,
                                v1::GetLabourTimesResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_times(),
                   StateOf<LabourTimesAggregate>(
                       read, LabourTimesStream(request.location_id(), request.operation_code())));
  return absl::OkStatus();
}

absl::Status GetPartPricingFrom(ReadContext& read, const v1::GetPartPricingRequest& request,
                                v1::GetPartPricingResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_pricing(),
                   StateOf<PartPricingAggregate>(read, PartPricingStream(request.location_id())));
  if (response->pricing().version() == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::Location location,
                   StateOf<LocationAggregate>(read, request.location_id()));
  return Warn(response->pricing(), location, *response->mutable_warnings());
}

absl::Status ListOperationsFrom(ReadContext& read, const v1::ListOperationsRequest& request,
                                v1::ListOperationsResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  return ListFrom(read, request, Menu::Operations(request.location_id()),
                  &v1::ListOperationsResponse::add_operations, response);
}

absl::Status ListKitsFrom(ReadContext& read, const v1::ListKitsRequest& request,
                          v1::ListKitsResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  return ListFrom(read, request, Menu::Kits(request.location_id()), &v1::ListKitsResponse::add_kits,
                  response);
}

absl::Status ListCannedJobsFrom(ReadContext& read, const v1::ListCannedJobsRequest& request,
                                v1::ListCannedJobsResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  return ListFrom(read, request, Menu::CannedJobs(request.location_id()),
                  &v1::ListCannedJobsResponse::add_canned_jobs, response);
}

}  // namespace

grpc::ServerUnaryReactor* MenuServiceApi::DefineOperation(grpc::CallbackServerContext* context,
                                                          const v1::DefineOperationRequest* request,
                                                          v1::DefineOperationResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::DefineOperationRequest& shape) { return CheckShape(shape); }, DefineOperationIn);
}

grpc::ServerUnaryReactor* MenuServiceApi::ListOperations(grpc::CallbackServerContext* context,
                                                         const v1::ListOperationsRequest* request,
                                                         v1::ListOperationsResponse* response) {
  return runtime::Read(context, env_, request, response, ListOperationsFrom);
}

grpc::ServerUnaryReactor* MenuServiceApi::SetLabourPricing(
    grpc::CallbackServerContext* context, const v1::SetLabourPricingRequest* request,
    v1::SetLabourPricingResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::SetLabourPricingRequest& shape) { return CheckShape(shape); },
      SetLabourPricingIn);
}

grpc::ServerUnaryReactor* MenuServiceApi::GetLabourPricing(
    grpc::CallbackServerContext* context, const v1::GetLabourPricingRequest* request,
    v1::GetLabourPricingResponse* response) {
  return runtime::Read(context, env_, request, response, GetLabourPricingFrom);
}

grpc::ServerUnaryReactor* MenuServiceApi::SetPartPricing(grpc::CallbackServerContext* context,
                                                         const v1::SetPartPricingRequest* request,
                                                         v1::SetPartPricingResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::SetPartPricingRequest& shape) { return CheckShape(shape); }, SetPartPricingIn);
}

grpc::ServerUnaryReactor* MenuServiceApi::GetPartPricing(grpc::CallbackServerContext* context,
                                                         const v1::GetPartPricingRequest* request,
                                                         v1::GetPartPricingResponse* response) {
  return runtime::Read(context, env_, request, response, GetPartPricingFrom);
}

grpc::ServerUnaryReactor* MenuServiceApi::SetCustomerTerms(
    grpc::CallbackServerContext* context, const v1::SetCustomerTermsRequest* request,
    v1::SetCustomerTermsResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::SetCustomerTermsRequest& shape) { return CheckShape(shape); },
      SetCustomerTermsIn);
}

grpc::ServerUnaryReactor* MenuServiceApi::GetCustomerTerms(
    grpc::CallbackServerContext* context, const v1::GetCustomerTermsRequest* request,
    v1::GetCustomerTermsResponse* response) {
  return runtime::Read(context, env_, request, response, GetCustomerTermsFrom);
}

grpc::ServerUnaryReactor* MenuServiceApi::DefineKit(grpc::CallbackServerContext* context,
                                                    const v1::DefineKitRequest* request,
                                                    v1::DefineKitResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::DefineKitRequest& shape) { return CheckShape(shape); }, DefineKitIn);
}

grpc::ServerUnaryReactor* MenuServiceApi::ListKits(grpc::CallbackServerContext* context,
                                                   const v1::ListKitsRequest* request,
                                                   v1::ListKitsResponse* response) {
  return runtime::Read(context, env_, request, response, ListKitsFrom);
}

grpc::ServerUnaryReactor* MenuServiceApi::DefineCannedJob(grpc::CallbackServerContext* context,
                                                          const v1::DefineCannedJobRequest* request,
                                                          v1::DefineCannedJobResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::DefineCannedJobRequest& shape) { return CheckShape(shape); }, DefineCannedJobIn);
}

grpc::ServerUnaryReactor* MenuServiceApi::ListCannedJobs(grpc::CallbackServerContext* context,
                                                         const v1::ListCannedJobsRequest* request,
                                                         v1::ListCannedJobsResponse* response) {
  return runtime::Read(context, env_, request, response, ListCannedJobsFrom);
}

grpc::ServerUnaryReactor* MenuServiceApi::SetFeeSchedule(grpc::CallbackServerContext* context,
                                                         const v1::SetFeeScheduleRequest* request,
                                                         v1::SetFeeScheduleResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::SetFeeScheduleRequest& shape) { return CheckShape(shape); }, SetFeeScheduleIn);
}

grpc::ServerUnaryReactor* MenuServiceApi::GetFeeSchedule(grpc::CallbackServerContext* context,
                                                         const v1::GetFeeScheduleRequest* request,
                                                         v1::GetFeeScheduleResponse* response) {
  return runtime::Read(context, env_, request, response, GetFeeScheduleFrom);
}

grpc::ServerUnaryReactor* MenuServiceApi::ImportLabourTimes(
    grpc::CallbackServerContext* context, const v1::ImportLabourTimesRequest* request,
    v1::ImportLabourTimesResponse* response) {
  return runtime::Mutate(
      context, env_, request, response,
      [](const v1::ImportLabourTimesRequest& shape) { return CheckShape(shape); },
      ImportLabourTimesIn);
}

grpc::ServerUnaryReactor* MenuServiceApi::GetLabourTimes(grpc::CallbackServerContext* context,
                                                         const v1::GetLabourTimesRequest* request,
                                                         v1::GetLabourTimesResponse* response) {
  return runtime::Read(context, env_, request, response, GetLabourTimesFrom);
}

}  // namespace pitlane::ticket
