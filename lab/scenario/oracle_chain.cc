#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "lab/scenario/oracle_parts.h"

namespace lab::oracle {
namespace {

using certs::Bytes;
using certs::CertSpec;
using certs::ChainSpec;
using certs::DistinguishedName;
using certs::Reason;
using certs::SigAlg;

// ------------------------------------------------------------------------------------------------ names of issuers

std::string Canonical(const Bytes& value) {
  std::string text;
  for (const uint8_t octet : value) {
    const char c = octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : static_cast<char>(octet);
    if (c != ' ' || (!text.empty() && text.back() != ' ')) {
      text += c;
    }
  }
  return text.ends_with(' ') ? text.substr(0, text.size() - 1) : text;
}

bool Interchangeable(const CertSpec& a, const CertSpec& b) {
  const auto form = [](const CertSpec& cert) {
    return cert.swapped_key ? std::pair(certs::SpkiForm::kUsual, std::optional<Bytes>())
                            : std::pair(cert.spki_form, cert.raw_spki);
  };
  return CertifiedKey(a) == CertifiedKey(b) && form(a) == form(b) && a.san == b.san && SameName(a.subject, b.subject);
}

// ------------------------------------------------------------------------------------------------ paths

enum class Link : uint8_t { kVerifies, kWrong, kUnsupported };

// The search for paths over one chain.
class Paths {
 public:
  Paths(const ChainSpec& chain, Findings& findings) : chain_(chain), findings_(findings) {
    // What does not parse is as if it had not been sent or trusted.
    for (const std::string& name : chain.trusted) {
      if (!IsUnparseable(chain.At(name))) {
        anchors_.push_back(&chain.At(name));
      }
    }
    for (const std::string& name : chain.presented) {
      if (!IsUnparseable(chain.At(name))) {
        presented_.push_back(&chain.At(name));
      }
    }
  }

  struct Path {
    std::vector<const CertSpec*> certs;  // leaf first
    std::vector<Link> links;             // link i: from certificate i to i + 1
    bool anchored = false;
  };

  // Every path that ends in an anchor over as few wrong signatures as there is one over, first found first.
  std::vector<Path> Anchored() {
    std::vector<Path> found;
    Path path{.certs = {presented_.front()}};
    if (std::ranges::find(anchors_, presented_.front()) != anchors_.end()) {
      path.anchored = true;
      return {path};
    }
    for (allowed_ = 0; allowed_ <= kMostWrong && found.empty(); ++allowed_) {
      steps_ = 0;
      Extend(path, found);
    }
    return found;
  }

  // The longest path over signatures that are not wrong, whether it leads anywhere or not.
  Path Longest() {
    Path path{.certs = {presented_.front()}}, longest = path;
    const std::function<void()> extend = [&] {
      if (path.certs.size() > longest.certs.size()) {
        longest = path;
      }
      for (const CertSpec* issuer : Candidates(presented_, path)) {
        const Link link = LinkOf(*path.certs.back(), *issuer);
        if (path.certs.size() <= kLongest && link != Link::kWrong) {
          path.certs.push_back(issuer);
          path.links.push_back(link);
          extend();
          path.certs.pop_back();
          path.links.pop_back();
        }
      }
    };
    extend();
    return longest;
  }

  // Where the search met the limit of ten intermediates that are not self-issued; 0 if it did not.
  int too_long_at() const { return too_long_at_; }

  bool SignedItself(const CertSpec& cert) const { return SelfIssued(cert) && LinkOf(cert, cert) != Link::kWrong; }
  bool SelfIssued(const CertSpec& cert) const { return SameName(cert.subject, IssuerName(chain_, cert)); }
  // Whether somebody (the server's certificate itself, maybe) bears its issuer's name, but has not the key that signed
  // it.
  bool HasImpostor(const CertSpec& cert) const {
    return std::ranges::any_of(presented_, [&](const CertSpec* other) {
      return (other != &cert || other == presented_.front()) && SameName(other->subject, IssuerName(chain_, cert)) &&
             LinkOf(cert, *other) == Link::kWrong;
    });
  }

 private:
  static constexpr size_t kLongest = 256;
  static constexpr int kMostIntermediates = 10, kMostWrong = 4;
  static constexpr size_t kMostSteps = 5000;

  Link LinkOf(const CertSpec& cert, const CertSpec& issuer) const {
    const SigAlg alg = TrueAlgorithm(chain_, cert);
    Findings ignored;
    const Standing key = KeyStanding(issuer);
    const SigAlg claimed = OuterAlgorithm(chain_, cert);
    if (claimed == SigAlg::kRsaMd2 || claimed == SigAlg::kRsaMd4) {
      return Link::kUnsupported;  // nobody computes these, so nobody sees whether they fit
    }
    if (!AlgorithmIsSupported(chain_, cert, ignored) || (key != Standing::kGood && key != Standing::kWeak)) {
      return Link::kUnsupported;
    }
    // Who has the private key 1 of somebody else's parameters has none of the named curve.
    if (!cert.signing_key && chain_.At(cert.issuer).spki_form == certs::SpkiForm::kCurveBall) {
      return Link::kWrong;
    }
    const certs::KeySpec& signer = cert.signing_key ? *cert.signing_key : chain_.At(cert.issuer).key;
    const bool verifies = signer == CertifiedKey(issuer) && OuterAlgorithm(chain_, cert) == alg &&
                          cert.signature_fault == certs::SignatureFault::kNone && cert.tampers.empty() &&
                          (!cert.swapped_key || (*cert.swapped_key == cert.key && !cert.raw_spki &&
                                                 cert.spki_form == certs::SpkiForm::kUsual));
    return verifies ? Link::kVerifies : Link::kWrong;
  }

  // RFC 4158 3.5.12: equal key identifiers first, then unknown ones, then different ones.
  int KeyIdRank(const CertSpec& cert, const CertSpec& issuer) const {
    if (!cert.authority_key_id || cert.issuer == cert.name || !issuer.subject_key_id) {
      return 1;
    }
    return chain_.At(cert.issuer).key == issuer.key ? 0 : 2;
  }

  std::vector<const CertSpec*> Candidates(const std::vector<const CertSpec*>& from, const Path& path) const {
    const CertSpec& last = *path.certs.back();
    const DistinguishedName& wanted = IssuerName(chain_, last);
    std::vector<std::pair<int, const CertSpec*>> ranked;
    for (const CertSpec* cert : from) {
      const auto same = [&](const CertSpec* other) { return Interchangeable(*cert, *other); };
      if (SameName(cert->subject, wanted) && std::ranges::none_of(path.certs, same) &&
          std::ranges::find(ranked, cert, &std::pair<int, const CertSpec*>::second) == ranked.end()) {
        ranked.emplace_back(KeyIdRank(last, *cert), cert);
      }
    }
    std::ranges::stable_sort(ranked, {}, &std::pair<int, const CertSpec*>::first);
    std::vector<const CertSpec*> candidates;
    for (const auto& [rank, cert] : ranked) {
      candidates.push_back(cert);
    }
    return candidates;
  }

  bool IsTooMany(const CertSpec& candidate, const Path& path) const {
    if (path.certs.size() <= kMostIntermediates) {
      return false;  // however many of them are self-issued
    }
    const auto counted = std::count_if(path.certs.begin() + 1, path.certs.end(),
                                       [&](const CertSpec* cert) { return !SelfIssued(*cert); });
    return !SelfIssued(candidate) && counted >= kMostIntermediates;
  }

  void Extend(Path& path, std::vector<Path>& found) {
    if (++steps_ > kMostSteps || path.certs.size() > kLongest) {
      findings_.Doubt("a search beyond any budget");
      return;
    }
    const auto with = [&](const CertSpec* issuer, bool anchored, const auto& then) {
      const Link link = LinkOf(*path.certs.back(), *issuer);
      if (link == Link::kWrong && std::ranges::count(path.links, Link::kWrong) >= allowed_) {
        return;
      }
      path.links.push_back(link);
      path.certs.push_back(issuer);
      path.anchored = anchored;
      then();
      path.anchored = false;
      path.certs.pop_back();
      path.links.pop_back();
    };
    for (const CertSpec* anchor : Candidates(anchors_, path)) {
      with(anchor, true, [&] { found.push_back(path); });
    }
    for (const CertSpec* issuer : Candidates(presented_, path)) {
      if (IsTooMany(*issuer, path)) {
        too_long_at_ = too_long_at_ == 0 ? static_cast<int>(path.certs.size()) : too_long_at_;
      } else {
        with(issuer, false, [&] { Extend(path, found); });
      }
    }
  }

  const ChainSpec& chain_;
  Findings& findings_;
  std::vector<const CertSpec*> anchors_, presented_;
  size_t steps_ = 0;
  int allowed_ = 0;  // wrong signatures on the path
  int too_long_at_ = 0;
};

// ------------------------------------------------------------------------------------------------ one path

void AddOnce(Findings& findings, const certs::Verdict& defect) {
  if (!findings.Has(defect.reason, defect.depth)) {
    findings.defects.push_back(defect);
  }
}

// Everything that is wrong on the path, from the anchor down; then the leaf's usage; then its names.
Findings JudgePath(const ChainSpec& chain, const Paths& paths, const Paths::Path& path, const Reference& reference) {
  Findings findings;
  constexpr size_t kMostComparisons = 1 << 18;
  size_t comparisons = 0;
  std::vector<PolicyStep> steps;
  std::optional<int> room;  // max_path_length of RFC 5280 6.1.2 k, as 6.1.4 l and m go on with it
  for (size_t i = path.certs.size(); i-- > 0;) {
    const CertSpec& cert = *path.certs[i];
    const int depth = static_cast<int>(i);
    Role role{.depth = depth, .anchor = path.anchored && i + 1 == path.certs.size()};
    role.signature_wrong = i < path.links.size() && path.links[i] == Link::kWrong;
    if (i > 0 && !paths.SelfIssued(cert) && !role.anchor) {
      role.one_too_many = room && *room <= 0;
      room = room ? std::optional(*room - 1) : room;
    }
    if (const auto& basic = cert.basic_constraints; basic && basic->ca && basic->path_len.value_or(-1) >= 0) {
      room = std::min(room.value_or(*basic->path_len), *basic->path_len);
    }
    JudgeCertificate(chain, cert, role, findings);
    const std::vector<certs::GeneralName> names = ConstrainedNames(cert);
    for (size_t above = i + 1; above < path.certs.size(); ++above) {
      const auto& constraints = path.certs[above]->name_constraints;
      if (constraints && (i == 0 || !paths.SelfIssued(cert))) {
        comparisons += ComparisonsOf(*constraints, names);
        if (comparisons <= kMostComparisons) {
          JudgeConstraints(*constraints, names, depth, findings);
        }
      }
    }
    steps.insert(steps.begin(), PolicyStep{&cert, paths.SelfIssued(cert)});
  }
  if (comparisons > kMostComparisons) {
    findings.defects.insert(findings.defects.begin(), {Reason::kPathBudget, 0});
  }
  if (PoliciesFail(steps, path.anchored)) {
    findings.Add(Reason::kPolicyUnsatisfied, 0);
  }
  const CertSpec& leaf = *path.certs.front();
  Findings usage;
  JudgeLeafUsage(leaf, usage);
  for (const certs::Verdict& defect : usage.defects) {
    AddOnce(findings, defect);
  }
  if (path.anchored) {
    std::vector<bool> verified;
    std::ranges::transform(path.links, std::back_inserter(verified), [](Link link) { return link == Link::kVerifies; });
    JudgeStatus(chain, path.certs, verified, findings);
  }
  if (!SanIsMalformed(leaf)) {
    const auto names = PresentedNames(leaf);
    if (!names) {
      findings.Add(Reason::kNoPresentedIdentifier, 0);
    } else if (!Names(*names, reference)) {
      findings.Add(Reason::kNameMismatch, 0);
    }
  }
  return findings;
}

// No path leads to an anchor: why, and what else is wrong as far as it goes.
Findings JudgeDeadEnd(const ChainSpec& chain, Paths& paths, const Reference& reference) {
  Paths::Path path = paths.Longest();
  const CertSpec& leaf = *path.certs.front();
  const CertSpec& last = *path.certs.back();
  const int depth = static_cast<int>(path.certs.size()) - 1;
  certs::Verdict why{Reason::kUnknownIssuer, depth};
  if (paths.SignedItself(leaf)) {
    why = {Reason::kSelfSigned, 0};
    path.certs.resize(1);
    path.links.clear();
  } else if (!paths.SignedItself(last) && paths.HasImpostor(last)) {
    why = {Reason::kSignatureInvalid, depth};
  }
  Findings findings = JudgePath(chain, paths, path, reference);
  findings.defects.insert(findings.defects.begin(), why);
  return findings;
}

}  // namespace

bool SameName(const DistinguishedName& a, const DistinguishedName& b) {
  return std::ranges::equal(a, b, [](const certs::Attribute& x, const certs::Attribute& y) {
    return x.oid == y.oid && SameText(static_cast<uint8_t>(x.type), x.value, static_cast<uint8_t>(y.type), y.value);
  });
}

bool SameText(uint8_t a_tag, const Bytes& a, uint8_t b_tag, const Bytes& b) {
  const auto is_text = [](uint8_t tag) {
    using enum certs::StringType;
    return tag == static_cast<uint8_t>(kPrintable) || tag == static_cast<uint8_t>(kUtf8) ||
           tag == static_cast<uint8_t>(kIa5);
  };
  return is_text(a_tag) && is_text(b_tag) ? Canonical(a) == Canonical(b) : a_tag == b_tag && a == b;
}

bool Findings::Has(certs::Reason reason, int depth) const {
  return std::ranges::find(defects, certs::Verdict{reason, depth}) != defects.end();
}

std::optional<Findings> JudgeUnparseable(const CertSpec& original) {
  Findings findings;
  CertSpec leaf = original;
  ShowTampers(leaf, findings);
  if (!IsUnparseable(leaf)) {
    return std::nullopt;
  }
  findings.Add(Reason::kMalformedCertificate, 0);
  return findings;
}

Findings JudgeChain(const ChainSpec& original, std::string_view configured) {
  Findings doubts;
  ChainSpec chain = original;
  for (CertSpec& cert : chain.certs) {
    ShowTampers(cert, doubts);
  }
  if (IsUnparseable(chain.At(chain.presented.front()))) {
    return {.defects = {{Reason::kMalformedCertificate, 0}}, .uncertain = doubts.uncertain};
  }
  const Reference reference = ReadReference(configured);
  Paths paths(chain, doubts);
  std::optional<Findings> best;
  std::tuple<size_t, size_t, size_t> best_rank;
  for (const Paths::Path& path : paths.Anchored()) {
    constexpr size_t kMostSignatures = 100;
    Findings findings = path.links.size() > kMostSignatures ? Findings{.defects = {{Reason::kPathBudget, 0}}}
                                                            : JudgePath(chain, paths, path, reference);
    const auto wrong = static_cast<size_t>(std::ranges::count(path.links, Link::kWrong));
    const std::tuple rank{wrong, wrong == 0 ? findings.defects.size() : 0, wrong == 0 ? 0 : path.certs.size()};
    if (best && rank == best_rank && !findings.defects.empty() && findings.defects.front() != best->defects.front()) {
      doubts.Doubt("which of several bad paths is told of");
    }
    if (!best || rank < best_rank) {
      best = std::move(findings);
      best_rank = rank;
    }
  }
  Findings findings = best                      ? *std::move(best)
                      : paths.too_long_at() > 0 ? Findings{.defects = {{Reason::kPathTooLong, paths.too_long_at()}}}
                                                : JudgeDeadEnd(chain, paths, reference);
  findings.Doubt(doubts.uncertain);
  findings.Doubt(reference.uncertain);
  return findings;
}

}  // namespace lab::oracle
