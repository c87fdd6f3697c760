// TaxService over gRPC: places' taxes, customers' certificates, and what a ticket's tax depends on.
#pragma once

#include "libs/runtime/command_call.h"
#include "pitlane/ticket/v1/tax_service.grpc.pb.h"

namespace pitlane::ticket {

// Thread-safe, as gRPC's callback services are.
class TaxServiceApi final : public v1::TaxService::CallbackService {
 public:
  // `env` is borrowed.
  explicit TaxServiceApi(const runtime::ServiceEnv& env) : env_(env) {}

  grpc::ServerUnaryReactor* ConfigureTaxJurisdiction(
      grpc::CallbackServerContext* context, const v1::ConfigureTaxJurisdictionRequest* request,
      v1::ConfigureTaxJurisdictionResponse* response) override;
  grpc::ServerUnaryReactor* GetTaxJurisdiction(grpc::CallbackServerContext* context,
                                               const v1::GetTaxJurisdictionRequest* request,
                                               v1::GetTaxJurisdictionResponse* response) override;
  grpc::ServerUnaryReactor* ListTaxJurisdictions(
      grpc::CallbackServerContext* context, const v1::ListTaxJurisdictionsRequest* request,
      v1::ListTaxJurisdictionsResponse* response) override;
  grpc::ServerUnaryReactor* RecordExemptionCertificate(
      grpc::CallbackServerContext* context, const v1::RecordExemptionCertificateRequest* request,
      v1::RecordExemptionCertificateResponse* response) override;
  grpc::ServerUnaryReactor* GetExemptionCertificate(
      grpc::CallbackServerContext* context, const v1::GetExemptionCertificateRequest* request,
      v1::GetExemptionCertificateResponse* response) override;
  grpc::ServerUnaryReactor* ListExemptionCertificates(
      grpc::CallbackServerContext* context, const v1::ListExemptionCertificatesRequest* request,
      v1::ListExemptionCertificatesResponse* response) override;
  grpc::ServerUnaryReactor* SetTaxTreatment(grpc::CallbackServerContext* context,
                                            const v1::SetTaxTreatmentRequest* request,
                                            v1::SetTaxTreatmentResponse* response) override;

 private:
  const runtime::ServiceEnv& env_;
};

}  // namespace pitlane::ticket
