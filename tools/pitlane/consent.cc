#include "tools/pitlane/consent.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"
#include "services/ticket/domain/consent_proof.h"

namespace pitlane::tools {
namespace {

namespace tkt = ticket::v1;
using Tickets = tkt::TicketService;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

template <class Message>
absl::StatusOr<Message> ReadJson(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path));
  Message message;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &message);
  if (parsed.ok()) return message;
  return absl::InvalidArgumentError(
      absl::StrCat(path, " is not what it should be: ", std::string(parsed.message())));
}

absl::Status Fetch(const ConsentOptions& options) {
  ASSIGN_OR_RETURN(const auto session, Connect(options.connection));
  const auto stub = Tickets::NewStub(session->channel());
  tkt::GetConsentProofRequest request;
  request.set_ticket_id(options.ticket_id);
  ASSIGN_OR_RETURN(const tkt::GetConsentProofResponse proof,
                   session->Call(*stub, &Tickets::Stub::GetConsentProof, request));
  google::protobuf::util::JsonPrintOptions print;
  print.add_whitespace = true;
  print.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(proof, &json, print).ok()) {
    return absl::InternalError("the proof cannot be written as JSON");
  }
  std::ofstream file(options.file, std::ios::binary);
  file << json;
  file.close();
  if (!file) return absl::UnavailableError(absl::StrCat(options.file, " cannot be written"));
  std::cout << options.file << ": " << proof.records_size() << " records\n";
  return absl::OkStatus();
}

absl::Status Verify(const ConsentOptions& options) {
  ASSIGN_OR_RETURN(const auto proof, ReadJson<tkt::GetConsentProofResponse>(options.file));
  ASSIGN_OR_RETURN(const std::vector<std::string> report, ticket::VerifyConsentProof(proof));
  for (const std::string& line : report) std::cout << line << "\n";
  std::cout << "the proof holds\n";
  return absl::OkStatus();
}

absl::Status Load(const ConsentOptions& options) {
  ASSIGN_OR_RETURN(const auto rules, ReadJson<tkt::Location>(options.file));
  ASSIGN_OR_RETURN(const auto session, Connect(options.connection));
  const auto stub = Tickets::NewStub(session->channel());
  tkt::GetLocationRequest get;
  get.set_location_id(options.location_id);
  ASSIGN_OR_RETURN(const auto there, session->Call(*stub, &Tickets::Stub::GetLocation, get));
  tkt::ConfigureLocationRequest request;
  *request.mutable_location() = there.location();
  *request.mutable_location()->mutable_consent_rules() = rules.consent_rules();
  if (!options.jurisdiction.empty()) {
    request.mutable_location()->set_jurisdiction(options.jurisdiction);
  }
  request.set_expected_version(there.location().version());
  request.set_request_id(
      absl::StrCat("consent-rules-", HexEncode(Sha256(request.SerializeAsString())).substr(0, 32)));
  ASSIGN_OR_RETURN(const auto done,
                   session->Call(*stub, &Tickets::Stub::ConfigureLocation, request));
  std::cout << done.location().consent_rules_size() << " rules; those of "
            << (done.location().jurisdiction().empty() ? "no jurisdiction"
                                                       : done.location().jurisdiction())
            << " hold at " << options.location_id << "\n";
  return absl::OkStatus();
}

}  // namespace

int RunConsent(const ConsentOptions& options) {
  const absl::Status done = options.action == "fetch"    ? Fetch(options)
                            : options.action == "verify" ? Verify(options)
                                                         : Load(options);
  if (done.ok()) return 0;
  std::cerr << "pitlane consent " << options.action << ": " << done.message() << "\n";
  return 1;
}

}  // namespace pitlane::tools
