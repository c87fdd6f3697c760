// MenuService over gRPC: checks the shape of requests, hands commands to the executor, answers
// reads from committed state.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/ticket/v1/menu_service.grpc.pb.h"

namespace pitlane::ticket {

// Thread-safe, as gRPC's callback services are.
class MenuServiceApi final : public v1::MenuService::CallbackService {
 public:
  // `env` is borrowed.
  explicit MenuServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* DefineOperation(grpc::CallbackServerContext* context,
                                            const v1::DefineOperationRequest* request,
                                            v1::DefineOperationResponse* response) override;
  grpc::ServerUnaryReactor* ListOperations(grpc::CallbackServerContext* context,
                                           const v1::ListOperationsRequest* request,
                                           v1::ListOperationsResponse* response) override;
  grpc::ServerUnaryReactor* SetLabourPricing(grpc::CallbackServerContext* context,
                                             const v1::SetLabourPricingRequest* request,
                                             v1::SetLabourPricingResponse* response) override;
  grpc::ServerUnaryReactor* GetLabourPricing(grpc::CallbackServerContext* context,
                                             const v1::GetLabourPricingRequest* request,
                                             v1::GetLabourPricingResponse* response) override;
  grpc::ServerUnaryReactor* SetPartPricing(grpc::CallbackServerContext* context,
                                           const v1::SetPartPricingRequest* request,
                                           v1::SetPartPricingResponse* response) override;
  grpc::ServerUnaryReactor* GetPartPricing(grpc::CallbackServerContext* context,
                                           const v1::GetPartPricingRequest* request,
                                           v1::GetPartPricingResponse* response) override;
  grpc::ServerUnaryReactor* SetCustomerTerms(grpc::CallbackServerContext* context,
                                             const v1::SetCustomerTermsRequest* request,
                                             v1::SetCustomerTermsResponse* response) override;
  grpc::ServerUnaryReactor* GetCustomerTerms(grpc::CallbackServerContext* context,
                                             const v1::GetCustomerTermsRequest* request,
                                             v1::GetCustomerTermsResponse* response) override;
  grpc::ServerUnaryReactor* DefineKit(grpc::CallbackServerContext* context,
                                      const v1::DefineKitRequest* request,
                                      v1::DefineKitResponse* response) override;
  grpc::ServerUnaryReactor* ListKits(grpc::CallbackServerContext* context,
                                     const v1::ListKitsRequest* request,
                                     v1::ListKitsResponse* response) override;
  grpc::ServerUnaryReactor* DefineCannedJob(grpc::CallbackServerContext* context,
                                            const v1::DefineCannedJobRequest* request,
                                            v1::DefineCannedJobResponse* response) override;
  grpc::ServerUnaryReactor* ListCannedJobs(grpc::CallbackServerContext* context,
                                           const v1::ListCannedJobsRequest* request,
                                           v1::ListCannedJobsResponse* response) override;
  grpc::ServerUnaryReactor* SetFeeSchedule(grpc::CallbackServerContext* context,
                                           const v1::SetFeeScheduleRequest* request,
                                           v1::SetFeeScheduleResponse* response) override;
  grpc::ServerUnaryReactor* GetFeeSchedule(grpc::CallbackServerContext* context,
                                           const v1::GetFeeScheduleRequest* request,
                                           v1::GetFeeScheduleResponse* response) override;
  grpc::ServerUnaryReactor* ImportLabourTimes(grpc::CallbackServerContext* context,
                                              const v1::ImportLabourTimesRequest* request,
                                              v1::ImportLabourTimesResponse* response) override;
  grpc::ServerUnaryReactor* GetLabourTimes(grpc::CallbackServerContext* context,
                                           const v1::GetLabourTimesRequest* request,
                                           v1::GetLabourTimesResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::ticket
