#include "fuzz/words.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <vector>

#include "certs/bytes.h"
#include "fuzz/fuzz.h"
#include "lab/runner/fuzz_input.h"
#include "lab/scenario/scenario_file.h"

namespace fuzz {
namespace {

constexpr size_t kMostShown = 4096, kOctetsInLine = 16;

// How an input is read, part by part.
enum class Part : uint8_t {
  kOctet,  // one, with the meaning of its bits
  kLine,   // up to a newline
  kLines,  // all that are left
  kRest,
};
struct Field {
  Part part;
  const char* what;
};

constexpr Field kTime[] = {{Part::kOctet, "form, bits 0-1: 0 UTCTime, 1 GeneralizedTime, 2 RFC 3339, 3 seconds"},
                           {Part::kRest, "content"}};
constexpr Field kHello[] = {{Part::kOctet, "even: a body, odd: a whole message"}, {Part::kRest, "ClientHello"}};
constexpr Field kSession[] = {{Part::kOctet, "bit 0: implicit TLS; bits 1-7: octets a segment, 0 all"},
                              {Part::kRest, "what the server says"}};
constexpr Field kStatus[] = {{Part::kOctet, "even: as it is, odd: to be signed"}, {Part::kRest, "DER"}};
constexpr Field kDns[] = {
    {Part::kOctet, "bits 0-1: 0 an answer, 1 a query, 2 and 3 write and read; bits 2-4: the type"},
    {Part::kLine, "name"},
    {Part::kRest, "message, or records as text"}};
constexpr Field kNameMatch[] = {
    {Part::kOctet,
     "bits: 0 rfc9525-literal, 1 iPAddress, 2 common name, 3 the reference with its first label replaced"},
    {Part::kLine, "reference"},
    {Part::kRest, "presented"}};
constexpr Field kHttpReply[] = {{Part::kOctet, "bit 0: the connection has ended; bits 1-3: the limit"},
                                {Part::kOctet, "where it is cut, in 255ths"},
                                {Part::kRest, "response"}};
constexpr Field kHttpRequest[] = {{Part::kOctet, "bits 0-3: the script's fault; bits 4-7: octets a portion, less one"},
                                  {Part::kRest, "what the client sends"}};
constexpr Field kIdna[] = {{Part::kOctet, "where a foreign character is put in"}, {Part::kRest, "name"}};
constexpr Field kIp[] = {{Part::kOctet, "bit 0: an IPv4-mapped address is the IPv4 address"},
                         {Part::kLine, "text"},
                         {Part::kRest, "octets presented"}};
constexpr Field kFile[] = {{Part::kOctet, "m: a manifest, else an expectations file"}, {Part::kRest, "file"}};
constexpr Field kSts[] = {{Part::kOctet, "r: records, else a host and a policy"}, {Part::kLines, "records, or these"}};
constexpr Field kConstraints[] = {
    {Part::kOctet, "bits 0-1: 0 dNSName, 1 rfc822Name, 2 URI, 3 iPAddress; bit 2: excluded; bit 3: no leading dot"},
    {Part::kLine, "constraint (of an iPAddress: its length, its octets, and no newline)"},
    {Part::kRest, "name"}};
constexpr Field kNameDiff[] = {{Part::kLine, "reference"}, {Part::kLines, "dNSNames; behind #: octets of iPAddresses"}};
constexpr Field kCutFile[] = {{Part::kOctet, "where it is cut, in 255ths"}, {Part::kRest, "file"}};
constexpr Field kSasl[] = {
    {Part::kOctet, "bits 0-1: SCRAM-PLUS, SCRAM, PLAIN, LOGIN; 2: PLUS offered; 3: a binding; 4: a true last word"},
    {Part::kLines, "the server's messages"}};
constexpr Field kCommand[] = {
    {Part::kOctet, "bits of the script: 0 stays in clear, 1 a 354, 2 injects, 3 refuses AUTH"},
    {Part::kOctet, "octets a portion, less one"},
    {Part::kRest, "what the client sends"}};
constexpr Field kReply[] = {{Part::kOctet, "seed of the cuts"}, {Part::kRest, "what the server sends"}};
constexpr Field kInjection[] = {
    {Part::kOctet, "place modulo 5: none, before the 220, in its segment, behind it, before ServerHello"},
    {Part::kOctet, "octets a slice, 0 all"},
    {Part::kLine, "keyword more of the clear EHLO reply"},
    {Part::kRest, "what is injected"}};
constexpr Field kTls[] = {{Part::kOctet,
                           "modulo 3: 0 a stream (then an octet: its portions, less one), 1 Certificate of "
                           "TLS 1.2, 2 of TLS 1.3"},
                          {Part::kRest, "octets"}};
constexpr Field kOctets[] = {{Part::kRest, "octets"}};

struct Layout {
  std::string_view target;
  std::span<const Field> fields;
};
constexpr Layout kLayouts[] = {{"asn1_time", kTime},
                               {"client_hello", kHello},
                               {"client_session", kSession},
                               {"crl", kStatus},
                               {"dns_message", kDns},
                               {"dns_name_match", kNameMatch},
                               {"http_reply", kHttpReply},
                               {"http_request", kHttpRequest},
                               {"idna_reference", kIdna},
                               {"ip_match", kIp},
                               {"manifest", kFile},
                               {"mta_sts", kSts},
                               {"name_constraints", kConstraints},
                               {"name_diff", kNameDiff},
                               {"ocsp_response", kStatus},
                               {"report_html", kOctets},
                               {"results_file", kCutFile},
                               {"sasl_challenge", kSasl},
                               {"smtp_command", kCommand},
                               {"smtp_reply", kReply},
                               {"starttls_injection", kInjection},
                               {"tls_bytes", kTls}};

std::string HexDump(std::string_view octets) {
  std::string out;
  char text[8];
  for (size_t at = 0; at < octets.size(); at += kOctetsInLine) {
    const std::string_view line = octets.substr(at, kOctetsInLine);
    out += "    ";
    for (const char c : line) {
      std::snprintf(text, sizeof text, "%02x ", static_cast<unsigned>(static_cast<uint8_t>(c)));
      out += text;
    }
    out.append(3 * (kOctetsInLine - line.size()) + 1, ' ');
    for (const char c : line) {
      out += c >= ' ' && c < 0x7f ? c : '.';
    }
    out += '\n';
  }
  return out;
}

// Text line by line, escaped; what is mostly no text as octets.
std::string Shown(std::string_view octets) {
  const bool cut = octets.size() > kMostShown;
  const std::string end = cut ? "    ... " + std::to_string(octets.size() - kMostShown) + " octets more\n" : "";
  octets = octets.substr(0, kMostShown);
  const auto printable = std::ranges::count_if(octets, [](char c) { return (c >= ' ' && c < 0x7f) || c == '\n'; });
  if (static_cast<size_t>(printable) * 4 < octets.size() * 3) {
    return HexDump(octets) + end;
  }
  std::string out;
  while (!octets.empty()) {
    const std::string_view line = octets.substr(0, octets.find('\n'));
    octets.remove_prefix(std::min(octets.size(), line.size() + 1));
    out += "    " + certs::Escaped(line, kMostShown) + '\n';
  }
  return out + end;
}

std::string OctetInWords(uint8_t octet) {
  char text[32];
  std::snprintf(text, sizeof text, "    0x%02x, bits set:", static_cast<unsigned>(octet));
  std::string out = text;
  for (int bit = 0; bit < 8; ++bit) {
    out += (octet >> bit & 1) != 0 ? ' ' + std::to_string(bit) : "";
  }
  return out + '\n';
}

std::string World(std::string_view target, std::string_view input) {
  const auto fuzzed = lab::ScenarioFromFuzz(target, input);
  if (!fuzzed) {
    return "the world\n    " + fuzzed.error().detail + '\n';
  }
  std::string out = "the world, met in mode " + std::string(Name(fuzzed->mode)) + " under " +
                    std::string(Name(fuzzed->policy)) + "; its edits of the good one\n";
  for (const std::string& edit : lab::EditInWords(fuzzed->scenario)) {
    out += "    " + edit + '\n';
  }
  return out + "as a file that runs: starttls-lab scenario from-fuzz --target " + std::string(target) + " FILE\n";
}

}  // namespace

std::string InWords(std::string_view target, std::string_view input) {
  std::string out = std::string(target) + ", " + std::to_string(input.size()) + " octets\n";
  if (target == "chain_spec") {
    return out + "lines\n" + Shown(input) + World(target, input);
  }
  const auto layout = std::ranges::find(kLayouts, target, &Layout::target);
  const std::span<const Field> fields = layout == std::end(kLayouts) ? std::span<const Field>(kOctets) : layout->fields;
  Reader reader(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  for (const Field& field : fields) {
    out += std::string(field.what) + '\n';
    switch (field.part) {
      case Part::kOctet:
        out += OctetInWords(reader.Octet());
        break;
      case Part::kLine:
        out += Shown(reader.Until('\n'));
        break;
      case Part::kLines:
      case Part::kRest:
        out += Shown(reader.Rest());
        break;
    }
  }
  return out + (target == "starttls_injection" ? World(target, input) : "");
}

}  // namespace fuzz
