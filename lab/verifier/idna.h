// From what a person writes to what DNS and certificates carry: U-labels to A-labels.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace verifier {

enum class IdnaError {
  kInvalid,       // not UTF-8, or not a valid internationalised name
  kLabelTooLong,  // an A-label would exceed 63 octets
  kNameTooLong,   // the name would exceed 255 octets
};

// Converts a name that contains U-labels: UTS #46 non-transitional mapping, then the validity rules of IDNA2008
// (RFC 5891 5). Mapping folds case and width, and turns the other full stops (U+3002, U+FF0E, U+FF61) into label
// separators, as UTS #46 says; RFC 5895 2 does the same for U+3002.
//
// `utf8` holds no NUL. The answer is ASCII but not yet a host name: mapping can produce empty labels, a trailing dot,
// or characters like '*' and '/' from their full-width forms, so its syntax must be checked by the caller.
std::expected<std::string, IdnaError> ToALabels(std::string_view utf8);

// The name with every A-label as the U-label it stands for, in lower case where that is ASCII; a label that is no A-label
// (RFC 5890 2.3.2.1), because its U-label is none or becomes another, stays as it is.
std::string ToULabels(std::string_view name);

}  // namespace verifier
