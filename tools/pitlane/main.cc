// `pitlane`: the suite on one computer, and every tool that talks to a running one.
#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "libs/base/lock_checks.h"
#include "tools/pitlane/check.h"
#include "tools/pitlane/consent.h"
#include "tools/pitlane/doctor.h"
#include "tools/pitlane/events.h"
#include "tools/pitlane/import.h"
#include "tools/pitlane/journal_restore.h"
#include "tools/pitlane/journal_tool.h"
#include "tools/pitlane/online_checkpoint.h"
#include "tools/pitlane/parked.h"
#include "tools/pitlane/play.h"
#include "tools/pitlane/replay.h"
#include "tools/pitlane/tax.h"
#include "tools/pitlane/tokens.h"
#include "tools/pitlane/trigger.h"
#include "tools/pitlane/up.h"

namespace pitlane::tools {
namespace {

constexpr char kDefaultData[] = "build/pitlane-data";

void AddConnection(CLI::App* command, ConnectionOptions& connection) {
  connection.data_dir = kDefaultData;
  command->add_option("--gateway", connection.gateway, "HOST:PORT of the gateway")
      ->capture_default_str();
  command->add_option("--data", connection.data_dir, "folder of the suite: its owner token is used")
      ->capture_default_str();
  command->add_option("--token-file", connection.token_file, "file with a bearer token, instead");
  command->add_option("--tls-ca", connection.tls_ca, "root certificate of a gateway with TLS");
}

class Commands {
 public:
  Commands() {
    app_.require_subcommand(1);
    AddUp();
    AddSale();
    AddImport();
    AddReplay();
    AddCheck();
    AddConsent();
    AddTax();
    AddEvents();
    AddParked();
    AddJournal();
    AddToken();
    AddTrigger();
    AddDoctor();
  }

  int Run(int argc, char** argv) {
    CLI11_PARSE(app_, argc, argv);
    return exit_code_;
  }

 private:
  void AddUp() {
    CLI::App* up = app_.add_subcommand("up", "gateway and six services in this process, one sale");
    up_.data_dir = kDefaultData;
    up->add_option("--data", up_.data_dir, "folder for everything")->capture_default_str();
    up->add_option("--listen", up_.listen, "the gateway's HOST:PORT")->capture_default_str();
    up->add_option("--admin", up_.admin, "HOST:PORT of the metrics page")->capture_default_str();
    up->add_option("--tls-cert", up_.tls_certificate, "the gateway's certificate chain (PEM)");
    up->add_option("--tls-key", up_.tls_key, "its private key (PEM)");
    up->add_option("--tls-ca", up_.tls_ca, "who signed it (PEM); itself when not given");
    up->add_option("--allow-origin", up_.allowed_origins,
                   "origin of pages that may call, e.g. http://localhost:8000; *: every page");
    up->add_option("--kafka", up_.kafka, "Kafka's HOST:PORT; events travel over it");
    up->add_option("--ack", up_.ack,
                   "when a command is answered: local (synced here) or replicated (Kafka has it)")
        ->check(CLI::IsMember({"local", "replicated"}))
        ->capture_default_str();
    up->add_flag("--once", up_.once, "stop after the sale");
    up->add_flag("--no-sale", up_.no_sale, "do not load the demo shop, play no sale");
    up->add_flag("--json", up_.json, "one JSON object a line for each step");
    up->callback([this] { exit_code_ = RunUp(up_); });
  }

  void AddSale() {
    CLI::App* sale = app_.add_subcommand("sale", "play one sale on a running Pitlane");
    AddConnection(sale, play_.connection);
    sale->add_flag("--json", play_.json, "one JSON object a line for each step");
    sale->callback([this] { exit_code_ = RunSale(play_); });
  }

  void AddImport() {
    CLI::App* import = app_.add_subcommand("import", "take data in from CSV files");
    import->require_subcommand(1);
    for (const char* what : {"parts", "vehicles", "customers", "labour"}) {
      CLI::App* command = import->add_subcommand(what, std::string("import ") + what);
      AddConnection(command, import_.connection);
      command->add_option("FILE", import_.file, "CSV with named columns")->required();
      if (std::string_view(what) == "labour") {
        command->add_option("--location", import_.location_id, "whose menu it is for")->required();
      }
      command->callback([this, what] {
        import_.what = what;
        exit_code_ = RunImport(import_);
      });
    }
  }

  void AddReplay() {
    CLI::App* replay = app_.add_subcommand("replay", "play a history of part demand as sales");
    AddConnection(replay, replay_.connection);
    replay->add_option("FILE", replay_.file, "carparts CSV: index, part, then a column per month")
        ->required();
    replay->add_option("--vehicles", replay_.vehicles, "EPA vehicles CSV (year, make, model)");
    replay->add_option("--seed", replay_.seed, "decides the assignment of demand to tickets")
        ->capture_default_str();
    replay->add_option("--rate", replay_.rate, "tickets per second; 0: as fast as possible");
    replay->add_option("--concurrency", replay_.concurrency, "tickets under way at once")
        ->capture_default_str();
    replay->add_option("--months", replay_.months, "only the first months; 0: all");
    replay->callback([this] { exit_code_ = RunReplay(replay_); });
  }

  void AddCheck() {
    CLI::App* check = app_.add_subcommand("check", "prove that the services agree with each other");
    AddConnection(check, check_.connection);
    check->add_option("--concurrency", check_.concurrency, "questions under way at once")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    check->callback([this] { exit_code_ = RunCheck(check_); });
  }

  void AddConsent() {
    CLI::App* consent = app_.add_subcommand("consent", "what customers agreed to");
    consent->require_subcommand(1);
    CLI::App* fetch = consent->add_subcommand("fetch", "a ticket's proof of consent, into a file");
    AddConnection(fetch, consent_.connection);
    fetch->add_option("TICKET", consent_.ticket_id, "tkt_…")->required();
    fetch->add_option("FILE", consent_.file, "where to, as JSON")->required();
    CLI::App* verify =
        consent->add_subcommand("verify", "check a proof of consent; needs no server");
    verify->add_option("FILE", consent_.file, "a proof as JSON")->required();
    CLI::App* load = consent->add_subcommand(
        "load", "put rules about estimates and consent into a location's configuration");
    AddConnection(load, consent_.connection);
    load->add_option("FILE", consent_.file, "e.g. services/ticket/data/consent_rules.json")
        ->required();
    load->add_option("--location", consent_.location_id, "loc_…")->required();
    load->add_option("--jurisdiction", consent_.jurisdiction,
                     "whose rules hold there, e.g. US-MI; the location's stays when not given");
    for (CLI::App* command : {fetch, verify, load}) {
      command->callback([this, command] {
        consent_.action = command->get_name();
        exit_code_ = RunConsent(consent_);
      });
    }
  }

  void AddTax() {
    CLI::App* tax = app_.add_subcommand("tax", "what places tax");
    tax->require_subcommand(1);
    CLI::App* load = tax->add_subcommand("load", "put places' taxes in, or replace them");
    AddConnection(load, tax_.connection);
    load->add_option("FILE", tax_.files, "e.g. services/ticket/data/tax_us.json")->required();
    CLI::Option* location = load->add_option("--location", tax_.location_id, "loc_…");
    CLI::Option* place =
        load->add_option("--jurisdiction", tax_.jurisdiction,
                         "whose taxes hold there, e.g. US-CA/los-angeles-county/culver-city");
    location->needs(place);
    place->needs(location);
    load->callback([this] { exit_code_ = RunTaxLoad(tax_); });
  }

  void AddEvents() {
    CLI::App* events = app_.add_subcommand("events", "what happened");
    events->require_subcommand(1);
    CLI::App* tail = events->add_subcommand("tail", "print events, and go on as they come");
    AddConnection(tail, events_.connection);
    tail->add_option("--area", events_.area, "one area; all when not given");
    tail->add_option("--from", events_.from, "first position; the end when not given");
    tail->add_flag("--json", events_.json, "whole events as JSON");
    tail->add_flag("--no-follow", events_.no_follow, "stop at the end");
    tail->callback([this] { exit_code_ = RunEventsTail(events_); });
  }

  void AddParked() {
    CLI::App* parked = app_.add_subcommand("parked", "records that could not be applied");
    parked->require_subcommand(1);
    for (const char* action : {"list", "retry", "discard"}) {
      CLI::App* command = parked->add_subcommand(action);
      AddConnection(command, parked_.connection);
      command->add_option("--service", parked_.service, "the service that parked them")
          ->required(std::string(action) != "list");
      command->add_option("--source", parked_.source, "e.g. ticket.0.3")
          ->required(std::string(action) != "list");
      command->add_option("--stream", parked_.stream, "the key, e.g. tkt_…")
          ->required(std::string(action) != "list");
      if (std::string(action) == "discard") {
        command->add_option("--position", parked_.position, "the record to discard")->required();
      }
      command->callback([this, action] {
        parked_.action = action;
        exit_code_ = RunParked(parked_);
      });
    }
  }

  void AddRestore(CLI::App* journal) {
    CLI::App* restore = journal->add_subcommand(
        "restore",
        "rebuild a stopped service's store from its topic, complete it, or put a "
        "backup in its place");
    CLI::Option* kafka = restore->add_option(
        "--from-kafka", restore_.kafka,
        "HOST:PORT of the broker. A store that is there is completed; its events are compared");
    CLI::Option* backup =
        restore->add_option("--from-backup", restore_.backup, "folder of a checkpoint");
    kafka->excludes(backup);
    restore->add_option("--area", restore_.area, "ticket, inventory, …")->required();
    restore->add_option("--shard", restore_.shard, "which shard")->capture_default_str();
    restore->add_option("--shards", restore_.shard_count, "shards of the service")
        ->capture_default_str();
    restore->add_option("--partitions", restore_.partition_count, "partitions of its topic")
        ->capture_default_str();
    restore->add_option("--data", restore_.data_dir, "folder in which the store is or will be")
        ->required();
    restore
        ->add_option("--secrets", restore_.secrets,
                     "checkpoint of the same store, whose keys of persons are copied where they "
                     "are missing: Kafka has none")
        ->needs(kafka);
    restore->add_option("--kafka-property", restore_.kafka_properties,
                        "KEY=VALUE for librdkafka, e.g. security.protocol=ssl");
    restore->callback([this] { exit_code_ = RunRestore(restore_); });
  }

  void AddOnlineCheckpoint(CLI::App* journal) {
    CLI::App* online = journal->add_subcommand(
        "backup", "checkpoint of a running service, into <data>/backups of its computer");
    AddConnection(online, online_.connection);
    online->add_option("--area", online_.area, "one area; all six when not given");
    online->add_option("--name", online_.name, "the backup's name")->required();
    online->callback([this] { exit_code_ = RunOnlineCheckpoint(online_); });
  }

  void AddJournal() {
    CLI::App* journal = app_.add_subcommand("journal", "look into a service's store");
    AddRestore(journal);
    AddOnlineCheckpoint(journal);
    journal->require_subcommand(1);
    for (const char* action : {"verify", "dump", "checkpoint"}) {
      CLI::App* command = journal->add_subcommand(action);
      command
          ->add_option("STORE", journal_.store,
                       "folder of a stopped service's store, e.g. "
                       "build/pitlane-data/ticket.0")
          ->required();
      command->add_option("--shards", journal_.shard_count, "shards of the service")
          ->capture_default_str();
      command->add_option("--partitions", journal_.partition_count, "partitions of its topic")
          ->capture_default_str();
      if (std::string(action) == "checkpoint") {
        command->add_option("FOLDER", journal_.folder, "where the backup goes")->required();
      }
      if (std::string(action) == "dump") {
        command->add_option("--from", journal_.from, "first position")->capture_default_str();
      }
      command->callback([this, action] {
        journal_.action = action;
        exit_code_ = RunJournal(journal_);
      });
    }
  }

  void AddToken() {
    CLI::App* token = app_.add_subcommand("token", "print a token for a suite on this computer");
    token_.data_dir = kDefaultData;
    token->add_option("--data", token_.data_dir, "folder of the suite")->capture_default_str();
    token->add_option("--role", token_.role, "owner, advisor, technician, cashier, …")->required();
    token->add_option("--location", token_.location_id, "loc_…; everywhere when not given");
    token->add_option("--subject", token_.subject, "who it is for");
    token->add_option("--device", token_.device, "the till or tablet it is for, e.g. till-3");
    token->add_option("--days", token_.days, "how long it is valid")->capture_default_str();
    token->callback([this] { exit_code_ = RunToken(token_); });
    CLI::App* revoke = app_.add_subcommand("revoke", "refuse tokens or sessions from now on");
    revoke->add_option("--data", token_.data_dir, "folder of the suite")->capture_default_str();
    revoke->add_option("ids", revoked_, "jti of a token or sid of a session")->required();
    revoke->callback([this] { exit_code_ = RunRevoke(token_.data_dir, revoked_); });
  }

  void AddTrigger() {
    CLI::App* trigger =
        app_.add_subcommand("trigger", "make a situation that a front end must meet");
    AddConnection(trigger, trigger_.connection);
    std::string list = "one of:";
    std::vector<std::string> names;
    for (const Situation& situation : Situations()) {
      list += "\n" + situation.name + ": " + situation.what;
      names.push_back(situation.name);
    }
    trigger->add_option("SITUATION", trigger_.situation, list)
        ->required()
        ->check(CLI::IsMember(names));
    trigger->add_flag("--json", trigger_.json, "one JSON object a line for each step");
    trigger->callback([this] { exit_code_ = RunTrigger(trigger_); });
  }

  void AddDoctor() {
    CLI::App* doctor = app_.add_subcommand("doctor", "what is wrong here, and what to do about it");
    AddConnection(doctor, doctor_);
    doctor->callback([this] { exit_code_ = RunDoctor(doctor_); });
  }

  CLI::App app_{"Pitlane: the open back end of an automotive point of sale"};
  UpOptions up_;
  PlayOptions play_;
  ImportOptions import_;
  ReplayOptions replay_;
  CheckOptions check_;
  ConsentOptions consent_;
  TaxOptions tax_;
  EventsOptions events_;
  ParkedOptions parked_;
  JournalOptions journal_;
  RestoreOptions restore_;
  OnlineCheckpointOptions online_;
  TokenOptions token_;
  std::vector<std::string> revoked_;
  TriggerOptions trigger_;
  ConnectionOptions doctor_;
  int exit_code_ = 0;
};

}  // namespace
}  // namespace pitlane::tools

int main(int argc, char** argv) {
  pitlane::SwitchOffLockOrderChecks();
  return pitlane::tools::Commands().Run(argc, argv);
}
