// The catalogues that AllScenarios() joins. To add a bad certificate, add a row to certs/catalogue*.cc; to add a bad
// conversation, add one to the file that catalogue_smtp.h names, to catalogue_tls*.cc where it is TLS that goes wrong,
// or, for the DNS, to catalogue_dns.cc.
#pragma once

#include <vector>

#include "lab/scenario/scenario.h"

namespace lab {

// Every case of certs::Catalogue(), served by an otherwise good server.
std::vector<Scenario> CertificateScenarios();

// Every conversation that goes wrong around a good certificate, and the controls they need.
std::vector<Scenario> ConversationScenarios();

// Trust from the DNS: TLSA records and MTA-STS policies, good and bad.
std::vector<Scenario> DnsScenarios();

// Chains with several things wrong at once, mixed from those.
std::vector<Scenario> MixedScenarios();

// Every TLS parameter, handshake and record that goes wrong, and the controls they need.
std::vector<Scenario> TlsScenarios();

// Revocation data that must be fetched, from web servers good and bad.
std::vector<Scenario> OnlineScenarios();

}  // namespace lab
