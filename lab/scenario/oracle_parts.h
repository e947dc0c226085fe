// What the parts of the oracle tell each other. For oracle*.cc only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/spec.h"
#include "certs/verdict.h"
#include "lab/scenario/oracle.h"
#include "lab/scenario/policy.h"
#include "lab/scenario/scenario.h"
#include "lab/scenario/world.h"

namespace lab::oracle {

// Defects in the order of their precedence, and what keeps the oracle from being sure.
struct Findings {
  std::vector<certs::Verdict> defects;
  std::string uncertain;  // the first doubt

  void Add(certs::Reason reason, int depth) { defects.push_back({reason, depth}); }
  void Doubt(std::string_view why) { uncertain = uncertain.empty() ? std::string(why) : uncertain; }
  bool Has(certs::Reason reason, int depth) const;
};

// ------------------------------------------------------------------------------------------------ the parts

// oracle_chain.cc: from the presented certificates to an anchor, and everything on that way, names of the leaf
// included.
Findings JudgeChain(const certs::ChainSpec& chain, std::string_view reference);
// What is wrong with a server's certificate that does not parse, whatever it is judged by; nothing if it does.
std::optional<Findings> JudgeUnparseable(const certs::CertSpec& leaf);

// How a conversation ends before the message is delivered, and how far the client must have come for that.
struct Ending {
  certs::Reason reason = certs::Reason::kTlsFailed;
  Rung rung = Rung::kCertificateSent;
  bool ignorable = false;  // who takes no notice may go on
  // Who is ahead of the server has said EHLO inside TLS by then.
  bool hello_may_precede = false;
};

// oracle.cc: one visit, whatever there was before it.
Prediction PredictVisit(const World& world, Policy policy, fakeserver::TlsMode mode);
// oracle_return.cc: the last visit of a client that comes back with what it was given on the one before.
Prediction PredictReturn(const World& world, Policy policy, fakeserver::TlsMode mode);
// The world of an earlier visit, its dates as they were to the client's clock then.
World AsItWas(const World& world, size_t visit);

// oracle_smtp.cc: the first thing in the conversation that ends it, up to the certificate and from the end of the
// handshake on; and what keeps the oracle from being sure of it.
std::optional<Ending> BeforeTheCertificate(const World& world, fakeserver::TlsMode mode);
std::optional<Ending> BehindTheCertificate(const World& world, Policy policy, fakeserver::TlsMode mode);
std::string DoubtAbout(const World& world);
// Whether the handshake is signed by another key than the certified one; something must be presented.
bool IsSignedByStranger(const World& world);

// oracle_tls.cc: what is wrong with TLS itself, the certificates apart; how far the client must have come to meet it.
std::optional<Ending> JudgeTls(const fakeserver::TlsScript& tls);
// Whether the leaf is for an RSA key; something must be presented.
bool CertifiesRsa(const World& world);
// Whether TLS 1.2 is spoken with suites that are all for another kind of key than the certified one.
bool FitsNoSuite(const World& world);
// Whether an edit of ServerHello names a suite of TLS 1.2 that is for the certified key, so that it may change nothing.
bool NamesAFittingSuite(const World& world);

// oracle_certificate.cc: one certificate of a path.
struct Role {
  int depth = 0;
  bool anchor = false;
  bool signature_wrong = false;  // the key above it in the path did not make its signature
  bool one_too_many = false;     // a CA for which the path lengths above it leave no room
};
void JudgeCertificate(const certs::ChainSpec& chain, const certs::CertSpec& cert, const Role& role, Findings& findings);
void JudgeLeafUsage(const certs::CertSpec& leaf, Findings& findings);
// Whether the subjectAltName of the certificate cannot be read at all.
bool SanIsMalformed(const certs::CertSpec& cert);
// The names the certificate presents; nothing if it has no subjectAltName or one that cannot be read.
std::optional<std::vector<certs::GeneralName>> PresentedNames(const certs::CertSpec& cert);
// The issuer field, what a key signs with unless it is told otherwise, the algorithm that really signs, the two that
// are claimed (by name; octets that are given instead are AlgorithmIsSupported()'s).
const certs::DistinguishedName& IssuerName(const certs::ChainSpec& chain, const certs::CertSpec& cert);
certs::SigAlg UsualAlgorithm(certs::KeyType signer);
certs::SigAlg TrueAlgorithm(const certs::ChainSpec& chain, const certs::CertSpec& cert);
certs::SigAlg InnerAlgorithm(const certs::ChainSpec& chain, const certs::CertSpec& cert);
certs::SigAlg OuterAlgorithm(const certs::ChainSpec& chain, const certs::CertSpec& cert);

// oracle_dates.cc: at most one defect of the validity period.
void JudgeDates(const certs::CertSpec& cert, int depth, Findings& findings);
// Nothing if the text is no date.
std::optional<int64_t> SecondsFromNow(const certs::TimeSpec& time, Findings& findings);

// oracle_names.cc: names of hosts.
struct Reference {
  std::optional<std::string> dns;  // lower case, A-labels, no trailing dot
  std::optional<certs::Bytes> ip;  // 4 or 16 octets
  std::string uncertain;
  bool valid() const { return dns || ip; }
};
Reference ReadReference(std::string_view configured);
bool Names(const std::vector<certs::GeneralName>& presented, const Reference& reference);
// Spelling, for whoever compares names.
std::string Lower(std::string_view text);
std::vector<std::string> Labels(std::string_view name);
bool IsHostName(std::string_view name);
bool IsWildcard(std::string_view name);  // "*" before at least two labels
bool EndsInDomain(std::string_view name, std::string_view domain);
// RFC 5280 7.1: letter case and runs of spaces do not matter in PrintableString, UTF8String and IA5String, nor which of
// the three it is; anything else is compared as it stands. Tags and contents.
bool SameText(uint8_t a_tag, const certs::Bytes& a, uint8_t b_tag, const certs::Bytes& b);

// oracle_constraints.cc: the names of a certificate that constraints apply to; name constraints of a CA above over
// them; and how much work that is, names times subtrees of their form.
std::vector<certs::GeneralName> ConstrainedNames(const certs::CertSpec& cert);
void JudgeConstraints(const certs::NameConstraints& constraints, const std::vector<certs::GeneralName>& names,
                      int depth, Findings& findings);
size_t ComparisonsOf(const certs::NameConstraints& constraints, const std::vector<certs::GeneralName>& names);

// oracle_policies.cc: RFC 5280 6.1 as RFC 9618 has it; leaf first.
struct PolicyStep {
  const certs::CertSpec* cert;
  bool self_issued;
};
bool PoliciesFail(const std::vector<PolicyStep>& path, bool anchored);
bool PoliciesAreMalformed(const certs::CertSpec& cert);

// oracle_revocation.cc: RFC 5280 6.3, RFC 6960, RFC 7633 over a path, leaf first. `verified[i]`: the signature of
// certificate i is its issuer's.
void JudgeStatus(const certs::ChainSpec& chain, const std::vector<const certs::CertSpec*>& path,
                 const std::vector<bool>& verified, Findings& findings);
// What is demanded of a client that fetched what is online; nothing where that is what is demanded of any.
std::optional<Demand> OnceFetched(const World& world, Policy policy);
// The TLS features of a certificate; nothing if they cannot be read, none if it has no such extension.
std::optional<std::vector<certs::Bytes>> ReadTlsFeatures(certs::ByteView value);
// Whether names are the same for path building (RFC 5280 7.1); in oracle_chain.cc.
bool SameName(const certs::DistinguishedName& a, const certs::DistinguishedName& b);

// oracle_form.cc: what is no DER, and what is odd about a key, an algorithm, a raw extension.
struct Element {
  uint8_t tag;
  certs::ByteView content;
};
// Reads tag, length and content of one DER element off the front; nothing if that is not what stands there.
std::optional<Element> TakeElement(certs::ByteView& bytes);
bool IsUnparseable(const certs::CertSpec& cert);
// Carries the changes that were made after signing over to what a reader of the certificate sees, and doubts what it
// cannot show. That the signature broke is known from `tampers` not being empty.
void ShowTampers(certs::CertSpec& cert, Findings& findings);
enum class Standing : uint8_t { kGood, kWeak, kWeakAndUnusable, kUnsupported, kUnknown };
Standing KeyStanding(const certs::CertSpec& cert);
// Whether the key is written down in another way than usual; some ways are for one kind of key only.
bool HasOddKeyForm(const certs::CertSpec& cert);
// The key in the certificate, octets of its own apart.
const certs::KeySpec& CertifiedKey(const certs::CertSpec& cert);
bool IsRsa(certs::KeyType type);
// Whether the certified key is octets of its own.
bool HasRawKey(const certs::CertSpec& cert);
// Whether the algorithm that stands beside the signature, parameters included, is one that clients compute.
bool AlgorithmIsSupported(const certs::ChainSpec& chain, const certs::CertSpec& cert, Findings& findings);
struct RawStanding {
  bool malformed = false, unknown_critical = false, doubtful = false;
};
RawStanding ReadRaw(const certs::RawExtension& extension);

// oracle_dns.cc: what the DNS and the policy host lead a relay to believe of the host it will talk to.
struct Trust {
  enum class Kind : uint8_t {
    kAnchors,        // the client's trust anchors, and `reference`
    kTlsa,           // `tlsa`, and `names` where those name an anchor
    kOpportunistic,  // nothing is demanded; `reference` is the host
    kNothing,        // nobody can be talked to, for `why`
  };
  Kind kind = Kind::kAnchors;
  std::string reference;
  std::vector<fakeserver::TlsaSpec> tlsa;
  std::vector<std::string> names;
  certs::Reason why = certs::Reason::kOk;
  std::string uncertain;
};
// `host` is the world's reference, normalised: what "{host}" stands for.
Trust TrustByDane(const World& world, const std::string& host);
// Whether a relay that looks the domain's mail hosts up has nobody to connect to.
bool FindsNoHost(const World& world, const std::string& host);
Trust TrustBySts(const World& world, const std::string& host);
// RFC 7672 3: the chain against the records of `trust`.
Findings JudgeByTlsa(const certs::ChainSpec& chain, const Trust& trust);

}  // namespace lab::oracle
