#include "services/payment/domain/event_examples.h"

#include <string>
#include <utility>

#include "google/protobuf/text_format.h"
#include "libs/base/check.h"
#include "services/payment/domain/tender.h"

namespace pitlane::payment {
namespace {

constexpr char kTicket[] = "tkt_01JGGZV1C0AFR0000000000003";
constexpr char kPayment[] = "pay_01JGGZV1C0AFR0000000000006";

// Text of the inner events, in the order of the oneof. The amounts are those of the handbook's
// ticket T1: 1 170.95 in all, of which a card pays 600.00.
constexpr const char* kExamples[] = {
    R"pb(
      receivable_created {
        receivable {
          ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
          location_id: "loc_01JGGZV1C0AFR0000000000002"
          customer_id: "cus_01JGGZV1C0CDE0000000000007"
          invoice_number: "INV-00009"
          currency: "USD"
          total_minor: 117095
          balance_minor: 117095
          held_minor: 60000
          cash_increment_minor: 5
          version: 1
          business_date: "2026-01-01"
        }
      }
    )pb",
    R"pb(
      receivable_charged {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        amount_minor: 60000
        open_minor: 57095
      }
    )pb",
    R"pb(
      receivable_released {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        amount_minor: 60000
        open_minor: 117095
      }
    )pb",
    R"pb(
      receivable_paid {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        applied_minor: 60000
        balance_minor: 57095
      }
    )pb",
    R"pb(
      receivable_reopened {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        refund_id: "rfd_01JGGZV1C0AFR0000000000005"
        amount_minor: 5000
        balance_minor: 62095
      }
    )pb",
    R"pb(
      payment_created {
        payment {
          payment_id: "pay_01JGGZV1C0AFR0000000000006"
          ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
          location_id: "loc_01JGGZV1C0AFR0000000000002"
          tender: TENDER_CARD_PRESENT
          status: PAYMENT_STATUS_CREATED
          currency: "USD"
          amount_minor: 60000
          # What a new payment cannot have yet is set too, so that its bytes are pinned.
          captured_minor: 60001
          applied_minor: 60002
          refunded_minor: 1500
          tendered_minor: 60005
          change_minor: 4
          rounding_minor: 1
          reader_id: "rdr_01JGGZV1C0AFR0000000000001"
          attempt_id: "att_01JGGZV1C0AFR0000000000004"
          attempts: 2
          decline_code: "insufficient_funds"
          card {
            brand: "visa"
            last_four: "4242"
            entry_mode: "chip"
            authorization_code: "A1B2C3"
            processor_reference: "sim-1"
          }
          refunds {
            refund_id: "rfd_01JGGZV1C0AFR0000000000005"
            amount_minor: 1500
            reason: "returned"
            done: true
            failure: "none"
            unknown: true
          }
          created_at { seconds: 1767270000 nanos: 250000000 }
          version: 1
        }
      }
    )pb",
    R"pb(
      attempt_started {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        attempt_id: "att_01JGGZV1C0AFR0000000000004"
        reader_id: "rdr_01JGGZV1C0AFR0000000000001"
        amount_minor: 60000
        currency: "USD"
      }
    )pb",
    R"pb(
      payment_captured {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
        location_id: "loc_01JGGZV1C0AFR0000000000002"
        tender: TENDER_CARD_PRESENT
        captured_minor: 57095
        applied_minor: 57097
        rounding_minor: 2
        tendered_minor: 60000
        change_minor: 2905
        currency: "USD"
        card {
          brand: "visa"
          last_four: "4242"
          entry_mode: "contactless"
          authorization_code: "100007"
          processor_reference: "sim-att_01JGGZV1C0AFR0000000000004"
        }
        attempt_id: "att_01JGGZV1C0AFR0000000000004"
      }
    )pb",
    R"pb(
      payment_declined {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        attempt_id: "att_01JGGZV1C0AFR0000000000004"
        decline_code: "insufficient_funds"
      }
    )pb",
    R"pb(
      payment_canceled {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        attempt_id: "att_01JGGZV1C0AFR0000000000004"
        reason: "the customer pays cash"
      }
    )pb",
    R"pb(
      outcome_unknown {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        attempt_id: "att_01JGGZV1C0AFR0000000000004"
      }
    )pb",
    R"pb(
      outcome_resolved {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        attempt_id: "att_01JGGZV1C0AFR0000000000004"
        queries: 2
      }
    )pb",
    R"pb(
      refund_started {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        refund_id: "rfd_01JGGZV1C0AFR0000000000005"
        amount_minor: 5000
        reason: "wiper blades returned"
      }
    )pb",
    R"pb(
      payment_refunded {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        refund_id: "rfd_01JGGZV1C0AFR0000000000005"
        ticket_id: "tkt_01JGGZV1C0AFR0000000000003"
        location_id: "loc_01JGGZV1C0AFR0000000000002"
        tender: TENDER_CASH
        refunded_minor: 5002
        currency: "USD"
        returned_minor: 5000
        rounding_minor: 2
      }
    )pb",
    R"pb(
      refund_failed {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        refund_id: "rfd_01JGGZV1C0AFR0000000000005"
        reason: "device_error"
      }
    )pb",
    R"pb(
      payment_cancel_requested {
        payment_id: "pay_01JGGZV1C0AFR0000000000006"
        attempt_id: "att_01JGGZV1C0AFR0000000000004"
        reason: "the customer pays cash"
      }
    )pb",
    R"pb(
      receivable_credited {
        credit_memo_id: "crm_01JGGZV1C0AFR0000000000007"
        number: "CM-00007"
        amount_minor: 12344
        balance_minor: -12344
        business_date: "2026-01-15"
      }
    )pb",
};

common::v1::EventMeta Meta(const v1::PaymentEvent& event, uint64_t version) {
  common::v1::EventMeta meta;
  const bool parsed = google::protobuf::TextFormat::ParseFromString(
      R"pb(
        event_id: "evt_01JGGZV1C0AFR0000000000009"
        source: "payment.0"
        slot: 687
        occurred_at { seconds: 1767270000 nanos: 250000000 }
        recorded_at { seconds: 1767270000 nanos: 500000000 }
        location_id: "loc_01JGGZV1C0AFR0000000000002"
        business_date: "2026-01-01"
        actor { subject: "cashier-3" device_id: "till-1" }
        request_id: "r-118"
        causation_id: "evt_01JGGZV1C0AFR000000000000A"
        correlation_id: "r-118"
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      )pb",
      &meta);
  PITLANE_CHECK(parsed) << "the example's meta does not parse";
  const auto* oneof = event.GetDescriptor()->oneof_decl(0);
  meta.set_type(
      event.GetReflection()->GetOneofFieldDescriptor(event, oneof)->message_type()->full_name());
  meta.set_stream_id(IsReceivableEvent(event) ? kTicket : kPayment);
  meta.set_version(version);
  meta.set_position(1000 + version);
  return meta;
}

}  // namespace

std::vector<v1::PaymentEvent> EventExamples() {
  std::vector<v1::PaymentEvent> events;
  for (const char* text : kExamples) {
    v1::PaymentEvent event;
    PITLANE_CHECK(google::protobuf::TextFormat::ParseFromString(text, &event))
        << "an example does not parse";
    *event.mutable_meta() = Meta(event, events.size() + 1);
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<v1::PaymentEvent> LaterEventExamples() {
  v1::PaymentEvent event = EventExamples().front();
  v1::Receivable& receivable = *event.mutable_receivable_created()->mutable_receivable();
  receivable.set_credited_minor(12344);
  receivable.set_credit_business_date("2026-01-15");
  return {event};
}

}  // namespace pitlane::payment
