#include <utility>

#include "services/customer_vehicle/api/customer_vehicle_service.h"
#include "services/customer_vehicle/api/requests.h"
#include "services/customer_vehicle/api/unsealing.h"
#include "services/customer_vehicle/customers.h"
#include "services/customer_vehicle/domain/sealing.h"
#include "services/customer_vehicle/vehicles.h"

namespace pitlane::customer_vehicle {
namespace {

using runtime::ServiceEnv;
using runtime::Unit;

// Opens a customer that was committed or remembered just now with the key of now.
absl::Status Answer(const ServiceEnv& env, const v1::CustomerState& sealed,
                    v1::Customer* customer) {
  auto key = env.journal.GetSecret(PersonKeyName(sealed.customer_id()));
  if (!key.ok()) return key.status();
  return Unseal(sealed, *key, customer);
}

// A command on a customer. What is remembered of it is the sealed state, so that the answer of a
// repeated request is gone with the person; the caller gets it opened.
template <class Request, class Response>
grpc::ServerUnaryReactor* MutateCustomer(grpc::CallbackServerContext* context,
                                         const ServiceEnv& env, const Request* request,
                                         Response* response) {
  return rpc::Unary(
      env.rpc, context, request, response,
      [&env](rpc::CallContext& call, const Request& req, Response* resp, rpc::Done done) {
        if (absl::Status shape = CheckShape(req); !shape.ok()) return done(std::move(shape));
        runtime::MutateWithin<v1::CustomerState>(
            env, call, req,
            [](Unit& unit, const Request& wanted, v1::CustomerState* customer) {
              return Execute(unit, wanted, customer);
            },
            [&env, resp, done = std::move(done)](absl::StatusOr<v1::CustomerState> sealed) {
              if (!sealed.ok()) return done(sealed.status());
              done(Answer(env, *sealed, resp->mutable_customer()));
            });
      });
}

template <class Request, class Response>
grpc::ServerUnaryReactor* MutateVehicle(grpc::CallbackServerContext* context, const ServiceEnv& env,
                                        const Request* request, Response* response) {
  return runtime::Mutate(
      context, env, request, response, [](const Request& req) { return CheckShape(req); },
      [](Unit& unit, const Request& req, Response* resp) { return Execute(unit, req, resp); });
}

}  // namespace

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::RegisterCustomer(
    grpc::CallbackServerContext* context, const v1::RegisterCustomerRequest* request,
    v1::RegisterCustomerResponse* response) {
  return MutateCustomer(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::UpdateCustomer(
    grpc::CallbackServerContext* context, const v1::UpdateCustomerRequest* request,
    v1::UpdateCustomerResponse* response) {
  return MutateCustomer(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::AddNote(grpc::CallbackServerContext* context,
                                                             const v1::AddNoteRequest* request,
                                                             v1::AddNoteResponse* response) {
  return MutateCustomer(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::SetPreferences(
    grpc::CallbackServerContext* context, const v1::SetPreferencesRequest* request,
    v1::SetPreferencesResponse* response) {
  return MutateCustomer(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::EraseCustomer(
    grpc::CallbackServerContext* context, const v1::EraseCustomerRequest* request,
    v1::EraseCustomerResponse* response) {
  return MutateCustomer(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::RegisterVehicle(
    grpc::CallbackServerContext* context, const v1::RegisterVehicleRequest* request,
    v1::RegisterVehicleResponse* response) {
  return MutateVehicle(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::UpdateVehicle(
    grpc::CallbackServerContext* context, const v1::UpdateVehicleRequest* request,
    v1::UpdateVehicleResponse* response) {
  return MutateVehicle(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::LinkVehicle(
    grpc::CallbackServerContext* context, const v1::LinkVehicleRequest* request,
    v1::LinkVehicleResponse* response) {
  return MutateVehicle(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::EndOwnership(
    grpc::CallbackServerContext* context, const v1::EndOwnershipRequest* request,
    v1::EndOwnershipResponse* response) {
  return MutateVehicle(context, env_, request, response);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::RecordOdometer(
    grpc::CallbackServerContext* context, const v1::RecordOdometerRequest* request,
    v1::RecordOdometerResponse* response) {
  return MutateVehicle(context, env_, request, response);
}

}  // namespace pitlane::customer_vehicle
