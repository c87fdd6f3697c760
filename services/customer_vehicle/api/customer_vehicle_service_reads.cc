#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "services/customer_vehicle/api/customer_vehicle_service.h"
#include "services/customer_vehicle/api/requests.h"
#include "services/customer_vehicle/api/unsealing.h"
#include "services/customer_vehicle/domain/customer.h"
#include "services/customer_vehicle/domain/sealing.h"
#include "services/customer_vehicle/domain/search_words.h"
#include "services/customer_vehicle/domain/vehicle.h"
#include "services/customer_vehicle/domain/vin.h"
#include "services/customer_vehicle/domain/vin_decoder.h"
#include "services/customer_vehicle/projections/customer_search.h"
#include "services/customer_vehicle/projections/service_history.h"
#include "services/customer_vehicle/projections/vehicle_search.h"

namespace pitlane::customer_vehicle {
namespace {

using runtime::ReadContext;

constexpr size_t kStandardPage = 50;
constexpr size_t kLargestPage = 200;
// Customers opened in one call of a search; a page may therefore be short.
constexpr size_t kMaxOpened = 1000;
constexpr size_t kShortestVinEnd = 6;

absl::Status ReadOpened(ReadContext& read, const std::string& customer_id, v1::Customer* customer) {
  auto found = read.Get<CustomerAggregate>(customer_id);
  if (absl::IsNotFound(found.status())) {
    return rpc::NotFound(v1::CUSTOMER_UNKNOWN, absl::StrCat("there is no customer ", customer_id));
  }
  RETURN_IF_ERROR(found.status());
  ASSIGN_OR_RETURN(const auto key, read.GetSecret(PersonKeyName(customer_id)));
  return Unseal(found->state, key, customer);
}

absl::Status ReadGetCustomer(ReadContext& read, const v1::GetCustomerRequest& request,
                             v1::GetCustomerResponse* response) {
  RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
  return ReadOpened(read, request.customer_id(), response->mutable_customer());
}

// What a search asks for: where to look, and what must hold of whoever is found there.
struct CustomerQuery {
  SearchTerm term;
  std::function<bool(const v1::PersonalData&)> matches;
};

absl::StatusOr<CustomerQuery> NameQuery(const std::string& name) {
  std::vector<std::string> words = WordsOf(name);
  if (words.empty() || CountCharacters(TermForName(words).text) < kShortestPrefix) {
    return rpc::Invalid("name", absl::StrCat("send at least ", kShortestPrefix,
                                             " characters of one word of the name"));
  }
  SearchTerm term = TermForName(words);
  return CustomerQuery{std::move(term),
                       [words = std::move(words)](const v1::PersonalData& personal) {
                         return NameMatches(personal, words);
                       }};
}

absl::StatusOr<CustomerQuery> QueryOf(const v1::SearchCustomersRequest& request) {
  switch (request.query_case()) {
    case v1::SearchCustomersRequest::kName:
      return NameQuery(request.name());
    case v1::SearchCustomersRequest::kPhone: {
      std::string digits = PhoneQuery(request.phone());
      if (digits.size() < kShortPhoneEnd) {
        return rpc::Invalid("phone",
                            absl::StrCat("send at least the last ", kShortPhoneEnd, " digits"));
      }
      SearchTerm term = TermForPhone(digits);
      return CustomerQuery{std::move(term),
                           [digits = std::move(digits)](const v1::PersonalData& personal) {
                             return PhoneMatches(personal, digits);
                           }};
    }
    case v1::SearchCustomersRequest::kEmail: {
      std::string email = FoldEmail(request.email());
      if (email.empty()) return rpc::Invalid("email", "email is required");
      SearchTerm term = TermForEmail(email);
      return CustomerQuery{std::move(term),
                           [email = std::move(email)](const v1::PersonalData& personal) {
                             return EmailMatches(personal, email);
                           }};
    }
    case v1::SearchCustomersRequest::QUERY_NOT_SET:
      break;
  }
  return rpc::Invalid("name", "send a name, a phone or an email to search for");
}

absl::Status AddIfMatches(ReadContext& read, const CustomerQuery& query,
                          const std::string& customer_id, v1::SearchCustomersResponse* response) {
  v1::Customer customer;
  const absl::Status status = ReadOpened(read, customer_id, &customer);
  if (!status.ok()) return status;
  if (customer.has_personal() && query.matches(customer.personal())) {
    *response->add_customers() = std::move(customer);
  }
  return absl::OkStatus();
}

absl::Status ReadSearchCustomers(ReadContext& read, const v1::SearchCustomersRequest& request,
                                 v1::SearchCustomersResponse* response) {
  ASSIGN_OR_RETURN(const CustomerQuery query, QueryOf(request));
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, kStandardPage, kLargestPage));
  ASSIGN_OR_RETURN(const auto search_key, read.GetSecret(kSearchKeyName));
  // Nobody has been registered yet.
  if (!search_key.has_value()) return absl::OkStatus();
  journal::ScanOptions options;
  options.prefix = CustomerSearchPrefix(SearchToken(*search_key, query.term.kind, query.term.text));
  options.after = std::move(page.after);
  for (size_t opened = 0; opened < kMaxOpened;) {
    const size_t found = static_cast<size_t>(response->customers_size());
    if (found == page.limit) break;
    options.limit = page.limit - found;
    ASSIGN_OR_RETURN(const journal::ScanPage rows, read.views().Scan(kCustomerSearchView, options));
    for (const journal::Row& row : rows.rows) {
      RETURN_IF_ERROR(AddIfMatches(read, query, row.key.substr(options.prefix.size()), response));
    }
    opened += rows.rows.size();
    options.after = rows.resume;
    if (!rows.resume.has_value()) break;
  }
  response->set_next_page_token(rpc::PageToken(request, options.after));
  return absl::OkStatus();
}

absl::Status ReadKnownVehicle(ReadContext& read, const std::string& vehicle_id,
                              v1::Vehicle* vehicle) {
  auto found = read.Get<VehicleAggregate>(vehicle_id);
  if (absl::IsNotFound(found.status())) {
    return rpc::NotFound(v1::VEHICLE_UNKNOWN, absl::StrCat("there is no vehicle ", vehicle_id));
  }
  RETURN_IF_ERROR(found.status());
  *vehicle = std::move(found->state);
  return absl::OkStatus();
}

absl::Status ReadGetVehicle(ReadContext& read, const v1::GetVehicleRequest& request,
                            v1::GetVehicleResponse* response) {
  RETURN_IF_ERROR(CheckVehicleId(request.vehicle_id()));
  return ReadKnownVehicle(read, request.vehicle_id(), response->mutable_vehicle());
}

absl::StatusOr<std::string> PrefixOf(const v1::SearchVehiclesRequest& request) {
  switch (request.query_case()) {
    case v1::SearchVehiclesRequest::kVin: {
      const std::string vin = NormaliseVin(request.vin());
      if (vin.size() >= kShortestVinEnd && vin.size() <= kVinLength) return VinEndPrefix(vin);
      return rpc::Invalid("vin", "send the whole VIN, or at least its last 6 characters");
    }
    case v1::SearchVehiclesRequest::kPlate: {
      const std::string plate = FoldPlate(request.plate());
      if (!plate.empty()) return PlatePrefix(plate);
      return rpc::Invalid("plate", "plate is required");
    }
    case v1::SearchVehiclesRequest::kUnitNumber: {
      const std::string unit = FoldPlate(request.unit_number());
      if (!unit.empty()) return UnitPrefix(unit);
      return rpc::Invalid("unit_number", "unit_number is required");
    }
    case v1::SearchVehiclesRequest::kCustomerId:
      RETURN_IF_ERROR(CheckCustomerId(request.customer_id()));
      return OwnerPrefix(request.customer_id());
    case v1::SearchVehiclesRequest::QUERY_NOT_SET:
      break;
  }
  return rpc::Invalid("vin", "send a vin, plate, unit_number or customer_id to search for");
}

absl::Status ReadSearchVehicles(ReadContext& read, const v1::SearchVehiclesRequest& request,
                                v1::SearchVehiclesResponse* response) {
  ASSIGN_OR_RETURN(std::string prefix, PrefixOf(request));
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, kStandardPage, kLargestPage));
  journal::ScanOptions options;
  options.prefix = std::move(prefix);
  options.limit = page.limit;
  options.after = std::move(page.after);
  ASSIGN_OR_RETURN(const journal::ScanPage rows, read.views().Scan(kVehicleSearchView, options));
  for (const journal::Row& row : rows.rows) {
    RETURN_IF_ERROR(ReadKnownVehicle(read, VehicleOfRow(row), response->add_vehicles()));
  }
  response->set_next_page_token(rpc::PageToken(request, rows.resume));
  return absl::OkStatus();
}

absl::Status ReadDecodeVin(ReadContext&, const v1::DecodeVinRequest& request,
                           v1::DecodeVinResponse* response) {
  const std::string vin = NormaliseVin(request.vin());
  ASSIGN_OR_RETURN(const std::vector<std::string> warnings,
                   CheckVin(vin, /*accept_wrong_check_digit=*/true));
  DecodedVin decoded = DecodeVin(vin);
  response->set_year(decoded.year);
  response->set_make(std::move(decoded.make));
  response->set_model(std::move(decoded.model));
  for (const std::string& warning : warnings) response->add_warnings(warning);
  for (const std::string& warning : decoded.warnings) response->add_warnings(warning);
  return absl::OkStatus();
}

absl::StatusOr<std::string> VehicleOf(ReadContext& read,
                                      const v1::ListServiceHistoryRequest& request) {
  switch (request.vehicle_case()) {
    case v1::ListServiceHistoryRequest::kVehicleId: {
      RETURN_IF_ERROR(CheckVehicleId(request.vehicle_id()));
      v1::Vehicle vehicle;
      RETURN_IF_ERROR(ReadKnownVehicle(read, request.vehicle_id(), &vehicle));
      return request.vehicle_id();
    }
    case v1::ListServiceHistoryRequest::kVin: {
      ASSIGN_OR_RETURN(const auto found,
                       VehicleSearch::FindByVin(read.views(), NormaliseVin(request.vin())));
      if (found.has_value()) return *found;
      return rpc::NotFound(v1::VEHICLE_UNKNOWN, "there is no vehicle with that VIN");
    }
    case v1::ListServiceHistoryRequest::VEHICLE_NOT_SET:
      break;
  }
  return rpc::Invalid("vehicle_id", "send a vehicle_id or a vin");
}

absl::Status ReadListServiceHistory(ReadContext& read, const v1::ListServiceHistoryRequest& request,
                                    v1::ListServiceHistoryResponse* response) {
  ASSIGN_OR_RETURN(const std::string vehicle_id, VehicleOf(read, request));
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, kStandardPage, kLargestPage));
  journal::ScanOptions options;
  options.prefix = ServiceHistoryPrefix(vehicle_id);
  options.limit = page.limit;
  options.after = std::move(page.after);
  ASSIGN_OR_RETURN(const journal::ScanPage rows, read.views().Scan(kServiceHistoryView, options));
  for (const journal::Row& row : rows.rows) {
    if (!response->add_entries()->ParseFromString(row.value)) {
      return rpc::DataLoss("a row of service_history does not decode; rebuild the view");
    }
  }
  response->set_next_page_token(rpc::PageToken(request, rows.resume));
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::GetCustomer(
    grpc::CallbackServerContext* context, const v1::GetCustomerRequest* request,
    v1::GetCustomerResponse* response) {
  return runtime::Read(context, env_, request, response, ReadGetCustomer);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::SearchCustomers(
    grpc::CallbackServerContext* context, const v1::SearchCustomersRequest* request,
    v1::SearchCustomersResponse* response) {
  return runtime::Read(context, env_, request, response, ReadSearchCustomers);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::GetVehicle(
    grpc::CallbackServerContext* context, const v1::GetVehicleRequest* request,
    v1::GetVehicleResponse* response) {
  return runtime::Read(context, env_, request, response, ReadGetVehicle);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::SearchVehicles(
    grpc::CallbackServerContext* context, const v1::SearchVehiclesRequest* request,
    v1::SearchVehiclesResponse* response) {
  return runtime::Read(context, env_, request, response, ReadSearchVehicles);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::DecodeVin(grpc::CallbackServerContext* context,
                                                               const v1::DecodeVinRequest* request,
                                                               v1::DecodeVinResponse* response) {
  return runtime::Read(context, env_, request, response, ReadDecodeVin);
}

grpc::ServerUnaryReactor* CustomerVehicleServiceApi::ListServiceHistory(
    grpc::CallbackServerContext* context, const v1::ListServiceHistoryRequest* request,
    v1::ListServiceHistoryResponse* response) {
  return runtime::Read(context, env_, request, response, ReadListServiceHistory);
}

}  // namespace pitlane::customer_vehicle
