// Commands and menus for the tests of labour, parts counter, kits, canned jobs, cores and fees.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "services/ticket/domain/menu.h"
#include "services/ticket/domain/testing_tickets.h"

namespace pitlane::ticket {

// Sixty ids of lines.
std::vector<std::string> LineIdsFrom(int first);
// "prt_…" number `n`, and its price with a cost.
std::string TestPartId(int n);
v1::PartPrice PricedPart(int n, int64_t cost_e4, int64_t list_price_minor,
                         const std::string& category = "brakes", int64_t core_minor = 0);
AddPartLine AddPriced(int job, int line, const v1::PartPrice& price, int64_t quantity_milli = 1000);

// The matrix of handbook 3.2: x3.50 to 5.00, x2.50 to 25.00, x2.00 to 75.00, x1.75 to 200.00,
// x1.50 above.
v1::PartMatrix HandbookMatrix();
// The labour matrix of 3.1: to 1.00 h x1.00, to 3.00 h x1.05, above x1.10.
v1::LabourMatrix HandbookLabourMatrix();

AddOverlap TestOverlap(int job, int other_job, int line, int32_t hours_centi);
AssignTechnicians TestAssign(int line, const std::vector<v1::FlagShare>& shares);
v1::FlagShare Share(const std::string& technician, int32_t hours_centi);
AddSubletLine TestSublet(int job, int line, int64_t cost_minor, int64_t markup_ppm);
ReplacePart TestReplace(int line, int replacement, int64_t quantity_milli = 0);
PlaceSpecialOrder TestSpecialOrder(int line);
ReceiveSpecialOrder TestReceiveOrder(int line);
HoldForWillCall TestWillCall();
RecordTires TestTires(int line, const std::vector<std::string>& tins);
// Outcome GOOD unless a credit is named.
ReturnCore TestReturnCore(int line, int credit_line, int64_t quantity_milli = 0,
                          int64_t damaged_credit_minor = -1);
ForfeitCore TestForfeit(int line);
ChargeStorage TestStorage(int line, const std::string& from, const std::string& to);

// A tire fee of 1.75 each, a battery fee of 2.00, disposal of 3.00 that is waived for who keeps the
// old one, excise tax of 31.20 from 19.5 inches on, and storage of 40.00 after 3 working days.
v1::FeeSchedule TestFees();

// A kit of parts 1 (2 of them) and 2, for 30.00.
AddKit TestKit(int job);
// A canned job with 1.00 h of labour, a slot for part 1 and a fee of 3.00, for 100.00.
AddCannedJob TestCanned(int job);

// What the menu's commands refuse, in the order of the enum.
struct MenuRefusal {
  v1::ErrorReason reason;
  absl::StatusCode code;
  std::function<absl::Status()> provoke;
};
std::vector<MenuRefusal> MenuRefusals();

}  // namespace pitlane::ticket
