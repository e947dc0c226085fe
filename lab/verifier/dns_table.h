// What is known of the DNS so far. Decisions are functions of a table: they look, and where they find nothing they note
// what they want and are asked again later. So a decision needs no callbacks, and a test needs no network.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/verifier/resolver.h"

namespace verifier {

class DnsTable {
 public:
  // The answer, if it is there; otherwise the question is noted, once, and null returned. The name may be written in
  // any case, with or without a final dot. Answers stay where they are as long as the table lives.
  const DnsAnswer* Look(std::string_view name, DnsType type);
  void Put(const DnsQuestion& question, DnsAnswer answer);
  // The questions noted since the last call.
  std::vector<DnsQuestion> TakeWanted();

 private:
  std::map<DnsQuestion, DnsAnswer> answers_;
  std::vector<DnsQuestion> wanted_;
  std::map<DnsQuestion, bool> noted_;
};

}  // namespace verifier
