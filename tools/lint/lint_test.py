#!/usr/bin/env python3
"""Every rule of lint.py is shown a file that breaks it and one that does not."""

import os
import tempfile
import unittest

import lint

REGISTERED = {"services/ticket/CMakeLists.txt": "domain/a.cc api/a.cc reactors/a.cc"}
PROTO = "protos/pitlane/ticket/v1/ticket_service.proto"
EVENTS = "protos/pitlane/ticket/v1/events.proto"
REASONS = "enum TicketErrorReason {\n  NO_SUCH_TICKET = 1;\n}\n"

# A sale of two steps, and the table that tells its life.
SALE = {
    "tools/pitlane/sale.cc": 'Step(\n    "open", "ticket", "", OfTicket("TicketOpened"));\n'
                             'Follows("reserve", "inventory", "", event.has_stock_reserved());\n',
    "services/ticket/domain/a.cc": "void Open();  // Later\n",
    "services/inventory/reactors/a.cc": "void Reserve();\n",
    EVENTS: "message TicketOpened {}\nmessage TicketClosed {}\n",
    EVENTS.replace("ticket", "inventory"): "message StockReserved {}\n",
    "a_test.cc": "TEST(Ticket, Opens) {}\nTEST_F(Stock, IsKept) {}\n",
}
OPEN = "| `open` | `services/ticket/domain/a.cc:Open` | `ticket.TicketOpened` | `Ticket.Opens` |\n"
RESERVE = ("| `reserve` | `services/inventory/reactors/a.cc:Reserve` | `inventory.StockReserved` | "
           "`Stock.IsKept` |\n")
HEAD = "## Life of a sale\n\n| step | function | event | test |\n| - | - | - | - |\n"
LIFE = HEAD + OPEN + RESERVE

# rule -> (files that break it, the same put right)
SAMPLES = {
    "include_layers": [
        ({"libs/money/a.h": '#include "libs/journal/journal.h"\n'},
         {"libs/money/a.h": '#include "libs/base/status.h"\n',
          "libs/money/a_test.cc": '#include "libs/testing/a.h"\n'}),
        ({"libs/journal/a.h": '#include "services/ticket/ticket.h"\n'},
         {"libs/journal/a.h": '// #include "services/ticket/ticket.h"\n'}),
        ({"services/ticket/a.h": '#include "services/payment/payment.h"\n'},
         {"services/ticket/a.h": '#include "services/ticket/ticket.h"\n'}),
        ({"services/ticket/a.h": '#include "gateway/gateway.h"\n'},
         {"gateway/a.h": '#include "gateway/gateway.h"\n'}),
    ],
    "pure_includes": [
        ({"services/ticket/domain/a.h": "#include <thread>\n"},
         {"services/ticket/api/a.h": "#include <thread>\n"}),
        ({"services/ticket/reactors/a.h": "#include <rocksdb/db.h>\n"},
         {"services/ticket/reactors/a.h": "#include <map>\n"}),
        ({"services/ticket/projections/a.h": "#include <grpcpp/grpcpp.h>\n"},
         {"services/ticket/projections/a_test.cc": "#include <thread>\n"}),
        ({"services/ticket/domain/a.h": '#include "pitlane/ticket/v1/ticket_service.grpc.pb.h"\n'},
         {"services/ticket/domain/a.h": '#include "pitlane/ticket/v1/events.pb.h"\n'}),
        ({"services/ticket/domain/a.h": '#include "services/ticket/api/b.h"\n'},
         {"services/ticket/api/a.h": '#include "services/ticket/domain/b.h"\n'}),
    ],
    "operating_system": [
        ({"services/ticket/domain/a.cc": "auto t = absl::Now();\n"},
         {"services/ticket/domain/a.cc": "auto t = clock.Now();  // absl::Now()\n"}),
        ({"services/ticket/reactors/a.cc": "auto t = std::chrono::steady_clock::now();\n"},
         {"services/ticket/api/a.cc": "auto t = std::chrono::steady_clock::now();\n"}),
        ({"libs/runtime/executor.cc": "std::thread worker([] {});\n"},
         {"libs/runtime/executor_test.cc": "std::thread worker([] {});\n"}),
        ({"services/ticket/domain/a.cc": "std::random_device d;\n"},
         {"services/ticket/domain/a.cc": 'Say("std::random_device");\n'}),
        ({"services/ticket/domain/a.cc": 'auto h = getenv("HOME");\n'},
         {"services/ticket/domain/a.cc": "auto h = context.getenv_count;\n"}),
        ({"libs/runtime/executor.cc": "absl::SleepFor(absl::Seconds(1));\n"},
         {"libs/runtime/host.cc": "absl::SleepFor(absl::Seconds(1));\n"}),
        ({"services/ticket/projections/a.cc": "int r = rand();\n"},
         {"services/ticket/projections/a.cc": "int r = operand();\n"}),
        ({"services/ticket/domain/a.cc": "Clock& c = Clock::System();\n"},
         {"services/ticket/ticket.cc": "Clock& c = Clock::System();\n"}),
    ],
    "pragma_once": [
        ({"libs/base/a.h": "#ifndef A\n#define A\n#endif\n"},
         {"libs/base/a.h": "// What a promises.\n#pragma once\n"}),
    ],
    "enum_default": [
        ({"services/ticket/domain/a.cc": "switch (s) {\n case State::kOpen: f();\n default: ;\n}"},
         {"services/ticket/domain/a.cc": "switch (c) {\n case 'A': f();\n default: ;\n}"}),
        ({"services/ticket/reactors/a.cc": "switch (e) {\n case Event::kA: {\n }\n default: {}\n}"},
         {"services/ticket/reactors/a.cc": "switch (e) {\n case E::kA: {\n }\n}\nA() = default;"}),
    ],
    "swallowed_status": [
        ({"libs/base/a.cc": "\n  store.Close().IgnoreError();\n"},
         {"libs/base/a.cc": "  // Nobody is left to tell.\n  store.Close().IgnoreError();\n"}),
        ({"libs/base/a.cc": "\n  (void)store.Close();\n"},
         {"libs/base/a.cc": "\n  (void)unused;\n"}),
    ],
    "tests_sleep_or_skip": [
        ({"libs/base/a_test.cc": "absl::SleepFor(absl::Seconds(1));\n"},
         {"libs/base/a_test.cc": "done.WaitForNotification();\n"}),
        ({"libs/base/a_test.cc": "TEST(Id, DISABLED_Parses) {}\n"},
         {"libs/base/a_test.cc": "TEST(Id, Parses) {}\n"}),
        ({"libs/base/a_test.cc": "GTEST_SKIP();\n"}, {"libs/base/a_test.cc": "// GTEST_SKIP\n"}),
    ],
    "registered": [
        ({"libs/base/a_test.cc": "", "libs/base/CMakeLists.txt": "other_a_test.cc a_test.cc.old\n"},
         {"libs/base/a_test.cc": "", "libs/base/CMakeLists.txt": "SOURCES a_test.cc)\n"}),
        ({"services/ticket/domain/b.cc": "", **REGISTERED},
         {"services/ticket/domain/a.cc": "", **REGISTERED}),
        ({"protos/pitlane/a.proto": "", "protos/CMakeLists.txt": "pitlane/b.proto"},
         {"protos/pitlane/a.proto": "", "protos/CMakeLists.txt": "pitlane/a.proto"}),
    ],
    "rpc_access": [
        ({PROTO: "service S {\n  rpc Get(A) returns (B);\n}\n"},
         {PROTO: "service S {\n  rpc Get(A) returns (B) {\n    option (pitlane.common.v1.access) = "
                 "{permission: PERMISSION_TICKET_READ};\n  }\n}\n"}),
        ({PROTO: "rpc Get(A) returns (stream B) { option deprecated = true; }\n"
                 "rpc Put(A) returns (B) { option (access) = {permission: X}; }\n"},
         {PROTO: "// rpc Get(A) returns (B);\n"}),
    ],
    "event_names": [
        ({EVENTS: "oneof event {\n  CloseTicket close = 2;\n}\n"},
         {EVENTS: "oneof event {\n  TicketClosed closed = 2;\n  LinkSent sent = 3;\n}\n"}),
    ],
    "error_reasons": [
        ({PROTO: REASONS, "a_test.cc": "SUCH_TICKET"},
         {PROTO: REASONS, "a_test.cc": 'Reason("NO_SUCH_TICKET")'}),
        ({PROTO: REASONS, "services/ticket/a.cc": "", "libs/base/a_test.cc": "NO_SUCH_TICKET"},
         {PROTO: REASONS, "services/ticket/a_test.cc": "ErrorReason::NO_SUCH_TICKET"}),
    ],
    "columns": [
        ({"libs/base/a.h": "// " + "x" * 98 + "\n"}, {"libs/base/a.h": "// " + "é" * 97 + "\n"}),
    ],
    "left_over": [
        ({"libs/base/a.h": "// TODO: later\n"}, {"libs/base/a.h": "// TODOS\n"}),
    ],
    "machine_paths": [
        ({"docs/a.md": "see /work/a\n"}, {"docs/a.md": "see libs/work/a and a/root/b\n"}),
        ({"libs/base/a.cc": 'Open("/root/a");\n'}, {"libs/base/a.cc": 'Open(folder + "/a");\n'}),
    ],
    "documented_paths": [
        ({"README.md": "see `libs/base/b.h`\n"}, {"README.md": "see `build/b.h` and `a/b`\n"}),
        ({"README.md": "see `libs/base/{a,b}.h`\n", "libs/base/a.h": ""},
         {"README.md": "see `libs/base/{a,b}.h`\n", "libs/base/a.h": "", "libs/base/b.h": ""}),
        ({"README.md": "see `libs/base/a.h:Parse`\n", "libs/base/a.h": "Format"},
         {"README.md": "see `libs/base/a.h:Parse`\n", "libs/base/a.h": "Parse"}),
        ({"services/ticket/README.md": "see `domain/a.h`\n", "domain/a.h": ""},
         {"services/ticket/README.md": "see `domain/a.h`\n", "services/ticket/domain/a.h": ""}),
        ({"docs/a.md": "[b](b.md)\n"}, {"docs/a.md": "[b](b.md#c)\n", "docs/b.md": ""}),
    ],
    "documented_tests": [
        ({"README.md": "| open | `Ticket.Opens` |\n", "a_test.cc": "TEST(Ticket, Closes) {}"},
         {"README.md": "| open | `Ticket.Opens` |\n", "a_test.cc": "TEST_F(Ticket, Opens) {}"}),
    ],
    "life_of_a_sale": [
        ({**SALE, "README.md": broken}, {**SALE, "README.md": LIFE}) for broken in [
            "# Pitlane\n",
            # A step is missing, out of order, or none of the program's.
            LIFE.replace(RESERVE, ""),
            LIFE.replace(OPEN + RESERVE, RESERVE + OPEN),
            LIFE.replace("`open`", "`begin`"),
            # Its file or function is not there, is only in a comment, or is not named as such.
            LIFE.replace("domain/a.cc:Open", "domain/b.cc:Open"),
            LIFE.replace("a.cc:Open", "a.cc:Shut"),
            LIFE.replace("a.cc:Open", "a.cc:Later"),
            LIFE.replace("a.cc:Open", "a.cc"),
            # Its event is not one, is another area's, or is not what the program waits for.
            LIFE.replace("TicketOpened", "TicketShut"),
            LIFE.replace("ticket.TicketOpened", "inventory.TicketOpened"),
            LIFE.replace("TicketOpened", "TicketClosed"),
            # Its test is not there, or it has none.
            LIFE.replace("Ticket.Opens", "Ticket.Shuts"),
            LIFE.replace("`Ticket.Opens`", "none"),
            LIFE.replace(" | `Ticket.Opens`", ""),
        ]
    ],
}


def findings(rule, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return [f for f in lint.check(root) if f.rule == rule]


class LintTest(unittest.TestCase):
    def test_every_rule_has_a_sample(self):
        self.assertEqual(set(SAMPLES), set(lint.RULES))

    def test_broken_samples_are_found_and_mended_ones_are_not(self):
        for rule, samples in SAMPLES.items():
            for number, (broken, mended) in enumerate(samples):
                with self.subTest(rule=rule, sample=number):
                    self.assertEqual(len(findings(rule, broken)), 1)
                    self.assertEqual(findings(rule, mended), [])

    def test_line_is_counted_past_comments_and_raw_strings(self):
        text = '/* a\n b */\nauto s = R"(absl::Now()\n)";\nauto t = absl::Now();\n'
        found = findings("operating_system", {"services/ticket/domain/a.cc": text})
        self.assertEqual([f.line for f in found], [5])

    def test_what_was_built_and_data_are_not_read(self):
        files = {"build/a.h": "// TODO\n", "libs/money/data/a.md": "TODO\n"}
        self.assertEqual(findings("left_over", files), [])


if __name__ == "__main__":
    unittest.main()
