// Sequences of requests to all six services, on disks in memory. The input chooses methods, roles
// and the fields' values; ids that services answered with are used again. No request may end in an
// error that is nobody's fault but ours, and the stores stay sound.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor_database.h"
#include "google/protobuf/message.h"
#include "grpcpp/generic/generic_stub.h"
#include "libs/rpc/grpc_status.h"
#include "libs/rpc/log.h"
#include "libs/rpc/permissions.h"
#include "libs/testing/test_cluster.h"
#include "services/customer_vehicle/customer_vehicle.h"
#include "services/inventory/inventory.h"
#include "services/payment/payment.h"
#include "services/reporting/reporting.h"
#include "services/terminal_gateway/terminal_gateway.h"
#include "services/ticket/ticket.h"
#include "tests/fuzz/fuzz.h"

namespace pitlane {
namespace {

using fuzz::Bytes;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr int kDeepest = 5;
constexpr size_t kMostRequests = 40;
constexpr size_t kMostRemembered = 256;
// A shop is used for so many inputs; then its stores are looked through, and the next one opens.
constexpr int kInputsOfAShop = 200;

struct Target {
  std::string area;
  const MethodDescriptor* method;
};

// Unary methods of the six; the admin service writes where it is told to.
const std::vector<Target>& Targets() {
  static const auto* const targets = [] {
    auto* all = new std::vector<Target>;
    std::vector<std::string> files;
    DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
    std::sort(files.begin(), files.end());
    for (const std::string& name : files) {
      const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
      for (const char* area : {"ticket", "inventory", "customer_vehicle", "payment",
                               "terminal_gateway", "reporting"}) {
        if (file->package() != absl::StrCat("pitlane.", area, ".v1")) continue;
        for (int s = 0; s < file->service_count(); ++s) {
          for (int m = 0; m < file->service(s)->method_count(); ++m) {
            const auto* method = file->service(s)->method(m);
            if (method->client_streaming() || method->server_streaming()) continue;
            all->push_back({area, method});
          }
        }
      }
    }
    return all;
  }();
  return *targets;
}

class Shop {
 public:
  Shop() {
    cluster_.Add([] { return ticket::MakeTicketService(); });
    cluster_.Add([] { return inventory::MakeInventoryService(); });
    cluster_.Add([] { return customer_vehicle::MakeCustomerVehicleService(); });
    cluster_.Add([] { return payment::MakePaymentService(); });
    cluster_.Add([] { return terminal_gateway::MakeTerminalGatewayService(); });
    cluster_.Add([] { return reporting::MakeReportingService(); });
    PITLANE_CHECK_OK(cluster_.Start());
    for (const auto& [area, method] : Targets()) {
      auto& stub = stubs_[area];
      if (stub == nullptr) {
        stub = std::make_unique<grpc::GenericStub>(cluster_.host(area).InProcessChannel());
      }
    }
  }

  void Request(Bytes& bytes) {
    const Target& target = Targets()[bytes.Below(Targets().size())];
    auto* const factory = google::protobuf::MessageFactory::generated_factory();
    const std::unique_ptr<Message> request(
        factory->GetPrototype(target.method->input_type())->New());
    Fill(*request, bytes, 0);
    const std::unique_ptr<Message> response(
        factory->GetPrototype(target.method->output_type())->New());
    const absl::Status status = Call(target, *request, *response);
    if (status.ok()) Remember(*response, 0);
    const bool ours = absl::IsInternal(status) || absl::IsUnknown(status) ||
                      absl::IsDataLoss(status) || absl::IsUnimplemented(status) ||
                      absl::IsDeadlineExceeded(status);
    if (ours) {
      std::fprintf(stderr, "%s answers %s\nto %s\n", target.method->full_name().c_str(),
                   status.ToString().c_str(), request->DebugString().c_str());
    }
    MUST_HOLD(!ours);
  }

  void LookThrough() {
    for (const auto& [area, stub] : stubs_) {
      const auto report = cluster_.journal(area).Verify();
      MUST_HOLD(report.ok() && !report->fault.has_value());
    }
  }

 private:
  absl::Status Call(const Target& target, const Message& request, Message& response) {
    const auto context = cluster_.Context(rpc::Role::kOwner);
    const std::string bytes = request.SerializeAsString();
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer out(&slice, 1);
    grpc::CompletionQueue queue;
    const auto call =
        stubs_.at(target.area)
            ->PrepareUnaryCall(context.get(),
                               absl::StrCat("/", target.method->service()->full_name(), "/",
                                            target.method->name()),
                               out, &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    queue.Shutdown();
    const absl::Status result = cluster_.AfterCall(*context, status);
    if (!result.ok()) return result;
    std::vector<grpc::Slice> slices;
    std::string in;
    if (answer.Dump(&slices).ok()) {
      for (const grpc::Slice& part : slices) {
        in.append(reinterpret_cast<const char*>(part.begin()), part.size());
      }
    }
    MUST_HOLD(response.ParseFromString(in));
    return absl::OkStatus();
  }

  // Most fields, so that most requests get behind the first check.
  void Fill(Message& message, Bytes& bytes, int depth) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (bytes.empty() || bytes.Below(5) == 0) continue;
      if (field.real_containing_oneof() != nullptr && bytes.Below(2) == 0) continue;
      const size_t times = field.is_repeated() ? bytes.Below(3) : 1;
      for (size_t n = 0; n < times; ++n) Set(message, field, bytes, depth);
    }
  }

  void Set(Message& message, const FieldDescriptor& field, Bytes& bytes, int depth) {
    const auto& reflection = *message.GetReflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto value = static_cast<int32_t>(NumberFrom(bytes));
        many ? reflection.AddInt32(&message, &field, value)
             : reflection.SetInt32(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        const int64_t value = NumberFrom(bytes);
        many ? reflection.AddInt64(&message, &field, value)
             : reflection.SetInt64(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        const auto value = static_cast<uint32_t>(NumberFrom(bytes));
        many ? reflection.AddUInt32(&message, &field, value)
             : reflection.SetUInt32(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_UINT64: {
        const auto value = static_cast<uint64_t>(NumberFrom(bytes));
        many ? reflection.AddUInt64(&message, &field, value)
             : reflection.SetUInt64(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return;  // Pitlane's contracts have none
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool value = bytes.Below(2) == 1;
        many ? reflection.AddBool(&message, &field, value)
             : reflection.SetBool(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto& values = *field.enum_type();
        // One in eight is a number that has no name.
        const int value = bytes.Below(8) == 0 ? static_cast<int>(NumberFrom(bytes))
                                              : values
                                                    .value(static_cast<int>(bytes.Below(
                                                        static_cast<size_t>(values.value_count()))))
                                                    ->number();
        many ? reflection.AddEnumValue(&message, &field, value)
             : reflection.SetEnumValue(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string value = TextFor(field, bytes);
        many ? reflection.AddString(&message, &field, value)
             : reflection.SetString(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth >= kDeepest) return;
        Fill(many ? *reflection.AddMessage(&message, &field)
                  : *reflection.MutableMessage(&message, &field),
             bytes, depth + 1);
        return;
    }
  }

  static int64_t NumberFrom(Bytes& bytes) {
    static constexpr int64_t kEdges[] = {0,    1,      2,         -1,        3,
                                         100,  1000,   999'999,   1'000'000, 1'000'001,
                                         5000, 14'500, INT32_MAX, INT64_MAX, INT64_MIN};
    const size_t which = bytes.Below(std::size(kEdges) + 2);
    if (which < std::size(kEdges)) return kEdges[which];
    if (which == std::size(kEdges)) return bytes.Byte();
    return static_cast<int64_t>(bytes.Number());
  }

  std::string TextFor(const FieldDescriptor& field, Bytes& bytes) {
    static constexpr const char* kTexts[] = {
        "",           "brake pads",       "America/Chicago",   "USD",   "EUR",
        "2026-03-01", "2026-02-30",       "1M8GDM9AXKP042788", "US-FL", "036000291452",
        "\xC3\x85se", "4111111111111111", "+1 612 555 0188",   "ea",    "a@b.example",
        "*",          "MECH-1",           "../../etc/passwd",  "loc_x", "\xE2\x80\xAE"};
    const bool is_id = absl::EndsWith(field.name(), "_id") && field.name() != "request_id";
    const size_t which = bytes.Below(16);
    if (is_id && which < 13 && !remembered_.empty()) return Remembered(field.name(), bytes);
    if (which < 12) return kTexts[bytes.Below(std::size(kTexts))];
    if (which == 12) return std::string(bytes.Below(5000), 'x');
    if (field.type() == FieldDescriptor::TYPE_BYTES) return bytes.Text(64);
    std::string text = bytes.Text(24);
    // Protobuf itself refuses what is no UTF-8.
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    return text;
  }

  // Of the same kind if there is one: "ticket_id" gets a ticket's.
  std::string Remembered(const std::string& field, Bytes& bytes) {
    const std::string prefix = field.substr(0, 3);
    std::vector<const std::string*> fitting;
    for (const std::string& id : remembered_) {
      if (absl::StartsWith(id, prefix) || (prefix == "tic" && absl::StartsWith(id, "tkt")) ||
          (prefix == "par" && absl::StartsWith(id, "prt"))) {
        fitting.push_back(&id);
      }
    }
    if (fitting.empty()) return remembered_[bytes.Below(remembered_.size())];
    return *fitting[bytes.Below(fitting.size())];
  }

  void Remember(const Message& message, int depth) {
    const auto& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth < kDeepest) {
          Remember(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                        : reflection.GetMessage(message, field),
                   depth + 1);
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
                   absl::EndsWith(field->name(), "_id")) {
          Keep(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                    : reflection.GetString(message, field));
        }
      }
    }
  }

  void Keep(const std::string& id) {
    if (id.empty() || std::find(remembered_.begin(), remembered_.end(), id) != remembered_.end()) {
      return;
    }
    if (remembered_.size() == kMostRemembered) remembered_.erase(remembered_.begin());
    remembered_.push_back(id);
  }

  testing::TestCluster cluster_;
  std::map<std::string, std::unique_ptr<grpc::GenericStub>> stubs_;
  std::vector<std::string> remembered_;
};

}  // namespace
}  // namespace pitlane

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Never destroyed at the end of the process: what it stands on is gone by then.
  static pitlane::Shop* shop = nullptr;
  static int inputs = 0;
  if (shop == nullptr) {
    PITLANE_CHECK_OK(pitlane::rpc::SetLogLevel("off"));
    shop = new pitlane::Shop;
  }
  pitlane::fuzz::Bytes bytes(pitlane::fuzz::AsText(data, size));
  for (size_t i = 0; i < pitlane::kMostRequests && !bytes.empty(); ++i) shop->Request(bytes);
  if (++inputs % pitlane::kInputsOfAShop == 0) {
    shop->LookThrough();
    delete shop;
    shop = nullptr;
  }
  return 0;
}
