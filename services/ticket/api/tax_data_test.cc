// The rates that come with the service: every file loads, every place is well-formed, and what a
// shop there would charge is what the source says.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "pitlane/ticket/v1/tax.pb.h"
#include "services/ticket/api/tax_requests.h"
#include "services/ticket/domain/tax_jurisdiction.h"
#include "services/ticket/domain/tax_rules.h"

namespace pitlane::ticket {
namespace {

v1::TaxJurisdictions Read(const std::string& name) {
  std::ifstream file(absl::StrCat(PITLANE_SOURCE_DIR, "/services/ticket/data/", name));
  const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  v1::TaxJurisdictions jurisdictions;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &jurisdictions);
  EXPECT_TRUE(parsed.ok()) << name << ": " << std::string(parsed.message());
  return jurisdictions;
}

const std::map<std::string, v1::TaxJurisdiction>& AllPlaces() {
  static const auto* const places = [] {
    auto* all = new std::map<std::string, v1::TaxJurisdiction>;
    for (const char* name : {"tax_us.json", "tax_us_ca.json", "tax_world.json"}) {
      const v1::TaxJurisdictions file = Read(name);
      for (const v1::TaxJurisdiction& place : file.jurisdictions()) {
        EXPECT_TRUE(all->emplace(place.code(), place).second) << place.code() << " is there twice";
      }
    }
    return all;
  }();
  return *places;
}

// Of all rules in force there, parts per million.
int64_t RateAt(const std::string& code, const std::string& date = "2026-01-15") {
  std::vector<v1::TaxJurisdiction> chain;
  for (const std::string& place : PlacesOf(code)) {
    const auto found = AllPlaces().find(place);
    if (found != AllPlaces().end()) chain.push_back(found->second);
  }
  EXPECT_FALSE(chain.empty()) << code;
  const v1::Location nowhere;
  const TaxSetting setting{.location = nowhere, .jurisdictions = chain};
  int64_t rate = 0;
  const TaxRules rules(setting, date);
  for (const RuleInForce& rule : rules.rules()) rate += rule.rule->rate_ppm();
  return rate;
}

TEST(TaxData, EveryPlaceIsOneThatTheServiceTakes) {
  std::set<std::string> rule_ids;
  for (const auto& [code, place] : AllPlaces()) {
    v1::ConfigureTaxJurisdictionRequest request;
    *request.mutable_jurisdiction() = place;
    EXPECT_TRUE(CheckShape(request).ok()) << code << ": " << CheckShape(request);
    for (const v1::TaxRule& rule : place.rules()) {
      EXPECT_TRUE(rule_ids.insert(rule.rule_id()).second) << rule.rule_id() << " is there twice";
      EXPECT_FALSE(rule.source().empty()) << rule.rule_id();
      EXPECT_FALSE(rule.liability_account().empty()) << rule.rule_id();
    }
  }
}

TEST(TaxData, HasAllPlacesOfItsSources) {
  EXPECT_EQ(Read("tax_us.json").jurisdictions_size(), 65);
  EXPECT_EQ(Read("tax_us_ca.json").jurisdictions_size(), 541);
  std::set<std::string> countries;
  const v1::TaxJurisdictions world = Read("tax_world.json");
  for (const v1::TaxJurisdiction& place : world.jurisdictions()) {
    countries.insert(place.code().substr(0, 2));
  }
  EXPECT_EQ(countries.size(), 127u);
}

TEST(TaxData, RatesAddUpToWhatTheSourcesSay) {
  EXPECT_EQ(RateAt("US-CA/los-angeles-county/culver-city"), 107'500);
  EXPECT_EQ(RateAt("US-CA/alpine-county/unincorporated"), 72'500);
  EXPECT_EQ(RateAt("US-CA/alameda-county/unincorporated"), 102'500);
  EXPECT_EQ(RateAt("US-NY/new-york-city"), 88'750);
  EXPECT_EQ(RateAt("US-TX/houston"), 82'500);
  EXPECT_EQ(RateAt("US-OR"), 0);
  EXPECT_EQ(RateAt("SE"), 250'000);
  EXPECT_EQ(RateAt("CA-QC"), 149'750);
  EXPECT_EQ(RateAt("ES-GC"), 70'000);
}

TEST(TaxData, CalifornianPlacesAreBetweenTheLowestAndTheHighestRate) {
  int64_t lowest = 1'000'000;
  int64_t highest = 0;
  const v1::TaxJurisdictions california = Read("tax_us_ca.json");
  for (const v1::TaxJurisdiction& place : california.jurisdictions()) {
    lowest = std::min(lowest, RateAt(place.code()));
    highest = std::max(highest, RateAt(place.code()));
  }
  EXPECT_EQ(lowest, 72'500);
  EXPECT_EQ(highest, 112'500);
}

TEST(TaxData, RatesChangeOnTheirDay) {
  EXPECT_EQ(RateAt("DE", "2020-06-30"), 190'000);
  EXPECT_EQ(RateAt("DE", "2020-07-01"), 160'000);
  EXPECT_EQ(RateAt("DE", "2020-12-31"), 160'000);
  EXPECT_EQ(RateAt("DE", "2021-01-01"), 190'000);
  EXPECT_EQ(RateAt("EE", "2025-06-30"), 220'000);
  EXPECT_EQ(RateAt("EE", "2025-07-01"), 240'000);
  EXPECT_EQ(RateAt("CA-NS", "2025-03-31"), 150'000);
  EXPECT_EQ(RateAt("CA-NS", "2025-04-01"), 140'000);
}

TEST(TaxData, StatesHaveTheHandbooksPatterns) {
  const auto pattern = [](const char* code) { return AllPlaces().at(code).labour(0).pattern(); };
  EXPECT_EQ(pattern("US-CA"), v1::LABOUR_TAX_PATTERN_EXEMPT_IF_SEPARATE);
  EXPECT_EQ(pattern("US-TX"), v1::LABOUR_TAX_PATTERN_EXEMPT_IF_SEPARATE);
  EXPECT_EQ(pattern("US-MN"), v1::LABOUR_TAX_PATTERN_EXEMPT_IF_SEPARATE);
  EXPECT_EQ(pattern("US-NY"), v1::LABOUR_TAX_PATTERN_TAXABLE);
  EXPECT_EQ(pattern("US-OH"), v1::LABOUR_TAX_PATTERN_TAXABLE);
  EXPECT_EQ(pattern("US-FL"), v1::LABOUR_TAX_PATTERN_TAXABLE_IF_PARTS_SUPPLIED);
  const auto core = [](const char* code, v1::PartCondition condition) {
    const v1::Location nowhere;
    const TaxSetting setting{.location = nowhere, .jurisdictions = {&AllPlaces().at(code), 1}};
    return TaxRules(setting, "2026-01-15").CoreOf(condition);
  };
  EXPECT_EQ(core("US-KS", v1::PART_CONDITION_USED), v1::CORE_TAX_PATTERN_REFUNDED);
  EXPECT_EQ(core("US-CA", v1::PART_CONDITION_REBUILT), v1::CORE_TAX_PATTERN_REFUNDED);
  EXPECT_EQ(core("US-CA", v1::PART_CONDITION_USED), v1::CORE_TAX_PATTERN_KEPT);
  EXPECT_EQ(core("US-OH", v1::PART_CONDITION_REBUILT), v1::CORE_TAX_PATTERN_KEPT);
  EXPECT_EQ(core("US-WA", v1::PART_CONDITION_REBUILT), v1::CORE_TAX_PATTERN_TRADE_IN);
}

}  // namespace
}  // namespace pitlane::ticket
