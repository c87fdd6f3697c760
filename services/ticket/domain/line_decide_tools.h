// What the decisions about lines have in common: checks, the events of a line, and the lines that a
// part or an operation brings. Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/ticket/domain/draft.h"
#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/ticket_parts.h"

namespace pitlane::ticket {

// What a change of a job's line leaves behind.
struct Outdated {
  bool consent = false;   // the customer had agreed to the job as it was
  bool estimate = false;  // the customer was shown it as it was
};
// What the customer agreed to or was shown changes with everything but notes.
Outdated OutdatedBy(const v1::Job* job, v1::LineKind kind);

// LINE_EXISTS, TOO_MANY_LINES.
absl::Status CheckNewLine(const v1::Ticket& ticket, const std::string& line_id, int lines);
// NOT_OF_THIS_LINE unless the line is of that kind; `what` is what only such lines have.
absl::Status CheckKind(const v1::Line& line, v1::LineKind kind, std::string_view what);
// COUNTER_SALE_HAS_NO_WORK.
absl::Status CheckHasWork(const v1::Ticket& ticket);
// A part whose price is named by hand: PRICE_NOT_ALLOWED, DISCOUNT_OVER_LIMIT.
absl::Status CheckPriceByHand(int64_t unit_price_minor, const v1::PartPrice& price,
                              const Context& context);

// The event of it, with the calculation. AMOUNT_TOO_LARGE, OVERLAP_TOO_LONG.
absl::Status AddLine(Draft& draft, v1::Line line, Outdated outdated);
absl::Status AddLines(Draft& draft, std::vector<v1::Line> lines, Outdated outdated);
absl::Status ReplaceLine(Draft& draft, v1::Line line, Outdated outdated);
absl::Status TakeLineOff(Draft& draft, const v1::Line& line, Outdated outdated);

// Ids that were made for new lines, used in order. CHECKs that there are enough.
class LineIds {
 public:
  explicit LineIds(std::vector<std::string> ids) : ids_(std::move(ids)) {}
  std::string Next();

 private:
  std::vector<std::string> ids_;
  size_t next_ = 0;
};

// How a part is sold; the request names the line.
struct PartSale {
  const v1::AddPartLineRequest& request;
  const v1::PartPrice& price;
};
// The PART line, its CORE and its fees. PART_UNKNOWN, PART_CURRENCY_DIFFERS, PRICE_NOT_ALLOWED,
// DISCOUNT_OVER_LIMIT, AMOUNT_TOO_LARGE.
absl::StatusOr<std::vector<v1::Line>> LinesOfPart(const PartSale& sale, const v1::Ticket& ticket,
                                                  LineIds& ids, const Context& context);
// The most lines that LinesOfPart makes.
int MostLinesOfPart(const v1::FeeSchedule& schedule);

// The LABOUR line of an operation or by hand. LABOUR_RATE_UNKNOWN, OPERATION_UNKNOWN, NOT_IN_FORCE,
// LABOUR_HOURS_UNKNOWN, FLAG_HOURS_DIFFER, AMOUNT_TOO_LARGE.
absl::StatusOr<v1::Line> LabourLineOf(const v1::AddLabourLineRequest& request,
                                      const std::string& technician, const Context& context);

// What was added with a part: its core and fees.
std::vector<const v1::Line*> FollowersOf(const v1::Ticket& ticket, const std::string& line_id);
// Thousandths of a part that were replaced.
int64_t ReplacedOf(const v1::Ticket& ticket, const std::string& line_id);

// Shares one price over lines in proportion to what they would come to, by largest remainder.
// PACKAGE_WITHOUT_PRICES when all of them come to nothing and the price does not;
// AMOUNT_TOO_LARGE.
absl::Status SharePrice(int64_t price_minor, const std::string& code,
                        const std::vector<v1::Line*>& lines);
// What a line comes to by itself: quantity x price. AMOUNT_TOO_LARGE.
absl::StatusOr<int64_t> ComputedPrice(const v1::Line& line);

}  // namespace pitlane::ticket
