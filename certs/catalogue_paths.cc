// Rows C22 to C28, C32 and C39: graphs of CAs in which a path must be found, and how long it may be.

#include <chrono>
#include <string>
#include <vector>

#include "certs/catalogue_internal.h"

namespace certs::catalogue {
namespace {

using enum Reason;
using std::chrono::days;

constexpr const char* kBuilding = "RFC 4158 2.4";
constexpr const char* kPathLen = "RFC 5280 6.1.4 l";

// ------------------------------------------------------------------------------------------------ chains of CAs

// Puts `count` CAs, "ca1" to "ca<count>", between leaf and root, which is above the last.
void PutBetween(ChainSpec& chain, int count, bool one_name, bool one_key) {
  chain.leaf().issuer = "ca1";
  chain.presented = {"leaf"};
  for (int i = 1; i <= count; ++i) {
    const std::string number = std::to_string(i);
    CertSpec ca = AnotherCa(chain, "ca" + number, i == count ? "root" : "ca" + std::to_string(i + 1),
                            one_name ? "Lab CA" : "Lab CA " + number);
    ca.key.label = one_key ? "ca" : ca.name;
    chain.presented.push_back(ca.name);
    chain.certs.push_back(std::move(ca));
  }
}

void AddLongControls(CaseList& list) {
  const auto control = [](const char* id, const char* summary, const char* row, const char* source) {
    return CertCase{.id = id,
                    .summary = summary,
                    .rows = {row},
                    .source = source,
                    .twin = "control.good",
                    .compound = true,
                    .severity = Severity::kMedium};
  };
  list.Add(control("control.two-intermediates",
                   "two CAs between leaf and root, and the upper one's pathLen is 1 (one CA more)", "C27",
                   "RFC 5280 4.2.1.9"),
           [](ChainSpec& chain) {
             chain.certs.push_back(AnotherCa(chain, "sub", "intermediate", "Lab Sub CA"));
             chain.intermediate().basic_constraints->path_len = 1;
             chain.leaf().issuer = "sub";
             chain.presented = {"leaf", "sub", "intermediate"};
           });
  list.Add(control("control.three-intermediates",
                   "three CAs between leaf and root, and the first one's pathLen is 2 (two CAs more)", "C27",
                   "RFC 5280 4.2.1.9"),
           [](ChainSpec& chain) {
             chain.certs.push_back(AnotherCa(chain, "sub", "intermediate", "Lab Sub CA"));
             chain.certs.push_back(AnotherCa(chain, "sub-sub", "sub", "Lab Sub Sub CA"));
             chain.intermediate().basic_constraints->path_len = 2;
             chain.leaf().issuer = "sub-sub";
             chain.presented = {"leaf", "sub-sub", "sub", "intermediate"};
           });
  list.Add(control("control.ten-intermediates", "ten CAs between leaf and root (nine CAs more)", "C26", "RFC 5280 6.1"),
           [](ChainSpec& chain) { PutBetween(chain, 10, false, false); });
  // The new key's certificate has the CA's own name twice and its old key's signature.
  const auto roll = [](ChainSpec& chain) {
    CertSpec rolled = AnotherCa(chain, "rolled", "intermediate", "");
    rolled.subject = chain.intermediate().subject;
    chain.certs.push_back(rolled);
  };
  list.Add(control("control.self-issued",
                   "the intermediate, pathLen 0, has renewed its key: a self-issued certificate, which does not count",
                   "C28", "RFC 5280 6.1.4 l"),
           [&](ChainSpec& chain) {
             roll(chain);
             chain.leaf().issuer = "rolled";
             chain.presented = {"leaf", "rolled", "intermediate"};
           });
  list.Add(control("control.self-issued-above-sub",
                   "the intermediate, pathLen 1, has renewed its key and issued another CA (two CAs more)", "C28",
                   "RFC 5280 6.1.4 l"),
           [&](ChainSpec& chain) {
             roll(chain);
             chain.certs.push_back(AnotherCa(chain, "sub", "rolled", "Lab Sub CA"));
             chain.intermediate().basic_constraints->path_len = 1;
             chain.leaf().issuer = "sub";
             chain.presented = {"leaf", "sub", "rolled", "intermediate"};
           });
  list.Add(control("control.root-rollover",
                   "the client trusts the root's old key, and the new one's certificate, signed with the old, is sent "
                   "(one root more)",
                   "C32", "RFC 4210 4.4"),
           [](ChainSpec& chain) {
             CertSpec new_with_old = AnotherCa(chain, "new-with-old", "root", "");
             new_with_old.subject = chain.root().subject;
             chain.certs.push_back(new_with_old);
             chain.intermediate().issuer = "new-with-old";
             chain.presented = {"leaf", "intermediate", "new-with-old"};
           });
}

void AddPathLengths(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* row, const char* twin, Verdict expected,
                       const Edit& edit, bool policy = false, const char* source = kPathLen) {
    list.Add({.id = std::string("path.") + id,
              .summary = summary,
              .rows = {row},
              .source = source,
              .twin = twin,
              .expected = expected,
              .policy_dependent = policy,
              .severity = expected.ok() ? Severity::kMedium : Severity::kHigh},
             edit);
  };
  const auto limit = [](const char* node, int path_len) {
    return [=](ChainSpec& chain) { chain.At(node).basic_constraints->path_len = path_len; };
  };
  const Verdict exceeded = {kPathLenExceeded, 1};
  add("len-zero", "below a CA of pathLen 0 stands another CA", "C27", "control.two-intermediates", exceeded,
      limit("intermediate", 0));
  add("len-one", "below a CA of pathLen 1 stand two other CAs", "C27", "control.three-intermediates", exceeded,
      limit("intermediate", 1));
  add("len-of-lower-ca", "below the lower of two CAs, of pathLen 0, stands another CA", "C27",
      "control.three-intermediates", exceeded, limit("sub", 0));
  add("len-increasing", "the lower CA's pathLen, 7, is more than the upper one's leaves it, which does no harm", "C27",
      "control.two-intermediates", {}, limit("sub", 7));
  add("len-huge", "a CA's pathLen is 2147483647", "C27", "control.two-intermediates", {},
      limit("intermediate", 2147483647));
  add("len-of-last-ca", "the last CA's pathLen is 0, and a leaf is no CA", "C27", "control.two-intermediates", {},
      limit("sub", 0));
  add("len-of-anchor-zero", "the anchor's pathLen is 0, and below it stands a CA", "C27", "control.good", exceeded,
      limit("root", 0), true, "RFC 5937 3.2");
  add("len-of-anchor-one", "the anchor's pathLen is 1, and below it stand two CAs", "C27", "control.two-intermediates",
      exceeded, limit("root", 1), true, "RFC 5937 3.2");
  add("len-of-anchor-two", "the anchor's pathLen is 2, and below it stand two CAs", "C27", "control.two-intermediates",
      {}, limit("root", 2));
  add("len-negative", "a CA's pathLen is -1, which is none", "C27", "control.good", {kMalformedExtension, 1},
      limit("intermediate", -1), false, "RFC 5280 4.2.1.9");
  list.Add(
      {.id = "path.len-increasing-exceeded",
       .summary =
           "the upper CA permits one CA below, the lower one seven: the upper one counts (two limits make the case)",
       .rows = {"C27"},
       .source = kPathLen,
       .twin = "control.three-intermediates",
       .expected = exceeded,
       .compound = true},
      [](ChainSpec& chain) {
        chain.intermediate().basic_constraints->path_len = 1;
        chain.At("sub").basic_constraints->path_len = 7;
      });
  add("self-issued-own-len", "a self-issued CA certificate of pathLen 0 has another CA below it", "C28",
      "control.self-issued-above-sub", exceeded, limit("rolled", 0));
  add("self-issued-does-not-excuse", "a CA of pathLen 0 has renewed its key, and the new one has issued another CA",
      "C28", "control.self-issued-above-sub", exceeded, limit("intermediate", 0));
  add(
      "rollover-expired", "the certificate of the root's new key has expired", "C32", "control.root-rollover",
      {kExpired, 2}, [](ChainSpec& chain) { chain.At("new-with-old").not_after.from_now = days(-1); }, false,
      "RFC 4210 4.4");
  add(
      "rollover-missing", "the certificate of the root's new key is not sent", "C32", "control.root-rollover",
      {kSignatureInvalid, 1}, [](ChainSpec& chain) { chain.presented = {"leaf", "intermediate"}; }, false,
      "RFC 4210 4.4");
  add(
      "rollover-both-trusted", "the client trusts the root's old key and its new one", "C32", "control.root-rollover",
      {}, [](ChainSpec& chain) { chain.trusted = {"root", "new-with-old"}; }, false, "RFC 4210 4.4");
}

void AddDepths(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* row, const char* source, Verdict expected,
                       const Edit& edit) {
    list.Add({.id = std::string("path.") + id,
              .summary = std::string(summary) + " (many certificates make the case)",
              .rows = {row},
              .source = source,
              .twin = "control.good",
              .expected = expected,
              .compound = true,
              .policy_dependent = true,
              .severity = Severity::kLow},
             edit);
  };
  add("depth-eleven", "eleven CAs between leaf and root, one more than the depth limit", "C26", "RFC 5280 6.1",
      {kPathTooLong, 11}, [](ChainSpec& chain) { PutBetween(chain, 11, false, false); });
  add("hundred-cas", "a hundred CAs, each of its own name and key", "C25", kBuilding, {kPathTooLong, 11},
      [](ChainSpec& chain) { PutBetween(chain, 100, false, false); });
  add("hundred-cas-one-key", "a hundred CAs of their own names and one key", "C25", kBuilding, {kPathTooLong, 11},
      [](ChainSpec& chain) { PutBetween(chain, 100, false, true); });
  add("hundred-cas-one-name",
      "a hundred CAs of one name and their own keys: self-issued, so that only the work limit ends it", "C25",
      kBuilding, {kPathBudget, 0}, [](ChainSpec& chain) { PutBetween(chain, 100, true, false); });
  add("hundred-cas-one-name-one-key",
      "a hundred CAs of one name and one key, and the first that is sent is the one the root issued", "C25", kBuilding,
      {}, [](ChainSpec& chain) {
        PutBetween(chain, 100, true, true);
        chain.presented.pop_back();
        chain.presented.insert(chain.presented.begin() + 1, "ca100");
      });
}

// ------------------------------------------------------------------------------------------------ graphs

void AddGraphControls(CaseList& list) {
  list.Add(
      {.id = "control.cross-signed",
       .summary =
           "two trusted roots have certified the intermediate, and both certificates are sent (a graph of two paths)",
       .rows = {"C22", "B13"},
       .source = kBuilding,
       .twin = "control.good",
       .compound = true},
      [](ChainSpec& chain) {
        CertSpec cross = chain.intermediate();
        cross.name = "cross";
        cross.issuer = "eve-root";
        chain.certs.push_back(cross);
        chain.presented = {"leaf", "cross", "intermediate"};
        chain.trusted = {"root", "eve-root"};
      });
  list.Add({.id = "control.cross-signed-other-root",
            .summary = "two roots have certified the intermediate, and the client trusts the second only",
            .rows = {"C22"},
            .source = kBuilding,
            .twin = "control.cross-signed"},
           [](ChainSpec& chain) { chain.trusted = {"eve-root"}; });
  list.Add(
      {.id = "control.bridge",
       .summary =
           "root and a partner's root have certified a bridge CA, and it them; the leaf is the partner's (a graph)",
       .rows = {"C23"},
       .source = "RFC 4158 1.4",
       .twin = "control.good",
       .compound = true},
      [](ChainSpec& chain) {
        const auto add = [&](const char* name, const char* issuer, const char* subject, const char* key) {
          chain.certs.push_back(AnotherCa(chain, name, issuer, subject));
          chain.certs.back().key.label = key;
        };
        add("bridge", "root", "Bridge CA", "bridge");
        add("partner", "bridge", "Partner Root CA", "partner");
        add("partner-issuing", "partner", "Partner Issuing CA", "partner-issuing");
        add("bridge-by-partner", "partner", "Bridge CA", "bridge");
        add("root-by-bridge", "bridge", "", "root");
        chain.certs.back().subject = chain.root().subject;
        chain.leaf().issuer = "partner-issuing";
        chain.presented = {"leaf", "partner-issuing", "bridge-by-partner", "root-by-bridge", "partner", "bridge"};
      });
  list.Add({.id = "control.circle",
            .summary = "three CAs certify each other in a circle, and the root has certified one of them too (a graph)",
            .rows = {"C24", "C39"},
            .source = "RFC 4158 2.4.2; CVE-2024-0567",
            .twin = "control.good",
            .compound = true},
           [](ChainSpec& chain) {
             chain.intermediate().basic_constraints->path_len.reset();
             chain.certs.push_back(AnotherCa(chain, "second", "third", "Second CA"));
             chain.certs.push_back(AnotherCa(chain, "third", "intermediate", "Third CA"));
             CertSpec by_second = chain.intermediate();
             by_second.name = "by-second";
             by_second.issuer = "second";
             chain.certs.push_back(by_second);
             chain.presented = {"leaf", "by-second", "second", "third", "intermediate"};
           });
}

struct BadEdge {
  const char* id;
  const char* summary;
  Verdict expected;  // where there is no other way
  void (*edit)(CertSpec&);
};
constexpr BadEdge kBadEdges[] = {
    {"expired", "has expired", {kExpired, 1}, [](CertSpec& ca) { ca.not_after.from_now = days(-1); }},
    {"not-yet-valid", "is not valid yet", {kNotYetValid, 1}, [](CertSpec& ca) { ca.not_before.from_now = days(1); }},
    {"signature",
     "has a broken signature",
     {kSignatureInvalid, 1},
     [](CertSpec& ca) { ca.signature_fault = SignatureFault::kFlipBit; }},
    {"no-cert-sign",
     "may not sign certificates",
     {kCaKeyUsage, 1},
     [](CertSpec& ca) { ca.key_usage->bits = kCrlSign; }},
    {"constrained",
     "excludes the host",
     {kNameConstraintViolation, 0},
     [](CertSpec& ca) { ca.name_constraints = NameConstraints{.excluded = {Dns(kBobHost)}}; }},
    {"unknown-critical",
     "has a critical extension nobody knows",
     {kUnknownCriticalExtension, 1},
     [](CertSpec& ca) { ca.extra_extensions = {UnknownExtension(true)}; }},
};

void AddCrossSigned(CaseList& list) {
  for (const BadEdge& edge : kBadEdges) {
    const bool expired = std::string_view(edge.id) == "expired";
    list.Add({.id = std::string("path.cross-") + edge.id,
              .summary = std::string("of the intermediate's two certificates the first ") + edge.summary +
                         ", and the second is good",
              .rows = expired ? std::vector<std::string>{"C22", "B13"} : std::vector<std::string>{"C22"},
              .source = kBuilding,
              .twin = "control.cross-signed",
              .severity = Severity::kMedium},
             [&](ChainSpec& chain) { edge.edit(chain.At("cross")); });
    list.Add({.id = std::string("path.cross-only-") + edge.id,
              .summary = std::string("the only certificate of the intermediate that leads to the trusted root ") +
                         edge.summary,
              .rows = {"C22"},
              .source = "RFC 5280 6.1.3 a",
              .twin = "control.cross-signed-other-root",
              .expected = edge.expected},
             [&](ChainSpec& chain) { edge.edit(chain.At("cross")); });
  }
}

void AddBridges(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, Verdict expected, const char* source, const Edit& edit) {
    list.Add({.id = std::string("path.bridge-") + id,
              .summary = summary,
              .rows = {"C23"},
              .source = source,
              .twin = "control.bridge",
              .expected = expected},
             edit);
  };
  add("expired", "the root's certificate for the bridge has expired", {kExpired, 3}, "RFC 5280 6.1.3 a2",
      [](ChainSpec& chain) { chain.At("bridge").not_after.from_now = days(-1); });
  add("len", "the root permits one CA below the bridge, and there are two", {kPathLenExceeded, 1}, kPathLen,
      [](ChainSpec& chain) { chain.At("bridge").basic_constraints->path_len = 1; });
  add("constrained", "the bridge permits its partner another domain only", {kNameConstraintViolation, 0},
      "RFC 5280 4.2.1.10", [](ChainSpec& chain) {
        chain.At("partner").name_constraints = NameConstraints{.permitted = {Dns("partner.test")}};
      });
  add("permitted", "the bridge permits its partner the host's domain", {}, "RFC 5280 4.2.1.10",
      [](ChainSpec& chain) { chain.At("partner").name_constraints = NameConstraints{.permitted = {Dns("bob.test")}}; });
  add("missing", "the root's certificate for the bridge is not sent", {kUnknownIssuer, 2}, kBuilding,
      [](ChainSpec& chain) { chain.presented = {"leaf", "partner-issuing", "partner"}; });
}

void AddCircles(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, Verdict expected, const Edit& edit) {
    list.Add({.id = std::string("path.circle-") + id,
              .summary = summary,
              .rows = {"C24"},
              .source = "RFC 4158 2.4.2; CVE-2024-0567",
              .twin = "control.circle",
              .expected = expected},
             edit);
  };
  add("without-anchor", "three CAs certify each other in a circle, which leads nowhere", {kUnknownIssuer, 3},
      [](ChainSpec& chain) { chain.presented = {"leaf", "by-second", "second", "third"}; });
  add("without-trust", "three CAs certify each other in a circle, and nobody trusts whoever is above",
      {kUnknownIssuer, 3}, [](ChainSpec& chain) { chain.trusted = {"eve-root"}; });
  add("other-entry", "the circle, sent in the opposite order", {},
      [](ChainSpec& chain) { chain.presented = {"leaf", "intermediate", "third", "second", "by-second"}; });
}

}  // namespace

void AddPathControls(CaseList& list) {
  AddLongControls(list);
  AddGraphControls(list);
}

void AddPathCases(CaseList& list) {
  AddPathLengths(list);
  AddDepths(list);
  AddCrossSigned(list);
  AddBridges(list);
  AddCircles(list);
}

}  // namespace certs::catalogue
