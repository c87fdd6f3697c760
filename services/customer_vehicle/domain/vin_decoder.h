// Year, make and model of a VIN, from NHTSA's vPIC tables (data/vpic/README.md), which are part of
// the program. Advisory: tables have gaps, and the car in the shop is right. Nothing is parsed at
// start; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pitlane::customer_vehicle {

struct DecodedVin {
  int32_t year = 0;   // 0: position 10 is no year
  std::string make;   // empty: not known, or several and nothing says which
  std::string model;  // empty: not known
  std::vector<std::string> warnings;
};

// Of a VIN that CheckVin takes. CHECKs its length.
//
// Year: position 10; position 7 tells 1980 to 2009 (a digit) from 2010 to 2039 (a letter), which is
// sure only for cars and light trucks. Model: of the patterns that match, the one with most fixed
// positions, of equal ones that of the newest schema. Make: of the manufacturer's, the one that has
// this model, or else the one the manufacturer is called after.
DecodedVin DecodeVin(std::string_view vin);

// The model year alone; 0 when position 10 is no year.
int32_t ModelYearOf(std::string_view vin);

}  // namespace pitlane::customer_vehicle
