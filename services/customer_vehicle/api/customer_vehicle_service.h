// CustomerVehicleService over gRPC: checks the shape of requests, hands commands to the executor,
// answers reads from states and views. Here alone personal data is opened.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"

namespace pitlane::customer_vehicle {

// Thread-safe, as gRPC's callback services are.
class CustomerVehicleServiceApi final : public v1::CustomerVehicleService::CallbackService {
 public:
  // `env` is borrowed.
  explicit CustomerVehicleServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* RegisterCustomer(grpc::CallbackServerContext* context,
                                             const v1::RegisterCustomerRequest* request,
                                             v1::RegisterCustomerResponse* response) override;
  grpc::ServerUnaryReactor* UpdateCustomer(grpc::CallbackServerContext* context,
                                           const v1::UpdateCustomerRequest* request,
                                           v1::UpdateCustomerResponse* response) override;
  grpc::ServerUnaryReactor* GetCustomer(grpc::CallbackServerContext* context,
                                        const v1::GetCustomerRequest* request,
                                        v1::GetCustomerResponse* response) override;
  grpc::ServerUnaryReactor* SearchCustomers(grpc::CallbackServerContext* context,
                                            const v1::SearchCustomersRequest* request,
                                            v1::SearchCustomersResponse* response) override;
  grpc::ServerUnaryReactor* AddNote(grpc::CallbackServerContext* context,
                                    const v1::AddNoteRequest* request,
                                    v1::AddNoteResponse* response) override;
  grpc::ServerUnaryReactor* SetPreferences(grpc::CallbackServerContext* context,
                                           const v1::SetPreferencesRequest* request,
                                           v1::SetPreferencesResponse* response) override;
  grpc::ServerUnaryReactor* EraseCustomer(grpc::CallbackServerContext* context,
                                          const v1::EraseCustomerRequest* request,
                                          v1::EraseCustomerResponse* response) override;
  grpc::ServerUnaryReactor* RegisterVehicle(grpc::CallbackServerContext* context,
                                            const v1::RegisterVehicleRequest* request,
                                            v1::RegisterVehicleResponse* response) override;
  grpc::ServerUnaryReactor* UpdateVehicle(grpc::CallbackServerContext* context,
                                          const v1::UpdateVehicleRequest* request,
                                          v1::UpdateVehicleResponse* response) override;
  grpc::ServerUnaryReactor* GetVehicle(grpc::CallbackServerContext* context,
                                       const v1::GetVehicleRequest* request,
                                       v1::GetVehicleResponse* response) override;
  grpc::ServerUnaryReactor* SearchVehicles(grpc::CallbackServerContext* context,
                                           const v1::SearchVehiclesRequest* request,
                                           v1::SearchVehiclesResponse* response) override;
  grpc::ServerUnaryReactor* DecodeVin(grpc::CallbackServerContext* context,
                                      const v1::DecodeVinRequest* request,
                                      v1::DecodeVinResponse* response) override;
  grpc::ServerUnaryReactor* LinkVehicle(grpc::CallbackServerContext* context,
                                        const v1::LinkVehicleRequest* request,
                                        v1::LinkVehicleResponse* response) override;
  grpc::ServerUnaryReactor* EndOwnership(grpc::CallbackServerContext* context,
                                         const v1::EndOwnershipRequest* request,
                                         v1::EndOwnershipResponse* response) override;
  grpc::ServerUnaryReactor* RecordOdometer(grpc::CallbackServerContext* context,
                                           const v1::RecordOdometerRequest* request,
                                           v1::RecordOdometerResponse* response) override;
  grpc::ServerUnaryReactor* ListServiceHistory(grpc::CallbackServerContext* context,
                                               const v1::ListServiceHistoryRequest* request,
                                               v1::ListServiceHistoryResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::customer_vehicle
