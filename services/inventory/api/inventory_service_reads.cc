#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/ids.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/paging.h"
#include "libs/runtime/command_call.h"
#include "libs/runtime/watch.h"
#include "services/inventory/api/inventory_service.h"
#include "services/inventory/api/requests.h"
#include "services/inventory/domain/gtin.h"
#include "services/inventory/domain/search_words.h"
#include "services/inventory/domain/supplier.h"
#include "services/inventory/domain/validation.h"
#include "services/inventory/projections/part_gtins.h"
#include "services/inventory/projections/part_numbers.h"
#include "services/inventory/projections/part_words.h"
#include "services/inventory/projections/purchase_orders.h"
#include "services/inventory/projections/stock_levels.h"
#include "services/inventory/projections/stock_places.h"
#include "services/inventory/projections/supplier_names.h"
#include "services/inventory/projections/ticket_stock.h"

namespace pitlane::inventory {
namespace {

using runtime::ReadContext;

constexpr size_t kMaxQueryBytes = 200;
constexpr size_t kMaxQueryWords = 8;

template <class A>
absl::StatusOr<typename A::State> Existing(ReadContext& read, const std::string& id,
                                           v1::ErrorReason unknown) {
  auto state = read.Get<A>(id);
  if (state.ok()) return std::move(state->state);
  if (!absl::IsNotFound(state.status())) return state.status();
  return rpc::NotFound(unknown, absl::StrCat("there is no ", id));
}

// A page of rows of one view, from a prefix on.
absl::StatusOr<journal::ScanPage> ScanPage(ReadContext& read, std::string_view view,
                                           std::string prefix, rpc::PageRequest page) {
  journal::ScanOptions options;
  options.prefix = std::move(prefix);
  options.after = std::move(page.after);
  options.limit = page.limit;
  return read.views().Scan(view, options);
}

absl::Status ListSuppliersPage(ReadContext& read, const v1::ListSuppliersRequest& request,
                               v1::ListSuppliersResponse* response) {
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, 100, 500));
  ASSIGN_OR_RETURN(const auto rows, ScanPage(read, SupplierNames::kView, "", std::move(page)));
  for (const journal::Row& row : rows.rows) {
    ASSIGN_OR_RETURN(*response->add_suppliers(),
                     Existing<SupplierAggregate>(read, row.value, v1::SUPPLIER_UNKNOWN));
  }
  response->set_next_page_token(rpc::PageToken(request, rows.resume));
  return absl::OkStatus();
}

absl::StatusOr<runtime::IdPage> FindParts(ReadContext& read, const v1::SearchPartsRequest& request,
                                          rpc::PageRequest page) {
  switch (request.query_case()) {
    case v1::SearchPartsRequest::kNumberPrefix: {
      const std::string stripped = StripToAlnumUpper(request.number_prefix());
      if (stripped.empty() || request.number_prefix().size() > kMaxNumberBytes) {
        return rpc::Invalid("number_prefix", "send at least one letter or digit, at most 64 bytes");
      }
      return PartNumbers::Search(read.views(), stripped, page.limit, std::move(page.after));
    }
    case v1::SearchPartsRequest::kGtin: {
      const auto gtin14 = ToGtin14(request.gtin());
      if (!gtin14.has_value()) return rpc::Invalid("gtin", "send 8 to 14 digits");
      return PartGtins::Search(read.views(), *gtin14, page.limit, std::move(page.after));
    }
    case v1::SearchPartsRequest::kWords: {
      const std::vector<std::string> words = WordsOf(request.words());
      if (words.empty() || words.size() > kMaxQueryWords ||
          request.words().size() > kMaxQueryBytes) {
        return rpc::Invalid("words", "send 1 to 8 words, at most 200 bytes");
      }
      return PartWords::Search(read.views(), words, page.limit, std::move(page.after));
    }
    case v1::SearchPartsRequest::QUERY_NOT_SET:
      break;
  }
  return rpc::Invalid("query", "send number_prefix, gtin or words");
}

absl::Status SearchPartsPage(ReadContext& read, const v1::SearchPartsRequest& request,
                             v1::SearchPartsResponse* response) {
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, 50, 200));
  ASSIGN_OR_RETURN(const runtime::IdPage found, FindParts(read, request, std::move(page)));
  for (const std::string& part_id : found.ids) {
    ASSIGN_OR_RETURN(*response->add_parts(),
                     Existing<PartAggregate>(read, part_id, v1::PART_UNKNOWN));
  }
  response->set_next_page_token(rpc::PageToken(request, found.resume));
  return absl::OkStatus();
}

absl::Status GetStockLevel(ReadContext& read, const v1::GetStockRequest& request,
                           v1::GetStockResponse* response) {
  RETURN_IF_ERROR(CheckId<PartId>("part_id", request.part_id()));
  RETURN_IF_ERROR(CheckId<LocationId>("location_id", request.location_id()));
  ASSIGN_OR_RETURN(auto level, StockLevels::Get(read.views(), KeyOf(request)));
  if (!level.has_value()) {
    RETURN_IF_ERROR(Existing<PartAggregate>(read, request.part_id(), v1::PART_UNKNOWN).status());
  }
  *response->mutable_level() = std::move(level).value_or(v1::StockLevel());
  response->mutable_level()->set_part_id(request.part_id());
  response->mutable_level()->set_location_id(request.location_id());
  return absl::OkStatus();
}

absl::Status ListStockPage(ReadContext& read, const v1::ListStockRequest& request,
                           v1::ListStockResponse* response) {
  RETURN_IF_ERROR(CheckId<LocationId>("location_id", request.location_id()));
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, 100, 1000));
  ASSIGN_OR_RETURN(const auto rows,
                   ScanPage(read, StockLevels::kView, absl::StrCat(request.location_id(), "/"),
                            std::move(page)));
  for (const journal::Row& row : rows.rows) {
    if (!response->add_levels()->ParseFromString(row.value)) {
      return rpc::DataLoss(absl::StrCat("the level of ", row.key, " does not decode"));
    }
  }
  response->set_next_page_token(rpc::PageToken(request, rows.resume));
  ASSIGN_OR_RETURN(const journal::Tail tail, read.reader().GetTail());
  response->set_position(tail.last_position);
  return absl::OkStatus();
}

absl::Status ListPartStockPage(ReadContext& read, const v1::ListPartStockRequest& request,
                               v1::ListPartStockResponse* response) {
  RETURN_IF_ERROR(CheckId<PartId>("part_id", request.part_id()));
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, 100, 1000));
  const std::string prefix = absl::StrCat(request.part_id(), "/");
  ASSIGN_OR_RETURN(const auto rows, ScanPage(read, StockPlaces::kView, prefix, std::move(page)));
  for (const journal::Row& row : rows.rows) {
    const StockKey key{.location_id = row.key.substr(prefix.size()), .part_id = request.part_id()};
    ASSIGN_OR_RETURN(auto level, StockLevels::Get(read.views(), key));
    if (level.has_value()) *response->add_levels() = *std::move(level);
  }
  response->set_next_page_token(rpc::PageToken(request, rows.resume));
  return absl::OkStatus();
}

absl::Status ListTicketStockPage(ReadContext& read, const v1::ListTicketStockRequest& request,
                                 v1::ListTicketStockResponse* response) {
  RETURN_IF_ERROR(CheckId<TicketId>("ticket_id", request.ticket_id()));
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, 100, 1000));
  ASSIGN_OR_RETURN(
      const auto rows,
      ScanPage(read, TicketStock::kView, absl::StrCat(request.ticket_id(), "/"), std::move(page)));
  for (const journal::Row& row : rows.rows) {
    if (!response->add_lines()->ParseFromString(row.value)) {
      return rpc::DataLoss(absl::StrCat("the row ", row.key, " does not decode"));
    }
  }
  response->set_next_page_token(rpc::PageToken(request, rows.resume));
  return absl::OkStatus();
}

absl::Status ListPurchaseOrdersPage(ReadContext& read, const v1::ListPurchaseOrdersRequest& request,
                                    v1::ListPurchaseOrdersResponse* response) {
  RETURN_IF_ERROR(CheckId<LocationId>("location_id", request.location_id()));
  ASSIGN_OR_RETURN(rpc::PageRequest page, rpc::ParsePage(request, 100, 500));
  ASSIGN_OR_RETURN(const auto found,
                   PurchaseOrders::List(read.views(), request.location_id(), request.open_only(),
                                        page.limit, std::move(page.after)));
  for (const std::string& id : found.ids) {
    ASSIGN_OR_RETURN(*response->add_purchase_orders(),
                     Existing<PurchaseOrderAggregate>(read, id, v1::PURCHASE_ORDER_UNKNOWN));
  }
  response->set_next_page_token(rpc::PageToken(request, found.resume));
  return absl::OkStatus();
}

// The level that an event of the location's stock leaves. One without a level of its own (a rule, a
// shortage) is shown with the level of now.
absl::Status ShowLevel(ReadContext& read, const v1::WatchStockRequest& request,
                       const v1::InventoryEvent& event, std::vector<v1::WatchStockResponse>* out) {
  const std::string& stream_id = event.meta().stream_id();
  if (!absl::StartsWith(stream_id, absl::StrCat(request.location_id(), "/"))) {
    return absl::OkStatus();
  }
  v1::WatchStockResponse response;
  response.set_position(event.meta().position());
  if (const v1::StockLevel* level = LevelOf(event)) {
    *response.mutable_level() = *level;
  } else {
    ASSIGN_OR_RETURN(auto now,
                     read.views().GetMessage<v1::StockLevel>(StockLevels::kView, stream_id));
    *response.mutable_level() = std::move(now).value_or(v1::StockLevel());
  }
  out->push_back(std::move(response));
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* InventoryServiceApi::GetSupplier(grpc::CallbackServerContext* context,
                                                           const v1::GetSupplierRequest* request,
                                                           v1::GetSupplierResponse* response) {
  return runtime::Read(context, env_, request, response,
                       [](ReadContext& read, const v1::GetSupplierRequest& req,
                          v1::GetSupplierResponse* resp) -> absl::Status {
                         RETURN_IF_ERROR(CheckId<SupplierId>("supplier_id", req.supplier_id()));
                         ASSIGN_OR_RETURN(*resp->mutable_supplier(),
                                          Existing<SupplierAggregate>(read, req.supplier_id(),
                                                                      v1::SUPPLIER_UNKNOWN));
                         return absl::OkStatus();
                       });
}

grpc::ServerUnaryReactor* InventoryServiceApi::ListSuppliers(
    grpc::CallbackServerContext* context, const v1::ListSuppliersRequest* request,
    v1::ListSuppliersResponse* response) {
  return runtime::Read(context, env_, request, response, ListSuppliersPage);
}

grpc::ServerUnaryReactor* InventoryServiceApi::GetPart(grpc::CallbackServerContext* context,
                                                       const v1::GetPartRequest* request,
                                                       v1::GetPartResponse* response) {
  return runtime::Read(context, env_, request, response,
                       [](ReadContext& read, const v1::GetPartRequest& req,
                          v1::GetPartResponse* resp) -> absl::Status {
                         RETURN_IF_ERROR(CheckId<PartId>("part_id", req.part_id()));
                         ASSIGN_OR_RETURN(
                             *resp->mutable_part(),
                             Existing<PartAggregate>(read, req.part_id(), v1::PART_UNKNOWN));
                         return absl::OkStatus();
                       });
}

grpc::ServerUnaryReactor* InventoryServiceApi::SearchParts(grpc::CallbackServerContext* context,
                                                           const v1::SearchPartsRequest* request,
                                                           v1::SearchPartsResponse* response) {
  return runtime::Read(context, env_, request, response, SearchPartsPage);
}

grpc::ServerUnaryReactor* InventoryServiceApi::GetStock(grpc::CallbackServerContext* context,
                                                        const v1::GetStockRequest* request,
                                                        v1::GetStockResponse* response) {
  return runtime::Read(context, env_, request, response, GetStockLevel);
}

grpc::ServerUnaryReactor* InventoryServiceApi::ListStock(grpc::CallbackServerContext* context,
                                                         const v1::ListStockRequest* request,
                                                         v1::ListStockResponse* response) {
  return runtime::Read(context, env_, request, response, ListStockPage);
}

grpc::ServerUnaryReactor* InventoryServiceApi::ListPartStock(
    grpc::CallbackServerContext* context, const v1::ListPartStockRequest* request,
    v1::ListPartStockResponse* response) {
  return runtime::Read(context, env_, request, response, ListPartStockPage);
}

grpc::ServerUnaryReactor* InventoryServiceApi::ListTicketStock(
    grpc::CallbackServerContext* context, const v1::ListTicketStockRequest* request,
    v1::ListTicketStockResponse* response) {
  return runtime::Read(context, env_, request, response, ListTicketStockPage);
}

grpc::ServerWriteReactor<v1::WatchStockResponse>* InventoryServiceApi::WatchStock(
    grpc::CallbackServerContext* context, const v1::WatchStockRequest* request) {
  return runtime::WatchFrom<v1::WatchStockResponse, v1::InventoryEvent>(
      context, env_, request, ShowLevel, CheckShape(*request));
}

grpc::ServerUnaryReactor* InventoryServiceApi::ListPurchaseOrders(
    grpc::CallbackServerContext* context, const v1::ListPurchaseOrdersRequest* request,
    v1::ListPurchaseOrdersResponse* response) {
  return runtime::Read(context, env_, request, response, ListPurchaseOrdersPage);
}

grpc::ServerUnaryReactor* InventoryServiceApi::GetPurchaseOrder(
    grpc::CallbackServerContext* context, const v1::GetPurchaseOrderRequest* request,
    v1::GetPurchaseOrderResponse* response) {
  return runtime::Read(
      context, env_, request, response,
      [](ReadContext& read, const v1::GetPurchaseOrderRequest& req,
         v1::GetPurchaseOrderResponse* resp) -> absl::Status {
        RETURN_IF_ERROR(CheckId<PurchaseOrderId>("purchase_order_id", req.purchase_order_id()));
        ASSIGN_OR_RETURN(*resp->mutable_purchase_order(),
                         Existing<PurchaseOrderAggregate>(read, req.purchase_order_id(),
                                                          v1::PURCHASE_ORDER_UNKNOWN));
        return absl::OkStatus();
      });
}

}  // namespace pitlane::inventory
