// What tests of taxes begin with: tickets of a few lines, places with one rule, and what comes of
// them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "libs/base/status_matchers.h"
#include "services/ticket/domain/calculation.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {

inline constexpr char kTaxDate[] = "2026-01-15";

template <class Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

inline v1::Line Priced(int id, v1::LineKind kind, v1::TaxCategory category, int64_t price_minor,
                       int64_t quantity_milli = 1000) {
  v1::Line line;
  line.set_line_id(TestLine(id));
  line.set_kind(kind);
  line.set_tax_category(category);
  line.set_quantity_milli(quantity_milli);
  line.set_unit_price_minor(price_minor);
  if (kind == v1::LINE_KIND_LABOUR) line.set_fixed_extension_minor(price_minor);
  return line;
}

inline v1::Line Labour(int id, int64_t price) {
  return Priced(id, v1::LINE_KIND_LABOUR, v1::TAX_CATEGORY_LABOUR, price);
}

inline v1::Line Part(int id, int64_t price, int64_t quantity_milli = 1000) {
  return Priced(id, v1::LINE_KIND_PART, v1::TAX_CATEGORY_PART, price, quantity_milli);
}

inline v1::Line Core(int id, int part, int64_t price) {
  v1::Line line = Priced(id, v1::LINE_KIND_CORE, v1::TAX_CATEGORY_CORE, price);
  line.set_for_line_id(TestLine(part));
  return line;
}

inline v1::Ticket TicketOf(std::vector<v1::Line> lines) {
  v1::Ticket ticket;
  ticket.set_currency("USD");
  ticket.set_customer_id(kTestCustomer);
  v1::Job& job = *ticket.add_jobs();
  job.set_job_id(TestJob(1));
  job.set_status(v1::JOB_STATUS_COMPLETE);
  for (const v1::Line& line : lines) *job.add_lines() = line;
  return ticket;
}

inline constexpr char kEverything[] =
    "categories: TAX_CATEGORY_PART categories: TAX_CATEGORY_LABOUR categories: TAX_CATEGORY_CORE ";

// One authority at one rate.
inline v1::TaxJurisdiction Place(const std::string& code, int64_t rate_ppm,
                                 const std::string& more = "") {
  return FromText<v1::TaxJurisdiction>(absl::StrCat(
      "code: '", code, "' name: '", code, "' rules { rule_id: '", code, "' authority: '", code,
      "' rate_ppm: ", rate_ppm, " ", kEverything, " } ", more));
}

struct TaxCase {
  v1::Location location;
  std::vector<v1::TaxJurisdiction> places;
  std::vector<v1::ExemptionCertificate> certificates;
};

inline v1::Calculation Calculated(const v1::Ticket& ticket, const TaxCase& setup,
                                  const std::string& date = kTaxDate) {
  const TaxSetting setting{.location = setup.location,
                           .jurisdictions = setup.places,
                           .certificates = setup.certificates};
  auto calculation = Calculate(ticket, setting, date, Counting::kEstimate);
  EXPECT_THAT(calculation, IsOk());
  return calculation.ok() ? *calculation : v1::Calculation();
}

inline int64_t TaxOf(const v1::Ticket& ticket, const TaxCase& setup,
                     const std::string& date = kTaxDate) {
  return Calculated(ticket, setup, date).totals().tax_minor();
}

inline int64_t TaxOf(int line, const v1::Calculation& calculation) {
  return calculation.lines().at(TestLine(line)).tax_minor();
}

// A customer with a certificate, where two places tax.
inline TaxCase Exempt(const std::string& more) {
  TaxCase setup{.places = {Place("US-CA", 100000), Place("US-CA/x", 20000)}};
  setup.certificates.push_back(FromText<v1::ExemptionCertificate>(absl::StrCat(
      "certificate_id: 'cer_1' reason: TAX_EXEMPTION_REASON_RESALE number: '1' ", more)));
  setup.certificates[0].set_customer_id(kTestCustomer);
  return setup;
}

}  // namespace pitlane::ticket
