#include "services/ticket/domain/part_price_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/base/status_matchers.h"
#include "services/ticket/domain/testing_menu.h"

namespace pitlane::ticket {
namespace {

// Everything that could price the pads at once: matrix 84.60, level 85 % of the list, promotion
// 79.00, contract 75.00. List price 99.00.
struct Shop {
  v1::PartPricing parts;
  v1::CustomerTerms terms;

  Shop() {
    parts.set_version(4);
    *parts.add_matrices() = HandbookMatrix();
    v1::SpecialPrice& level = *parts.add_level_prices();
    level.set_price_id("fleet");
    level.set_price_level(v1::PRICE_LEVEL_FLEET);
    level.set_list_ppm(850'000);
    v1::SpecialPrice& promotion = *parts.add_promotions();
    promotion.set_price_id("spring");
    promotion.set_category("brakes");
    promotion.set_unit_price_minor(7900);
    terms.set_version(7);
    terms.set_contract("city-fleet");
    terms.set_price_level(v1::PRICE_LEVEL_FLEET);
    v1::ContractPrice& contract = *terms.add_part_prices();
    contract.set_part_id(kTestPart);
    contract.set_unit_price_minor(7500);
  }

  PartOffer Offer(const std::string& vendor = "", const std::string& date = "2026-01-15") const {
    MenuPrices prices;
    prices.parts = &parts;
    prices.terms = &terms;
    auto offer = OfferOf(TestPrice(9900), prices, vendor, date);
    EXPECT_TRUE(offer.ok()) << offer.status();
    return offer.ok() ? *offer : PartOffer();
  }
};

TEST(PartPrice, EachStepOfThePriorityTakesOverFromTheOneBefore) {
  Shop shop;
  EXPECT_EQ(shop.Offer().unit_price_minor, 7500);
  EXPECT_EQ(shop.Offer().source.rule(), v1::PriceSource::RULE_CONTRACT);
  EXPECT_EQ(shop.Offer().source.rule_id(), "city-fleet");
  EXPECT_EQ(shop.Offer().source.version(), 7u);
  shop.terms.clear_part_prices();
  EXPECT_EQ(shop.Offer().unit_price_minor, 7900);
  EXPECT_EQ(shop.Offer().source.rule(), v1::PriceSource::RULE_PROMOTION);
  EXPECT_EQ(shop.Offer().source.version(), 4u);
  shop.parts.clear_promotions();
  EXPECT_EQ(shop.Offer().unit_price_minor, 8415);
  EXPECT_EQ(shop.Offer().source.rule(), v1::PriceSource::RULE_PRICE_LEVEL);
  EXPECT_EQ(shop.Offer().source.price_level(), "FLEET");
  shop.parts.clear_level_prices();
  EXPECT_EQ(shop.Offer().unit_price_minor, 8460);
  EXPECT_EQ(shop.Offer().source.rule(), v1::PriceSource::RULE_MATRIX);
  EXPECT_EQ(shop.Offer().source.band(), 3);
  EXPECT_EQ(shop.Offer().source.multiplier_ppm(), 2'000'000);
  shop.parts.clear_matrices();
  EXPECT_EQ(shop.Offer().unit_price_minor, 9900);
  EXPECT_EQ(shop.Offer().source.rule(), v1::PriceSource::RULE_LIST);
}

TEST(PartPrice, ByHandComesBeforeEverything) {
  TestedTicket ticket = EstimatedTicket();
  const Shop shop;
  ticket.menu().parts = shop.parts;
  ticket.menu().terms = shop.terms;
  AddPartLine command = TestAddPart(1, 3, 9900);
  command.request.set_unit_price_minor(9000);
  command.request.set_price_reason("matched a quote");
  ticket.Do(command).Do(TestAddPart(1, 4, 9900));
  const v1::Line& by_hand = ticket.ticket().jobs(0).lines(2);
  EXPECT_EQ(by_hand.unit_price_minor(), 9000);
  EXPECT_EQ(by_hand.price_source().rule(), v1::PriceSource::RULE_BY_HAND);
  EXPECT_EQ(by_hand.price_source().list_price_minor(), 9900);
  EXPECT_EQ(ticket.ticket().jobs(0).lines(3).unit_price_minor(), 7500);
  EXPECT_EQ(ticket.ticket().jobs(0).lines(3).price_version(), 3u);
}

TEST(PartPrice, RulesHoldFromTheirFirstDayToTheirLast) {
  Shop shop;
  shop.terms.clear_part_prices();
  shop.parts.mutable_promotions(0)->set_effective_from("2026-02-01");
  shop.parts.mutable_promotions(0)->set_effective_to("2026-02-28");
  EXPECT_EQ(shop.Offer("", "2026-01-31").source.rule(), v1::PriceSource::RULE_PRICE_LEVEL);
  EXPECT_EQ(shop.Offer("", "2026-02-01").source.rule(), v1::PriceSource::RULE_PROMOTION);
  EXPECT_EQ(shop.Offer("", "2026-02-28").source.rule(), v1::PriceSource::RULE_PROMOTION);
  EXPECT_EQ(shop.Offer("", "2026-03-01").source.rule(), v1::PriceSource::RULE_PRICE_LEVEL);
}

TEST(PartPrice, OthersPriceLevelsAreNobodysBusiness) {
  Shop shop;
  shop.terms.clear_part_prices();
  shop.parts.clear_promotions();
  shop.terms.set_price_level(v1::PRICE_LEVEL_UNSPECIFIED);
  EXPECT_EQ(shop.Offer().source.rule(), v1::PriceSource::RULE_MATRIX);
  EXPECT_EQ(shop.Offer().source.price_level(), "RETAIL");
}

TEST(PartPrice, MatrixThatNamesMostHolds) {
  Shop shop;
  shop.terms.clear_part_prices();
  shop.parts.clear_promotions();
  shop.parts.clear_level_prices();
  const auto add = [&shop](const char* id, const char* category, const char* vendor) {
    v1::PartMatrix& matrix = *shop.parts.add_matrices();
    matrix.set_matrix_id(id);
    matrix.set_category(category);
    matrix.set_vendor(vendor);
    matrix.add_bands()->set_multiplier_ppm(3'000'000);
  };
  add("brakes", "brakes", "");
  add("brakes of ferro", "brakes", "ferro");
  add("filters", "filters", "");
  EXPECT_EQ(shop.Offer().source.rule_id(), "brakes");
  EXPECT_EQ(shop.Offer("ferro").source.rule_id(), "brakes of ferro");
  EXPECT_EQ(shop.Offer("ferro").source.vendor(), "ferro");
  EXPECT_EQ(shop.Offer("ferro").unit_price_minor, 12690);
  shop.parts.mutable_matrices(0)->set_price_level(v1::PRICE_LEVEL_EMPLOYEE);
  shop.parts.mutable_matrices(0)->set_category("brakes");
  shop.parts.mutable_matrices(0)->set_vendor("ferro");
  EXPECT_EQ(shop.Offer("ferro").source.rule_id(), "brakes of ferro");
  shop.terms.set_price_level(v1::PRICE_LEVEL_EMPLOYEE);
  EXPECT_EQ(shop.Offer("ferro").source.rule_id(), "handbook");
}

TEST(PartPrice, PriceOfThePartComesBeforeThatOfItsCategory) {
  Shop shop;
  shop.terms.clear_part_prices();
  v1::SpecialPrice& own = *shop.parts.add_promotions();
  own.set_price_id("pads only");
  own.set_part_id(kTestPart);
  own.set_list_ppm(500'000);
  EXPECT_EQ(shop.Offer().source.rule_id(), "pads only");
  EXPECT_EQ(shop.Offer().unit_price_minor, 4950);
}

}  // namespace
}  // namespace pitlane::ticket
