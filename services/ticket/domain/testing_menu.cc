#include "services/ticket/domain/testing_menu.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "google/protobuf/text_format.h"

namespace pitlane::ticket {
namespace {

template <class Message>
Message FromText(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

}  // namespace

std::vector<std::string> LineIdsFrom(int first) {
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) ids.push_back(TestLine(first + i));
  return ids;
}

std::string TestPartId(int n) { return absl::StrFormat("prt_01JGGZV1C0BCD00000000%05d", n); }

v1::PartPrice PricedPart(int n, int64_t cost_e4, int64_t list_price_minor,
                         const std::string& category, int64_t core_minor) {
  v1::PartPrice price = TestPrice(list_price_minor, core_minor);
  price.set_part_id(TestPartId(n));
  price.set_part_number(absl::StrFormat("P-%d", n));
  price.set_unit_cost_e4(cost_e4);
  price.set_category(category);
  return price;
}

AddPartLine AddPriced(int job, int line, const v1::PartPrice& price, int64_t quantity_milli) {
  AddPartLine command = TestAddPart(job, line, price.list_price_minor(), quantity_milli);
  command.request.set_part_id(price.part_id());
  command.price = price;
  return command;
}

v1::PartMatrix HandbookMatrix() {
  return FromText<v1::PartMatrix>(R"pb(
    matrix_id: "handbook"
    bands { to_cost_e4: 50000 multiplier_ppm: 3500000 }
    bands { to_cost_e4: 250000 multiplier_ppm: 2500000 }
    bands { to_cost_e4: 750000 multiplier_ppm: 2000000 }
    bands { to_cost_e4: 2000000 multiplier_ppm: 1750000 }
    bands { multiplier_ppm: 1500000 }
  )pb");
}

v1::LabourMatrix HandbookLabourMatrix() {
  return FromText<v1::LabourMatrix>(R"pb(
    matrix_id: "handbook"
    bands { to_hours_centi: 100 multiplier_ppm: 1000000 }
    bands { to_hours_centi: 300 multiplier_ppm: 1050000 }
    bands { multiplier_ppm: 1100000 }
  )pb");
}

AddOverlap TestOverlap(int job, int other_job, int line, int32_t hours_centi) {
  AddOverlap command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_other_job_id(TestJob(other_job));
  command.set_line_id(TestLine(line));
  command.set_description("Same access as the other job");
  command.set_hours_centi(hours_centi);
  return command;
}

AssignTechnicians TestAssign(int line, const std::vector<v1::FlagShare>& shares) {
  AssignTechnicians command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  for (const v1::FlagShare& share : shares) *command.add_technicians() = share;
  return command;
}

v1::FlagShare Share(const std::string& technician, int32_t hours_centi) {
  v1::FlagShare share;
  share.set_technician(technician);
  share.set_hours_centi(hours_centi);
  return share;
}

AddSubletLine TestSublet(int job, int line, int64_t cost_minor, int64_t markup_ppm) {
  AddSubletLine command;
  command.set_ticket_id(kTestTicket);
  command.set_job_id(TestJob(job));
  command.set_line_id(TestLine(line));
  command.set_description("Resurface flywheel");
  command.mutable_sublet()->set_vendor_ref("machine-shop");
  command.mutable_sublet()->set_cost_minor(cost_minor);
  command.mutable_sublet()->set_markup_ppm(markup_ppm);
  return command;
}

ReplacePart TestReplace(int line, int replacement, int64_t quantity_milli) {
  ReplacePart command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.set_replacement_line_id(TestLine(replacement));
  command.set_quantity_milli(quantity_milli);
  command.set_reason("no output on the bench");
  return command;
}

PlaceSpecialOrder TestSpecialOrder(int line) {
  PlaceSpecialOrder command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.set_purchase_order_ref("PO-118/2");
  return command;
}

ReceiveSpecialOrder TestReceiveOrder(int line) {
  ReceiveSpecialOrder command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  return command;
}

HoldForWillCall TestWillCall() {
  HoldForWillCall command;
  command.set_ticket_id(kTestTicket);
  return command;
}

RecordTires TestTires(int line, const std::vector<std::string>& tins) {
  RecordTires command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  for (const std::string& tin : tins) command.add_tins(tin);
  return command;
}

ReturnCore TestReturnCore(int line, int credit_line, int64_t quantity_milli,
                          int64_t damaged_credit_minor) {
  ReturnCore command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.set_credit_line_id(TestLine(credit_line));
  command.set_quantity_milli(quantity_milli);
  command.set_outcome(v1::CORE_STATUS_RETURNED_GOOD);
  if (damaged_credit_minor >= 0) {
    command.set_outcome(v1::CORE_STATUS_RETURNED_DAMAGED);
    command.set_credit_minor(damaged_credit_minor);
  }
  return command;
}

ForfeitCore TestForfeit(int line) {
  ForfeitCore command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  return command;
}

ChargeStorage TestStorage(int line, const std::string& from, const std::string& to) {
  ChargeStorage command;
  command.set_ticket_id(kTestTicket);
  command.set_line_id(TestLine(line));
  command.set_fee_id("storage");
  command.set_from_date(from);
  command.set_to_date(to);
  return command;
}

v1::FeeSchedule TestFees() {
  return FromText<v1::FeeSchedule>(R"pb(
    location_id: "loc_01JGGZV1C0AFR0000000000001"
    fees {
      fee_id: "tire"
      description: "State tire fee"
      rule { base: BASE_FLAT unit_amount_minor: 175 }
      tax_category: TAX_CATEGORY_GOVERNMENT_FEE
      trigger: TRIGGER_PART
      categories: "tires"
    }
    fees {
      fee_id: "battery"
      description: "State battery fee"
      rule { base: BASE_FLAT unit_amount_minor: 200 }
      tax_category: TAX_CATEGORY_GOVERNMENT_FEE
      trigger: TRIGGER_PART
      categories: "batteries"
    }
    fees {
      fee_id: "disposal"
      description: "Disposal of the old one"
      rule { base: BASE_FLAT unit_amount_minor: 300 }
      tax_category: TAX_CATEGORY_FEE
      trigger: TRIGGER_PART
      categories: "tires"
      categories: "batteries"
      waived_if_kept: true
    }
    fees {
      fee_id: "fet"
      description: "Federal excise tax"
      rule { base: BASE_FLAT unit_amount_minor: 3120 before_percentage_fees: true }
      tax_category: TAX_CATEGORY_GOVERNMENT_FEE
      trigger: TRIGGER_PART
      categories: "tires"
      rim_from_tenths: 195
    }
    fees {
      fee_id: "storage"
      description: "Storage"
      rule { base: BASE_FLAT unit_amount_minor: 4000 }
      trigger: TRIGGER_STORAGE
      free_working_days: 3
    }
    version: 2
  )pb");
}

AddKit TestKit(int job) {
  AddKit command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_job_id(TestJob(job));
  command.request.set_code("TUNE");
  command.kit.set_code("TUNE");
  command.kit.set_title("Tune-up kit");
  command.kit.set_price_minor(3000);
  command.kit.set_version(1);
  for (int n : {1, 2}) {
    v1::Kit::Component& component = *command.kit.add_components();
    component.set_part_id(TestPartId(n));
    component.set_quantity_milli(n == 1 ? 2000 : 1000);
    component.set_condition(v1::PART_CONDITION_NEW_OEM);
  }
  command.prices[TestPartId(1)] = PricedPart(1, 40000, 1000);
  command.prices[TestPartId(2)] = PricedPart(2, 60000, 1333);
  command.line_ids = LineIdsFrom(600);
  return command;
}

AddCannedJob TestCanned(int job) {
  AddCannedJob command;
  command.request.set_ticket_id(kTestTicket);
  command.request.set_job_id(TestJob(job));
  command.request.set_code("BRK-FRONT");
  command.canned_job = FromText<v1::CannedJob>(R"pb(
    code: "BRK-FRONT"
    title: "Front brakes"
    labour { description: "Replace front pads" hours_centi: 100 }
    slots {
      slot_id: "pads"
      category: "brakes"
      quantity_milli: 1000
      condition: PART_CONDITION_NEW_AFTERMARKET
    }
    fees {
      description: "Brake fluid disposal"
      rule { base: BASE_FLAT unit_amount_minor: 300 }
    }
    price_mode: PRICE_MODE_FIXED
    fixed_price_minor: 10000
    version: 1
  )pb");
  command.canned_job.mutable_slots(0)->set_part_id(TestPartId(1));
  command.prices[TestPartId(1)] = PricedPart(1, 300000, 7777);
  command.line_ids = LineIdsFrom(800);
  return command;
}

}  // namespace pitlane::ticket
