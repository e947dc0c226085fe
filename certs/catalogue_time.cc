// Rows B: validity periods and how they are written.

#include <chrono>
#include <string>
#include <vector>

#include "certs/catalogue_internal.h"

namespace certs::catalogue {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using enum Reason;

constexpr const char* kValidity = "RFC 5280 4.1.2.5";
constexpr const char* kUtcForm = "RFC 5280 4.1.2.5.1";
constexpr const char* kGeneralizedForm = "RFC 5280 4.1.2.5.2";

// The rows of the coverage table that a certificate at a place serves.
struct Rows {
  const char* expired;
  const char* not_yet_valid;
};
Rows RowsOf(const Place& place) {
  if (place.anchor) {
    return {"B12", "B12"};
  }
  return place.depth == 0 ? Rows{"B1", "B3"} : Rows{"B10", "B11"};
}

// A stale root has usually been left in the store by whoever configured it, so refusing it is policy.
Severity SeverityOf(const Place& place) { return place.anchor ? Severity::kLow : Severity::kHigh; }

void AddByDays(CaseList& list, const Place& place) {
  const std::string node = place.node;
  const bool leaf = place.depth == 0;
  list.Add({.id = "time." + node + "-expired",
            .summary = "the " + node + " expired " + (leaf ? "ten days" : "a day") + " ago",
            .rows = {RowsOf(place).expired},
            .source = kValidity,
            .twin = leaf ? "control.long-lived" : "control.good",
            .expected = {kExpired, place.depth},
            .policy_dependent = place.anchor,
            .severity = SeverityOf(place)},
           [&](ChainSpec& chain) { chain.At(node).not_after.from_now = -days(leaf ? 10 : 1); });
  list.Add({.id = "time." + node + "-not-yet-valid",
            .summary = "the " + node + " will be valid from tomorrow on",
            .rows = {RowsOf(place).not_yet_valid},
            .source = kValidity,
            .twin = "control.good",
            .expected = {kNotYetValid, place.depth},
            .policy_dependent = place.anchor,
            .severity = SeverityOf(place)},
           [&](ChainSpec& chain) { chain.At(node).not_before.from_now = days(1); });
}

// Both ends are part of the period ("through ... inclusive"). Time that goes on spoils the case at notAfter and the
// one before notBefore; the other two hold on any clock.
void AddBoundaries(CaseList& list, const Place& place) {
  const std::string node = place.node;
  const bool leaf = place.depth == 0;
  const auto add = [&](const std::string& end, const std::string& summary, const char* row, Verdict expected,
                       bool exact_clock, const Edit& edit) {
    list.Add({.id = "time." + node + "-" + end,
              .summary = "the " + node + " " + summary,
              .rows = {row},
              .source = kValidity,
              .twin = "control.good",
              .expected = expected,
              .policy_dependent = place.anchor,
              .exact_clock = exact_clock,
              .severity = place.anchor ? Severity::kLow : Severity::kMedium},
             edit);
  };
  const auto not_after = [&](seconds from_now) {
    return [&node, from_now](ChainSpec& chain) { chain.At(node).not_after.from_now = from_now; };
  };
  const auto not_before = [&](seconds from_now) {
    return [&node, from_now](ChainSpec& chain) { chain.At(node).not_before.from_now = from_now; };
  };
  const Verdict expired = {kExpired, place.depth};
  const Verdict early = {kNotYetValid, place.depth};
  add("not-after-exact", "is in the last second of its validity", leaf ? "B5" : RowsOf(place).expired, {}, true,
      not_after(seconds(0)));
  add("not-after-one-second-late", "expired one second ago", leaf ? "B2" : RowsOf(place).expired, expired, false,
      not_after(seconds(-1)));
  add("not-before-exact", "is in the first second of its validity", leaf ? "B5" : RowsOf(place).not_yet_valid, {},
      false, not_before(seconds(0)));
  add("not-before-one-second-early", "will be valid in one second", leaf ? "B4" : RowsOf(place).not_yet_valid, early,
      true, not_before(seconds(1)));
  if (leaf) {
    add("not-after-five-seconds-late", "expired five seconds ago", "B2", expired, false, not_after(seconds(-5)));
    add("not-before-five-seconds-early", "will be valid in five seconds", "B4", early, true, not_before(seconds(5)));
  }
}

// A date before 1970 is negative in most programs, and huge in those that keep it unsigned.
void AddPreEpoch(CaseList& list, const Place& place) {
  const std::string node = place.node;
  list.Add({.id = "time." + node + "-expired-1963",
            .summary = "the " + node + " expired in 1963",
            .rows = {"B7"},
            .source = kUtcForm,
            .twin = "control.since-1961",
            .expected = {kExpired, place.depth},
            .policy_dependent = place.anchor,
            .severity = SeverityOf(place)},
           [&](ChainSpec& chain) { chain.At(node).not_after.raw = "630101000000Z"; });
}

void AddInverted(CaseList& list) {
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    const auto add = [&](const char* which, const char* summary, const Edit& edit) {
      list.Add({.id = "time." + node + "-inverted-" + which,
                .summary = "the " + node + "'s notBefore is later than its notAfter, " + summary,
                .rows = {"B8"},
                .source = kValidity,
                .twin = "control.good",
                .expected = {kInvalidValidity, place.depth},
                .severity = Severity::kMedium},
               edit);
    };
    add("future", "both to come", [&](ChainSpec& chain) { chain.At(node).not_before.from_now = days(400); });
    add("past", "both gone by", [&](ChainSpec& chain) { chain.At(node).not_after.from_now = -days(60); });
  }
  list.Add({.id = "time.leaf-utc-year-50",
            .summary = "the leaf's notAfter is the UTCTime 500101000000Z: 1950, not 2050, and so before its notBefore",
            .rows = {"B8", "B9"},
            .source = kUtcForm,
            .twin = "control.utc-time",
            .expected = {kInvalidValidity, 0},
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.leaf().not_after.raw = "500101000000Z"; });
}

// Dates that no form allows. All would lie in the future for whoever reads them generously.
void AddMalformed(CaseList& list) {
  struct Text {
    const char* id;
    const char* summary;
    std::string text;
  };
  const std::string with_nul("49123123595\0Z", 13);
  const std::vector<Text> utc = {
      {"no-seconds", "has no seconds", "4912312359Z"},
      {"offset", "has a zone offset in place of Z", "491231235959+0000"},
      {"no-zone", "does not end in Z", "491231235959"},
      {"impossible-day", "is 31 February", "490231000000Z"},
      {"impossible-month", "is in month 13", "491331000000Z"},
      {"impossible-hour", "is at 24 o'clock", "491231240000Z"},
      {"not-digits", "has a letter for a digit", "49123123595xZ"},
      {"space", "has a space for a digit", "491231 35959Z"},
      {"nul", "has a NUL for a digit (CVE-2013-6420)", with_nul},
      {"trailing", "has a digit behind the Z", "491231235959Z0"},
      {"empty", "is empty", ""},
  };
  const std::vector<Text> generalized = {
      {"no-seconds", "has no seconds", "205012312359Z"},
      {"offset", "has a zone offset in place of Z", "20501231235959+0100"},
      {"no-zone", "does not end in Z", "20501231235959"},
      {"impossible-day", "is 30 February", "20500230000000Z"},
      {"letters", "is a sentence", "in a hundred years"},
  };
  const auto add = [&](const char* form, const char* twin, const char* source, const Text& text) {
    list.Add({.id = std::string("time.leaf-") + form + "-" + text.id,
              .summary = std::string("the leaf's notAfter, ") +
                         (form == std::string_view("utc") ? "a UTCTime" : "a GeneralizedTime") + ", " + text.summary,
              .rows = {"B8"},
              .source = source,
              .twin = twin,
              .expected = {kMalformedTime, 0},
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.leaf().not_after.raw = text.text; });
  };
  for (const Text& text : utc) {
    add("utc", "control.utc-time", kUtcForm, text);
  }
  for (const Text& text : generalized) {
    add("generalized", "control.generalized-time", kGeneralizedForm, text);
  }
  list.Add({.id = "time.leaf-generalized-fraction",
            .summary = "the leaf's notAfter has a fraction of a second, which a certificate must not have",
            .rows = {"B6"},
            .source = kGeneralizedForm,
            .twin = "control.generalized-time",
            .expected = {kMalformedTime, 0},
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.leaf().not_after.raw = "20501231235959.5Z"; });
  for (const Place& place : {kLeafPlace, kIntermediatePlace}) {
    const std::string node = place.node;
    list.Add({.id = "time." + node + "-not-before-malformed",
              .summary = "the " + node + "'s notBefore does not end in Z",
              .rows = {"B8"},
              .source = kGeneralizedForm,
              .twin = "control.good",
              .expected = {kMalformedTime, place.depth},
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { chain.At(node).not_before.raw = "20010101000000"; });
  }
}

void AddEncodings(CaseList& list) {
  list.Add({.id = "time.leaf-generalized-before-2050",
            .summary = "the leaf's notAfter is a GeneralizedTime where a CA must write UTCTime; readers take either",
            .rows = {"B9"},
            .source = kValidity,
            .twin = "control.good",
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.leaf().not_after.form = TimeForm::kGeneralized; });
}

// How long a certificate may live is a rule of public root programmes and of no standard.
void AddLongLives(CaseList& list) {
  list.Add({.id = "time.leaf-five-years",
            .summary = "the leaf lives five years, longer than any public CA may grant",
            .rows = {"B14"},
            .source = "RFC 5280 4.1.2.5",
            .twin = "control.good",
            .policy_dependent = true,
            .severity = Severity::kLow},
           [](ChainSpec& chain) { chain.leaf().not_after.from_now = days(5 * 365); });
}

}  // namespace

void AddTimeCases(CaseList& list) {
  for (const Place& place : kEveryPlace) {
    AddByDays(list, place);
  }
  for (const Place& place : kEveryPlace) {
    AddBoundaries(list, place);
  }
  for (const Place& place : kEveryPlace) {
    AddPreEpoch(list, place);
  }
  AddInverted(list);
  AddMalformed(list);
  AddEncodings(list);
  AddLongLives(list);
}

}  // namespace certs::catalogue
