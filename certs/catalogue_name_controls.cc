// Good chains whose names are special: the twins of rows F.

#include <string>
#include <utility>
#include <vector>

#include "certs/catalogue_internal.h"

namespace certs::catalogue {
namespace {

void AddHostNames(CaseList& list) {
  const auto add = [&](const char* id, const char* summary, const char* row, const char* source,
                       std::vector<GeneralName> names) {
    list.Add({.id = id, .summary = summary, .rows = {row}, .source = source, .twin = "control.good"},
             [&](ChainSpec& chain) { chain.leaf().san->names = std::move(names); });
  };
  add("control.wildcard", "*.bob.test stands for mail.bob.test", "F8", "RFC 9525 6.3", {Dns("*.bob.test")});
  add("control.letter-case", "the subjectAltName spells the host in capitals", "F17", "RFC 9525 6.3",
      {Dns("MAIL.Bob.TEST")});
  add("control.several-names", "the right name is the last of three", "F2", kIdentity,
      {Dns("imap.bob.test"), Dns("www.bob.test"), Dns(kBobHost)});
  add("control.other-name-forms", "the right dNSName stands beside an e-mail address, a URI and an SRV name", "F22",
      "RFC 9525 6.2",
      {Email("postmaster@bob.test"), Uri("https://www.bob.test/"), SrvName("_submission.bob.test"), Dns(kBobHost)});

  list.AddFor({.id = "control.reference-letter-case",
               .summary = "the client was told the host in capitals",
               .rows = {"F17"},
               .source = "RFC 9525 6.3",
               .twin = "control.good"},
              "MAIL.BOB.TEST");
  const auto add_for = [&](const char* id, const char* summary, const char* row, const char* source,
                           std::string_view host) {
    list.AddFor({.id = id,
                 .summary = std::string(summary) + " (reference and subjectAltName change together)",
                 .rows = {row},
                 .source = source,
                 .twin = "control.good",
                 .compound = true,
                 .severity = Severity::kMedium},
                host, [&](ChainSpec& chain) { chain.leaf().san->names = {Dns(host)}; });
  };
  add_for("control.a-label", "the host has an umlaut and is named by its A-label", "F15", "RFC 9525 6.3", kALabelHost);
  add_for("control.two-label-host", "the host is the mail domain itself", "F13", "RFC 9525 6.3", "bob.test");
  list.AddFor({.id = "control.wildcard-a-label",
               .summary = "*.bob.test stands for a host that is an A-label",
               .rows = {"F14"},
               .source = "RFC 9525 6.3",
               .twin = "control.wildcard",
               .severity = Severity::kMedium},
              kALabelHost);
}

void AddAddresses(CaseList& list) {
  struct Address {
    const char* id;
    const char* literal;
  };
  for (const Address& address : {Address{"control.ip4", "127.0.0.1"}, {"control.ip6", "::1"}}) {
    list.AddFor({.id = address.id,
                 .summary = std::string("the client was told ") + address.literal +
                            ", and the leaf names it as iPAddress (reference and subjectAltName change together)",
                 .rows = {"F19"},
                 .source = "RFC 9525 6.4",
                 .twin = "control.good",
                 .compound = true,
                 .severity = Severity::kMedium},
                address.literal, [&](ChainSpec& chain) { chain.leaf().san->names = {Ip(address.literal)}; });
  }
}

// The lab's root is constrained to .test and the loopback addresses. A name that is no host name at all lies outside
// any constraint, so its case would have two defects, and a client could refuse it for the wrong one. These are the
// twins of such cases.
void AddUnconstrained(CaseList& list) {
  struct Unconstrained {
    const char* id;
    const char* twin;
    const char* row;
  };
  for (const Unconstrained& control : {Unconstrained{"control.unconstrained-anchor", "control.good", "A2"},
                                       {"control.unconstrained-cn-and-san", "control.cn-and-san", "A2"},
                                       {"control.unconstrained-a-label", "control.a-label", "F15"},
                                       {"control.unconstrained-two-label-host", "control.two-label-host", "F13"},
                                       {"control.unconstrained-ip4", "control.ip4", "F19"},
                                       {"control.unconstrained-ip6", "control.ip6", "F19"}}) {
    list.Add({.id = control.id,
              .summary = std::string("as ") + control.twin + ", under a root without name constraints",
              .rows = {control.row},
              .source = "RFC 5280 4.2.1.10",
              .twin = control.twin,
              .severity = Severity::kMedium},
             [](ChainSpec& chain) { chain.root().name_constraints.reset(); });
  }
  list.Add({.id = "control.unconstrained-ip4-cn",
            .summary = "the address stands in the common name and as iPAddress",
            .rows = {"F19"},
            .source = "RFC 9525 6.4",
            .twin = "control.unconstrained-ip4",
            .severity = Severity::kMedium},
           [](ChainSpec& chain) { chain.leaf().subject = CommonName("127.0.0.1"); });
}

}  // namespace

void AddNameControls(CaseList& list) {
  AddHostNames(list);
  AddAddresses(list);
  AddUnconstrained(list);
}

}  // namespace certs::catalogue
