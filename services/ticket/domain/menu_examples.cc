#include "services/ticket/domain/menu_examples.h"

#include <utility>

#include "google/protobuf/text_format.h"
#include "libs/base/check.h"

namespace pitlane::ticket {
namespace {

constexpr char kLocation[] = "loc_01JGGZV1C0AFR0000000000001";
constexpr char kTicket[] = "tkt_01JGGZV1C0AFR0000000000002";

v1::TicketEvent FromText(const char* text) {
  v1::TicketEvent event;
  PITLANE_CHECK(google::protobuf::TextFormat::ParseFromString(text, &event))
      << "an example does not parse";
  return event;
}

MenuExample OfMenu(const std::string& below, const std::string& type, const char* text) {
  return {.stream_id = std::string(kLocation) + "/" + below, .type = type, .event = FromText(text)};
}

MenuExample OfTicket(const std::string& type, const char* text) {
  return {.stream_id = kTicket, .type = type, .event = FromText(text)};
}

MenuExample Operation() {
  return OfMenu("operations/BRK-PAD-F", "OperationDefined", R"pb(
    operation_defined {
      operation {
        location_id: "loc_01JGGZV1C0AFR0000000000001"
        code: "BRK-PAD-F"
        title: "Replace front pads and rotors"
        labour_type: LABOUR_TYPE_MECHANICAL
        hours_centi: 180
        skills: "ASE-A5"
        effective_from: "2026-01-01"
        effective_to: "2026-12-31"
        version: 2
      }
    }
  )pb");
}

MenuExample LabourPricing() {
  return OfMenu("labour_pricing", "LabourPricingSet", R"pb(
    labour_pricing_set {
      pricing {
        location_id: "loc_01JGGZV1C0AFR0000000000001"
        rates {
          rate_id: "warranty-2026"
          labour_type: LABOUR_TYPE_MECHANICAL
          payer_kind: "WARRANTY"
          contract: "city-fleet"
          rate_minor: 12500
          effective_from: "2026-01-01"
          effective_to: "2026-12-31"
        }
        matrices {
          matrix_id: "long-jobs"
          labour_types: LABOUR_TYPE_MECHANICAL
          bands { to_hours_centi: 100 multiplier_ppm: 1000000 }
          bands { to_hours_centi: 300 multiplier_ppm: 1050000 }
          bands { multiplier_ppm: 1100000 }
          effective_from: "2026-01-01"
          effective_to: "2026-12-31"
        }
        version: 3
      }
    }
  )pb");
}

MenuExample PartPricing() {
  return OfMenu("part_pricing", "PartPricingSet", R"pb(
    part_pricing_set {
      pricing {
        location_id: "loc_01JGGZV1C0AFR0000000000001"
        matrices {
          matrix_id: "brakes"
          category: "brakes"
          vendor: "ferro-direct"
          price_level: PRICE_LEVEL_RETAIL
          bands { to_cost_e4: 250000 multiplier_ppm: 2500000 }
          bands { multiplier_ppm: 2000000 }
          cap_list_ppm: 1200000
          floor_inversions: true
          effective_from: "2026-01-01"
          effective_to: "2026-12-31"
        }
        level_prices {
          price_id: "fleet-brakes"
          category: "brakes"
          list_ppm: 850000
          effective_from: "2026-01-01"
          effective_to: "2026-12-31"
          price_level: PRICE_LEVEL_FLEET
        }
        promotions {
          price_id: "spring"
          part_id: "prt_01JGGZV1C0BCD0000000000006"
          unit_price_minor: 7900
        }
        version: 4
      }
    }
  )pb");
}

MenuExample CustomerTerms() {
  return OfMenu("terms/cus_01JGGZV1C0CDE0000000000007", "CustomerTermsSet", R"pb(
    customer_terms_set {
      terms {
        location_id: "loc_01JGGZV1C0AFR0000000000001"
        customer_id: "cus_01JGGZV1C0CDE0000000000007"
        price_level: PRICE_LEVEL_FLEET
        contract: "city-fleet"
        part_prices {
          part_id: "prt_01JGGZV1C0BCD0000000000006"
          unit_price_minor: 7500
          effective_from: "2026-01-01"
          effective_to: "2026-12-31"
        }
        exempt_fee_ids: "us-fet"
        version: 1
      }
    }
  )pb");
}

MenuExample Kit() {
  return OfMenu("kits/TUNE-4CYL", "KitDefined", R"pb(
    kit_defined {
      kit {
        location_id: "loc_01JGGZV1C0AFR0000000000001"
        code: "TUNE-4CYL"
        title: "Tune-up kit, four cylinders"
        price_minor: 8900
        components {
          part_id: "prt_01JGGZV1C0BCD0000000000006"
          quantity_milli: 4000
          condition: PART_CONDITION_NEW_OEM
        }
        effective_from: "2026-01-01"
        effective_to: "2026-12-31"
        version: 1
      }
    }
  )pb");
}

MenuExample CannedJob() {
  return OfMenu("canned_jobs/BRK-FRONT", "CannedJobDefined", R"pb(
    canned_job_defined {
      canned_job {
        location_id: "loc_01JGGZV1C0AFR0000000000001"
        code: "BRK-FRONT"
        title: "Front brakes"
        labour {
          operation_code: "BRK-PAD-F"
          description: "Replace front pads and rotors"
          labour_type: LABOUR_TYPE_MECHANICAL
          hours_centi: 180
        }
        slots {
          slot_id: "pads"
          category: "brakes"
          quantity_milli: 1000
          part_id: "prt_01JGGZV1C0BCD0000000000006"
          optional: true
          condition: PART_CONDITION_NEW_AFTERMARKET
        }
        fees {
          description: "Brake fluid disposal"
          rule { base: BASE_FLAT unit_amount_minor: 300 }
          tax_category: TAX_CATEGORY_FEE
        }
        price_mode: PRICE_MODE_FIXED
        fixed_price_minor: 39900
        effective_from: "2026-01-01"
        effective_to: "2026-12-31"
        version: 1
      }
    }
  )pb");
}

MenuExample FeeSchedule() {
  return OfMenu("fee_schedule", "FeeScheduleSet", R"pb(
    fee_schedule_set {
      schedule {
        location_id: "loc_01JGGZV1C0AFR0000000000001"
        fees {
          fee_id: "us-fet"
          description: "Federal excise tax"
          rule { base: BASE_FLAT unit_amount_minor: 3120 before_percentage_fees: true }
          tax_category: TAX_CATEGORY_GOVERNMENT_FEE
          trigger: TRIGGER_PART
          categories: "tires"
          rim_from_tenths: 195
          rim_to_tenths: 245
          effective_from: "2026-01-01"
          effective_to: "2026-12-31"
        }
        fees {
          fee_id: "storage"
          description: "Storage"
          rule { base: BASE_FLAT unit_amount_minor: 4000 }
          tax_category: TAX_CATEGORY_FEE
          trigger: TRIGGER_STORAGE
          waived_if_kept: true
          free_working_days: 3
        }
        version: 2
      }
    }
  )pb");
}

MenuExample LabourTimes() {
  return OfMenu("labour_times/BRK-PAD-F", "LabourTimesImported", R"pb(
    labour_times_imported {
      location_id: "loc_01JGGZV1C0AFR0000000000001"
      operation_code: "BRK-PAD-F"
      times {
        make: "Toyota"
        model: "Camry"
        engine: "2.5"
        year_from: 2018
        year_to: 2024
        hours_centi: 140
        source: "shop"
        source_version: "2026-01"
      }
    }
  )pb");
}

MenuExample LostSale() {
  return OfMenu("lost_sales", "LostSaleRecorded", R"pb(
    lost_sale_recorded {
      lost_sale {
        location_id: "loc_01JGGZV1C0AFR0000000000001"
        part_id: "prt_01JGGZV1C0BCD0000000000006"
        description: "Brake pads, front"
        quantity_milli: 1000
        reason: REASON_OUT_OF_STOCK
        customer_id: "cus_01JGGZV1C0CDE0000000000007"
        ticket_id: "tkt_01JGGZV1C0AFR0000000000002"
      }
    }
  )pb");
}

std::vector<MenuExample> TicketExamples() {
  return {
      OfTicket("TechniciansAssigned", R"pb(
        technicians_assigned {
          line_id: "lin_01JGGZV1C0AFR0000000000004"
          technicians { technician: "technician-7" hours_centi: 100 }
          technicians { technician: "technician-9" hours_centi: 40 }
        }
      )pb"),
      OfTicket("CoreReturned", R"pb(
        core_returned {
          line_id: "lin_01JGGZV1C0AFR0000000000005"
          quantity_milli: 1000
          outcome: CORE_STATUS_RETURNED_DAMAGED
          credit_minor: 2000
          note: "housing cracked"
          part_number: "A-2210/R"
        }
      )pb"),
      OfTicket("CoreForfeited", R"pb(
        core_forfeited {
          line_id: "lin_01JGGZV1C0AFR0000000000005"
          quantity_milli: 1000
          due_date: "2026-01-31"
        }
      )pb"),
      OfTicket("PartReplaced", R"pb(
        part_replaced {
          line_id: "lin_01JGGZV1C0AFR0000000000004"
          replacement_line_id: "lin_01JGGZV1C0AFR000000000000E"
          part_id: "prt_01JGGZV1C0BCD0000000000006"
          quantity_milli: 1000
          reason: "no output on the bench"
        }
      )pb"),
      OfTicket("SpecialOrderPlaced", R"pb(
        special_order_placed {
          line_id: "lin_01JGGZV1C0AFR0000000000004"
          part_id: "prt_01JGGZV1C0BCD0000000000006"
          quantity_milli: 1000
          order {
            state: STATE_ORDERED
            deposit_minor: 18904
            deposit_waived_reason: "fleet account"
            purchase_order_ref: "PO-118/2"
          }
        }
      )pb"),
      OfTicket("SpecialOrderReceived", R"pb(
        special_order_received {
          line_id: "lin_01JGGZV1C0AFR0000000000004"
          part_id: "prt_01JGGZV1C0BCD0000000000006"
        }
      )pb"),
      OfTicket("WillCallHeld", R"pb(
        will_call_held {
          until: "2026-01-08"
          parts {
            line_id: "lin_01JGGZV1C0AFR0000000000004"
            part_id: "prt_01JGGZV1C0BCD0000000000006"
            quantity_milli: 1000
          }
        }
      )pb"),
      OfTicket("TiresRecorded", R"pb(
        tires_recorded {
          line_id: "lin_01JGGZV1C0AFR0000000000004"
          tires { tin: "4B9RT1AB2325" week: 23 year: 2025 }
        }
      )pb"),
  };
}

}  // namespace

std::vector<MenuExample> MenuExamples() {
  std::vector<MenuExample> examples = {Operation(),     LabourPricing(), PartPricing(),
                                       CustomerTerms(), Kit(),           CannedJob(),
                                       FeeSchedule(),   LabourTimes(),   LostSale()};
  for (MenuExample& example : TicketExamples()) examples.push_back(std::move(example));
  return examples;
}

v1::Line MenuLineExample() {
  v1::Line line;
  PITLANE_CHECK(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        line_id: "lin_01JGGZV1C0AFR000000000000F"
        job_id: "job_01JGGZV1C0AFR0000000000003"
        kind: LINE_KIND_PART
        fee { base: BASE_FLAT before_percentage_fees: true }
        fixed_extension_minor: 24112
        labour_mode: LABOUR_MODE_TIME_AND_MATERIALS
        clocked_seconds: 6300
        labour_source {
          rate_id: "warranty-2026"
          pricing_version: 3
          by_hand: true
          payer_kind: "WARRANTY"
          contract: "city-fleet"
          base_rate_minor: 12500
          matrix_id: "long-jobs"
          band: 2
          multiplier_ppm: 1050000
          operation_version: 2
          guide_source: "shop"
          guide_version: "2026-01"
        }
        technicians { technician: "technician-7" hours_centi: 100 }
        price_source {
          rule: RULE_MATRIX
          rule_id: "brakes"
          version: 4
          band: 2
          multiplier_ppm: 2000000
          floored: true
          capped: true
          price_level: "RETAIL"
          vendor: "ferro-direct"
          list_price_minor: 9900
        }
        skills: "ASE-A5"
        overlaps_job_id: "job_01JGGZV1C0AFR000000000000G"
        kit {
          kit_line_id: "lin_01JGGZV1C0AFR000000000000F"
          code: "TUNE-4CYL"
          title: "Tune-up kit, four cylinders"
          quantity_milli: 1000
          price_minor: 8900
          version: 1
        }
        package { code: "BRK-FRONT" version: 1 price_minor: 39900 computed_minor: 26100 }
        sublet {
          vendor_ref: "sup-machine-shop"
          cost_minor: 6000
          markup_ppm: 250000
          purchase_order: "PO-119"
          vendor_invoice: "88-1204"
        }
        special_order {
          state: STATE_RECEIVED
          deposit_minor: 18904
          deposit_waived_reason: "fleet account"
          purchase_order_ref: "PO-118/2"
        }
        replaces_line_id: "lin_01JGGZV1C0AFR0000000000004"
        replace_reason: "no output on the bench"
        core_units {
          status: CORE_STATUS_AWAITING_RETURN
          quantity_milli: 1000
          due_date: "2026-01-31"
          credit_minor: 2000
        }
        tires { tin: "4B9RT1AB2325" week: 23 year: 2025 }
        fee_id: "us-fet"
        fee_schedule_version: 2
      )pb",
      &line))
      << "an example does not parse";
  return line;
}

v1::CounterPolicy CounterPolicyExample() {
  v1::CounterPolicy policy;
  policy.set_effective_from("2026-01-01");
  policy.set_effective_to("2026-12-31");
  policy.set_clock_step_centi(25);
  policy.set_special_order_deposit_ppm(250'000);
  policy.set_will_call_days(5);
  policy.set_core_return_days(45);
  return policy;
}

}  // namespace pitlane::ticket
