#include "services/ticket/api/tax_service.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "services/ticket/api/tax_requests.h"
#include "services/ticket/api/ticket_change.h"
#include "services/ticket/domain/known_customer.h"
#include "services/ticket/domain/tax_certificates.h"
#include "services/ticket/domain/tax_jurisdiction.h"
#include "services/ticket/domain/tax_rules.h"
#include "services/ticket/projections/tax_jurisdictions.h"

namespace pitlane::ticket {
namespace {

using runtime::ReadContext;

constexpr size_t kStandardPage = 50;
constexpr size_t kLargestPage = 200;

// The aggregate's state, or its default when there is none.
template <class A>
absl::StatusOr<typename A::State> StateOf(ReadContext& read, const std::string& stream_id) {
  auto found = read.Get<A>(stream_id);
  if (found.ok()) return std::move(found->state);
  if (absl::IsNotFound(found.status())) return typename A::State();
  return found.status();
}

absl::Status ConfigureIn(runtime::Unit& unit, const v1::ConfigureTaxJurisdictionRequest& request,
                         v1::ConfigureTaxJurisdictionResponse* response) {
  const std::string stream = JurisdictionStreamOf(request.jurisdiction().code());
  RETURN_IF_ERROR(unit.Execute<TaxJurisdictionAggregate>(
      stream, runtime::ExpectedVersion(request), runtime::EventScope(),
      [&request](const v1::TaxJurisdiction& jurisdiction) -> absl::StatusOr<Events> {
        return Decide(jurisdiction, request.jurisdiction());
      }));
  ASSIGN_OR_RETURN(const auto loaded, unit.Load<TaxJurisdictionAggregate>(stream));
  *response->mutable_jurisdiction() = loaded.state;
  return absl::OkStatus();
}

absl::Status RecordIn(runtime::Unit& unit, const v1::RecordExemptionCertificateRequest& request,
                      v1::RecordExemptionCertificateResponse* response) {
  RecordExemptionCertificate command{.certificate = request.certificate(), .customer = {}};
  const std::string& customer_id = request.certificate().customer_id();
  ASSIGN_OR_RETURN(const auto customer, unit.Load<KnownCustomerAggregate>(customer_id));
  command.customer = customer.state;
  if (command.certificate.certificate_id().empty()) {
    ASSIGN_OR_RETURN(const uint32_t slot, SlotOfId(customer_id));
    command.certificate.set_certificate_id(unit.NewId<CertificateId>(slot).text());
  }
  *response->mutable_certificate() = command.certificate;
  return unit.Execute<ExemptionCertificatesAggregate>(
      CertificatesStreamOf(customer_id), std::nullopt, runtime::EventScope(),
      [&command](const v1::ExemptionCertificates& certificates) {
        return Decide(certificates, command);
      });
}

absl::Status GetJurisdictionFrom(ReadContext& read, const v1::GetTaxJurisdictionRequest& request,
                                 v1::GetTaxJurisdictionResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(*response->mutable_jurisdiction(),
                   StateOf<TaxJurisdictionAggregate>(read, JurisdictionStreamOf(request.code())));
  if (!response->jurisdiction().code().empty()) return absl::OkStatus();
  return rpc::NotFound(
      v1::TAX_JURISDICTION_UNKNOWN,
      absl::StrCat("there is no tax jurisdiction ", request.code(), "; load it first"));
}

absl::Status ListJurisdictionsFrom(ReadContext& read,
                                   const v1::ListTaxJurisdictionsRequest& request,
                                   v1::ListTaxJurisdictionsResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const rpc::PageRequest page,
                   rpc::ParsePage(request, kStandardPage, kLargestPage));
  std::optional<std::string> last;
  bool damaged = false;
  const auto visit = [&](std::string_view code, std::string_view row) {
    if (!request.within().empty() && !IsWithin(code, request.within())) return true;
    if (static_cast<size_t>(response->jurisdictions_size()) == page.limit) {
      response->set_next_page_token(rpc::PageToken(request, last));
      return false;
    }
    damaged =
        !response->add_jurisdictions()->ParseFromArray(row.data(), static_cast<int>(row.size()));
    last = std::string(code);
    return !damaged;
  };
  RETURN_IF_ERROR(read.views().ForEach(
      TaxJurisdictions::kView,
      journal::ScanOptions{.prefix = request.within(), .after = page.after}, visit));
  if (damaged) {
    return rpc::DataLoss("a row of the view tax_jurisdictions does not decode; rebuild it");
  }
  return absl::OkStatus();
}

absl::Status GetCertificateFrom(ReadContext& read,
                                const v1::GetExemptionCertificateRequest& request,
                                v1::GetExemptionCertificateResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(
      const v1::ExemptionCertificates certificates,
      StateOf<ExemptionCertificatesAggregate>(read, CertificatesStreamOf(request.customer_id())));
  ASSIGN_OR_RETURN(const v1::ExemptionCertificate* found,
                   GetCertificate(certificates, request.certificate_id()));
  *response->mutable_certificate() = *found;
  return absl::OkStatus();
}

absl::Status ListCertificatesFrom(ReadContext& read,
                                  const v1::ListExemptionCertificatesRequest& request,
                                  v1::ListExemptionCertificatesResponse* response) {
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(
      v1::ExemptionCertificates certificates,
      StateOf<ExemptionCertificatesAggregate>(read, CertificatesStreamOf(request.customer_id())));
  *response->mutable_certificates() = std::move(*certificates.mutable_certificates());
  return absl::OkStatus();
}

template <class Request, class Response, class DecideFn>
grpc::ServerUnaryReactor* Change(grpc::CallbackServerContext* context,
                                 const runtime::ServiceEnv& env, const Request* request,
                                 Response* response, DecideFn decide) {
  return runtime::Mutate(
      context, env, request, response, [](const Request& shape) { return CheckShape(shape); },
      decide);
}

}  // namespace

grpc::ServerUnaryReactor* TaxServiceApi::ConfigureTaxJurisdiction(
    grpc::CallbackServerContext* context, const v1::ConfigureTaxJurisdictionRequest* request,
    v1::ConfigureTaxJurisdictionResponse* response) {
  return Change(context, env_, request, response, ConfigureIn);
}

grpc::ServerUnaryReactor* TaxServiceApi::GetTaxJurisdiction(
    grpc::CallbackServerContext* context, const v1::GetTaxJurisdictionRequest* request,
    v1::GetTaxJurisdictionResponse* response) {
  return runtime::Read(context, env_, request, response, GetJurisdictionFrom);
}

grpc::ServerUnaryReactor* TaxServiceApi::ListTaxJurisdictions(
    grpc::CallbackServerContext* context, const v1::ListTaxJurisdictionsRequest* request,
    v1::ListTaxJurisdictionsResponse* response) {
  return runtime::Read(context, env_, request, response, ListJurisdictionsFrom);
}

grpc::ServerUnaryReactor* TaxServiceApi::RecordExemptionCertificate(
    grpc::CallbackServerContext* context, const v1::RecordExemptionCertificateRequest* request,
    v1::RecordExemptionCertificateResponse* response) {
  return Change(context, env_, request, response, RecordIn);
}

grpc::ServerUnaryReactor* TaxServiceApi::GetExemptionCertificate(
    grpc::CallbackServerContext* context, const v1::GetExemptionCertificateRequest* request,
    v1::GetExemptionCertificateResponse* response) {
  return runtime::Read(context, env_, request, response, GetCertificateFrom);
}

grpc::ServerUnaryReactor* TaxServiceApi::ListExemptionCertificates(
    grpc::CallbackServerContext* context, const v1::ListExemptionCertificatesRequest* request,
    v1::ListExemptionCertificatesResponse* response) {
  return runtime::Read(context, env_, request, response, ListCertificatesFrom);
}

grpc::ServerUnaryReactor* TaxServiceApi::SetTaxTreatment(grpc::CallbackServerContext* context,
                                                         const v1::SetTaxTreatmentRequest* request,
                                                         v1::SetTaxTreatmentResponse* response) {
  return ChangeTicket(context, env_, request, response);
}

}  // namespace pitlane::ticket
