// The table of `match --batch`, line by line.
#pragma once

#include <string>
#include <string_view>

#include "lab/verifier/name_match.h"

namespace lab {

// What stands in the first field of a line (match.h).
enum class BatchKind : uint8_t { kDns, kIp, kCn, kSrv, kUri, kCert, kNameConstraint };
std::optional<BatchKind> BatchKindByName(std::string_view name);

// Replaces \xNN by the octet. False for any other backslash.
bool Unescape(std::string_view text, std::string& octets);

// Answers a table. Buffers are kept from line to line.
class Batch {
 public:
  explicit Batch(const verifier::NamePolicy& policy) : policy_(policy) {}

  // Appends the answer to one line, if it asks something, to `answers`. Returns what is wrong with the line, or "".
  std::string Answer(std::string_view line, std::string& answers);

 private:
  struct Decision {
    std::string_view verdict, reason;
  };

  std::string AnswerText(BatchKind kind, std::string_view presented, std::string_view reference, Decision& decision);
  Decision DecideName(BatchKind kind, bool has_presented, bool has_reference) const;
  std::expected<verifier::Reference, verifier::NameReason> ReadReference(BatchKind kind) const;

  verifier::NamePolicy policy_;
  std::string presented_, reference_;
};

}  // namespace lab
