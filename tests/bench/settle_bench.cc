// From TicketClosed to the moment its last consequence was seen, as a client sees it.
#include "absl/time/time.h"
#include "libs/base/status.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/one_computer.h"
#include "tools/pitlane/demo_shop.h"
#include "tools/pitlane/sale.h"

namespace pitlane::bench {
namespace {

constexpr int kSalesARound = 10;

}  // namespace

absl::Status BenchSettle(const Settings& settings) {
  ASSIGN_OR_RETURN(const OneComputer computer, OpenOneComputer(settings.folder + "/settle"));
  ASSIGN_OR_RETURN(const tools::DemoShop shop, tools::LoadDemoShop(*computer.session));
  std::vector<double> settled_ms, sale_ms;
  for (int i = 0; i < settings.rounds * kSalesARound; ++i) {
    absl::Duration closed, last;
    RETURN_IF_ERROR(tools::PlaySale(*computer.session, shop, [&](const tools::SaleStep& step) {
      if (step.step == "close") closed = step.elapsed;
      last = step.elapsed;
    }));
    settled_ms.push_back(absl::ToDoubleMilliseconds(last - closed));
    sale_ms.push_back(absl::ToDoubleMilliseconds(last));
  }
  Print({{"bench", "closed_to_settled"},
         {"sales", settled_ms.size()},
         {"settled_ms_p50", Percentile(settled_ms, 0.5)},
         {"settled_ms_p99", Percentile(settled_ms, 0.99)},
         {"whole_sale_ms_p50", Percentile(sale_ms, 0.5)}});
  return absl::OkStatus();
}

}  // namespace pitlane::bench
