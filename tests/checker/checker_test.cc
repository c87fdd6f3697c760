// The checker is believed because it was seen to catch each of these, and to leave clean histories
// alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/status_matchers.h"
#include "pitlane/customer_vehicle/v1/events.pb.h"
#include "pitlane/inventory/v1/events.pb.h"
#include "pitlane/payment/v1/events.pb.h"
#include "pitlane/reporting/v1/events.pb.h"
#include "pitlane/terminal_gateway/v1/events.pb.h"
#include "pitlane/ticket/v1/events.pb.h"
#include "tests/checker/records.h"
#include "tests/checker/testing_history.h"
#include "tests/checker/testing_shop.h"
#include "tests/checker/verify.h"

namespace pitlane::checker {
namespace {

namespace cv = customer_vehicle::v1;
namespace inv = inventory::v1;
namespace pay = payment::v1;
namespace rep = reporting::v1;
namespace tgw = terminal_gateway::v1;
namespace tkt = ticket::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint64_t kBaseSeed = 3;
constexpr int kBaseTickets = 60;

// The base, with the positions at which its requests were acknowledged.
Draft MakeBase() {
  Draft draft = MakeShop(kBaseSeed, kBaseTickets);
  const History history = Write(draft);
  std::map<std::string, std::string> answers;
  for (const auto& store : history.stores) {
    const Identity& identity = draft.stores.at(store->name()).identity;
    uint64_t position = 0;
    for (const DraftStore::Event& event : draft.stores.at(store->name()).events) {
      ++position;
      const common::v1::EventMeta& meta = MetaOf(*event);
      if (meta.request_id().empty()) continue;
      const uint32_t partition = *SlotOfStream(meta.stream_id()) % identity.partition_count;
      std::map<Source, uint64_t> positions =
          ReadPositions(answers[meta.request_id()]).value_or(std::map<Source, uint64_t>());
      positions[{identity.area, identity.shard, partition}] = position;
      std::string text;
      for (const auto& [source, at] : positions) {
        absl::StrAppend(&text, text.empty() ? "" : ",", source.name(), "@", at);
      }
      answers[meta.request_id()] = text;
    }
  }
  for (ClientRecord& record : draft.clients) {
    if (record.outcome == Outcome::kAcknowledged) record.positions = answers[record.request_id];
  }
  return draft;
}

Report Check(const History& history, Expectations expectations = {}) {
  absl::StatusOr<Report> report = Verify(history, expectations);
  EXPECT_THAT(report, IsOk());
  return report.ok() ? *std::move(report) : Report();
}

// --- mutations ---------------------------------------------------------------------------------

// The index of the first event of this kind, from `from` on.
template <class Event>
size_t IndexOf(Draft& draft, bool (Event::*has)() const, const std::string& store,
               size_t from = 0) {
  auto& events = draft.stores.at(store).events;
  for (size_t i = from; i < events.size(); ++i) {
    if ((static_cast<Event&>(*events[i]).*has)()) return i;
  }
  ADD_FAILURE() << "the base has no such event in " << store;
  return 0;
}

template <class Event>
Event& First(Draft& draft, bool (Event::*has)() const, const std::string& store) {
  return static_cast<Event&>(*draft.stores.at(store).events.at(IndexOf(draft, has, store)));
}

template <class Event>
void Remove(Draft& draft, bool (Event::*has)() const, const std::string& store) {
  auto& events = draft.stores.at(store).events;
  events.erase(events.begin() + static_cast<std::ptrdiff_t>(IndexOf(draft, has, store)));
}

// A copy under a new event id, at the end of the store.
template <class Event>
Event& Repeat(Draft& draft, bool (Event::*has)() const, const std::string& store) {
  auto copy = std::make_unique<Event>(First(draft, has, store));
  std::string id = copy->meta().event_id();
  id.back() = id.back() == 'Z' ? 'Y' : 'Z';
  copy->mutable_meta()->set_event_id(id);
  draft.stores.at(store).events.push_back(std::move(copy));
  return static_cast<Event&>(*draft.stores.at(store).events.back());
}

ClientRecord& FirstClient(Draft& draft, const std::function<bool(const ClientRecord&)>& wanted) {
  for (ClientRecord& record : draft.clients) {
    if (wanted(record)) return record;
  }
  ADD_FAILURE() << "the base has no such client record";
  return draft.clients.front();
}

bool IsWrite(const ClientRecord& record) {
  return record.outcome == Outcome::kAcknowledged && record.version.has_value();
}

// Rewrites the log of a store so that its chain is in order again.
void Reseal(MemoryStore& store,
            const std::function<void(uint64_t position, std::string& stream, uint64_t& version,
                                     std::string& payload)>& change) {
  std::string chain(kChainBytes, '\0');
  for (auto& [key, value] : store.families["log"]) {
    const LogValue record = *ReadLogValue(value);
    std::string stream(record.stream);
    std::string payload(record.payload);
    uint64_t version = record.version;
    const uint64_t position = *ReadBe64(key);
    change(position, stream, version, payload);
    chain = ChainOf(chain, position, LogValueOf("", stream, version, payload).substr(1));
    value = LogValueOf(chain, stream, version, payload);
  }
}

template <class Event>
void ChangeMeta(History& history, const std::string& store,
                const std::function<void(common::v1::EventMeta&)>& change) {
  Reseal(StoreOf(history, store),
         [&](uint64_t position, std::string&, uint64_t&, std::string& payload) {
           if (position != 5) return;
           Event event;
           EXPECT_TRUE(event.ParseFromString(payload));
           change(*event.mutable_meta());
           payload = event.SerializeAsString();
         });
}

MemoryStore::Rows& Log(History& history) { return StoreOf(history, "ticket.0").families["log"]; }
MemoryStore::Rows& Cursors(History& history, const std::string& store) {
  return StoreOf(history, store).families["cursors"];
}

// The place of the third record of a partition that has several.
size_t BusyRecord(const MemoryTopic& topic) {
  std::map<int32_t, int> seen;
  for (size_t i = 0; i < topic.records.size(); ++i) {
    if (++seen[topic.records[i].partition] == 3) return i;
  }
  ADD_FAILURE() << "no partition is busy";
  return 0;
}
size_t NextInPartition(const MemoryTopic& topic, size_t index) {
  for (size_t i = index + 1; i < topic.records.size(); ++i) {
    if (topic.records[i].partition == topic.records[index].partition) return i;
  }
  ADD_FAILURE() << "that was the last one";
  return index;
}

void SetHeader(MemoryTopic::Record& record, const std::string& name, const std::string& value) {
  for (auto& [key, old] : record.headers) {
    if (key == name) old = value;
  }
}

struct Mutation {
  std::string name;
  std::string rule;  // that is to catch it
  std::function<void(Draft&)> draft;
  std::function<void(History&)> history;
  Expectations expectations;
};

Mutation InDraft(std::string name, std::string rule, std::function<void(Draft&)> change) {
  return {std::move(name), std::move(rule), std::move(change), nullptr, {}};
}
Mutation InBytes(std::string name, std::string rule, std::function<void(History&)> change) {
  return {std::move(name), std::move(rule), nullptr, std::move(change), {}};
}

std::vector<Mutation> LogMutations() {
  return {
      InBytes("RecordDropped", "positions", [](History& h) { Log(h).erase(Be64(7)); }),
      InBytes("LastRecordDropped", "mark",
              [](History& h) { Log(h).erase(std::prev(Log(h).end())); }),
      InBytes("RecordDoubled", "versions",
              [](History& h) {
                const std::string copy = Log(h)[Be64(9)];
                Log(h)[Be64(Log(h).size() + 1)] = copy;
              }),
      InBytes("RecordDoubledKeepingTheChain", "event-id",
              [](History& h) {
                const std::string copy = Log(h)[Be64(9)];
                Log(h)[Be64(Log(h).size() + 1)] = copy;
                Reseal(StoreOf(h, "ticket.0"),
                       [](uint64_t, std::string&, uint64_t&, std::string&) {});
              }),
      InBytes("TwoRecordsSwapped", "chain",
              [](History& h) { std::swap(Log(h)[Be64(4)], Log(h)[Be64(5)]); }),
      InBytes("PayloadByteAltered", "chain", [](History& h) { Log(h)[Be64(6)].back() ^= 1; }),
      InBytes("ChainByteAltered", "chain", [](History& h) { Log(h)[Be64(6)][3] ^= 1; }),
      InBytes("RecordTorn", "record", [](History& h) { Log(h)[Be64(6)].resize(20); }),
      InBytes("RecordOfAnotherFormat", "record", [](History& h) { Log(h)[Be64(6)][0] = 9; }),
      InBytes("VersionSkipped", "versions",
              [](History& h) {
                Reseal(StoreOf(h, "ticket.0"),
                       [](uint64_t position, std::string&, uint64_t& version, std::string&) {
                         if (position == 8) ++version;
                       });
              }),
      InBytes("PayloadIsNoEvent", "event",
              [](History& h) {
                Reseal(StoreOf(h, "ticket.0"),
                       [](uint64_t position, std::string&, uint64_t&, std::string& payload) {
                         if (position == 8) payload = "\xff\xff";
                       });
              }),
      InBytes("PayloadOfAnotherArea", "event",
              [](History& h) {
                rep::ReportingEvent foreign;
                foreign.mutable_meta()->set_event_id("evt_1");
                Reseal(StoreOf(h, "ticket.0"),
                       [&](uint64_t position, std::string&, uint64_t&, std::string& payload) {
                         if (position == 8) payload = foreign.SerializeAsString();
                       });
              }),
      InBytes("MetaNamesAnotherPosition", "meta",
              [](History& h) {
                ChangeMeta<tkt::TicketEvent>(h, "ticket.0", [](auto& m) { m.set_position(6); });
              }),
      InBytes("MetaNamesAnotherVersion", "meta",
              [](History& h) {
                ChangeMeta<tkt::TicketEvent>(h, "ticket.0", [](auto& m) { m.set_version(60); });
              }),
      InBytes("MetaNamesAnotherSource", "meta",
              [](History& h) {
                ChangeMeta<tkt::TicketEvent>(h, "ticket.0", [](auto& m) { m.set_source("x.0"); });
              }),
      InBytes("MetaNamesAnotherSlot", "meta",
              [](History& h) {
                ChangeMeta<inv::InventoryEvent>(h, "inventory.0",
                                                [](auto& m) { m.set_slot(m.slot() ^ 1); });
              }),
      InBytes("MetaNamesAnotherType", "meta",
              [](History& h) {
                ChangeMeta<tkt::TicketEvent>(
                    h, "ticket.0", [](auto& m) { m.set_type("pitlane.ticket.v1.TicketGone"); });
              }),
      InBytes("IndexRowMissing", "index",
              [](History& h) {
                auto& rows = StoreOf(h, "ticket.0").families["streams"];
                rows.erase(rows.begin());
              }),
      InBytes("IndexRowPointsElsewhere", "index",
              [](History& h) {
                auto& rows = StoreOf(h, "ticket.0").families["streams"];
                rows.begin()->second = Be64(*ReadBe64(rows.begin()->second) + 1);
              }),
      InBytes("AnswerMissing", "answer",
              [](History& h) {
                auto& rows = StoreOf(h, "ticket.0").families["requests"];
                rows.erase(rows.begin());
              }),
      InBytes("AnswerOfNothing", "answer",
              [](History& h) {
                auto& rows = StoreOf(h, "ticket.0").families["requests"];
                rows["other"] = rows.begin()->second;
              }),
      InBytes("MarkMissing", "mark", [](History& h) { StoreOf(h, "ticket.0").mark.clear(); }),
      InBytes("MarkOfAnotherStore", "mark",
              [](History& h) { StoreOf(h, "ticket.0").mark = StoreOf(h, "reporting.0").mark; }),
      InBytes("IdentityOfAnotherStore", "identity",
              [](History& h) {
                Cursors(h, "ticket.0")["m/identity"] =
                    absl::StrCat(Be32(1), Be32(0), Be32(1), Be32(8), "inventory");
              }),
      InDraft("StreamOfAnotherShard", "slot",
              [](Draft& d) { d.stores.at("ticket.0").identity.shard_count = 2; }),
  };
}

std::vector<Mutation> CursorMutations() {
  return {
      InBytes("CursorBeyondTheSource", "cursor",
              [](History& h) {
                auto& rows = Cursors(h, "inventory.0");
                const auto row = rows.lower_bound("cfeed/");
                row->second = Be64(*ReadBe64(row->second) + 1000);
              }),
      InBytes("CursorInAnotherPartition", "cursor",
              [](History& h) {
                auto& rows = Cursors(h, "inventory.0");
                const auto first = rows.lower_bound("cfeed/");
                const auto second = std::next(first);
                if (first->second < second->second) {
                  second->second = first->second;
                } else {
                  first->second = second->second;
                }
              }),
      InBytes("CursorOfNoSource", "cursor",
              [](History& h) { Cursors(h, "inventory.0")["cfeed/ticket"] = Be64(1); }),
      InBytes("CursorBehind", "settled",
              [](History& h) {
                auto& rows = Cursors(h, "reporting.0");
                for (auto row = rows.lower_bound("cfeed/ticket.");
                     row != rows.end() && row->first < "cfeed/ticket/"; ++row) {
                  row->second = Be64(0);
                }
              }),
      InBytes("RecordParked", "settled",
              [](History& h) {
                StoreOf(h, "payment.0")
                    .families["views"][std::string("runtime/parked\0\0\0\0\1k", 20)] = "";
              }),
      InBytes("EffectOpen", "settled",
              [](History& h) {
                StoreOf(h, "payment.0")
                    .families["views"][std::string("runtime/effects\0\0\0\0\1k", 21)] = "";
              }),
      InBytes("PartitionHeadWrong", "partition-head",
              [](History& h) {
                auto& rows = Cursors(h, "ticket.0");
                const auto row = rows.lower_bound("cpartition_head/");
                row->second = Be64(*ReadBe64(row->second) - 1);
              }),
  };
}

std::vector<Mutation> CauseMutations() {
  return {
      InDraft("EventIdUsedTwice", "event-id",
              [](Draft& d) {
                auto& events = d.stores.at("ticket.0").events;
                MetaOf(*events[3]).set_event_id(MetaOf(*events[2]).event_id());
              }),
      InDraft("UnknownCausation", "causation",
              [](Draft& d) {
                First(d, &cv::CustomerVehicleEvent::has_visit_counted, "customer_vehicle.0")
                    .mutable_meta()
                    ->set_causation_id("evt_00000000000000000000000000");
              }),
      InDraft("UnknownCorrelation", "correlation",
              [](Draft& d) {
                First(d, &tgw::TerminalGatewayEvent::has_action_succeeded, "terminal_gateway.0")
                    .mutable_meta()
                    ->set_correlation_id("nobody");
              }),
      InDraft("TwoCauses", "cause",
              [](Draft& d) {
                First(d, &cv::CustomerVehicleEvent::has_visit_counted, "customer_vehicle.0")
                    .mutable_meta()
                    ->set_request_id("me");
              }),
      InDraft("EffectDoubled", "effect-twice",
              [](Draft& d) {
                Repeat(d, &cv::CustomerVehicleEvent::has_visit_counted, "customer_vehicle.0");
              }),
      InDraft("CommandDoneTwice", "request-twice",
              [](Draft& d) { Repeat(d, &tkt::TicketEvent::has_line_added, "ticket.0"); }),
      InDraft("CommandDoneTwiceInARow", "acknowledged-elsewhere",
              [](Draft& d) {
                auto& events = d.stores.at("ticket.0").events;
                Repeat(d, &tkt::TicketEvent::has_line_added, "ticket.0");
                const size_t first = IndexOf(d, &tkt::TicketEvent::has_line_added, "ticket.0");
                auto copy = std::move(events.back());
                events.pop_back();
                events.insert(events.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                              std::move(copy));
              }),
      InBytes("CommandDoneTwiceInARowWithTheOldAnswer", "answer",
              [](History& h) {
                // The answer names the last position but one.
                auto& rows = StoreOf(h, "ticket.0").families["requests"];
                for (auto& [id, value] : rows) {
                  const size_t at = value.rfind('@');
                  if (at == std::string::npos || value[value.size() - 1] == '0') continue;
                  --value[value.size() - 1];
                  return;
                }
              }),
      InDraft("AcknowledgedLost", "acknowledged-lost",
              [](Draft& d) {
                auto& events = d.stores.at("ticket.0").events;
                const size_t at = IndexOf(d, &tkt::TicketEvent::has_line_added, "ticket.0");
                FirstClient(d, [&](const ClientRecord& r) {
                  return r.request_id == MetaOf(*events[at]).request_id();
                }).outcome = Outcome::kAcknowledged;
                events.erase(events.begin() + static_cast<std::ptrdiff_t>(at));
              }),
      InDraft("AcknowledgedWithoutEventLost", "acknowledged-lost",
              [](Draft& d) { d.stores.at("inventory.0").eventless_requests.clear(); }),
      InDraft("RefusedDone", "refused-done",
              [](Draft& d) { FirstClient(d, IsWrite).outcome = Outcome::kRefused; }),
      InDraft("AnsweredDifferently", "acknowledged-elsewhere",
              [](Draft& d) {
                ClientRecord again = FirstClient(d, IsWrite);
                again.positions = "ticket.0.0@9999";
                d.clients.push_back(again);
              }),
      InDraft("SentByNobody", "invented",
              [](Draft& d) {
                const std::string id = FirstClient(d, IsWrite).request_id;
                std::erase_if(d.clients, [&](const ClientRecord& r) { return r.request_id == id; });
              }),
      InDraft("DoneInTwoShards", "done-twice",
              [](Draft& d) {
                DraftStore& other = d.stores["ticket.1"];
                other.identity = d.stores.at("ticket.0").identity;
                other.identity.shard = 1;
                other.identity.shard_count = 2;
                other.eventless_requests.push_back(FirstClient(d, IsWrite).request_id);
              }),
  };
}

std::vector<Mutation> VersionMutations() {
  return {
      InDraft("TwoFollowedTheSameVersion", "version-twice",
              [](Draft& d) {
                ClientRecord& write = FirstClient(d, [](const ClientRecord& r) {
                  return IsWrite(r) && r.expected_version.has_value();
                });
                ClientRecord other = write;
                other.request_id = "another";
                other.version = *write.version + 1;
                d.clients.push_back(other);
              }),
      InDraft("OldVersionMadeAgain", "version-expected",
              [](Draft& d) {
                ClientRecord& write = FirstClient(d, IsWrite);
                write.expected_version = *write.version;
              }),
      InDraft("StaleRead", "version-read",
              [](Draft& d) {
                FirstClient(d, [](const ClientRecord& r) {
                  return r.outcome == Outcome::kRead && *r.version > 1;
                }).version = 0;
              }),
      InDraft("ReadOfWhatWasNotSentYet", "version-read",
              [](Draft& d) {
                ClientRecord& write = FirstClient(d, IsWrite);
                ClientRecord read = write;
                read.outcome = Outcome::kRead;
                read.begin_us = 1;
                read.end_us = 2;
                d.clients.push_back(read);
              }),
      InDraft("LaterWriteMadeAnEarlierVersion", "version-order",
              [](Draft& d) {
                ClientRecord& write = FirstClient(d, IsWrite);
                ClientRecord late = write;
                late.request_id = "late";
                late.expected_version.reset();
                late.version = 0;
                late.begin_us += 3600000000;
                late.end_us += 3600000000;
                d.clients.push_back(late);
              }),
  };
}

std::vector<Mutation> TopicMutations() {
  const auto ticket = [](History& h) -> MemoryTopic& { return TopicOf(h, "ticket"); };
  std::vector<Mutation> mutations = {
      InBytes("TopicRecordMissing", "topic-missing",
              [=](History& h) {
                auto& records = ticket(h).records;
                records.erase(records.begin() + static_cast<std::ptrdiff_t>(BusyRecord(ticket(h))));
              }),
      InBytes("TopicEndMissing", "topic-missing",
              [=](History& h) { ticket(h).records.pop_back(); }),
      InBytes("TopicRecordsSwapped", "topic-missing",
              [=](History& h) {
                const size_t first = BusyRecord(ticket(h));
                std::swap(ticket(h).records[first],
                          ticket(h).records[NextInPartition(ticket(h), first)]);
              }),
      InBytes("TopicRecordInAnotherPartition", "topic-partition",
              [=](History& h) { ticket(h).records[BusyRecord(ticket(h))].partition ^= 1; }),
      InBytes("TopicValueAltered", "topic-store",
              [=](History& h) { ticket(h).records[4].value.back() ^= 1; }),
      InBytes("TopicRecordOfNoStore", "topic-store",
              [=](History& h) {
                tkt::TicketEvent event;
                auto& records = ticket(h).records;
                EXPECT_TRUE(event.ParseFromString(records.back().value));
                event.mutable_meta()->set_position(event.meta().position() + 1);
                records.push_back(records.back());
                records.back().value = event.SerializeAsString();
                SetHeader(records.back(), "pitlane-position",
                          absl::StrCat(event.meta().position()));
              }),
      InBytes("TopicKeyAltered", "topic-headers",
              [=](History& h) { ticket(h).records[4].key = "tkt_other"; }),
      InBytes("TopicHeaderAltered", "topic-headers",
              [=](History& h) { SetHeader(ticket(h).records[4], "ce_type", "other"); }),
      InBytes(
          "TopicTimeAltered", "topic-headers",
          [=](History& h) { SetHeader(ticket(h).records[4], "ce_time", "2025-03-14T11:00:00Z"); }),
      InBytes("TopicPredecessorAltered", "topic-previous",
              [=](History& h) {
                const size_t at = BusyRecord(ticket(h));
                SetHeader(ticket(h).records[at], "pitlane-previous", "0");
              }),
  };
  Mutation again = InBytes("TopicRecordDoubled", "topic-again", [=](History& h) {
    ticket(h).records.push_back(ticket(h).records.back());
  });
  again.expectations.no_duplicates = true;
  mutations.push_back(again);
  return mutations;
}

std::vector<Mutation> StockMutations() {
  using Event = inv::InventoryEvent;
  const char* const store = "inventory.0";
  return {
      InDraft("IssueMissing", "issue-missing",
              [=](Draft& d) { Remove(d, &Event::has_stock_issued, store); }),
      InDraft("IssueOfAnotherQuantity", "issue-missing",
              [=](Draft& d) {
                auto& issued = *First(d, &Event::has_stock_issued, store).mutable_stock_issued();
                issued.set_quantity_milli(issued.quantity_milli() + 1000);
              }),
      InDraft("IssueDoubled", "issue-twice",
              [=](Draft& d) { Repeat(d, &Event::has_stock_issued, store); }),
      InDraft("IssueInvented", "issue-invented",
              [=](Draft& d) {
                Repeat(d, &Event::has_stock_issued, store).mutable_stock_issued()->set_line_id("x");
              }),
      InDraft("LevelWrong", "stock-level",
              [=](Draft& d) {
                auto& level = *First(d, &Event::has_stock_received, store)
                                   .mutable_stock_received()
                                   ->mutable_level();
                level.set_on_hand_milli(level.on_hand_milli() + 1);
              }),
      InDraft("ReceiptMissing", "stock-level",
              [=](Draft& d) { Remove(d, &Event::has_stock_received, store); }),
      InDraft("ReservedBelowZero", "stock-negative",
              [=](Draft& d) {
                First(d, &Event::has_stock_reserved, store)
                    .mutable_stock_reserved()
                    ->set_quantity_milli(-1000);
              }),
      InDraft(
          "ValueWrong", "stock-value",
          [=](Draft& d) {
            auto& level =
                *First(d, &Event::has_stock_issued, store).mutable_stock_issued()->mutable_level();
            level.set_value_e4(level.value_e4() + 1);
          }),
      InDraft("CostWrong", "stock-cost",
              [=](Draft& d) {
                auto& received =
                    *First(d, &Event::has_stock_received, store).mutable_stock_received();
                received.set_unit_cost_e4(received.unit_cost_e4() + 5000);
              }),
      InDraft("OrderConfirmedTwice", "order",
              [=](Draft& d) { Repeat(d, &Event::has_purchase_order_confirmed, store); }),
      InDraft("DeliveryNeverShelved", "order",
              [=](Draft& d) {
                First(d, &Event::has_purchase_order_received, store)
                    .mutable_purchase_order_received()
                    ->mutable_lines(0)
                    ->set_quantity_milli(7);
              }),
      InDraft("OrderNeverRaised", "order",
              [=](Draft& d) { Remove(d, &Event::has_purchase_order_raised, store); }),
      InDraft("ReleaseMissing", "stock-reserved",
              [=](Draft& d) { Remove(d, &Event::has_reservation_released, store); }),
      InDraft("ReleaseOfMoreThanWasKept", "stock-reserved",
              [=](Draft& d) {
                First(d, &Event::has_reservation_released, store)
                    .mutable_reservation_released()
                    ->set_quantity_milli(987000);
              }),
  };
}

std::vector<Mutation> TicketMutations() {
  using Event = tkt::TicketEvent;
  const char* const store = "ticket.0";
  return {
      InDraft("TotalWrong", "ticket-total",
              [=](Draft& d) {
                auto& totals = *First(d, &Event::has_ticket_invoiced, store)
                                    .mutable_ticket_invoiced()
                                    ->mutable_ticket()
                                    ->mutable_totals();
                totals.set_total_minor(totals.total_minor() + 1);
              }),
      InDraft("TaxWrong", "ticket-total",
              [=](Draft& d) {
                auto& totals = *First(d, &Event::has_ticket_closed, store)
                                    .mutable_ticket_closed()
                                    ->mutable_ticket()
                                    ->mutable_totals();
                totals.set_tax_minor(totals.tax_minor() + 1);
              }),
      InDraft("OpenedTwice", "ticket-opened",
              [=](Draft& d) { Repeat(d, &Event::has_ticket_opened, store); }),
      InDraft("InvoicedTwice", "ticket-invoiced",
              [=](Draft& d) { Repeat(d, &Event::has_ticket_invoiced, store); }),
      InDraft("ClosedTwice", "ticket-closed",
              [=](Draft& d) { Repeat(d, &Event::has_ticket_closed, store); }),
      InDraft("ClosedUnpaid", "ticket-paid",
              [=](Draft& d) { Remove(d, &Event::has_money_received, store); }),
      InDraft("PaidAndNeverClosed", "ticket-open",
              [=](Draft& d) { Remove(d, &Event::has_ticket_closed, store); }),
      InDraft("MoneyReceivedTwice", "ticket-money",
              [=](Draft& d) { Repeat(d, &Event::has_money_received, store); }),
      InDraft("MoneyReceivedMissing", "ticket-payments",
              [=](Draft& d) { Remove(d, &Event::has_money_received, store); }),
      InDraft("MoneyReturnedMissing", "ticket-payments",
              [=](Draft& d) { Remove(d, &Event::has_money_returned, store); }),
      InDraft("NumberSkipped", "numbers",
              [=](Draft& d) { Remove(d, &Event::has_number_assigned, store); }),
  };
}

std::vector<Mutation> MoneyMutations() {
  using Event = pay::PaymentEvent;
  using Reader = tgw::TerminalGatewayEvent;
  const char* const store = "payment.0";
  const char* const readers = "terminal_gateway.0";
  const auto by_card = [=](Draft& d) -> Event& {
    size_t at = 0;
    while (true) {
      at = IndexOf(d, &Event::has_payment_captured, store, at);
      auto& event = static_cast<Event&>(*d.stores.at(store).events[at++]);
      if (event.payment_captured().tender() == pay::TENDER_CARD_PRESENT) return event;
    }
  };
  return {
      InDraft("CapturedTwice", "capture-twice",
              [=](Draft& d) { Repeat(d, &Event::has_payment_captured, store); }),
      InDraft("AttemptCapturedForTwoPayments", "capture-twice",
              [=](Draft& d) {
                auto copy = std::make_unique<Event>(by_card(d));
                copy->mutable_payment_captured()->set_payment_id("pay_other");
                copy->mutable_meta()->set_event_id("evt_00000000000000000000000001");
                d.stores.at(store).events.push_back(std::move(copy));
              }),
      InDraft("CaptureSumWrong", "capture-sum",
              [=](Draft& d) {
                auto& captured =
                    *First(d, &Event::has_payment_captured, store).mutable_payment_captured();
                captured.set_rounding_minor(captured.rounding_minor() + 1);
              }),
      InDraft(
          "CaptureWithoutAnAttempt", "capture-invented",
          [=](Draft& d) { by_card(d).mutable_payment_captured()->set_attempt_id("att_other"); }),
      InDraft("CaptureWithoutAReader", "capture-invented",
              [=](Draft& d) { Remove(d, &Reader::has_action_succeeded, readers); }),
      InDraft("CaptureMissing", "capture-missing",
              [=](Draft& d) {
                auto& events = d.stores.at(store).events;
                const Event* gone = &by_card(d);
                std::erase_if(events, [&](const auto& event) { return event.get() == gone; });
              }),
      InDraft("AttemptStartedTwice", "attempt",
              [=](Draft& d) { Repeat(d, &Event::has_attempt_started, store); }),
      InDraft("ActionEndedTwice", "action",
              [=](Draft& d) { Repeat(d, &Reader::has_action_succeeded, readers); }),
      InDraft("ActionNobodyAskedFor", "action",
              [=](Draft& d) { Remove(d, &Event::has_attempt_started, store); }),
      InDraft("RefundOfMoreThanWasTaken", "refund",
              [=](Draft& d) {
                First(d, &Event::has_payment_refunded, store)
                    .mutable_payment_refunded()
                    ->set_returned_minor(99999999);
              }),
      InDraft("RefundNobodyAskedFor", "refund",
              [=](Draft& d) { Remove(d, &Event::has_refund_started, store); }),
      InDraft("ReceivableMissing", "receivable",
              [=](Draft& d) { Remove(d, &Event::has_receivable_created, store); }),
      InDraft("PaymentCreditedTwice", "receivable",
              [=](Draft& d) { Repeat(d, &Event::has_receivable_paid, store); }),
      InDraft("PaymentNeverCredited", "receivable",
              [=](Draft& d) { Remove(d, &Event::has_receivable_paid, store); }),
      InDraft("ProviderChargedTwice", "provider",
              [=](Draft& d) {
                for (const ProviderRecord& record : std::vector(d.provider)) {
                  if (record.approved) return d.provider.push_back(record);
                }
              }),
      InDraft("ProviderChargedUnknownToUs", "provider",
              [=](Draft& d) {
                d.provider.push_back({.action_id = "x", .approved = true, .amount_minor = 1});
              }),
      InDraft("ProviderNeverCharged", "provider", [=](Draft& d) { d.provider.clear(); }),
  };
}

std::vector<Mutation> ConsequenceMutations() {
  using Person = cv::CustomerVehicleEvent;
  using Fact = rep::ReportingEvent;
  const char* const people = "customer_vehicle.0";
  const char* const facts = "reporting.0";
  return {
      InDraft("HistoryMissing", "history-missing",
              [=](Draft& d) { Remove(d, &Person::has_service_recorded, people); }),
      InDraft("HistoryDoubled", "history-twice",
              [=](Draft& d) { Repeat(d, &Person::has_service_recorded, people); }),
      InDraft("HistoryInvented", "history-invented",
              [=](Draft& d) {
                Repeat(d, &Person::has_service_recorded, people)
                    .mutable_service_recorded()
                    ->mutable_entry()
                    ->set_ticket_id("tkt_other");
              }),
      InDraft("VisitMissing", "visit-missing",
              [=](Draft& d) { Remove(d, &Person::has_visit_counted, people); }),
      InDraft("VisitDoubled", "visit-twice",
              [=](Draft& d) { Repeat(d, &Person::has_visit_counted, people); }),
      InDraft("VisitInvented", "visit-invented",
              [=](Draft& d) {
                Repeat(d, &Person::has_visit_counted, people)
                    .mutable_visit_counted()
                    ->set_ticket_id("tkt_other");
              }),
      InDraft("ProfileWrong", "profile",
              [=](Draft& d) {
                auto& profile = *First(d, &Person::has_profile_updated, people)
                                     .mutable_profile_updated()
                                     ->mutable_profile();
                profile.mutable_spend(0)->set_amount_minor(1);
              }),
      InDraft("ProfileNotUpdated", "profile",
              [=](Draft& d) { Remove(d, &Person::has_profile_updated, people); }),
      InDraft("SaleNotReported", "fact-missing",
              [=](Draft& d) { Remove(d, &Fact::has_sale_recorded, facts); }),
      InDraft("SaleReportedTwice", "fact-twice",
              [=](Draft& d) { Repeat(d, &Fact::has_sale_recorded, facts); }),
      InDraft("SaleReportedWithAnotherSum", "fact-sum",
              [=](Draft& d) {
                First(d, &Fact::has_sale_recorded, facts)
                    .mutable_sale_recorded()
                    ->mutable_lines(0)
                    ->set_net_minor(-1);
              }),
      InDraft("TenderNotReported", "fact-missing",
              [=](Draft& d) { Remove(d, &Fact::has_tender_recorded, facts); }),
      InDraft("RefundNotReported", "fact-missing",
              [=](Draft& d) { Remove(d, &Fact::has_refund_recorded, facts); }),
      InDraft("IssueNotReported", "fact-missing",
              [=](Draft& d) { Remove(d, &Fact::has_parts_issue_recorded, facts); }),
      InDraft("FactInvented", "fact-invented",
              [=](Draft& d) {
                Repeat(d, &Fact::has_tender_recorded, facts)
                    .mutable_tender_recorded()
                    ->set_payment_id("pay_other");
              }),
  };
}

std::vector<Mutation> AllMutations() {
  std::vector<Mutation> all;
  for (const auto& some :
       {LogMutations(), CursorMutations(), CauseMutations(), VersionMutations(), TopicMutations(),
        StockMutations(), TicketMutations(), MoneyMutations(), ConsequenceMutations()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

class DoctoredHistory : public ::testing::TestWithParam<Mutation> {};

TEST_P(DoctoredHistory, IsCaughtByTheRuleThatIsMeantForIt) {
  const Mutation& mutation = GetParam();
  Draft draft = MakeBase();
  if (mutation.draft) mutation.draft(draft);
  History history = Write(draft);
  if (mutation.history) mutation.history(history);

  const Report report = Check(history, mutation.expectations);

  EXPECT_THAT(report.Broken(), Contains(mutation.rule)) << report.Text(true);
}

INSTANTIATE_TEST_SUITE_P(Checker, DoctoredHistory, ::testing::ValuesIn(AllMutations()),
                         [](const auto& named) { return named.param.name; });

TEST(Checker, EveryRuleHasADoctoredHistory) {
  std::set<std::string> meant;
  for (const Mutation& mutation : AllMutations()) meant.insert(mutation.rule);

  const Report report = Check(Write(MakeBase()), {.no_duplicates = true});

  for (const auto& [name, rule] : report.rules()) {
    EXPECT_TRUE(meant.contains(name)) << name << " was never seen to catch anything";
  }
  for (const std::string& name : meant) {
    EXPECT_TRUE(report.rules().contains(name)) << name << " is never looked at";
  }
  EXPECT_THAT(report.Broken(), IsEmpty()) << report.Text(false);
}

class CleanHistory : public ::testing::TestWithParam<int> {};

TEST_P(CleanHistory, IsNotFlagged) {
  const auto seed = static_cast<uint64_t>(GetParam());
  const Report report = Check(Write(MakeShop(seed, 5 + GetParam() % 60)), {.no_duplicates = true});

  EXPECT_THAT(report.Broken(), IsEmpty()) << report.Text(false);
}

INSTANTIATE_TEST_SUITE_P(Checker, CleanHistory, ::testing::Range(1, 121));

TEST(Checker, RepeatedEndsOfATopicAreNoFaultUnlessAskedFor) {
  History history = Write(MakeBase());
  MemoryTopic& topic = TopicOf(history, "payment");
  const std::vector<MemoryTopic::Record> end(topic.records.end() - 20, topic.records.end());
  topic.records.insert(topic.records.end(), end.begin(), end.end());

  EXPECT_THAT(Check(history).Broken(), IsEmpty());
  EXPECT_THAT(Check(history, {.no_duplicates = true}).Broken(), ElementsAre("topic-again"));
}

TEST(Checker, LateAnswerToAnEarlyRequestIsNoFault) {
  Draft draft = MakeBase();
  // Sent again an hour later, while others had gone on: the first answer again.
  ClientRecord again = FirstClient(draft, IsWrite);
  again.begin_us += 3600000000;
  again.end_us += 3600000000;
  draft.clients.push_back(again);

  EXPECT_THAT(Check(Write(draft)).Broken(), IsEmpty());
}

TEST(Checker, ConsequencesThatAreStillToComeAreNoFaultWhileThingsAreUnderWay) {
  Draft draft = MakeBase();
  draft.stores.at("reporting.0").events.clear();
  History history = Write(draft);
  auto& cursors = StoreOf(history, "reporting.0").families["cursors"];
  std::erase_if(cursors, [](const auto& row) { return row.first.rfind("cfeed/", 0) == 0; });

  EXPECT_THAT(Check(history, {.settled = false}).Broken(), IsEmpty());
  EXPECT_THAT(Check(history).Broken(), ElementsAre("settled"));
}

TEST(Checker, FirstFaultNamesItsPlaceAndItsId) {
  Draft draft = MakeBase();
  Remove(draft, &cv::CustomerVehicleEvent::has_service_recorded, "customer_vehicle.0");

  const Report report = Check(Write(draft));

  const Report::Rule& rule = report.rules().find("history-missing")->second;
  EXPECT_EQ(rule.broken, 1u);
  EXPECT_THAT(rule.first.where, ::testing::StartsWith("ticket.0@"));
  EXPECT_THAT(rule.first.id, ::testing::StartsWith("tkt_"));
  EXPECT_THAT(report.Text(false), ::testing::HasSubstr("FAIL history-missing: 1 of "));
  EXPECT_THAT(report.Json(), ::testing::HasSubstr("\"sound\": false"));
}

TEST(ClientRecords, AreReadLineByLineAndATornLastOneIsLeftOut) {
  const std::string path = ::testing::TempDir() + "/pitlane-checker-records";
  std::ofstream(path) << R"({"request_id":"r1","method":"/pitlane.ticket.v1.T/M",)"
                         R"("outcome":"acknowledged","positions":"ticket.0.3@17","stream":"tkt_1",)"
                         R"("expected_version":4,"version":5,"begin_us":10,"end_us":20})"
                      << "\n"
                      << R"({"request_id":"r2","outcome":"refu)";
  std::vector<ClientRecord> records;

  ASSERT_THAT(ReadClientRecords(path, records), IsOk());

  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].request_id, "r1");
  EXPECT_EQ(records[0].outcome, Outcome::kAcknowledged);
  EXPECT_EQ(records[0].expected_version, 4u);
  EXPECT_EQ(records[0].version, 5u);
  EXPECT_EQ(records[0].end_us, 20);
  std::remove(path.c_str());
}

TEST(ClientRecords, ALineThatIsNoneIsNamed) {
  const std::string path = ::testing::TempDir() + "/pitlane-checker-bad-records";
  std::ofstream(path) << "{\"request_id\":\"r1\",\"outcome\":\"perhaps\"}\n";
  std::vector<ClientRecord> records;

  EXPECT_THAT(ReadClientRecords(path, records),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr(":1:")));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace pitlane::checker
