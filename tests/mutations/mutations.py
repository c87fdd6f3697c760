"""Promises, each broken on purpose in one place.

A mutation replaces `old` by `new` in `file`; `old` must be there exactly once, or the list is
stale. `tests` names the test programs that have to notice; the first that fails ends the search.
`compiler` says that the build itself must refuse.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mutation:
    name: str
    promise: str
    file: str
    old: str
    new: str
    tests: tuple = field(default=())
    compiler: bool = False


MUTATIONS = [
    # The journal: nothing acknowledged is lost.
    Mutation("skip_the_sync", "a commit is on the disk before it is acknowledged",
             "libs/journal/store.cc",
             "  options.sync = true;\n  const size_t bytes",
             "  options.sync = false;\n  const size_t bytes",
             ("journal_test",)),
    Mutation("ignore_a_failed_write", "a write that failed is never acknowledged",
             "libs/journal/store.cc",
             "if (status = database_->db()->Write(options, &writes); !status.ok()) "
             "return WriteFailed(status);",
             "database_->db()->Write(options, &writes).PermitUncheckedError();",
             ("journal_test",)),
    Mutation("ignore_a_status", "an ignored Status does not compile",
             "libs/runtime/executor.cc",
             "  const absl::Status committed = Commit(context);",
             "  Commit(context);\n  const absl::Status committed;",
             compiler=True),
    Mutation("skip_dropped_records_at_open", "a store that lost its end is not opened",
             "libs/journal/open.cc",
             "  return fault ? absl::DataLossError(fault->what) : absl::OkStatus();",
             "  return absl::OkStatus();",
             ("journal_test",)),
    Mutation("lenient_recovery", "a damaged write-ahead log is refused, not shortened",
             "libs/journal/database.cc",
             "rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords",
             "rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords",
             ("journal_test",)),
    Mutation("skip_the_chain", "an altered record is found when the store is opened",
             "libs/journal/open.cc",
             "  return walk.fault ? absl::DataLossError(walk.fault->what) : absl::OkStatus();",
             "  return absl::OkStatus();",
             ("journal_test",)),
    Mutation("accept_any_version", "two writers of one version are never both accepted",
             "libs/journal/batch_state.cc",
             "  if (version != expected_version) {",
             "  if (version < expected_version) {",
             ("journal_test",)),

    # The executor: all or nothing, once, answered after the commit.
    Mutation("answer_early", "nobody is answered before the commit",
             "libs/runtime/executor.cc",
             "  const absl::Time committing = clock_.Now();",
             "  for (Decided& one : decided) {\n"
             "    if (one.bounded) one.done(one.result);\n"
             "    if (one.bounded) one.done = [](absl::StatusOr<Answer>) {};\n"
             "  }\n"
             "  const absl::Time committing = clock_.Now();",
             ("runtime_test",)),
    Mutation("forget_the_request", "a repeated request gets the first answer",
             "libs/runtime/executor.cc",
             "  if (!command.request_id.empty()) {\n    v1::RememberedAnswer remembered;",
             "  if (command.request_id.empty()) {\n    v1::RememberedAnswer remembered;",
             ("runtime_test",)),
    Mutation("accept_a_reused_request_id", "a request id stands for one content",
             "libs/runtime/executor.cc",
             "  if (earlier->fingerprint != command.fingerprint) {",
             "  if (earlier->fingerprint.empty()) {",
             ("runtime_test",)),
    Mutation("keep_what_was_rejected", "a rejected command leaves nothing behind",
             "libs/runtime/executor.cc",
             "  if (answer.ok()) {\n    context.Keep();\n  } else {\n    context.Drop();\n  }",
             "  context.Keep();",
             ("runtime_test",)),
    Mutation("unbounded_queue", "a full queue refuses at once",
             "libs/runtime/executor.cc",
             "bounded && bounded_ >= options_.max_queue",
             "bounded && bounded_ > 1000 * options_.max_queue",
             ("runtime_test",)),
    Mutation("ignore_expected_version", "a command that names a version sees that version",
             "libs/runtime/unit.cc",
             "  if (!expected.has_value() || *expected == actual) return absl::OkStatus();",
             "  if (!expected.has_value() || *expected <= actual) return absl::OkStatus();",
             ("runtime_test", "ticket_test")),
    Mutation("swap_the_order_of_a_batch", "effects start after the commit that decided them",
             "libs/runtime/executor.cc",
             "  const absl::Status committed = Commit(context);",
             "  for (const auto& tell : listeners_) tell({journal_.last_position(), {}, "
             "context.effects});\n  const absl::Status committed = Commit(context);",
             ("runtime_test",)),

    # Feeds: each record once and in order.
    Mutation("drop_the_duplicate_check", "a record that comes twice takes effect once",
             "libs/runtime/feed_pump.cc",
             "  if (record.position <= cursor) return ends_as(Outcome::kDuplicate);",
             "  if (record.position < cursor) return ends_as(Outcome::kDuplicate);",
             ("runtime_test",)),
    Mutation("drop_the_gap_check", "a record is applied after its predecessor only",
             "libs/runtime/feed_pump.cc",
             "  if (record.previous != cursor) return ends_as(Outcome::kGap);",
             "  if (record.previous > 2 * cursor + 1000) return ends_as(Outcome::kGap);",
             ("runtime_test",)),
    Mutation("move_the_cursor_first", "the cursor moves with what it stands for, or not at all",
             "libs/runtime/feed_pump.cc",
             "  command.done = [this, jobs](absl::StatusOr<Answer> answer) {",
             "  Command first;\n"
             "  first.decide = [jobs](Unit& unit) -> absl::StatusOr<std::string> {\n"
             "    const stream::FeedRecord& record = jobs->back().record;\n"
             "    unit.PutCursor(CursorName(record.source), record.position);\n"
             "    return std::string();\n"
             "  };\n"
             "  first.done = [](const absl::StatusOr<Answer>&) {};\n"
             "  executor_.SubmitInternal(std::move(first));\n"
             "  command.done = [this, jobs](absl::StatusOr<Answer> answer) {",
             ("runtime_test",)),
    Mutation("skip_what_a_reactor_refuses", "a record that cannot be applied is parked",
             "libs/runtime/feed_pump.cc",
             "    if (job.refusal.ok()) return ends_as(Outcome::kApplied);",
             "    return ends_as(Outcome::kApplied);",
             ("runtime_test",)),
    Mutation("overtake_what_is_parked", "a record waits behind a parked one of its stream",
             "libs/runtime/feed_pump.cc",
             "  if (before == 0) {",
             "  if (before < 1000) {",
             ("runtime_test",)),

    # Effects on the outside world: at most once.
    Mutation("repeat_an_effect", "what was in flight at a crash is queried, never repeated",
             "libs/runtime/effects.cc",
             "      open_[key] = Open{.effect = std::move(effect)};",
             "      open_[key] = Open{.effect = std::move(effect), .perform = true};",
             ("runtime_test",)),
    Mutation("perform_again_after_no_outcome", "an effect without an outcome is asked about",
             "libs/runtime/effects.cc",
             "    open.perform = false;",
             "    open.perform = open.perform && open.effect.asked < 1000;",
             ("runtime_test",)),

    # Money and stock.
    Mutation("round_half_down", "rounding is symmetric, ties away from zero",
             "libs/money/rounding.cc",
             "      return remainder >= rest;",
             "      return negative ? remainder > rest : remainder >= rest;",
             ("money_test",)),
    Mutation("lose_the_remainder", "an allocation conserves its total",
             "libs/money/allocation.cc",
             "for (size_t i = 0; left > 0; ++i, --left)",
             "for (size_t i = 0; left > 1; ++i, --left)",
             ("money_test",)),
    Mutation("count_a_payment_twice", "a payment counts once",
             "services/ticket/domain/ticket_decide.cc",
             "  if (Contains(state.payment_ids(), command.payment_id)) return Events();\n",
             "",
             ("ticket_test",)),
    Mutation("count_a_refund_twice", "a refund counts once",
             "services/ticket/domain/ticket_decide.cc",
             "  if (Contains(state.refund_ids(), command.refund_id)) return Events();\n",
             "",
             ("ticket_test",)),
    Mutation("issue_stock_twice", "a line's stock is issued once",
             "services/inventory/reactors/on_ticket_closed.cc",
             "  if (issued) return absl::OkStatus();\n",
             "",
             ("inventory_test",)),
    Mutation("record_a_visit_twice", "a sale is in the vehicle's history once",
             "services/customer_vehicle/reactors/on_ticket_closed.cc",
             "  if (events.empty()) return false;\n",
             "  if (events.empty()) events = Decide(v1::ServiceVisitState(), "
             "RecordService{EntryOf(ticket, closed_at)});\n",
             ("customer_vehicle_test",)),
    Mutation("cancel_a_newer_action", "a stale till cannot cancel a newer action of a reader",
             "services/terminal_gateway/domain/reader_decide.cc",
             "  if (request.fencing_token() != action.fencing_token() || overtaken) {",
             "  if (request.fencing_token() > action.fencing_token()) {",
             ("terminal_gateway_test",)),

    # Who may.
    Mutation("permission_anywhere", "a permission is for a location",
             "libs/rpc/permissions.cc",
             "  if (HasPermissionAt(caller, access.permission(), id)) return absl::OkStatus();",
             "  if (HasPermissionSomewhere(caller, access.permission())) return absl::OkStatus();",
             ("rpc_test",)),
    Mutation("any_algorithm", "a token is signed with its key's own algorithm",
             "libs/rpc/jws.cc",
             "  if (algorithm != key->algorithm) {",
             "  if (algorithm.empty()) {",
             ("rpc_test",)),
    Mutation("keep_card_numbers", "no card number is stored",
             "services/ticket/api/shape.cc",
             "  if (!SlotOfId(text).ok() && LooksLikeCardNumber(text)) {",
             "  if (!SlotOfId(text).ok() && text.size() > 1000 && LooksLikeCardNumber(text)) {",
             ("ticket_test",)),
]
