// The gRPC side of reporting: checks the shape of a request, reads views, pages.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/reporting/v1/reporting_service.grpc.pb.h"

namespace pitlane::reporting {

class ReportingServiceApi final : public v1::ReportingService::CallbackService {
 public:
  // `env` must outlive it.
  explicit ReportingServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* GetDailySales(grpc::CallbackServerContext* context,
                                          const v1::GetDailySalesRequest* request,
                                          v1::GetDailySalesResponse* response) override;
  grpc::ServerUnaryReactor* GetSalesByCategory(grpc::CallbackServerContext* context,
                                               const v1::GetSalesByCategoryRequest* request,
                                               v1::GetSalesByCategoryResponse* response) override;
  grpc::ServerUnaryReactor* GetTenders(grpc::CallbackServerContext* context,
                                       const v1::GetTendersRequest* request,
                                       v1::GetTendersResponse* response) override;
  grpc::ServerUnaryReactor* GetPartsUsed(grpc::CallbackServerContext* context,
                                         const v1::GetPartsUsedRequest* request,
                                         v1::GetPartsUsedResponse* response) override;
  grpc::ServerUnaryReactor* GetTechnicianHours(grpc::CallbackServerContext* context,
                                               const v1::GetTechnicianHoursRequest* request,
                                               v1::GetTechnicianHoursResponse* response) override;
  grpc::ServerUnaryReactor* GetTicketFacts(grpc::CallbackServerContext* context,
                                           const v1::GetTicketFactsRequest* request,
                                           v1::GetTicketFactsResponse* response) override;
  grpc::ServerUnaryReactor* ListFigureSources(grpc::CallbackServerContext* context,
                                              const v1::ListFigureSourcesRequest* request,
                                              v1::ListFigureSourcesResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::reporting
