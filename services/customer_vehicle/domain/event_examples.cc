#include "services/customer_vehicle/domain/event_examples.h"

#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "libs/base/check.h"
#include "services/customer_vehicle/domain/sealing.h"
#include "services/customer_vehicle/domain/visit.h"

namespace pitlane::customer_vehicle {
namespace {

constexpr char kCustomer[] = "cus_01JGGZV1C0CDE0000000000007";
constexpr char kVehicle[] = "veh_01JGGZV1C0CDE0000000000008";
constexpr char kTicket[] = "tkt_01JGGZV1C0AFR0000000000002";

constexpr const char* kEvents[] = {
    R"pb(customer_registered { customer_id: "cus_01JGGZV1C0CDE0000000000007" })pb",
    R"pb(customer_updated { customer_id: "cus_01JGGZV1C0CDE0000000000007" })pb",
    R"pb(note_added { customer_id: "cus_01JGGZV1C0CDE0000000000007" })pb",
    R"pb(preferences_set {
           customer_id: "cus_01JGGZV1C0CDE0000000000007"
           preferences { contact_channel: "sms" language: "en-US" return_old_parts: true }
         })pb",
    R"pb(subject_erased { customer_id: "cus_01JGGZV1C0CDE0000000000007" })pb",
    R"pb(profile_updated {
           customer_id: "cus_01JGGZV1C0CDE0000000000007"
           ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
           profile {
             visits: 2
             spend { amount_minor: 124810 currency: "USD" }
             last_visit { seconds: 1775145600 }
             first_visit { seconds: 1759593600 }
             average_gap_days_centi: 18000
           }
         })pb",
    R"pb(visit_counted {
           customer_id: "cus_01JGGZV1C0CDE0000000000007"
           ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
           closed_at { seconds: 1775145600 }
           total { amount_minor: 59905 currency: "USD" }
         })pb",
    R"pb(vehicle_registered {
           vehicle {
             vehicle_id: "veh_01JGGZV1C0CDE0000000000008"
             vin: "1FTFW5L86RFB45612"
             chassis_number: "F24-45612"
             year: 2024
             make: "Ford"
             model: "F-150"
             plate { number: "482 KTN" region: "US-KS" }
             unit_number: "17"
             ownerships {
               customer_id: "cus_01JGGZV1C0CDE0000000000007"
               from_date: "2025-10-04"
               to_date: "2026-04-02"
             }
             odometer {
               value: 41200
               unit: ODOMETER_UNIT_MILES
               source: "write-up"
               read_at { seconds: 1759593600 }
               reason: ODOMETER_REASON_TYPO
               ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
               warning: "more than 1 000 miles a day since the last reading"
             }
             warnings: "the VIN says year 2024, entered was 2023"
             version: 1
           }
         })pb",
    R"pb(vehicle_updated {
           vehicle {
             vehicle_id: "veh_01JGGZV1C0CDE0000000000008"
             vin: "1FTFW5L86RFB45612"
             chassis_number: "F24-45612"
             year: 2024
             make: "Ford"
             model: "F-150"
             plate { number: "901 LMB" region: "US-KS" }
             unit_number: "17"
             ownerships {
               customer_id: "cus_01JGGZV1C0CDE0000000000007"
               from_date: "2025-10-04"
               to_date: "2026-04-02"
             }
             odometer {
               value: 41200
               unit: ODOMETER_UNIT_MILES
               source: "write-up"
               read_at { seconds: 1759593600 }
               reason: ODOMETER_REASON_TYPO
               ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
               warning: "more than 1 000 miles a day since the last reading"
             }
             warnings: "the VIN says year 2024, entered was 2023"
             version: 5
           }
         })pb",
    R"pb(ownership_started {
           vehicle_id: "veh_01JGGZV1C0CDE0000000000008"
           customer_id: "cus_01JGGZV1C0CDE0000000000007"
           from_date: "2025-10-04"
         })pb",
    R"pb(ownership_ended {
           vehicle_id: "veh_01JGGZV1C0CDE0000000000008"
           customer_id: "cus_01JGGZV1C0CDE0000000000007"
           to_date: "2026-04-02"
         })pb",
    R"pb(odometer_read {
           vehicle_id: "veh_01JGGZV1C0CDE0000000000008"
           reading {
             value: 41100
             unit: ODOMETER_UNIT_MILES
             source: "invoice"
             read_at { seconds: 1775145600 }
             reason: ODOMETER_REASON_CLUSTER_REPLACED
             ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
             warning: "lower than the last reading, 41200"
           }
         })pb",
    R"pb(service_recorded {
           entry {
             vehicle_id: "veh_01JGGZV1C0CDE0000000000008"
             ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
             ticket_number: "RO-10432"
             location_id: "loc_01JGGZV1C0AFR0000000000001"
             closed_at { seconds: 1775145600 }
             business_date: "2026-04-02"
             odometer: 41100
             jobs: "Front brakes"
             lines {
               kind: "part"
               operation_code: "BRK-PAD-F"
               description: "Brake pads, front"
               part_id: "prt_01JGGZV1C0BCD0000000000006"
               part_number: "D-1210"
               quantity_milli: 1000
               hours_centi: 150
               technician: "usr_tech_2"
               warranty_months: 24
               warranty_miles: 24000
             }
           }
         })pb",
    R"pb(return_recorded {
           vehicle_id: "veh_01JGGZV1C0CDE0000000000008"
           ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
           service_return {
             credit_memo_id: "crm_01JGGZV1C0AFR0000000000007"
             number: "CM-00007"
             business_date: "2026-04-09"
             lines {
               kind: "part"
               operation_code: "BRK-PAD-F"
               description: "Brake rotor, front"
               part_id: "prt_01JGGZV1C0BCD0000000000006"
               part_number: "R-1210"
               quantity_milli: 1000
               hours_centi: 10
               technician: "usr_tech_2"
               warranty_months: 24
               warranty_miles: 24000
             }
           }
         })pb",
    R"pb(return_counted {
           customer_id: "cus_01JGGZV1C0CDE0000000000007"
           ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
           credit_memo_id: "crm_01JGGZV1C0AFR0000000000007"
           total { amount_minor: 12344 currency: "USD" }
         })pb"};

// Sealed under a key that everyone can see here, with a nonce of the same byte.
v1::Sealed SealedExample(char nonce, const google::protobuf::Message& message) {
  return Seal(std::string(kKeyBytes, 'k'), std::string(kNonceBytes, nonce), kCustomer, message);
}

void FillSealed(v1::CustomerVehicleEvent& event) {
  v1::PersonalData person;
  person.set_given_name("Maria");
  person.set_family_name("Example");
  person.set_company("Example Plumbing");
  person.add_phones("+13165550100");
  person.add_emails("maria@example.com");
  person.set_address("1 Main Street, Wichita");
  v1::NoteText note;
  note.set_text("Call before ten.");
  if (event.has_customer_registered()) {
    *event.mutable_customer_registered()->mutable_personal() = SealedExample('1', person);
  }
  if (event.has_customer_updated()) {
    *event.mutable_customer_updated()->mutable_personal() = SealedExample('2', person);
  }
  if (event.has_note_added()) {
    *event.mutable_note_added()->mutable_text() = SealedExample('3', note);
  }
}

std::string StreamOf(const v1::CustomerVehicleEvent& event) {
  if (event.has_service_recorded() || event.has_return_recorded()) {
    return VisitStream(kVehicle, kTicket);
  }
  if (event.has_visit_counted() || event.has_return_counted())
    return VisitStream(kCustomer, kTicket);
  return event.event_case() < v1::CustomerVehicleEvent::kVehicleRegistered ? kCustomer : kVehicle;
}

void FillMeta(uint64_t version, v1::CustomerVehicleEvent& event) {
  const auto* field = event.GetReflection()->GetOneofFieldDescriptor(
      event, v1::CustomerVehicleEvent::descriptor()->oneof_decl(0));
  common::v1::EventMeta& meta = *event.mutable_meta();
  meta.set_event_id("evt_01JGGZV1C0CDE0000000000009");
  meta.set_type(field->message_type()->full_name());
  meta.set_stream_id(StreamOf(event));
  meta.set_version(version);
  meta.set_position(3000 + version);
  meta.set_source("customer_vehicle.0");
  meta.set_slot(1454);
  meta.mutable_occurred_at()->set_seconds(1775145600);
  meta.mutable_recorded_at()->set_seconds(1775145600);
  meta.mutable_recorded_at()->set_nanos(250000000);
  meta.set_location_id("loc_01JGGZV1C0AFR0000000000001");
  meta.set_business_date("2026-04-02");
  meta.mutable_actor()->set_subject("usr_advisor_1");
  meta.mutable_actor()->set_device_id("dev_counter_1");
  meta.set_request_id("register-7");
  meta.set_causation_id("evt_01JGGZV1C0CDE000000000000A");
  meta.set_correlation_id("sale-7");
  meta.set_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

}  // namespace

std::vector<v1::CustomerVehicleEvent> EventExamples() {
  std::vector<v1::CustomerVehicleEvent> examples;
  for (const char* text : kEvents) {
    v1::CustomerVehicleEvent& event = examples.emplace_back();
    PITLANE_CHECK(google::protobuf::TextFormat::ParseFromString(text, &event))
        << "an example does not parse";
    FillSealed(event);
    FillMeta(examples.size(), event);
  }
  return examples;
}

std::vector<v1::CustomerVehicleEvent> LaterEventExamples() {
  v1::CustomerVehicleEvent recorded;
  v1::ServiceReturn returned;
  for (const v1::CustomerVehicleEvent& event : EventExamples()) {
    if (event.has_service_recorded()) recorded = event;
    if (event.has_return_recorded()) returned = event.return_recorded().service_return();
  }
  *recorded.mutable_service_recorded()->mutable_entry()->add_returns() = returned;
  return {recorded};
}

}  // namespace pitlane::customer_vehicle
