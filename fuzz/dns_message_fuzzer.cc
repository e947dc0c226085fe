// Property: what one side of the lab writes to the DNS the other reads (a query as it was asked, the records of an
// answer as they were given), and whatever the bytes are, either reader stays within them, bounded, and believes
// nothing about another question.
//
// Input: an octet (bits 0-1: 0 = an answer, 1 = a query, 2 and 3 = write and read back; bits 2-4: the type), the name
// up to the first newline; then the message, or the texts of records, a line each.
#include "fakeserver/dns_wire.h"
#include "fuzz/fuzz.h"
#include "lab/verifier/dns_message.h"

namespace {

using fuzz::Require;
using verifier::DnsStatus;
using verifier::DnsType;

constexpr DnsType kTypes[] = {DnsType::kA,   DnsType::kCname, DnsType::kPtr, DnsType::kMx,
                              DnsType::kTxt, DnsType::kAaaa,  DnsType::kSrv, DnsType::kTlsa};

// Lower case, nothing a terminal or a comparison could stumble over, no longer than 255 octets can be written.
void CheckName(std::string_view name) {
  Require(name.size() <= 4 * 255, "a name is bounded");
  for (const char c : name) {
    Require(c > ' ' && c < 0x7f && (c < 'A' || c > 'Z'), "a name is lower-case and printable");
  }
}

void ReadAnswer(std::string_view message, const verifier::DnsQuestion& question) {
  const fuzz::Exact exact(message);
  const verifier::DnsAnswer answer = verifier::ReadAnswer(exact.bytes(), question);
  Require((answer.status == DnsStatus::kAnswer) == !answer.records.empty(),
          "an answer has records, and only an answer");
  Require(answer.status != DnsStatus::kTimeout, "bytes are no silence");
  Require(answer.known() || (!answer.secure && answer.aliases.empty() && answer.ttl == 0), "an error says nothing");
  Require(answer.records.size() <= message.size() / 11 && answer.aliases.size() <= 17,
          "no more than there is room for");
  const std::string owner = answer.aliases.empty() ? question.name : answer.aliases.back();
  for (const std::string& alias : answer.aliases) {
    CheckName(alias);
  }
  for (const verifier::DnsRecord& record : answer.records) {
    Require(record.owner == owner && record.type == question.type, "every record is about the question");
    CheckName(record.name);
    Require(record.text.size() <= message.size() && record.tlsa.data.size() <= message.size(), "texts are bounded");
    const size_t octets = record.type == DnsType::kA ? 4 : record.type == DnsType::kAaaa ? 16 : 0;
    Require(record.address.size() == octets, "an address has its length");
  }
  const auto head = verifier::ReadHead(exact.bytes());
  Require(answer.status == DnsStatus::kMalformed || (head && !head->truncated), "an answer has a head that says so");
}

void ReadQuery(std::string_view message) {
  const fuzz::Exact exact(message);
  const auto question = fakeserver::ParseQuestion(exact.bytes());
  if (!question) {
    return;
  }
  CheckName(question->name);
  Require(question->udp_size >= 512, "everybody can take 512 octets");
  // The server's answer to it is an answer to it.
  const fakeserver::Bytes reply = fakeserver::WriteAnswer(*question, {.code = 3, .authenticated = true}, 0xffff);
  const auto answer = verifier::ReadAnswer(reply, {question->name, static_cast<DnsType>(question->type)});
  Require(answer.status == DnsStatus::kNxDomain && answer.secure, "a denial of a question is read as one");
  Require(verifier::ReadHead(reply)->id == question->id, "with its number");
}

// Whether the record the client read is the one of this text, which the server could encode.
bool SaysTheSame(const verifier::DnsRecord& record, const fakeserver::Bytes& data) {
  switch (record.type) {
    case DnsType::kA:
    case DnsType::kAaaa:
      return record.address == data;
    case DnsType::kTlsa:
      return data.size() == record.tlsa.data.size() + 3 && data[0] == record.tlsa.usage &&
             data[1] == record.tlsa.selector && data[2] == record.tlsa.matching &&
             std::equal(record.tlsa.data.begin(), record.tlsa.data.end(), data.begin() + 3);
    case DnsType::kTxt: {
      std::string text;
      for (size_t at = 0; at < data.size(); at += size_t{data[at]} + 1) {
        text.append(data.begin() + static_cast<ptrdiff_t>(at) + 1,
                    data.begin() + static_cast<ptrdiff_t>(at) + 1 + data[at]);
      }
      return record.text == text;
    }
    default: {
      // Numbers and a name, which goes back to its octets unless it holds some that are written otherwise.
      fakeserver::Bytes numbers;
      const auto put = [&](int number) {
        numbers.push_back(static_cast<uint8_t>(number >> 8));
        numbers.push_back(static_cast<uint8_t>(number));
      };
      if (record.type == DnsType::kMx || record.type == DnsType::kSrv) {
        put(record.preference);
      }
      if (record.type == DnsType::kSrv) {
        put(record.weight);
        put(record.port);
      }
      const std::string_view given = certs::AsText(data);
      const auto name = fakeserver::EncodeName(record.name);
      const auto same = [](uint8_t ours, char theirs) {
        return ours == static_cast<uint8_t>(theirs >= 'A' && theirs <= 'Z' ? theirs + 32 : theirs);
      };
      return given.starts_with(certs::AsText(numbers)) &&
             (record.name.find('\\') != std::string::npos ||
              (name && std::ranges::equal(*name, given.substr(numbers.size()), same)));
    }
  }
}

void WriteAndRead(const verifier::DnsQuestion& asked, fuzz::Reader input) {
  const auto query = verifier::WriteQuery(0xabcd, asked);
  Require(query.has_value() ==
              (fakeserver::EncodeName(asked.name).has_value() && !asked.name.empty() && !asked.name.ends_with('.')),
          "both sides agree on what a name is");
  if (!query) {
    return;
  }
  const auto question = fakeserver::ParseQuestion(*query);
  Require(question && question->id == 0xabcd && question->type == static_cast<uint16_t>(asked.type) &&
              question->recursion && question->wants_ad && question->edns,
          "a query is read as it was written");
  CheckName(question->name);
  fakeserver::DnsMessage message;
  const auto type = static_cast<fakeserver::DnsType>(asked.type);
  while (!input.empty()) {
    if (const auto data = fakeserver::EncodeRecord(type, input.Until('\n')); data && data->size() <= 0xffff) {
      message.answers.push_back({asked.name, type, 60, *data});
    }
  }
  const verifier::DnsQuestion lower{question->name, asked.type};
  const fakeserver::Bytes written = fakeserver::WriteAnswer(*question, message, 0xffff);
  const verifier::DnsAnswer answer = verifier::ReadAnswer(written, lower);
  Require(answer.records.size() == message.answers.size(), "as many records as were written");
  for (size_t i = 0; i < answer.records.size(); ++i) {
    Require(SaysTheSame(answer.records[i], message.answers[i].data), "a record is read as it was written");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Reader input(data, size);
  const int flags = input.Octet();
  const verifier::DnsQuestion question{std::string(input.Until('\n')), kTypes[flags >> 2 & 7]};
  if ((flags & 3) == 0) {
    ReadAnswer(input.Rest(), question);
  } else if ((flags & 3) == 1) {
    ReadQuery(input.Rest());
  } else {
    WriteAndRead(question, input);
  }
  return 0;
}
