#include "services/terminal_gateway/domain/event_examples.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "libs/base/check.h"

namespace pitlane::terminal_gateway {
namespace {

constexpr char kReader[] = "rdr_01JGGZV1C0AFR0000000000001";

// Text of the inner events, in the order of the oneof.
constexpr const char* kExamples[] = {
    R"pb(
      reader_registered {
        reader {
          reader_id: "rdr_01JGGZV1C0AFR0000000000001"
          location_id: "loc_01JGGZV1C0AFR0000000000002"
          label: "Counter 1"
          state: READER_STATE_IDLE
          simulated: true
          action { action_id: "att_01JGGZV1C0AFR0000000000004" }
          version: 1
        }
      }
    )pb",
    R"pb(
      simulator_scripted {
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        outcomes { kind: KIND_DECLINE decline_code: "lost_card" }
        outcomes {
          kind: KIND_PARTIAL_APPROVAL
          approved_minor: 30000
          delay { seconds: 3 nanos: 500000000 }
        }
      }
    )pb",
    R"pb(
      action_started {
        action {
          action_id: "rfd_01JGGZV1C0AFR0000000000005"
          reader_id: "rdr_01JGGZV1C0AFR0000000000001"
          kind: ACTION_KIND_REFUND
          status: ACTION_STATUS_IN_PROGRESS
          amount_minor: 5000
          currency: "USD"
          ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
          fencing_token: 8
          started_at { seconds: 1767270000 nanos: 250000000 }
          original_action_id: "att_01JGGZV1C0AFR0000000000004"
          # What a new action cannot have yet is set too, so that its bytes are pinned.
          approved_minor: 4999
          failure_code: "device_error"
          queries: 3
          result {
            brand: "visa"
            last_four: "4242"
            entry_mode: "chip"
            authorization_code: "A1B2C3"
            processor_reference: "sim-1"
          }
        }
        simulated { kind: KIND_APPROVE }
      }
    )pb",
    R"pb(
      action_cancel_requested {
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        action_id: "att_01JGGZV1C0AFR0000000000004"
      }
    )pb",
    R"pb(
      action_succeeded {
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        action_id: "att_01JGGZV1C0AFR0000000000004"
        kind: ACTION_KIND_CHARGE
        approved_minor: 60000
        currency: "USD"
        result {
          brand: "visa"
          last_four: "4242"
          entry_mode: "contactless"
          authorization_code: "100007"
          processor_reference: "sim-att_01JGGZV1C0AFR0000000000004"
        }
      }
    )pb",
    R"pb(
      action_failed {
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        action_id: "att_01JGGZV1C0AFR0000000000004"
        kind: ACTION_KIND_CHARGE
        code: "insufficient_funds"
      }
    )pb",
    R"pb(
      action_canceled {
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        action_id: "att_01JGGZV1C0AFR0000000000004"
        kind: ACTION_KIND_CHARGE
      }
    )pb",
    R"pb(
      action_timed_out {
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        action_id: "att_01JGGZV1C0AFR0000000000004"
        kind: ACTION_KIND_CHARGE
      }
    )pb",
    R"pb(
      action_resolved {
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        action_id: "att_01JGGZV1C0AFR0000000000004"
        queries: 2
      }
    )pb",
    R"pb(
      action_refused {
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        action_id: "att_01JGGZV1C0AFR0000000000004"
      }
    )pb",
};

common::v1::EventMeta Meta(const v1::TerminalGatewayEvent& event, uint64_t version) {
  common::v1::EventMeta meta;
  const bool parsed = google::protobuf::TextFormat::ParseFromString(
      R"pb(
        event_id: "evt_01JGGZV1C0AFR0000000000009"
        source: "terminal_gateway.0"
        slot: 687
        occurred_at { seconds: 1767270000 nanos: 250000000 }
        recorded_at { seconds: 1767270000 nanos: 500000000 }
        location_id: "loc_01JGGZV1C0AFR0000000000002"
        actor { subject: "service:payment" device_id: "till-1" }
        request_id: "att_01JGGZV1C0AFR0000000000004"
        causation_id: "evt_01JGGZV1C0AFR000000000000A"
        correlation_id: "r-118"
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      )pb",
      &meta);
  PITLANE_CHECK(parsed) << "the example's meta does not parse";
  const auto* oneof = event.GetDescriptor()->oneof_decl(0);
  meta.set_type(
      event.GetReflection()->GetOneofFieldDescriptor(event, oneof)->message_type()->full_name());
  meta.set_stream_id(kReader);
  meta.set_version(version);
  meta.set_position(1000 + version);
  return meta;
}

}  // namespace

std::vector<v1::TerminalGatewayEvent> EventExamples() {
  std::vector<v1::TerminalGatewayEvent> events;
  for (const char* text : kExamples) {
    v1::TerminalGatewayEvent event;
    PITLANE_CHECK(google::protobuf::TextFormat::ParseFromString(text, &event))
        << "an example does not parse";
    *event.mutable_meta() = Meta(event, events.size() + 1);
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace pitlane::terminal_gateway
