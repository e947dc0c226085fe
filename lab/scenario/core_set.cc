#include <algorithm>
#include <iterator>

#include "lab/scenario/scenario.h"
#include "lab/scenario/sets.h"

namespace lab {
namespace {

// One question a line of thought, in the order of the coverage table. What a client gets wrong here it gets wrong in
// the whole family; what it gets right here the other members of the family may still find.
constexpr std::string_view kCore[] = {
    // A: good servers. A client that refuses these is not being tested.
    "control.good",
    "control.wildcard",
    "control.cn-and-san",
    "control.letter-case",
    "control.ip4",
    "control.rsa-chain",
    "control.tls12-only",
    "control.tls13-only",
    "control.two-anchors",
    "chain.out-of-order",
    // B: dates.
    "time.leaf-expired",
    "time.leaf-not-yet-valid",
    "time.intermediate-expired",
    // C: chains.
    "chain.self-signed",
    "chain.unknown-root",
    "chain.look-alike-root",
    "chain.cloned-leaf",
    "chain.leaf-signed-by-leaf",
    "chain.intermediate-ca-false",
    "chain.leaf-signature-flipped",
    "chain.missing-intermediate",
    "path.len-zero",
    "trust.curve-ball",
    // D: strength.
    "strength.md5-leaf",
    "strength.sha1-leaf",
    "strength.rsa1024-leaf",
    "chain.handshake-by-stranger",
    // E: usage.
    "usage.eku-client-only",
    "usage.eku-any-only",
    "usage.intermediate-eku-client-only",
    "usage.ca-certificate-as-server",
    "usage.unknown-critical-leaf",
    "usage.ku-crl-sign-only",
    // F: names.
    "name.wrong-host",
    "name.parent-domain",
    "name.cn-only",
    "name.cn-right-san-wrong",
    "name.nul-in-san",
    "name.wildcard-two-labels",
    "name.wildcard-no-label",
    "name.wildcard-partial-left",
    "name.wildcard-bare",
    "name.ip4-in-dns",
    "name.smuggled-dns",
    "name.mx-host-for-domain",
    // G, H: constraints and policies.
    "constraint.dns-permitted-other",
    "constraint.wildcard-permitted-host",
    "policy.required-none",
    // I: encodings.
    "encoding.trailing-leaf",
    "encoding.no-entry",
    // J: revocation.
    "control.ocsp",
    "revocation.ocsp-revoked",
    // K, L: TLS.
    "tls.tls10-only",
    "tls.static-rsa-only",
    "tls.dh-1024",
    "tls.tls12-signature-flipped",
    "tls.tls13-finished-wrong",
    // M: SMTP.
    "smtp.starttls-not-offered",
    "smtp.starttls-answered-454",
    "smtp.220-then-clear",
    "smtp.ehlo-refused",
    "smtp.injection-same-segment-ehlo",
    "smtp.injection-next-segment-ehlo",
    "smtp.injection-same-segment-transaction",
    "smtp.auth-only-in-clear",
    "smtp.starttls-inside-tls",
    // N, O: transactions and the wire.
    "transaction.rcpt-answered-550",
    "transaction.message-answered-554",
    "visit.first-starttls-454",
    "link.sliced",
    // P: look-ups.
    "control.tlsa-3-1-2",
    "dane.ee-other-name",
    "sts.mx-not-in-policy",
};

// What tells the kinds of clients apart: who accepts anything, who looks at the chain but not at the name, who falls
// back to the common name, who forgets the purpose, who goes on in clear, and who believes what was said in clear.
constexpr std::string_view kSmoke[] = {
    "control.good",
    "control.wildcard",
    "time.leaf-expired",
    "chain.self-signed",
    "chain.unknown-root",
    "chain.missing-intermediate",
    "usage.eku-client-only",
    "name.wrong-host",
    "name.cn-only",
    "name.cn-right-san-wrong",
    "name.wildcard-two-labels",
    "smtp.starttls-not-offered",
    "smtp.starttls-answered-454",
    "smtp.injection-same-segment-ehlo",
};

// What "set:tables" has beside the smoke set.
constexpr std::string_view kTables[] = {
    "control.tls13-only",              // A
    "time.leaf-not-yet-valid",         // B
    "strength.sha1-leaf",              // D
    "strength.rsa1024-leaf",           // D
    "usage.unknown-critical-leaf",     // E
    "constraint.dns-permitted-other",  // G
    "policy.required-none",            // H
    "encoding.trailing-leaf",          // I
    "control.ocsp",                    // J
    "revocation.ocsp-revoked",         // J
    "tls.tls10-only",                  // K
    "tls.tls13-finished-wrong",        // L
    "transaction.rcpt-answered-550",   // N
    "link.sliced",                     // O
    "dane.ee-other-name",              // P
};

}  // namespace

std::span<const std::string_view> CoreIds() { return kCore; }

std::span<const std::string_view> SmokeIds() { return kSmoke; }

bool IsInSet(std::string_view set, const Scenario& scenario) {
  const auto is_among = [&](std::span<const std::string_view> ids) {
    return std::ranges::find(ids, scenario.id) != ids.end();
  };
  return (set == "core" && is_among(kCore)) || ((set == "smoke" || set == "tables") && is_among(kSmoke)) ||
         (set == "tables" && is_among(kTables));
}

bool IsCore(const Scenario& scenario) { return std::ranges::find(kCore, scenario.id) != std::end(kCore); }

}  // namespace lab
