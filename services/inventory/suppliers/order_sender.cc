#include "services/inventory/suppliers/order_sender.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/rpc/errors.h"
#include "services/inventory/purchasing.h"
#include "services/inventory/stock_keeping.h"

namespace pitlane::inventory {
namespace {

SupplierDone Record(std::string purchase_order_id, runtime::EffectDone done) {
  return [id = std::move(purchase_order_id),
          done = std::move(done)](absl::StatusOr<SupplierAnswer> answer) {
    done([id, answer = std::move(answer)](runtime::Unit& unit) {
      // Not known yet: the effect stays open and the supplier is asked again later.
      if (!answer.ok()) return absl::OkStatus();
      return RecordSupplierAnswer(unit, id, *answer);
    });
  };
}

}  // namespace

OrderSender::OrderSender(std::shared_ptr<SupplierPort> port) : port_(std::move(port)) {
  PITLANE_CHECK(port_ != nullptr);
}

std::string_view OrderSender::kind() const { return kPurchaseOrderEffect; }

void OrderSender::Perform(const runtime::Effect& effect, runtime::EffectDone done) {
  v1::PurchaseOrder order;
  if (!order.ParseFromString(effect.payload)) {
    return done([id = effect.id](runtime::Unit&) {
      return rpc::DataLoss(absl::StrCat("the effect of order ", id, " does not decode"));
    });
  }
  port_->Submit(order, Record(effect.id, std::move(done)));
}

void OrderSender::Recover(const runtime::Effect& effect, runtime::EffectDone done) {
  port_->Query(effect.id, Record(effect.id, std::move(done)));
}

}  // namespace pitlane::inventory
