#include "tools/pitlane/import.h"

#include <fstream>
#include <iostream>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "fmt/core.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/clock.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/money/currency.h"
#include "libs/money/decimal_text.h"
#include "libs/rpc/errors.h"
#include "pitlane/customer_vehicle/v1/customer_vehicle_service.grpc.pb.h"
#include "pitlane/inventory/v1/inventory_service.grpc.pb.h"
#include "pitlane/ticket/v1/menu_service.grpc.pb.h"
#include "tools/pitlane/csv.h"
#include "tools/pitlane/demo_shop.h"

namespace pitlane::tools {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace tkt = ticket::v1;

constexpr int kRowsInBatch = 200;
constexpr int64_t kMostHoursCenti = 100'000;
// Imported things have no location; their slot is as good as any other.
constexpr uint32_t kImportSlot = 2048;

std::string Text(const CsvRow& row, std::string_view column, std::string_view otherwise = {}) {
  const std::string_view value = row.Get(column);
  return std::string(value.empty() ? otherwise : value);
}

// Whole or decimal units into thousandths; 0 for an empty cell.
absl::StatusOr<int64_t> Milli(const CsvRow& row, const char* column) {
  const std::string_view text = row.Get(column);
  if (text.empty()) return 0;
  auto milli = ParseScaled(text, 3);
  if (!milli.ok()) return absl::InvalidArgumentError(absl::StrCat(column, ": not a quantity"));
  return milli;
}

absl::StatusOr<inv::PartRow> PartRowOf(const CsvRow& row) {
  inv::PartRow part;
  part.set_number(Text(row, "number"));
  part.set_brand(Text(row, "brand"));
  part.set_gtin(Text(row, "gtin"));
  part.set_description(Text(row, "description"));
  part.set_category(Text(row, "category"));
  part.set_unit(Text(row, "unit", "ea"));
  part.set_currency(Text(row, "currency", "USD"));
  const auto currency = Currency::Parse(part.currency());
  if (!currency.ok()) return absl::InvalidArgumentError("currency: not an ISO 4217 code");
  const auto cost = ParseScaled(row.Get("cost"), 4);
  if (!cost.ok()) return absl::InvalidArgumentError("cost: not an amount such as 12.3456");
  part.set_unit_cost_e4(*cost);
  const auto price = ParseScaled(row.Get("list_price"), currency->exponent());
  if (!price.ok()) return absl::InvalidArgumentError("list_price: not an amount such as 12.34");
  part.set_list_price_minor(*price);
  if (!row.Get("core").empty()) {
    const auto core = ParseScaled(row.Get("core"), currency->exponent());
    if (!core.ok()) return absl::InvalidArgumentError("core: not an amount such as 45.00");
    part.set_core_minor(*core);
  }
  if (!row.Get("supplier").empty()) part.set_supplier_name(Text(row, "supplier"));
  if (!row.Get("location").empty()) {
    inv::ReorderRule& rule = *part.add_reorder_rules();
    rule.set_location_id(Text(row, "location"));
    ASSIGN_OR_RETURN(const int64_t point, Milli(row, "reorder_point"));
    ASSIGN_OR_RETURN(const int64_t quantity, Milli(row, "reorder_quantity"));
    rule.set_reorder_point_milli(point);
    rule.set_reorder_quantity_milli(quantity);
  }
  return part;
}

// One call of the stream for each batch, its answer before the next.
class PartsImport {
 public:
  PartsImport(Session& session, const RefusedSink& refused)
      : session_(session),
        refused_(refused),
        stub_(inv::InventoryService::NewStub(session.channel())) {
    session_.PrepareStream(context_);
    stream_ = stub_->ImportParts(&context_);
  }

  absl::Status Add(int line, inv::PartRow part) {
    *batch_.add_rows() = std::move(part);
    lines_.push_back(line);
    return batch_.rows_size() < kRowsInBatch ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    if (lines_.empty()) return absl::OkStatus();
    // A new request each time: what makes a repetition harmless is the parts' natural key, and an
    // answer remembered from an earlier run would count wrongly.
    batch_.set_request_id(absl::StrCat("import-", nonce_, "-", ++batches_));
    inv::ImportPartsResponse response;
    if (!stream_->Write(batch_) || !stream_->Read(&response)) return Finish();
    for (int i = 0; i < response.results_size(); ++i) Count(lines_[i], response.results(i));
    batch_.Clear();
    lines_.clear();
    return absl::OkStatus();
  }

  absl::Status Finish() {
    stream_->WritesDone();
    absl::Status finished = rpc::FromGrpcStatus(stream_->Finish());
    if (finished.ok()) session_.Remember(context_);
    return finished;
  }

  ImportCounts counts;
  std::vector<std::string> part_ids;  // of the rows that were not refused, in their order

 private:
  void Count(int line, const inv::RowResult& result) {
    if (!result.part_id().empty()) part_ids.push_back(result.part_id());
    switch (result.outcome()) {
      case inv::ROW_OUTCOME_IMPORTED:
        ++counts.imported;
        break;
      case inv::ROW_OUTCOME_UPDATED:
        ++counts.updated;
        break;
      case inv::ROW_OUTCOME_UNCHANGED:
        ++counts.unchanged;
        break;
      default:
        ++counts.refused;
        refused_(line, absl::StrCat(result.field(), ": ", result.message()));
    }
  }

  Session& session_;
  const RefusedSink& refused_;
  std::unique_ptr<inv::InventoryService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<inv::ImportPartsRequest, inv::ImportPartsResponse>>
      stream_;
  const uint64_t nonce_ = Entropy::System().Next64();
  int batches_ = 0;
  inv::ImportPartsRequest batch_;
  std::vector<int> lines_;
};

// Calls `take` for each row that can be read; counts and reports the others.
absl::Status ForEachRow(std::istream& input, const std::vector<std::string>& required,
                        const RefusedSink& refused, ImportCounts& counts,
                        const std::function<absl::Status(const CsvRow&)>& take) {
  ASSIGN_OR_RETURN(CsvReader reader, CsvReader::Open(input, required));
  while (true) {
    auto row = reader.Next();
    if (!row.ok()) {
      ++counts.refused;
      refused(reader.line(), std::string(row.status().message()));
      continue;
    }
    if (!row->has_value()) return absl::OkStatus();
    RETURN_IF_ERROR(take(**row));
  }
}

// A refusal of this row, rather than a failure of the import.
bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) ||
         absl::IsAlreadyExists(status) || absl::IsNotFound(status);
}

std::string RequestIdOf(std::string_view kind, const google::protobuf::Message& message) {
  return absl::StrCat("import-", ToAbsl(kind), "-",
                      HexEncode(Sha256(message.SerializeAsString())).substr(0, 40));
}

// Counts one row of things whose id is made from their natural key. `change` says what it did:
// +1 registered, 0 nothing, -1 updated.
absl::Status CountRow(const CsvRow& row, const absl::StatusOr<int>& change, ImportCounts& counts,
                      const RefusedSink& refused) {
  if (change.ok()) {
    ++(*change > 0 ? counts.imported : *change < 0 ? counts.updated : counts.unchanged);
    return absl::OkStatus();
  }
  if (!IsRefusal(change.status())) return change.status();
  ++counts.refused;
  refused(row.line(), std::string(change.status().message()));
  return absl::OkStatus();
}

void FillVehicle(const CsvRow& row, cv::Vehicle& vehicle) {
  vehicle.set_vin(Text(row, "vin"));
  vehicle.set_chassis_number(Text(row, "chassis_number"));
  int year = 0;
  if (absl::SimpleAtoi(Text(row, "year"), &year)) vehicle.set_year(year);
  vehicle.set_make(Text(row, "make"));
  vehicle.set_model(Text(row, "model"));
  vehicle.mutable_plate()->set_number(Text(row, "plate"));
  vehicle.mutable_plate()->set_region(Text(row, "plate_region"));
  vehicle.set_unit_number(Text(row, "unit_number"));
}

void FillPersonal(const CsvRow& row, cv::PersonalData& personal) {
  personal.set_given_name(Text(row, "given_name"));
  personal.set_family_name(Text(row, "family_name"));
  personal.set_company(Text(row, "company"));
  if (!row.Get("phone").empty()) personal.add_phones(Text(row, "phone"));
  if (!row.Get("email").empty()) personal.add_emails(Text(row, "email"));
  personal.set_address(Text(row, "address"));
}

// Year or 0 for an empty cell.
absl::StatusOr<int32_t> YearIn(const CsvRow& row, const char* column) {
  int32_t year = 0;
  const std::string text = Text(row, column);
  if (text.empty() || absl::SimpleAtoi(text, &year)) return year;
  return absl::InvalidArgumentError(absl::StrCat(column, ": not a year"));
}

absl::StatusOr<tkt::LabourTime> LabourTimeOf(const CsvRow& row) {
  tkt::LabourTime time;
  time.set_make(Text(row, "make"));
  time.set_model(Text(row, "model"));
  time.set_engine(Text(row, "engine"));
  ASSIGN_OR_RETURN(const int32_t from, YearIn(row, "year_from"));
  ASSIGN_OR_RETURN(const int32_t to, YearIn(row, "year_to"));
  time.set_year_from(from);
  time.set_year_to(to);
  const auto hours = ParseScaled(row.Get("hours"), 2);
  if (!hours.ok() || *hours > kMostHoursCenti) {
    return absl::InvalidArgumentError("hours: not a number of hours such as 1.40");
  }
  time.set_hours_centi(static_cast<int32_t>(*hours));
  time.set_source(Text(row, "source"));
  time.set_source_version(Text(row, "version"));
  return time;
}

// One call for rows of the same operation that follow each other.
class LabourImport {
 public:
  LabourImport(Session& session, std::string location_id, const RefusedSink& refused)
      : session_(session),
        refused_(refused),
        stub_(tkt::MenuService::NewStub(session.channel())),
        location_id_(std::move(location_id)) {}

  absl::Status Add(int line, const std::string& operation, tkt::LabourTime time) {
    if (operation != batch_.operation_code() || batch_.times_size() == kRowsInBatch) {
      RETURN_IF_ERROR(Flush());
    }
    batch_.set_operation_code(operation);
    *batch_.add_times() = std::move(time);
    lines_.push_back(line);
    return absl::OkStatus();
  }

  absl::Status Flush() {
    if (lines_.empty()) return absl::OkStatus();
    batch_.set_location_id(location_id_);
    batch_.set_request_id(absl::StrCat("import-", nonce_, "-", ++batches_));
    const auto response = session_.Call(*stub_, &tkt::MenuService::Stub::ImportLabourTimes, batch_);
    if (response.ok()) {
      counts.imported += response->imported();
      counts.updated += response->updated();
      counts.unchanged += response->unchanged();
    } else if (IsRefusal(response.status()) && lines_.size() > 1) {
      RETURN_IF_ERROR(OneByOne());
    } else if (IsRefusal(response.status())) {
      ++counts.refused;
      refused_(lines_.front(), std::string(response.status().message()));
    } else {
      return response.status();
    }
    batch_.Clear();
    lines_.clear();
    return absl::OkStatus();
  }

  ImportCounts counts;

 private:
  // The rows that are right are taken, whatever stands beside them.
  absl::Status OneByOne() {
    const tkt::ImportLabourTimesRequest all = std::move(batch_);
    const std::vector<int> lines = std::move(lines_);
    for (int i = 0; i < all.times_size(); ++i) {
      batch_.Clear();
      lines_ = {lines[static_cast<size_t>(i)]};
      batch_.set_operation_code(all.operation_code());
      *batch_.add_times() = all.times(i);
      RETURN_IF_ERROR(Flush());
    }
    return absl::OkStatus();
  }

  Session& session_;
  const RefusedSink& refused_;
  std::unique_ptr<tkt::MenuService::Stub> stub_;
  const std::string location_id_;
  const uint64_t nonce_ = Entropy::System().Next64();
  int batches_ = 0;
  tkt::ImportLabourTimesRequest batch_;
  std::vector<int> lines_;
};

using People = cv::CustomerVehicleService::Stub;

absl::StatusOr<int> ImportVehicle(Session& session, People& people, const CsvRow& row) {
  cv::Vehicle wanted;
  FillVehicle(row, wanted);
  // What identifies it best is its key; a plate may move to another vehicle.
  const std::string key = !wanted.vin().empty()              ? wanted.vin()
                          : !wanted.chassis_number().empty() ? wanted.chassis_number()
                          : !wanted.unit_number().empty()    ? wanted.unit_number()
                                                             : wanted.plate().ShortDebugString();
  cv::GetVehicleRequest get;
  get.set_vehicle_id(NamedId(VehicleId::kPrefix, kImportSlot, "import/" + key));
  const auto there = session.Call(people, &People::GetVehicle, get);
  if (absl::IsNotFound(there.status())) {
    cv::RegisterVehicleRequest request;
    request.set_vehicle_id(get.vehicle_id());
    request.set_vin(wanted.vin());
    request.set_chassis_number(wanted.chassis_number());
    request.set_year(wanted.year());
    request.set_make(wanted.make());
    request.set_model(wanted.model());
    *request.mutable_plate() = wanted.plate();
    request.set_unit_number(wanted.unit_number());
    request.set_customer_id(Text(row, "customer_id"));
    request.set_request_id(RequestIdOf("vehicle", request));
    RETURN_IF_ERROR(session.Call(people, &People::RegisterVehicle, request).status());
    return 1;
  }
  RETURN_IF_ERROR(there.status());
  const cv::Vehicle& now = there->vehicle();
  // Year, make and model that the file leaves out were decoded from the VIN, and stay.
  const bool same = (wanted.year() == 0 || wanted.year() == now.year()) &&
                    (wanted.make().empty() || wanted.make() == now.make()) &&
                    (wanted.model().empty() || wanted.model() == now.model()) &&
                    wanted.plate().number() == now.plate().number() &&
                    wanted.plate().region() == now.plate().region() &&
                    wanted.unit_number() == now.unit_number();
  if (same) return 0;
  cv::UpdateVehicleRequest request;
  request.set_vehicle_id(get.vehicle_id());
  request.set_expected_version(now.version());
  if (wanted.year() != 0) request.set_year(wanted.year());
  if (!wanted.make().empty()) request.set_make(wanted.make());
  if (!wanted.model().empty()) request.set_model(wanted.model());
  *request.mutable_plate() = wanted.plate();
  request.set_unit_number(wanted.unit_number());
  request.set_request_id(RequestIdOf("vehicle", request));
  RETURN_IF_ERROR(session.Call(people, &People::UpdateVehicle, request).status());
  return -1;
}

absl::StatusOr<int> ImportCustomer(Session& session, People& people, const CsvRow& row) {
  cv::PersonalData wanted;
  FillPersonal(row, wanted);
  cv::GetCustomerRequest get;
  get.set_customer_id(NamedId(CustomerId::kPrefix, kImportSlot, "import/" + Text(row, "key")));
  const auto there = session.Call(people, &People::GetCustomer, get);
  if (absl::IsNotFound(there.status())) {
    cv::RegisterCustomerRequest request;
    request.set_customer_id(get.customer_id());
    *request.mutable_personal() = wanted;
    request.set_request_id(RequestIdOf("customer", request));
    RETURN_IF_ERROR(session.Call(people, &People::RegisterCustomer, request).status());
    return 1;
  }
  RETURN_IF_ERROR(there.status());
  const cv::Customer& now = there->customer();
  if (google::protobuf::util::MessageDifferencer::Equals(wanted, now.personal())) return 0;
  cv::UpdateCustomerRequest request;
  request.set_customer_id(get.customer_id());
  request.set_expected_version(now.version());
  *request.mutable_personal() = wanted;
  request.set_request_id(RequestIdOf("customer", request));
  RETURN_IF_ERROR(session.Call(people, &People::UpdateCustomer, request).status());
  return -1;
}

}  // namespace

absl::Status EnsureSupplier(Session& session, const std::string& name) {
  const auto stub = inv::InventoryService::NewStub(session.channel());
  inv::RegisterSupplierRequest request;
  request.set_supplier_id(NamedId(SupplierId::kPrefix, kImportSlot, "import/" + name));
  request.set_name(name);
  request.set_request_id(RequestIdOf("supplier", request));
  const absl::Status made =
      session.Call(*stub, &inv::InventoryService::Stub::RegisterSupplier, request).status();
  return absl::IsAlreadyExists(made) ? absl::OkStatus() : made;
}

absl::StatusOr<ImportCounts> ImportParts(Session& session, std::istream& input,
                                         const RefusedSink& refused) {
  PartsImport import(session, refused);
  std::set<std::string> suppliers;
  const auto take = [&](const CsvRow& row) -> absl::Status {
    auto part = PartRowOf(row);
    if (!part.ok()) {
      ++import.counts.refused;
      refused(row.line(), std::string(part.status().message()));
      return absl::OkStatus();
    }
    if (!part->supplier_name().empty() && suppliers.insert(part->supplier_name()).second) {
      RETURN_IF_ERROR(EnsureSupplier(session, part->supplier_name()));
    }
    return import.Add(row.line(), *std::move(part));
  };
  RETURN_IF_ERROR(ForEachRow(input, {"number", "description", "cost", "list_price"}, refused,
                             import.counts, take));
  RETURN_IF_ERROR(import.Flush());
  RETURN_IF_ERROR(import.Finish());
  return import.counts;
}

absl::StatusOr<std::vector<std::string>> ImportPartRows(
    Session& session, const std::vector<inventory::v1::PartRow>& rows) {
  std::string first_refusal;
  const RefusedSink refused = [&](int line, const std::string& why) {
    if (first_refusal.empty()) first_refusal = absl::StrCat("part row ", line, ": ", why);
  };
  PartsImport import(session, refused);
  for (size_t i = 0; i < rows.size(); ++i) {
    RETURN_IF_ERROR(import.Add(static_cast<int>(i), rows[i]));
  }
  RETURN_IF_ERROR(import.Flush());
  RETURN_IF_ERROR(import.Finish());
  if (!first_refusal.empty()) return absl::InvalidArgumentError(first_refusal);
  return std::move(import.part_ids);
}

absl::StatusOr<ImportCounts> ImportVehicles(Session& session, std::istream& input,
                                            const RefusedSink& refused) {
  const auto stub = cv::CustomerVehicleService::NewStub(session.channel());
  ImportCounts counts;
  const auto take = [&](const CsvRow& row) {
    return CountRow(row, ImportVehicle(session, *stub, row), counts, refused);
  };
  RETURN_IF_ERROR(ForEachRow(input, {}, refused, counts, take));
  return counts;
}

absl::StatusOr<ImportCounts> ImportCustomers(Session& session, std::istream& input,
                                             const RefusedSink& refused) {
  const auto stub = cv::CustomerVehicleService::NewStub(session.channel());
  ImportCounts counts;
  const auto take = [&](const CsvRow& row) {
    return CountRow(row, ImportCustomer(session, *stub, row), counts, refused);
  };
  RETURN_IF_ERROR(ForEachRow(input, {"key"}, refused, counts, take));
  return counts;
}

absl::StatusOr<ImportCounts> ImportLabour(Session& session, const std::string& location_id,
                                          std::istream& input, const RefusedSink& refused) {
  LabourImport import(session, location_id, refused);
  const auto take = [&](const CsvRow& row) -> absl::Status {
    auto time = LabourTimeOf(row);
    if (time.ok()) return import.Add(row.line(), Text(row, "operation"), *std::move(time));
    ++import.counts.refused;
    refused(row.line(), std::string(time.status().message()));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(
      ForEachRow(input, {"operation", "hours", "source", "version"}, refused, import.counts, take));
  RETURN_IF_ERROR(import.Flush());
  return import.counts;
}

int RunImport(const ImportOptions& options) {
  std::ifstream file(options.file, std::ios::binary);
  if (!file) {
    std::cerr << "pitlane import: " << options.file << " cannot be read\n";
    return 1;
  }
  auto session = Connect(options.connection);
  if (!session.ok()) {
    std::cerr << "pitlane import: " << session.status().message() << "\n";
    return 1;
  }
  const RefusedSink refused = [&](int line, const std::string& why) {
    std::cerr << options.file << ":" << line << ": refused: " << why << "\n";
  };
  const auto counts = options.what == "parts"      ? ImportParts(**session, file, refused)
                      : options.what == "vehicles" ? ImportVehicles(**session, file, refused)
                      : options.what == "labour"
                          ? ImportLabour(**session, options.location_id, file, refused)
                          : ImportCustomers(**session, file, refused);
  if (!counts.ok()) {
    std::cerr << "pitlane import: " << counts.status().message() << "\n";
    return 1;
  }
  fmt::print("{} imported, {} updated, {} unchanged, {} refused\n", counts->imported,
             counts->updated, counts->unchanged, counts->refused);
  return counts->refused == 0 ? 0 : 1;
}

}  // namespace pitlane::tools
