#include "tests/bench/postgres_shop.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libpq-fe.h"
#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "tests/bench/busy_shop.h"

namespace pitlane::bench {
namespace {

constexpr int kPeople = 400;
// So much lies on the shelf besides that it never runs empty: on_hand must not fall below zero.
constexpr int64_t kSafety = 100'000;

constexpr char kTables[] = R"sql(
CREATE TABLE parts (
  id int PRIMARY KEY, number text NOT NULL UNIQUE, description text NOT NULL,
  category text NOT NULL, cost_e4 bigint NOT NULL, list_minor bigint NOT NULL);
CREATE TABLE stock (
  part_id int REFERENCES parts, location_id int,
  on_hand bigint NOT NULL CHECK (on_hand >= 0), reserved bigint NOT NULL CHECK (reserved >= 0),
  received bigint NOT NULL, issued bigint NOT NULL DEFAULT 0, value_e4 numeric NOT NULL,
  reorder_point bigint NOT NULL, reorder_quantity bigint NOT NULL,
  PRIMARY KEY (part_id, location_id)) WITH (fillfactor = 50);
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, phone text NOT NULL);
CREATE TABLE vehicles (
  id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, plate text NOT NULL);
CREATE TABLE locations (
  id int PRIMARY KEY, name text NOT NULL, tax_ppm bigint NOT NULL, rate_minor bigint NOT NULL);
CREATE SEQUENCE ticket_numbers;
CREATE TABLE tickets (
  id bigint PRIMARY KEY, number bigint NOT NULL DEFAULT nextval('ticket_numbers'),
  version int NOT NULL DEFAULT 1, location_id int NOT NULL REFERENCES locations,
  customer_id int NOT NULL REFERENCES customers, vehicle_id int REFERENCES vehicles,
  stage text NOT NULL DEFAULT 'open', net_minor bigint, tax_minor bigint, total_minor bigint,
  paid_minor bigint NOT NULL DEFAULT 0, business_date date, opened_at timestamptz NOT NULL,
  invoiced_at timestamptz, closed_at timestamptz) WITH (fillfactor = 50);
CREATE INDEX ON tickets (customer_id);
CREATE INDEX ON tickets (vehicle_id);
CREATE TABLE jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket_id bigint NOT NULL REFERENCES tickets,
  title text NOT NULL, state text NOT NULL DEFAULT 'proposed', evidence text, technician text,
  cause text, correction text) WITH (fillfactor = 50);
CREATE INDEX ON jobs (ticket_id);
CREATE TABLE lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket_id bigint NOT NULL REFERENCES tickets,
  job_id bigint NOT NULL REFERENCES jobs, part_id int REFERENCES parts, category text NOT NULL,
  description text NOT NULL, quantity bigint NOT NULL, net_minor bigint NOT NULL,
  taxed boolean NOT NULL);
CREATE INDEX ON lines (ticket_id);
CREATE TABLE reservations (
  line_id bigint PRIMARY KEY REFERENCES lines, ticket_id bigint NOT NULL, part_id int NOT NULL,
  location_id int NOT NULL, quantity bigint NOT NULL);
CREATE INDEX ON reservations (ticket_id);
CREATE TABLE payments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket_id bigint NOT NULL REFERENCES tickets,
  tender text NOT NULL, amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  taken_at timestamptz NOT NULL);
CREATE INDEX ON payments (ticket_id);
CREATE TABLE requests (id text PRIMARY KEY, answer text NOT NULL);
CREATE TABLE stock_issues (
  line_id bigint PRIMARY KEY, ticket_id bigint NOT NULL, part_id int NOT NULL,
  quantity bigint NOT NULL, cost_e4 numeric NOT NULL);
CREATE TABLE purchase_orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, part_id int NOT NULL,
  location_id int NOT NULL, quantity bigint NOT NULL, received_at timestamptz);
CREATE TABLE service_history (
  ticket_id bigint PRIMARY KEY REFERENCES tickets, vehicle_id int NOT NULL, at timestamptz NOT NULL,
  entry jsonb NOT NULL);
CREATE INDEX ON service_history (vehicle_id, at);
CREATE TABLE profiles (
  customer_id int PRIMARY KEY REFERENCES customers, visits bigint NOT NULL,
  spend_minor bigint NOT NULL, last_visit timestamptz NOT NULL) WITH (fillfactor = 50);
CREATE TABLE report_sales (
  location_id int, business_date date, category text, quantity bigint NOT NULL,
  net_minor bigint NOT NULL, PRIMARY KEY (location_id, business_date, category))
  WITH (fillfactor = 10);
CREATE TABLE report_days (
  location_id int, business_date date, tickets bigint NOT NULL, total_minor bigint NOT NULL,
  PRIMARY KEY (location_id, business_date)) WITH (fillfactor = 10);
CREATE TABLE report_tenders (
  location_id int, business_date date, tender text, amount_minor bigint NOT NULL,
  PRIMARY KEY (location_id, business_date, tender)) WITH (fillfactor = 10);
CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket_id bigint NOT NULL);
)sql";

// A function for each command: one round trip, and the plans of its statements are kept.
constexpr char kCommands[] = R"sql(
CREATE FUNCTION open_ticket(request text, ticket bigint, customer int, vehicle int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE made bigint;
BEGIN
  INSERT INTO tickets (id, location_id, customer_id, vehicle_id, opened_at)
    VALUES (ticket, 1, customer, vehicle, now()) RETURNING number INTO made;
  INSERT INTO requests VALUES (request, made);
  RETURN made;
END $$;
CREATE FUNCTION change(ticket bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tickets SET version = version + 1 WHERE id = ticket AND stage = 'open';
  IF NOT FOUND THEN RAISE 'ticket % is not open', ticket; END IF;
END $$;
CREATE FUNCTION add_job(request text, ticket bigint, called text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE job bigint;
BEGIN
  PERFORM change(ticket);
  INSERT INTO jobs (ticket_id, title) VALUES (ticket, called) RETURNING id INTO job;
  INSERT INTO requests VALUES (request, job);
  RETURN job;
END $$;
CREATE FUNCTION add_part(request text, ticket bigint, job bigint, part int, units bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE line bigint;
BEGIN
  PERFORM change(ticket);
  INSERT INTO lines (ticket_id, job_id, part_id, category, description, quantity, net_minor, taxed)
    SELECT ticket, job, id, category, description, units, units * list_minor, true
    FROM parts WHERE id = part RETURNING id INTO STRICT line;
  INSERT INTO requests VALUES (request, line);
  RETURN line;
END $$;
CREATE FUNCTION add_labour(request text, ticket bigint, job bigint, hours_centi bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE line bigint;
BEGIN
  PERFORM change(ticket);
  INSERT INTO lines (ticket_id, job_id, category, description, quantity, net_minor, taxed)
    SELECT ticket, job, 'labour', 'Labour', hours_centi, (hours_centi * rate_minor + 50) / 100,
      false
    FROM locations WHERE id = 1 RETURNING id INTO STRICT line;
  INSERT INTO requests VALUES (request, line);
  RETURN line;
END $$;
CREATE FUNCTION authorize_job(request text, ticket bigint, job bigint, proof text)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM change(ticket);
  UPDATE jobs SET state = 'authorised', evidence = proof WHERE id = job AND state = 'proposed';
  IF NOT FOUND THEN RAISE 'job % is not proposed', job; END IF;
  PERFORM 1 FROM stock WHERE location_id = 1 AND part_id IN
    (SELECT part_id FROM lines WHERE ticket_id = ticket AND job_id = job)
    ORDER BY part_id FOR UPDATE;
  INSERT INTO reservations SELECT id, ticket, part_id, 1, quantity
    FROM lines WHERE ticket_id = ticket AND job_id = job AND part_id IS NOT NULL;
  UPDATE stock SET reserved = reserved + wanted.quantity FROM
    (SELECT part_id, sum(quantity) AS quantity FROM reservations WHERE ticket_id = ticket
     GROUP BY part_id) wanted
    WHERE stock.part_id = wanted.part_id AND location_id = 1;
  INSERT INTO requests VALUES (request, job);
  RETURN job;
END $$;
CREATE FUNCTION start_job(request text, ticket bigint, job bigint, who text)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM change(ticket);
  UPDATE jobs SET state = 'started', technician = who WHERE id = job AND state = 'authorised';
  IF NOT FOUND THEN RAISE 'job % is not authorised', job; END IF;
  INSERT INTO requests VALUES (request, job);
  RETURN job;
END $$;
CREATE FUNCTION complete_job(request text, ticket bigint, job bigint, why text, what text)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  PERFORM change(ticket);
  UPDATE jobs SET state = 'completed', cause = why, correction = what
    WHERE id = job AND state = 'started';
  IF NOT FOUND THEN RAISE 'job % is not started', job; END IF;
  INSERT INTO requests VALUES (request, job);
  RETURN job;
END $$;
CREATE FUNCTION invoice(request text, ticket bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE net bigint; taxable bigint; tax bigint;
BEGIN
  SELECT sum(net_minor), coalesce(sum(net_minor) FILTER (WHERE taxed), 0) INTO net, taxable
    FROM lines WHERE ticket_id = ticket;
  SELECT (taxable * tax_ppm + 500000) / 1000000 INTO tax FROM locations WHERE id = 1;
  UPDATE tickets SET version = version + 1, stage = 'invoiced', net_minor = net, tax_minor = tax,
      total_minor = net + tax, business_date = current_date, invoiced_at = now()
    WHERE id = ticket AND stage = 'open';
  IF NOT FOUND THEN RAISE 'ticket % is not open', ticket; END IF;
  INSERT INTO requests VALUES (request, net + tax);
  RETURN net + tax;
END $$;
CREATE FUNCTION take(request text, ticket bigint, by text, amount bigint, settle_now boolean)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE owed bigint; paid bigint;
BEGIN
  SELECT total_minor - paid_minor INTO STRICT owed
    FROM tickets WHERE id = ticket AND stage = 'invoiced' FOR UPDATE;
  paid := CASE amount WHEN 0 THEN owed ELSE amount END;
  IF paid > owed THEN RAISE 'ticket % owes only %', ticket, owed; END IF;
  INSERT INTO payments (ticket_id, tender, amount_minor, taken_at)
    VALUES (ticket, by, paid, now());
  IF paid = owed THEN
    UPDATE tickets SET version = version + 1, paid_minor = paid_minor + paid, stage = 'closed',
      closed_at = now() WHERE id = ticket;
    IF settle_now THEN PERFORM settle(ARRAY[ticket]);
    ELSE INSERT INTO outbox (ticket_id) VALUES (ticket);
    END IF;
  ELSE
    UPDATE tickets SET version = version + 1, paid_minor = paid_minor + paid WHERE id = ticket;
  END IF;
  INSERT INTO requests VALUES (request, paid);
  RETURN paid;
END $$;
)sql";

// Rows are locked in the order of their keys, so that nobody waits in a circle.
constexpr char kConsequences[] = R"sql(
CREATE FUNCTION settle(closed bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM stock WHERE location_id = 1 AND part_id IN
    (SELECT part_id FROM reservations WHERE ticket_id = ANY (closed)) ORDER BY part_id FOR UPDATE;
  INSERT INTO stock_issues
    SELECT line_id, ticket_id, r.part_id, quantity, round(s.value_e4 * quantity / s.on_hand)
    FROM reservations r JOIN stock s ON s.part_id = r.part_id AND s.location_id = r.location_id
    WHERE ticket_id = ANY (closed);
  UPDATE stock SET on_hand = on_hand - gone.quantity, reserved = reserved - gone.quantity,
      issued = issued + gone.quantity, value_e4 = value_e4 - gone.cost_e4
    FROM (SELECT part_id, sum(quantity) AS quantity, sum(cost_e4) AS cost_e4 FROM stock_issues
          WHERE line_id IN (SELECT line_id FROM reservations WHERE ticket_id = ANY (closed))
          GROUP BY part_id) gone
    WHERE stock.part_id = gone.part_id AND location_id = 1;
  WITH low AS (
    UPDATE stock SET on_hand = on_hand + reorder_quantity, received = received + reorder_quantity,
        value_e4 = stock.value_e4 + reorder_quantity * cost_e4
      FROM parts
      WHERE parts.id = part_id AND location_id = 1 AND on_hand - reserved <= reorder_point AND
        part_id IN (SELECT part_id FROM reservations WHERE ticket_id = ANY (closed))
      RETURNING part_id, reorder_quantity)
  INSERT INTO purchase_orders (part_id, location_id, quantity, received_at)
    SELECT part_id, 1, reorder_quantity, now() FROM low;
  DELETE FROM reservations WHERE ticket_id = ANY (closed);
  INSERT INTO service_history
    SELECT t.id, t.vehicle_id, t.closed_at, jsonb_build_object(
      'jobs', (SELECT jsonb_agg(jsonb_build_object('title', title, 'technician', technician,
                 'cause', cause, 'correction', correction)) FROM jobs WHERE ticket_id = t.id),
      'lines', (SELECT jsonb_agg(jsonb_build_object('part', part_id, 'description', description,
                  'quantity', quantity, 'net', net_minor)) FROM lines WHERE ticket_id = t.id))
    FROM tickets t WHERE t.id = ANY (closed) AND t.vehicle_id IS NOT NULL;
  INSERT INTO profiles AS p
    SELECT customer_id, count(*), sum(total_minor), max(closed_at)
    FROM tickets WHERE id = ANY (closed) GROUP BY customer_id ORDER BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET visits = p.visits + excluded.visits,
      spend_minor = p.spend_minor + excluded.spend_minor, last_visit = excluded.last_visit;
  INSERT INTO report_sales AS r
    SELECT location_id, business_date, category, sum(quantity), sum(l.net_minor)
    FROM tickets t JOIN lines l ON l.ticket_id = t.id WHERE t.id = ANY (closed)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (location_id, business_date, category) DO UPDATE
      SET quantity = r.quantity + excluded.quantity, net_minor = r.net_minor + excluded.net_minor;
  INSERT INTO report_days AS r
    SELECT location_id, business_date, count(*), sum(total_minor)
    FROM tickets WHERE id = ANY (closed) GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (location_id, business_date) DO UPDATE
      SET tickets = r.tickets + excluded.tickets,
        total_minor = r.total_minor + excluded.total_minor;
  INSERT INTO report_tenders AS r
    SELECT location_id, business_date, tender, sum(amount_minor)
    FROM tickets t JOIN payments p ON p.ticket_id = t.id WHERE t.id = ANY (closed)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (location_id, business_date, tender) DO UPDATE
      SET amount_minor = r.amount_minor + excluded.amount_minor;
END $$;
CREATE FUNCTION settle_outbox(most bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE closed bigint[];
BEGIN
  WITH taken AS (DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT most)
                 RETURNING ticket_id)
    SELECT array_agg(ticket_id) INTO closed FROM taken;
  IF closed IS NULL THEN RETURN 0; END IF;
  PERFORM settle(closed);
  RETURN cardinality(closed);
END $$;
)sql";

// What does not hold; empty: everything does.
constexpr char kCheck[] = R"sql(
SELECT concat_ws(', ',
  CASE WHEN EXISTS (SELECT FROM tickets WHERE stage <> 'closed') THEN 'a ticket is not closed' END,
  CASE WHEN EXISTS (SELECT FROM outbox) THEN 'the outbox is not empty' END,
  CASE WHEN EXISTS (SELECT FROM reservations) THEN 'something is still reserved' END,
  CASE WHEN (SELECT sum(amount_minor) FROM payments) <> (SELECT sum(total_minor) FROM tickets)
    THEN 'payments are not the totals' END,
  CASE WHEN (SELECT sum(total_minor) FROM report_days) <> (SELECT sum(total_minor) FROM tickets)
    THEN 'the report is not the totals' END,
  CASE WHEN (SELECT sum(net_minor) FROM report_sales) <> (SELECT sum(net_minor) FROM lines)
    THEN 'the categories are not the lines' END,
  CASE WHEN (SELECT sum(amount_minor) FROM report_tenders) <>
      (SELECT sum(amount_minor) FROM payments)
    THEN 'the tenders are not the payments' END,
  CASE WHEN (SELECT sum(visits) FROM profiles) <> (SELECT count(*) FROM tickets)
    THEN 'the profiles are not the tickets' END,
  CASE WHEN (SELECT count(*) FROM service_history) <>
      (SELECT count(*) FROM tickets WHERE vehicle_id IS NOT NULL)
    THEN 'the history is not the repair orders' END,
  CASE WHEN EXISTS (SELECT FROM stock WHERE on_hand <> received - issued OR reserved <> 0)
    THEN 'stock is not what came in less what went out' END))sql";

struct Command {
  const char* function;
  int parameters;
};
constexpr Command kFunctions[] = {{"open_ticket", 4},  {"add_job", 3},       {"add_part", 5},
                                  {"add_labour", 4},   {"authorize_job", 4}, {"start_job", 4},
                                  {"complete_job", 5}, {"invoice", 2},       {"take", 5}};

absl::Status PrepareFunction(PgConnection& connection, const Command& command) {
  std::string list;
  for (int i = 1; i <= command.parameters; ++i) {
    absl::StrAppend(&list, i == 1 ? "$" : ", $", i);
  }
  return connection.Prepare(command.function,
                            absl::StrCat("SELECT ", command.function, "(", list, ")"));
}

// An empty word stands for NULL.
std::vector<const char*> Pointers(const std::vector<std::string>& words) {
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.empty() ? nullptr : word.c_str());
  return pointers;
}

// A result that is cleared.
class Result {
 public:
  explicit Result(PGresult* result) : result_(result) {}
  ~Result() { PQclear(result_); }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;

  absl::Status status() const {
    const ExecStatusType status = PQresultStatus(result_);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("PostgreSQL: ", PQresultErrorMessage(result_)));
  }
  std::string only() const { return PQntuples(result_) == 1 ? PQgetvalue(result_, 0, 0) : ""; }

 private:
  PGresult* const result_;
};

std::string PartRows(const tools::Demand& demand) {
  std::vector<int64_t> sold(demand.parts.size(), 0);
  for (const auto& month : demand.months) {
    for (const tools::DemandLine& line : month) sold[static_cast<size_t>(line.part)] += line.units;
  }
  std::string rows;
  for (size_t i = 0; i < demand.parts.size(); ++i) {
    SeededEntropy dice(i + 1);
    const int64_t cost_minor = 150 + static_cast<int64_t>(dice.Next64() % 18000);
    const int64_t monthly =
        std::max<int64_t>(1, sold[i] / static_cast<int64_t>(demand.months.size()));
    absl::StrAppend(&rows, "INSERT INTO parts VALUES (", i, ", 'CP-", demand.parts[i],
                    "', 'Car part ", demand.parts[i], "', 'parts', ", cost_minor * 100, ", ",
                    cost_minor * 2, ");\n");
    const int64_t on_hand = kSafety + 2 * monthly;
    absl::StrAppend(&rows, "INSERT INTO stock VALUES (", i, ", 1, ", on_hand, ", 0, ", on_hand,
                    ", 0, ", on_hand * cost_minor * 100, ", ", kSafety + monthly + 1, ", ",
                    2 * monthly, ");\n");
  }
  return rows;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PgConnection>> PgConnection::Open(const std::string& where) {
  std::unique_ptr<PgConnection> opened(new PgConnection(PQconnectdb(where.c_str())));
  if (PQstatus(opened->connection_) == CONNECTION_OK) return opened;
  return absl::UnavailableError(
      absl::StrCat("PostgreSQL at ", where, ": ", PQerrorMessage(opened->connection_)));
}

PgConnection::~PgConnection() { PQfinish(connection_); }

absl::Status PgConnection::Run(const std::string& sql) {
  return Result(PQexec(connection_, sql.c_str())).status();
}

absl::Status PgConnection::Prepare(const std::string& name, const std::string& sql) {
  return Result(PQprepare(connection_, name.c_str(), sql.c_str(), 0, nullptr)).status();
}

absl::StatusOr<std::string> PgConnection::Execute(const std::string& name,
                                                  const std::vector<std::string>& parameters) {
  const Result result(PQexecPrepared(connection_, name.c_str(), static_cast<int>(parameters.size()),
                                     Pointers(parameters).data(), nullptr, nullptr, 0));
  RETURN_IF_ERROR(result.status());
  return result.only();
}

absl::StatusOr<std::unique_ptr<PgSeller>> PgSeller::Open(const std::string& where,
                                                         PgEffects effects) {
  ASSIGN_OR_RETURN(auto connection, PgConnection::Open(where));
  for (const Command& command : kFunctions) RETURN_IF_ERROR(PrepareFunction(*connection, command));
  return std::unique_ptr<PgSeller>(new PgSeller(std::move(connection), effects));
}

absl::StatusOr<std::string> PgSeller::Call(const std::string& function,
                                           std::vector<std::string> parameters) {
  parameters.insert(parameters.begin(),
                    {absl::StrCat("sale-", ticket_, "-", ++requests_), ticket_});
  return connection_->Execute(function, parameters);
}

absl::Status PgSeller::Sell(const tools::PlannedTicket& plan) {
  const tools::SaleTerms terms = tools::TermsOf(kShopSeed, plan, kPeople);
  ticket_ = absl::StrCat(int64_t{plan.month} * 1'000'000 + plan.number + 1);
  const std::string person = absl::StrCat(terms.person + 1);
  RETURN_IF_ERROR(Call("open_ticket", {person, terms.counter_sale ? "" : person}).status());
  ASSIGN_OR_RETURN(const std::string job,
                   Call("add_job", {terms.counter_sale ? "Parts" : "Repair"}));
  for (const tools::DemandLine& line : plan.lines) {
    RETURN_IF_ERROR(
        Call("add_part", {job, absl::StrCat(line.part), absl::StrCat(line.units)}).status());
  }
  if (!terms.counter_sale) {
    RETURN_IF_ERROR(Call("add_labour", {job, absl::StrCat(terms.hours_centi)}).status());
  }
  RETURN_IF_ERROR(Call("authorize_job", {job, absl::StrCat("signature-", ticket_)}).status());
  if (!terms.counter_sale) {
    RETURN_IF_ERROR(Call("start_job", {job, terms.technician}).status());
    RETURN_IF_ERROR(Call("complete_job", {job, "worn", "replaced"}).status());
  }
  ASSIGN_OR_RETURN(const std::string invoiced, Call("invoice", {}));
  const std::string settle_now = effects_ == PgEffects::kInClosing ? "true" : "false";
  if (terms.tender == tools::SaleTender::kCashAndCard) {
    int64_t total = 0;
    if (!absl::SimpleAtoi(invoiced, &total)) return absl::InternalError("an invoice has no total");
    RETURN_IF_ERROR(Call("take", {"cash", absl::StrCat(total / 2), settle_now}).status());
  }
  const char* last = terms.tender == tools::SaleTender::kCash ? "cash" : "card";
  return Call("take", {last, "0", settle_now}).status();
}

absl::Status MakePgShop(const std::string& where, const tools::Demand& demand) {
  ASSIGN_OR_RETURN(const auto connection, PgConnection::Open(where));
  RETURN_IF_ERROR(connection->Run(kTables));
  RETURN_IF_ERROR(connection->Run(kConsequences));
  RETURN_IF_ERROR(connection->Run(kCommands));
  RETURN_IF_ERROR(connection->Run(absl::StrCat(
      "INSERT INTO locations VALUES (1, 'Replay', 88750, 12000);",
      "INSERT INTO customers SELECT i, 'Customer ' || i, '+1212555' || i FROM generate_series(1, ",
      kPeople, ") i;", "INSERT INTO vehicles SELECT i, i, 'RPL ' || i FROM generate_series(1, ",
      kPeople, ") i;", PartRows(demand))));
  return connection->Run("VACUUM ANALYZE; ");
}

absl::StatusOr<int64_t> SettlePgOutbox(PgConnection& connection, int64_t limit) {
  ASSIGN_OR_RETURN(const std::string text,
                   connection.Execute("settle_outbox", {absl::StrCat(limit)}));
  int64_t settled = 0;
  if (absl::SimpleAtoi(text, &settled)) return settled;
  return absl::InternalError("settle_outbox gave no number");
}

absl::Status CheckPgShop(PgConnection& connection) {
  RETURN_IF_ERROR(connection.Prepare("check", kCheck));
  ASSIGN_OR_RETURN(const std::string trouble, connection.Execute("check", {}));
  if (trouble.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the sales in PostgreSQL do not add up: ", trouble));
}

}  // namespace pitlane::bench
