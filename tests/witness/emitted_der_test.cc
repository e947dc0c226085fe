// The edit shows in the bytes, and nothing but the edit: each case and its good twin, taken apart by a parser that is
// not ours, differ in the fields the edit is about and in what follows from it (signature, derived serial, key
// identifiers, the issuer field of what is below).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "certs/catalogue.h"
#include "certs/diff.h"
#include "certs/issue.h"
#include "tests/witness/certificate_fields.h"

namespace witness {
namespace {

using certs::Bytes;
using certs::CertCase;
using certs::CertSpec;
using Names = std::set<std::string>;

// The fields of a certificate that a member of its spec is about.
const std::map<std::string, Names>& FieldsOf() {
  static const std::map<std::string, Names> fields = {
      {"issuer", {"issuer", "extension 2.5.29.35", "signatureValue"}},
      {"version", {"version"}},
      {"serial", {"serialNumber"}},
      {"subject", {"subject"}},
      {"claimed_issuer", {"issuer"}},
      {"not_before", {"notBefore"}},
      {"not_after", {"notAfter"}},
      {"key", {"subjectPublicKeyInfo", "extension 2.5.29.14"}},
      {"signing_key", {"signatureValue", "signature", "signatureAlgorithm"}},
      {"signature", {"signature", "signatureAlgorithm"}},
      {"inner_algorithm", {"signature"}},
      {"outer_algorithm", {"signatureAlgorithm"}},
      {"signature_fault", {"signatureValue"}},
      {"swapped_key", {"subjectPublicKeyInfo"}},
      {"basic_constraints", {"extension 2.5.29.19"}},
      {"key_usage", {"extension 2.5.29.15"}},
      {"extended_key_usage", {"extension 2.5.29.37"}},
      {"san", {"extension 2.5.29.17"}},
      {"name_constraints", {"extension 2.5.29.30"}},
      {"subject_key_id", {"extension 2.5.29.14"}},
      {"authority_key_id", {"extension 2.5.29.35"}},
      {"policies", {"extension 2.5.29.32"}},
      {"policy_mappings", {"extension 2.5.29.33"}},
      {"policy_constraints", {"extension 2.5.29.36"}},
      {"inhibit_any_policy", {"extension 2.5.29.54"}},
      {"spki_form", {"subjectPublicKeyInfo"}},
      {"raw_spki", {"subjectPublicKeyInfo"}},
      {"raw_algorithm", {"signature", "signatureAlgorithm"}},
      {"issuer_unique_id", {"issuerUniqueID"}},
      {"subject_unique_id", {"subjectUniqueID"}},
      {"explicit_version", {"version"}},
      {"scts", {"extension 1.3.6.1.4.1.11129.2.4.2"}},
  };
  return fields;
}

// Members that may leave something that is no Certificate at all, in whole or in one of its parts.
bool MayBreakTheForm(const std::string& member) {
  static const Names members = {"tampers",          "cut",      "trailing",      "raw_certificate", "length_form",
                                "extra_extensions", "raw_spki", "raw_algorithm", "spki_form",       "serial"};
  return members.contains(member);
}

// A tamper changes what it says, wherever that stands.
bool MayTouchAnyField(const std::string& member) { return member == "tampers" || member == "raw_certificate"; }

Names FieldsAbout(const std::string& member, const CertSpec& twin, const CertSpec& mutant) {
  if (member == "extra_extensions") {
    Names names;
    for (const CertSpec* spec : {&twin, &mutant}) {
      for (const certs::RawExtension& extension : spec->extra_extensions) {
        const std::string name = "extension " + extension.oid;
        names.insert({name, name + " #2", name + " #3"});
      }
    }
    return names;
  }
  const auto found = FieldsOf().find(member);
  return found == FieldsOf().end() ? Names{} : found->second;
}

// The members of a node that the case edits, without what lies below them.
Names EditedMembers(const CertCase& twin, const CertCase& mutant, const std::string& node) {
  Names members;
  for (const certs::Difference& difference : Diff(twin.chain, mutant.chain)) {
    if (difference.member.starts_with(node + ".")) {
      const std::string member = difference.member.substr(node.size() + 1);
      members.insert(member.substr(0, member.find_first_of(".[")));
    }
  }
  return members;
}

// What a certificate takes from its issuer, if that is edited.
Names FromTheIssuer(const CertCase& twin, const CertCase& mutant, const std::string& node) {
  const CertSpec *before = twin.chain.Find(twin.chain.At(node).issuer),
                 *after = mutant.chain.Find(mutant.chain.At(node).issuer);
  if (before == nullptr || after == nullptr) {
    return {};
  }
  Names names;
  if (before->subject != after->subject) {
    names.insert({"issuer", "serialNumber", "signatureValue"});
  }
  if (before->key != after->key || before->spki_form != after->spki_form) {
    names.insert({"extension 2.5.29.35", "signature", "signatureAlgorithm", "serialNumber", "signatureValue"});
  }
  return names;
}

Names FieldsThatDiffer(const CertificateFields& a, const CertificateFields& b) {
  Names names;
  for (const auto& [name, octets] : a) {
    if (!b.contains(name) || b.at(name) != octets) {
      names.insert(name);
    }
  }
  for (const auto& [name, octets] : b) {
    if (!a.contains(name)) {
      names.insert(name);
    }
  }
  return names;
}

bool Overlap(const Names& a, const Names& b) {
  return std::ranges::any_of(a, [&](const std::string& name) { return b.contains(name); });
}

class EmittedDer : public testing::Test {
 protected:
  static certs::Issuer& SharedIssuer() {
    static certs::Issuer issuer(certs::KeyRing::FromSeed(5), 1'790'000'000);
    return issuer;
  }

  // One certificate of a case against the same of its twin.
  void Compare(const CertCase& twin, const CertCase& mutant, const std::string& node, const Bytes& before,
               const Bytes& after) {
    const Names edited = EditedMembers(twin, mutant, node);
    Names follows = FromTheIssuer(twin, mutant, node);
    if (edited.empty() && follows.empty()) {
      EXPECT_EQ(before, after) << "an edit elsewhere changes this certificate";
      return;
    }
    EXPECT_NE(before, after);
    const auto twin_fields = TakeApart(before);
    ASSERT_TRUE(twin_fields) << "the good twin does not parse";
    const auto mutant_fields = TakeApart(after);
    if (!mutant_fields) {
      EXPECT_TRUE(std::ranges::any_of(edited, MayBreakTheForm)) << testing::PrintToString(edited);
      ++unparsed_;
      return;
    }
    ++parsed_;
    const Names differ = FieldsThatDiffer(*twin_fields, *mutant_fields);
    Names allowed = follows;
    bool anything = false;
    for (const std::string& member : edited) {
      const Names about = FieldsAbout(member, twin.chain.At(node), mutant.chain.At(node));
      // Of several edits one may hide another: a member of version 3 beside the edit to version 1.
      EXPECT_TRUE(Overlap(about, differ) || MayBreakTheForm(member) || mutant.compound)
          << "the edit of " << member << " does not show; only " << testing::PrintToString(differ) << " do";
      allowed.insert(about.begin(), about.end());
      anything |= MayTouchAnyField(member);
    }
    if (!edited.empty()) {
      allowed.insert({"serialNumber", "signatureValue"});
    }
    // A certificate that signs itself takes its algorithm from its own key.
    if (mutant.chain.At(node).issuer == node && edited.contains("key")) {
      allowed.insert({"signature", "signatureAlgorithm"});
    }
    // Whoever changes the issuer may change to a key of another type.
    if (edited.contains("issuer")) {
      allowed.insert({"signature", "signatureAlgorithm"});
    }
    if (!anything) {
      EXPECT_TRUE(std::ranges::includes(allowed, differ))
          << testing::PrintToString(differ) << " differ, and only " << testing::PrintToString(allowed) << " may";
    }
  }

  int parsed_ = 0, unparsed_ = 0;
};

TEST_F(EmittedDer, EachCaseDiffersFromItsTwinInTheEditAndWhatFollowsFromIt) {
  for (const CertCase& mutant : certs::Catalogue()) {
    const CertCase* twin = certs::FindCase(mutant.twin);
    if (twin == nullptr || twin->chain == mutant.chain) {
      continue;
    }
    SCOPED_TRACE(mutant.id);
    const auto good = SharedIssuer().Issue(twin->chain);
    const auto bad = SharedIssuer().Issue(mutant.chain);
    ASSERT_TRUE(good && bad);
    for (const auto& [node, der] : (*bad)->nodes) {
      if (const auto before = (*good)->nodes.find(node); before != (*good)->nodes.end()) {
        Compare(*twin, mutant, node, before->second, der);
      } else if (!TakeApart(der)) {
        EXPECT_TRUE(mutant.chain.At(node).raw_certificate || mutant.chain.At(node).cut != 0) << node;
      }
    }
  }
  EXPECT_GT(parsed_, 300);
  EXPECT_GT(unparsed_, 5);
  RecordProperty("parsed", parsed_);
  RecordProperty("unparsed", unparsed_);
}

TEST_F(EmittedDer, EveryTwinIsACertificateToAnotherParserToo) {
  for (const CertCase& twin : certs::Catalogue()) {
    if (!IsControl(twin)) {
      continue;
    }
    const auto chain = SharedIssuer().Issue(twin.chain);
    ASSERT_TRUE(chain) << twin.id;
    for (const auto& [node, der] : (*chain)->nodes) {
      EXPECT_TRUE(TakeApart(der)) << twin.id << ": " << node;
    }
  }
}

TEST(TakeApart, SeesFieldsAndExtensionsAndRefusesWhatIsNone) {
  certs::Issuer issuer(certs::KeyRing::FromSeed(5), 1'790'000'000);
  const auto chain = issuer.Issue(certs::GoodChain());
  ASSERT_TRUE(chain);
  Bytes leaf = (*chain)->presented.front();
  const auto fields = TakeApart(leaf);
  ASSERT_TRUE(fields);
  for (const char* name : {"version", "serialNumber", "signature", "issuer", "notBefore", "notAfter", "subject",
                           "subjectPublicKeyInfo", "signatureAlgorithm", "signatureValue", "extension 2.5.29.17"}) {
    EXPECT_TRUE(fields->contains(name)) << name;
  }
  EXPECT_FALSE(fields->contains("issuerUniqueID"));
  leaf.pop_back();
  EXPECT_FALSE(TakeApart(leaf));
  EXPECT_FALSE(TakeApart({}));
}

}  // namespace
}  // namespace witness
