// The currencies of ISO 4217 (list of 2024-06-25, after currency-codes 2.2.0) that have minor
// units, with the cash rules of CLDR 48.2.0 (Unicode-3.0). Made from
// tests/data/currencies/currencies.csv, which names origins and licences; currency_test compares
// the two. Internal to libs/money.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pitlane::internal {

struct CurrencyRow {
  std::string_view code;
  int16_t number;
  int8_t exponent;        // minor units are 10^-exponent of the major unit (ISO)
  int8_t cash_digits;     // decimals that exist as cash (CLDR)
  int16_t cash_rounding;  // cash goes in steps of this many 10^-cash_digits; 0 means 1 (CLDR)
};

// Sorted by code.
inline constexpr std::array<CurrencyRow, 166> kCurrencies = {{
    {"AED", 784, 2, 2, 0}, {"AFN", 971, 2, 0, 0}, {"ALL", 8, 2, 0, 0},    {"AMD", 51, 2, 0, 0},
    {"ANG", 532, 2, 2, 0}, {"AOA", 973, 2, 2, 0}, {"ARS", 32, 2, 2, 0},   {"AUD", 36, 2, 2, 0},
    {"AWG", 533, 2, 2, 0}, {"AZN", 944, 2, 2, 0}, {"BAM", 977, 2, 2, 0},  {"BBD", 52, 2, 2, 0},
    {"BDT", 50, 2, 2, 0},  {"BGN", 975, 2, 2, 0}, {"BHD", 48, 3, 3, 0},   {"BIF", 108, 0, 0, 0},
    {"BMD", 60, 2, 2, 0},  {"BND", 96, 2, 2, 0},  {"BOB", 68, 2, 2, 0},   {"BOV", 984, 2, 2, 0},
    {"BRL", 986, 2, 2, 0}, {"BSD", 44, 2, 2, 0},  {"BTN", 64, 2, 2, 0},   {"BWP", 72, 2, 2, 0},
    {"BYN", 933, 2, 2, 0}, {"BZD", 84, 2, 2, 0},  {"CAD", 124, 2, 2, 5},  {"CDF", 976, 2, 2, 0},
    {"CHE", 947, 2, 2, 0}, {"CHF", 756, 2, 2, 5}, {"CHW", 948, 2, 2, 0},  {"CLF", 990, 4, 4, 0},
    {"CLP", 152, 0, 0, 0}, {"CNY", 156, 2, 2, 0}, {"COP", 170, 2, 0, 0},  {"COU", 970, 2, 2, 0},
    {"CRC", 188, 2, 0, 0}, {"CUC", 931, 2, 2, 0}, {"CUP", 192, 2, 2, 0},  {"CVE", 132, 2, 2, 0},
    {"CZK", 203, 2, 0, 0}, {"DJF", 262, 0, 0, 0}, {"DKK", 208, 2, 2, 50}, {"DOP", 214, 2, 2, 0},
    {"DZD", 12, 2, 2, 0},  {"EGP", 818, 2, 2, 0}, {"ERN", 232, 2, 2, 0},  {"ETB", 230, 2, 2, 0},
    {"EUR", 978, 2, 2, 0}, {"FJD", 242, 2, 2, 0}, {"FKP", 238, 2, 2, 0},  {"GBP", 826, 2, 2, 0},
    {"GEL", 981, 2, 2, 0}, {"GHS", 936, 2, 2, 0}, {"GIP", 292, 2, 2, 0},  {"GMD", 270, 2, 2, 0},
    {"GNF", 324, 0, 0, 0}, {"GTQ", 320, 2, 2, 0}, {"GYD", 328, 2, 0, 0},  {"HKD", 344, 2, 2, 0},
    {"HNL", 340, 2, 2, 0}, {"HTG", 332, 2, 2, 0}, {"HUF", 348, 2, 0, 5},  {"IDR", 360, 2, 0, 0},
    {"ILS", 376, 2, 2, 0}, {"INR", 356, 2, 2, 0}, {"IQD", 368, 3, 0, 0},  {"IRR", 364, 2, 0, 0},
    {"ISK", 352, 0, 0, 0}, {"JMD", 388, 2, 2, 0}, {"JOD", 400, 3, 3, 0},  {"JPY", 392, 0, 0, 0},
    {"KES", 404, 2, 2, 0}, {"KGS", 417, 2, 2, 0}, {"KHR", 116, 2, 2, 0},  {"KMF", 174, 0, 0, 0},
    {"KPW", 408, 2, 0, 0}, {"KRW", 410, 0, 0, 0}, {"KWD", 414, 3, 3, 0},  {"KYD", 136, 2, 2, 0},
    {"KZT", 398, 2, 2, 0}, {"LAK", 418, 2, 0, 0}, {"LBP", 422, 2, 0, 0},  {"LKR", 144, 2, 2, 0},
    {"LRD", 430, 2, 2, 0}, {"LSL", 426, 2, 2, 0}, {"LYD", 434, 3, 3, 0},  {"MAD", 504, 2, 2, 0},
    {"MDL", 498, 2, 2, 0}, {"MGA", 969, 2, 0, 0}, {"MKD", 807, 2, 2, 0},  {"MMK", 104, 2, 0, 0},
    {"MNT", 496, 2, 0, 0}, {"MOP", 446, 2, 2, 0}, {"MRU", 929, 2, 2, 0},  {"MUR", 480, 2, 0, 0},
    {"MVR", 462, 2, 2, 0}, {"MWK", 454, 2, 2, 0}, {"MXN", 484, 2, 2, 0},  {"MXV", 979, 2, 2, 0},
    {"MYR", 458, 2, 2, 0}, {"MZN", 943, 2, 2, 0}, {"NAD", 516, 2, 2, 0},  {"NGN", 566, 2, 2, 0},
    {"NIO", 558, 2, 2, 0}, {"NOK", 578, 2, 0, 0}, {"NPR", 524, 2, 2, 0},  {"NZD", 554, 2, 2, 0},
    {"OMR", 512, 3, 3, 0}, {"PAB", 590, 2, 2, 0}, {"PEN", 604, 2, 2, 0},  {"PGK", 598, 2, 2, 0},
    {"PHP", 608, 2, 2, 0}, {"PKR", 586, 2, 0, 0}, {"PLN", 985, 2, 2, 0},  {"PYG", 600, 0, 0, 0},
    {"QAR", 634, 2, 2, 0}, {"RON", 946, 2, 2, 0}, {"RSD", 941, 2, 0, 0},  {"RUB", 643, 2, 2, 0},
    {"RWF", 646, 0, 0, 0}, {"SAR", 682, 2, 2, 0}, {"SBD", 90, 2, 2, 0},   {"SCR", 690, 2, 2, 0},
    {"SDG", 938, 2, 2, 0}, {"SEK", 752, 2, 0, 0}, {"SGD", 702, 2, 2, 0},  {"SHP", 654, 2, 2, 0},
    {"SLE", 925, 2, 2, 0}, {"SOS", 706, 2, 0, 0}, {"SRD", 968, 2, 2, 0},  {"SSP", 728, 2, 2, 0},
    {"STN", 930, 2, 2, 0}, {"SVC", 222, 2, 2, 0}, {"SYP", 760, 2, 0, 0},  {"SZL", 748, 2, 2, 0},
    {"THB", 764, 2, 2, 0}, {"TJS", 972, 2, 2, 0}, {"TMT", 934, 2, 2, 0},  {"TND", 788, 3, 3, 0},
    {"TOP", 776, 2, 2, 0}, {"TRY", 949, 2, 2, 0}, {"TTD", 780, 2, 2, 0},  {"TWD", 901, 2, 0, 0},
    {"TZS", 834, 2, 0, 0}, {"UAH", 980, 2, 2, 0}, {"UGX", 800, 0, 0, 0},  {"USD", 840, 2, 2, 0},
    {"USN", 997, 2, 2, 0}, {"UYI", 940, 0, 0, 0}, {"UYU", 858, 2, 2, 0},  {"UYW", 927, 4, 4, 0},
    {"UZS", 860, 2, 0, 0}, {"VED", 926, 2, 2, 0}, {"VES", 928, 2, 2, 0},  {"VND", 704, 0, 0, 0},
    {"VUV", 548, 0, 0, 0}, {"WST", 882, 2, 2, 0}, {"XAF", 950, 0, 0, 0},  {"XCD", 951, 2, 2, 0},
    {"XOF", 952, 0, 0, 0}, {"XPF", 953, 0, 0, 0}, {"YER", 886, 2, 0, 0},  {"ZAR", 710, 2, 2, 0},
    {"ZMW", 967, 2, 2, 0}, {"ZWG", 924, 2, 2, 0},
}};

// In ISO 4217, but nothing a till could take: metals, funds without minor units, test codes.
// Sorted.
inline constexpr std::array<std::string_view, 13> kWithoutMinorUnits = {
    "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"};

}  // namespace pitlane::internal
