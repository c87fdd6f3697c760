#include "tools/pitlane/tax.h"

#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "pitlane/ticket/v1/tax.pb.h"
#include "pitlane/ticket/v1/tax_service.grpc.pb.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"

namespace pitlane::tools {
namespace {

namespace tkt = ticket::v1;
using Taxes = tkt::TaxService;
using Tickets = tkt::TicketService;

// The same content has the same id: a load that was cut off is taken up again.
template <class Request>
void SetRequestId(Request& request) {
  request.set_request_id(
      absl::StrCat("tax-", HexEncode(Sha256(request.SerializeAsString())).substr(0, 32)));
}

absl::StatusOr<tkt::TaxJurisdictions> ReadJurisdictions(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  tkt::TaxJurisdictions jurisdictions;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &jurisdictions);
  if (parsed.ok()) return jurisdictions;
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is not what it should be: ", std::string(parsed.message())));
}

absl::Status LoadFile(const std::string& path, Session& session, Taxes::Stub& stub) {
  ASSIGN_OR_RETURN(const tkt::TaxJurisdictions jurisdictions, ReadJurisdictions(path));
  for (const tkt::TaxJurisdiction& jurisdiction : jurisdictions.jurisdictions()) {
    tkt::GetTaxJurisdictionRequest get;
    get.set_code(jurisdiction.code());
    const auto there = session.Call(stub, &Taxes::Stub::GetTaxJurisdiction, get);
    if (!there.ok() && !absl::IsNotFound(there.status())) return there.status();
    tkt::ConfigureTaxJurisdictionRequest request;
    *request.mutable_jurisdiction() = jurisdiction;
    request.set_expected_version(there.ok() ? there->jurisdiction().version() : 0);
    SetRequestId(request);
    RETURN_IF_ERROR(session.Call(stub, &Taxes::Stub::ConfigureTaxJurisdiction, request).status());
  }
  std::cout << path << ": " << jurisdictions.jurisdictions_size() << " jurisdictions\n";
  return absl::OkStatus();
}

absl::Status PointLocation(const TaxOptions& options, Session& session) {
  const auto stub = Tickets::NewStub(session.channel());
  tkt::GetLocationRequest get;
  get.set_location_id(options.location_id);
  ASSIGN_OR_RETURN(const auto there, session.Call(*stub, &Tickets::Stub::GetLocation, get));
  tkt::ConfigureLocationRequest request;
  *request.mutable_location() = there.location();
  request.mutable_location()->set_tax_jurisdiction(options.jurisdiction);
  request.set_expected_version(there.location().version());
  SetRequestId(request);
  RETURN_IF_ERROR(session.Call(*stub, &Tickets::Stub::ConfigureLocation, request).status());
  std::cout << "the taxes of " << options.jurisdiction << " hold at " << options.location_id
            << "\n";
  return absl::OkStatus();
}

absl::Status Load(const TaxOptions& options) {
  ASSIGN_OR_RETURN(const auto session, Connect(options.connection));
  const auto stub = Taxes::NewStub(session->channel());
  for (const std::string& path : options.files) {
    RETURN_IF_ERROR(LoadFile(path, *session, *stub));
  }
  if (options.location_id.empty()) return absl::OkStatus();
  return PointLocation(options, *session);
}

}  // namespace

int RunTaxLoad(const TaxOptions& options) {
  const absl::Status done = Load(options);
  if (done.ok()) return 0;
  std::cerr << "pitlane tax load: " << done.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
