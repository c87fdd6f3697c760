// The service as its callers see it, through a real client.
#include "services/inventory/api/inventory_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "libs/testing/restored.h"
#include "rapidcheck/gtest.h"
#include "services/inventory/test_service.h"

namespace pitlane::inventory {
namespace {

using ::pitlane::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class InventoryServiceTest : public ServiceTest {
 protected:
  template <class Request>
  Request AtLocation(const std::string& part) {
    Request request;
    request.set_request_id(NextRequest());
    request.set_part_id(part);
    request.set_location_id(location_.text());
    return request;
  }
  std::string UnknownPart() { return PartId::Make(cluster_.clock(), cluster_.entropy(), 9).text(); }
  v1::AdjustStockRequest Adjust(const std::string& part, int64_t change) {
    auto request = AtLocation<v1::AdjustStockRequest>(part);
    request.set_change_milli(change);
    request.set_reason(v1::ADJUST_REASON_COUNT);
    return request;
  }
  std::vector<std::string> Numbers(const v1::SearchPartsRequest& request) {
    std::vector<std::string> numbers;
    const auto response = Call(&Stub::SearchParts, request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return numbers;
    for (const v1::Part& part : response->parts()) numbers.push_back(part.number());
    return numbers;
  }
  template <class Result>
  void ExpectReason(const Result& result, absl::StatusCode code, v1::ErrorReason reason,
                    const char* field = nullptr) {
    EXPECT_THAT(result, StatusIs(code));
    EXPECT_TRUE(rpc::HasReason(result.status(), reason)) << result.status();
    if (field != nullptr) {
      ASSERT_FALSE(rpc::FieldViolations(result.status()).empty());
      EXPECT_EQ(rpc::FieldViolations(result.status())[0].field, field);
    }
  }
  template <class Result>
  void ExpectFieldInvalid(const Result& result, const char* field) {
    EXPECT_TRUE(rpc::HasReason(result.status(), common::v1::FIELD_INVALID)) << result.status();
    ASSERT_FALSE(rpc::FieldViolations(result.status()).empty());
    EXPECT_EQ(rpc::FieldViolations(result.status())[0].field, field);
  }
  // An order for 10 that is confirmed and outstanding.
  v1::PurchaseOrder ConfirmedOrder() {
    Supplier();
    ImportOne(ReorderedRow("PO-1", 2'000, 10'000));
    EXPECT_TRUE(cluster_.Eventually([&] {
      return !Orders().empty() && Orders()[0].status() == v1::PURCHASE_ORDER_STATUS_CONFIRMED;
    }));
    return Orders()[0];
  }
  v1::ReceivePurchaseOrderRequest Came(const v1::PurchaseOrder& order, int64_t quantity) {
    v1::ReceivePurchaseOrderRequest request;
    request.set_request_id(NextRequest());
    request.set_purchase_order_id(order.purchase_order_id());
    v1::ReceiveLine& line = *request.add_lines();
    line.set_part_id(order.lines(0).part_id());
    line.set_quantity_milli(quantity);
    return request;
  }
};

TEST_F(InventoryServiceTest, SupplierIsRegisteredFoundAndListed) {
  const std::string heartland = Supplier("Heartland");
  const std::string acme = Supplier("Acme Wholesale");
  v1::GetSupplierRequest get;
  get.set_supplier_id(heartland);
  const auto got = Call(&Stub::GetSupplier, get);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->supplier().name(), "Heartland");
  EXPECT_EQ(got->supplier().version(), 1u);
  v1::ListSuppliersRequest list;
  list.set_page_size(1);
  const auto first = Call(&Stub::ListSuppliers, list);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(first->suppliers(), SizeIs(1));
  EXPECT_EQ(first->suppliers(0).supplier_id(), acme);
  list.set_page_token(first->next_page_token());
  const auto second = Call(&Stub::ListSuppliers, list);
  ASSERT_THAT(second, IsOk());
  ASSERT_THAT(second->suppliers(), SizeIs(1));
  EXPECT_EQ(second->suppliers(0).supplier_id(), heartland);
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(InventoryServiceTest, RegisterSupplierSaysWhyNot) {
  v1::RegisterSupplierRequest request;
  request.set_request_id(NextRequest());
  ExpectReason(Call(&Stub::RegisterSupplier, request), absl::StatusCode::kInvalidArgument,
               v1::TEXT_INVALID, "name");
  request.set_name("Heartland");
  request.set_supplier_id("sup_x");
  ExpectFieldInvalid(Call(&Stub::RegisterSupplier, request), "supplier_id");
  request.set_supplier_id(SupplierId::Make(cluster_.clock(), cluster_.entropy(), 3).text());
  ASSERT_THAT(Call(&Stub::RegisterSupplier, request), IsOk());
  request.set_request_id(NextRequest());
  request.set_name("Other");
  ExpectReason(Call(&Stub::RegisterSupplier, request), absl::StatusCode::kAlreadyExists,
               v1::SUPPLIER_EXISTS);
  request.set_request_id(NextRequest());
  request.clear_supplier_id();
  request.set_name("HEARTLAND");
  ExpectReason(Call(&Stub::RegisterSupplier, request), absl::StatusCode::kAlreadyExists,
               v1::SUPPLIER_NAME_TAKEN);
  v1::GetSupplierRequest get;
  get.set_supplier_id(SupplierId::Make(cluster_.clock(), cluster_.entropy(), 3).text());
  ExpectReason(Call(&Stub::GetSupplier, get), absl::StatusCode::kNotFound, v1::SUPPLIER_UNKNOWN);
}

TEST_F(InventoryServiceTest, RequestIsDoneOnceAndItsIdNotReused) {
  const std::string part = Part("A-1");
  auto request = AtLocation<v1::ReceiveStockRequest>(part);
  request.set_quantity_milli(2'000);
  const auto first = Call(&Stub::ReceiveStock, request);
  const auto again = Call(&Stub::ReceiveStock, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Level(part).on_hand_milli(), 2'000);
  request.set_quantity_milli(3'000);
  EXPECT_TRUE(
      rpc::HasReason(Call(&Stub::ReceiveStock, request).status(), common::v1::REQUEST_ID_REUSED));
}

TEST_F(InventoryServiceTest, OtherVersionThanExpectedIsAborted) {
  const std::string part = Part("A-1");
  auto receive = AtLocation<v1::ReceiveStockRequest>(part);
  receive.set_quantity_milli(2'000);
  receive.set_expected_version(1);
  EXPECT_TRUE(
      rpc::HasReason(Call(&Stub::ReceiveStock, receive).status(), common::v1::VERSION_MISMATCH));
  receive.set_expected_version(0);
  const auto received = Call(&Stub::ReceiveStock, receive);
  ASSERT_THAT(received, IsOk());
  EXPECT_EQ(received->level().version(), 1u);
  v1::ChangePriceRequest price;
  price.set_request_id(NextRequest());
  price.set_part_id(part);
  price.set_list_price_minor(1);
  price.set_expected_version(2);
  EXPECT_TRUE(
      rpc::HasReason(Call(&Stub::ChangePrice, price).status(), common::v1::VERSION_MISMATCH));
  price.set_expected_version(1);
  const auto changed = Call(&Stub::ChangePrice, price);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->part().version(), 2u);
}

TEST_F(InventoryServiceTest, ChangePriceChangesWhatIsGivenAndSaysWhyNot) {
  const std::string part = Part("A-1");
  v1::ChangePriceRequest request;
  request.set_request_id(NextRequest());
  request.set_part_id(part);
  request.set_unit_cost_e4(510'000);
  request.set_reason("invoice");
  const auto changed = Call(&Stub::ChangePrice, request);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->part().unit_cost_e4(), 510'000);
  EXPECT_EQ(changed->part().list_price_minor(), 9'900);
  EXPECT_EQ(Count(v1::InventoryEvent::kPriceChanged), 1);
  request.set_request_id(NextRequest());
  ASSERT_THAT(Call(&Stub::ChangePrice, request), IsOk());
  EXPECT_EQ(Count(v1::InventoryEvent::kPriceChanged), 1);
  request.set_request_id(NextRequest());
  request.set_core_minor(-1);
  ExpectReason(Call(&Stub::ChangePrice, request), absl::StatusCode::kInvalidArgument,
               v1::AMOUNT_OUT_OF_RANGE, "core_minor");
  request.clear_core_minor();
  request.set_reason("4242424242424242");
  ExpectReason(Call(&Stub::ChangePrice, request), absl::StatusCode::kInvalidArgument,
               v1::TEXT_INVALID, "reason");
  request.clear_reason();
  request.set_part_id(UnknownPart());
  ExpectReason(Call(&Stub::ChangePrice, request), absl::StatusCode::kNotFound, v1::PART_UNKNOWN);
  request.set_part_id("prt_");
  ExpectFieldInvalid(Call(&Stub::ChangePrice, request), "part_id");
}

TEST_F(InventoryServiceTest, ReceiveStockSaysWhyNot) {
  const std::string part = Part("A-1");
  auto request = AtLocation<v1::ReceiveStockRequest>(part);
  ExpectReason(Call(&Stub::ReceiveStock, request), absl::StatusCode::kInvalidArgument,
               v1::QUANTITY_OUT_OF_RANGE, "quantity_milli");
  request.set_quantity_milli(1'000'000'000'000);
  request.set_unit_cost_e4(-1);
  ExpectReason(Call(&Stub::ReceiveStock, request), absl::StatusCode::kInvalidArgument,
               v1::AMOUNT_OUT_OF_RANGE, "unit_cost_e4");
  request.set_unit_cost_e4(1'000'000'000'000);
  ExpectReason(Call(&Stub::ReceiveStock, request), absl::StatusCode::kFailedPrecondition,
               v1::VALUE_TOO_LARGE);
  EXPECT_EQ(Level(part).on_hand_milli(), 0);
  request.clear_unit_cost_e4();
  request.set_part_id(UnknownPart());
  ExpectReason(Call(&Stub::ReceiveStock, request), absl::StatusCode::kNotFound, v1::PART_UNKNOWN);
}

TEST_F(InventoryServiceTest, ReceiptWithoutCostTakesTheCatalogues) {
  const std::string part = Part("A-1");
  auto request = AtLocation<v1::ReceiveStockRequest>(part);
  request.set_quantity_milli(2'000);
  const auto received = Call(&Stub::ReceiveStock, request);
  ASSERT_THAT(received, IsOk());
  EXPECT_EQ(received->level().value_e4(), 1'000'000);
}

TEST_F(InventoryServiceTest, AdjustStockMovesAndSaysWhyNot) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  const auto adjusted = Call(&Stub::AdjustStock, Adjust(part, -2'000));
  ASSERT_THAT(adjusted, IsOk());
  EXPECT_EQ(adjusted->level().on_hand_milli(), 3'000);
  EXPECT_EQ(adjusted->level().adjusted_milli(), -2'000);
  ExpectReason(Call(&Stub::AdjustStock, Adjust(part, -3'001)),
               absl::StatusCode::kFailedPrecondition, v1::STOCK_BELOW_ZERO);
  ExpectReason(Call(&Stub::AdjustStock, Adjust(part, 0)), absl::StatusCode::kInvalidArgument,
               v1::QUANTITY_OUT_OF_RANGE, "change_milli");
  ExpectReason(Call(&Stub::AdjustStock, Adjust(part, std::numeric_limits<int64_t>::min())),
               absl::StatusCode::kInvalidArgument, v1::QUANTITY_OUT_OF_RANGE, "change_milli");
  v1::AdjustStockRequest request = Adjust(part, 1'000);
  request.set_reason(v1::ADJUST_REASON_OTHER);
  ExpectReason(Call(&Stub::AdjustStock, request), absl::StatusCode::kInvalidArgument,
               v1::TEXT_INVALID, "note");
  request.set_reason(v1::ADJUST_REASON_UNSPECIFIED);
  ExpectFieldInvalid(Call(&Stub::AdjustStock, request), "reason");
  ExpectReason(Call(&Stub::AdjustStock, Adjust(UnknownPart(), 1'000)), absl::StatusCode::kNotFound,
               v1::PART_UNKNOWN);
}

TEST_F(InventoryServiceTest, SetReorderRuleOrdersAtOnceWhatIsLowAndSaysWhyNot) {
  const std::string heartland = Supplier();
  const std::string part = Part("A-1");
  auto request = AtLocation<v1::SetReorderRuleRequest>(part);
  request.set_reorder_point_milli(-1);
  ExpectReason(Call(&Stub::SetReorderRule, request), absl::StatusCode::kInvalidArgument,
               v1::QUANTITY_OUT_OF_RANGE, "reorder_point_milli");
  request.set_reorder_point_milli(3'000);
  request.set_reorder_quantity_milli(2'000);
  request.set_supplier_id(SupplierId::Make(cluster_.clock(), cluster_.entropy(), 3).text());
  ExpectReason(Call(&Stub::SetReorderRule, request), absl::StatusCode::kNotFound,
               v1::SUPPLIER_UNKNOWN);
  request.clear_supplier_id();
  // Low, but there is nobody to order from.
  ASSERT_THAT(Call(&Stub::SetReorderRule, request), IsOk());
  EXPECT_THAT(Orders(), IsEmpty());
  request.set_request_id(NextRequest());
  request.set_supplier_id(heartland);
  const auto set = Call(&Stub::SetReorderRule, request);
  ASSERT_THAT(set, IsOk());
  EXPECT_EQ(set->level().on_order_milli(), 4'000);
  ASSERT_THAT(Orders(), SizeIs(1));
  EXPECT_EQ(Orders()[0].supplier_id(), heartland);
  request.set_part_id(UnknownPart());
  request.set_request_id(NextRequest());
  ExpectReason(Call(&Stub::SetReorderRule, request), absl::StatusCode::kNotFound, v1::PART_UNKNOWN);
}

TEST_F(InventoryServiceTest, PartIsRead) {
  const std::string part = Part("A-1");
  v1::GetPartRequest request;
  request.set_part_id(part);
  const auto got = Call(&Stub::GetPart, request);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->part().stripped_number(), "A1");
  request.set_part_id(UnknownPart());
  ExpectReason(Call(&Stub::GetPart, request), absl::StatusCode::kNotFound, v1::PART_UNKNOWN);
  request.set_part_id("x");
  ExpectFieldInvalid(Call(&Stub::GetPart, request), "part_id");
}

TEST_F(InventoryServiceTest, SearchFindsByNumberCodeAndWords) {
  v1::PartRow pads = Row("D-1210/A");
  pads.set_description("Brake pads, ceramic");
  pads.set_gtin("036000291452");
  v1::PartRow disc = Row("D-1310");
  disc.set_description("Brake disc");
  ImportOne(disc);
  ImportOne(pads);
  v1::SearchPartsRequest request;
  request.set_number_prefix("d 1");
  EXPECT_THAT(Numbers(request), ElementsAre("D-1210/A", "D-1310"));
  request.set_page_size(1);
  EXPECT_THAT(Numbers(request), ElementsAre("D-1210/A"));
  request.set_page_token(Call(&Stub::SearchParts, request)->next_page_token());
  EXPECT_THAT(Numbers(request), ElementsAre("D-1310"));
  request.clear_page_token();
  request.clear_page_size();
  request.set_gtin("0036000291452");
  EXPECT_THAT(Numbers(request), ElementsAre("D-1210/A"));
  request.set_gtin("036000291453");
  EXPECT_THAT(Numbers(request), IsEmpty());
  request.set_words("BRAKE cer");
  EXPECT_THAT(Numbers(request), ElementsAre("D-1210/A"));
  request.set_words("acme brake");
  EXPECT_THAT(Numbers(request), SizeIs(2));
}

TEST_F(InventoryServiceTest, SearchSaysWhatIsWrongWithTheQuery) {
  v1::SearchPartsRequest request;
  ExpectFieldInvalid(Call(&Stub::SearchParts, request), "query");
  request.set_number_prefix("--");
  ExpectFieldInvalid(Call(&Stub::SearchParts, request), "number_prefix");
  request.set_gtin("12");
  ExpectFieldInvalid(Call(&Stub::SearchParts, request), "gtin");
  request.set_words(" , ");
  ExpectFieldInvalid(Call(&Stub::SearchParts, request), "words");
  request.set_words("a b c d e f g h i");
  ExpectFieldInvalid(Call(&Stub::SearchParts, request), "words");
  request.set_words("a");
  request.set_page_size(201);
  ExpectFieldInvalid(Call(&Stub::SearchParts, request), "page_size");
}

TEST_F(InventoryServiceTest, StockOfUnknownPartIsRefusedOfKnownPartIsZero) {
  const std::string part = Part("A-1");
  EXPECT_EQ(Level(part).on_hand_milli(), 0);
  EXPECT_EQ(Level(part).location_id(), location_.text());
  v1::GetStockRequest request;
  request.set_part_id(UnknownPart());
  request.set_location_id(location_.text());
  ExpectReason(Call(&Stub::GetStock, request), absl::StatusCode::kNotFound, v1::PART_UNKNOWN);
}

TEST_F(InventoryServiceTest, StockIsListedByLocationAndByPart) {
  const std::string first = Part("A-1");
  const std::string second = Part("A-2");
  ASSERT_THAT(Receive(first, 1'000, 500'000), IsOk());
  ASSERT_THAT(Receive(second, 2'000, 500'000), IsOk());
  auto elsewhere = AtLocation<v1::ReceiveStockRequest>(first);
  elsewhere.set_location_id(LocationId::Make(cluster_.clock(), cluster_.entropy(), 78).text());
  elsewhere.set_quantity_milli(7'000);
  ASSERT_THAT(Call(&Stub::ReceiveStock, elsewhere), IsOk());
  v1::ListStockRequest by_location;
  by_location.set_location_id(location_.text());
  by_location.set_page_size(1);
  int64_t sum = 0;
  int pages = 0;
  do {
    const auto page = Call(&Stub::ListStock, by_location);
    ASSERT_THAT(page, IsOk());
    for (const v1::StockLevel& level : page->levels()) sum += level.on_hand_milli();
    by_location.set_page_token(page->next_page_token());
    ++pages;
  } while (!by_location.page_token().empty());
  EXPECT_EQ(sum, 3'000);
  EXPECT_EQ(pages, 2);
  v1::ListPartStockRequest by_part;
  by_part.set_part_id(first);
  const auto places = Call(&Stub::ListPartStock, by_part);
  ASSERT_THAT(places, IsOk());
  EXPECT_THAT(places->levels(), SizeIs(2));
}

TEST_F(InventoryServiceTest, WatchShowsEveryChangeFromAPositionOn) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 1'000, 500'000), IsOk());
  v1::ListStockRequest list;
  list.set_location_id(location_.text());
  const auto listed = Call(&Stub::ListStock, list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_THAT(Receive(part, 2'000, 500'000), IsOk());
  v1::WatchStockRequest request;
  request.set_location_id(location_.text());
  request.set_after_position(listed->position());
  const auto context = cluster_.Context();
  const auto stream = stub_->WatchStock(context.get(), request);
  v1::WatchStockResponse change;
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_EQ(change.level().on_hand_milli(), 3'000);
  EXPECT_GT(change.position(), listed->position());
  // Other locations do not show; a rule does.
  auto elsewhere = AtLocation<v1::ReceiveStockRequest>(part);
  elsewhere.set_location_id(LocationId::Make(cluster_.clock(), cluster_.entropy(), 78).text());
  elsewhere.set_quantity_milli(7'000);
  ASSERT_THAT(Call(&Stub::ReceiveStock, elsewhere), IsOk());
  auto rule = AtLocation<v1::SetReorderRuleRequest>(part);
  rule.set_reorder_point_milli(500);
  ASSERT_THAT(Call(&Stub::SetReorderRule, rule), IsOk());
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_EQ(change.level().reorder_point_milli(), 500);
  EXPECT_EQ(change.level().location_id(), location_.text());
  context->TryCancel();
  while (stream->Read(&change)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(InventoryServiceTest, WatchFromTheFutureOrOfNoLocationIsRefused) {
  v1::WatchStockRequest future;
  future.set_location_id(location_.text());
  future.set_after_position(1'000'000);
  for (const auto& request : {future, v1::WatchStockRequest()}) {
    const auto context = cluster_.Context();
    const auto stream = stub_->WatchStock(context.get(), request);
    v1::WatchStockResponse change;
    EXPECT_FALSE(stream->Read(&change));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
}

TEST_F(InventoryServiceTest, OrderIsReceivedInPartsAndCloses) {
  const v1::PurchaseOrder order = ConfirmedOrder();
  const std::string part = order.lines(0).part_id();
  const auto some = Call(&Stub::ReceivePurchaseOrder, Came(order, 4'000));
  ASSERT_THAT(some, IsOk());
  EXPECT_EQ(some->purchase_order().status(), v1::PURCHASE_ORDER_STATUS_PARTIALLY_RECEIVED);
  EXPECT_EQ(Level(part).on_hand_milli(), 4'000);
  EXPECT_EQ(Level(part).on_order_milli(), 6'000);
  v1::ReceivePurchaseOrderRequest rest = Came(order, 6'000);
  rest.mutable_lines(0)->set_unit_cost_e4(560'000);
  const auto all = Call(&Stub::ReceivePurchaseOrder, rest);
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->purchase_order().status(), v1::PURCHASE_ORDER_STATUS_CLOSED);
  EXPECT_EQ(Level(part).on_hand_milli(), 10'000);
  EXPECT_EQ(Level(part).on_order_milli(), 0);
  EXPECT_EQ(Level(part).value_e4(), 4 * 500'000 + 6 * 560'000);
  EXPECT_THAT(Orders(/*open_only=*/true), IsEmpty());
  v1::GetPurchaseOrderRequest get;
  get.set_purchase_order_id(order.purchase_order_id());
  EXPECT_EQ(Call(&Stub::GetPurchaseOrder, get)->purchase_order().version(),
            all->purchase_order().version());
}

TEST_F(InventoryServiceTest, ReceivePurchaseOrderSaysWhyNot) {
  const v1::PurchaseOrder order = ConfirmedOrder();
  v1::ReceivePurchaseOrderRequest request = Came(order, 0);
  ExpectReason(Call(&Stub::ReceivePurchaseOrder, request), absl::StatusCode::kInvalidArgument,
               v1::QUANTITY_OUT_OF_RANGE, "lines[0].quantity_milli");
  request = Came(order, 1);
  request.mutable_lines(0)->set_unit_cost_e4(-1);
  ExpectReason(Call(&Stub::ReceivePurchaseOrder, request), absl::StatusCode::kInvalidArgument,
               v1::AMOUNT_OUT_OF_RANGE, "lines[0].unit_cost_e4");
  request = Came(order, 1);
  request.clear_lines();
  ExpectFieldInvalid(Call(&Stub::ReceivePurchaseOrder, request), "lines");
  request = Came(order, 1);
  request.set_purchase_order_id(
      PurchaseOrderId::Make(cluster_.clock(), cluster_.entropy(), 77).text());
  ExpectReason(Call(&Stub::ReceivePurchaseOrder, request), absl::StatusCode::kNotFound,
               v1::PURCHASE_ORDER_UNKNOWN);
  request = Came(order, 1);
  request.mutable_lines(0)->set_part_id(UnknownPart());
  ExpectReason(Call(&Stub::ReceivePurchaseOrder, request), absl::StatusCode::kFailedPrecondition,
               v1::PURCHASE_ORDER_LINE_UNKNOWN);
  ExpectReason(Call(&Stub::ReceivePurchaseOrder, Came(order, 10'001)),
               absl::StatusCode::kFailedPrecondition, v1::OVER_RECEIPT);
  ASSERT_THAT(Call(&Stub::ReceivePurchaseOrder, Came(order, 10'000)), IsOk());
  ExpectReason(Call(&Stub::ReceivePurchaseOrder, Came(order, 1)),
               absl::StatusCode::kFailedPrecondition, v1::PURCHASE_ORDER_OVER);
  v1::GetPurchaseOrderRequest get;
  get.set_purchase_order_id(PurchaseOrderId::Make(cluster_.clock(), cluster_.entropy(), 77).text());
  ExpectReason(Call(&Stub::GetPurchaseOrder, get), absl::StatusCode::kNotFound,
               v1::PURCHASE_ORDER_UNKNOWN);
}

TEST_F(InventoryServiceTest, OrderWithoutAnAnswerCannotBeReceived) {
  Supplier();
  supplier().NextSubmit(absl::UnavailableError("line down"));
  ImportOne(ReorderedRow("PO-1", 2'000, 10'000));
  ASSERT_THAT(Orders(), SizeIs(1));
  ExpectReason(Call(&Stub::ReceivePurchaseOrder, Came(Orders()[0], 1'000)),
               absl::StatusCode::kFailedPrecondition, v1::PURCHASE_ORDER_NOT_CONFIRMED);
  // A store rebuilt from its events asks about the same order.
  testing::ExpectRestoredEqual(cluster_.journal("inventory"), MakeInventoryService({}));
}

TEST_F(InventoryServiceTest, ReceiptRechecksTheReorderPoint) {
  const v1::PurchaseOrder order = ConfirmedOrder();
  const std::string part = order.lines(0).part_id();
  Close(NewTicket(), NewJob(), {{NewLine(), part, 15'000}});
  EXPECT_THAT(Orders(), SizeIs(1));
  ASSERT_THAT(Call(&Stub::ReceivePurchaseOrder, Came(order, 10'000)), IsOk());
  // 10 came, 15 were sold: 5 below zero, so 10 more are ordered.
  EXPECT_THAT(Orders(), SizeIs(2));
  EXPECT_EQ(Level(part).available_milli(), -5'000);
  EXPECT_EQ(Level(part).on_order_milli(), 10'000);
}

TEST_F(InventoryServiceTest, RealSupplierCannotBeToldToDeliver) {
  const v1::PurchaseOrder order = ConfirmedOrder();
  v1::DeliverSimulatedOrderRequest request;
  request.set_request_id(NextRequest());
  request.set_purchase_order_id(order.purchase_order_id());
  ExpectReason(Call(&Stub::DeliverSimulatedOrder, request), absl::StatusCode::kFailedPrecondition,
               v1::SUPPLIER_NOT_SIMULATED);
}

TEST_F(InventoryServiceTest, RolesDecideWhoMayDoWhat) {
  const std::string part = Part("A-1");
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  EXPECT_TRUE(
      rpc::HasReason(Call(&Stub::AdjustStock, Adjust(part, 1'000), rpc::Role::kTechnician).status(),
                     common::v1::PERMISSION_MISSING));
  EXPECT_THAT(Call(&Stub::AdjustStock, Adjust(part, 1'000), rpc::Role::kParts), IsOk());
  v1::GetPartRequest get;
  get.set_part_id(part);
  EXPECT_THAT(Call(&Stub::GetPart, get, rpc::Role::kTechnician), IsOk());
}

TEST_F(InventoryServiceTest, TwoClientsKeepTheSumUnderContention) {
  const std::string part = Part("A-1");
  constexpr int kEach = 50;
  const auto receive_many = [&](int client) {
    for (int i = 0; i < kEach; ++i) {
      auto request = v1::ReceiveStockRequest();
      request.set_request_id(absl::StrCat("many-", client, "-", i));
      request.set_part_id(part);
      request.set_location_id(location_.text());
      request.set_quantity_milli(1'000);
      const auto context = cluster_.Context();
      v1::ReceiveStockResponse response;
      EXPECT_TRUE(stub_->ReceiveStock(context.get(), request, &response).ok());
    }
  };
  std::thread other(receive_many, 1);
  receive_many(2);
  other.join();
  EXPECT_EQ(Level(part).on_hand_milli(), 2 * kEach * 1'000);
  EXPECT_EQ(Level(part).version(), 2u * kEach);
}

TEST_F(InventoryServiceTest, RebuiltViewsAreTheSameToTheByte) {
  Supplier();
  const std::string part = ImportOne(ReorderedRow("A-1", 2'000, 10'000)).part_id();
  ASSERT_THAT(Receive(part, 5'000, 500'000), IsOk());
  const TicketId ticket = NewTicket();
  const JobId job = NewJob();
  const std::vector<Need> needs = {{NewLine(), part, 7'000}};
  Authorize(ticket, job, needs);
  Close(ticket, job, needs);
  Authorize(NewTicket(), NewJob(), {{NewLine(), part, 1'000}});
  ASSERT_TRUE(cluster_.Settle());
  journal::ScanOptions all;
  all.limit = 1'000'000;
  for (const runtime::ViewStatus& view : cluster_.host("inventory").Status().views) {
    const auto before = cluster_.journal("inventory").ScanView(view.view, all);
    ASSERT_THAT(before, IsOk());
    EXPECT_EQ(before->rows.empty(), view.view == "part_gtins") << view.view;
    std::optional<absl::Status> done;
    absl::Mutex mutex;
    cluster_.host("inventory").rebuilder().Rebuild(view.view, [&](absl::Status status) {
      absl::MutexLock lock(&mutex);
      done = std::move(status);
    });
    ASSERT_TRUE(cluster_.Eventually([&] {
      absl::MutexLock lock(&mutex);
      return done.has_value();
    }));
    EXPECT_THAT(*done, IsOk());
    const auto after = cluster_.journal("inventory").ScanView(view.view, all);
    ASSERT_THAT(after, IsOk());
    EXPECT_EQ(after->rows, before->rows) << view.view;
  }
}

class SimulatedDeliveryTest : public ServiceTest {
 protected:
  SimulatedDeliveryTest() : ServiceTest(InventoryOptions{nullptr, false}) {}
};

TEST_F(SimulatedDeliveryTest, ToldToDeliverFillsTheShelfAlsoAfterARestart) {
  Supplier();
  const std::string part = ImportOne(ReorderedRow("A-1", 2'000, 10'000)).part_id();
  ASSERT_TRUE(cluster_.Eventually(
      [&] { return Orders()[0].status() == v1::PURCHASE_ORDER_STATUS_CONFIRMED; }));
  EXPECT_EQ(Level(part).on_hand_milli(), 0);
  ASSERT_THAT(cluster_.Restart("inventory"), IsOk());
  NewStub();
  v1::DeliverSimulatedOrderRequest request;
  request.set_request_id(NextRequest());
  request.set_purchase_order_id(Orders()[0].purchase_order_id());
  const auto delivered = Call(&Stub::DeliverSimulatedOrder, request);
  ASSERT_THAT(delivered, IsOk());
  EXPECT_EQ(delivered->purchase_order().status(), v1::PURCHASE_ORDER_STATUS_CLOSED);
  EXPECT_EQ(Level(part).on_hand_milli(), 10'000);
  request.set_request_id(NextRequest());
  EXPECT_TRUE(rpc::HasReason(Call(&Stub::DeliverSimulatedOrder, request).status(),
                             v1::PURCHASE_ORDER_OVER));
}

}  // namespace
}  // namespace pitlane::inventory
