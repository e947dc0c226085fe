// Property: a subjectAltName is read if and only if a small DER reader written from RFC 5280 4.2.1.6 and X.690 finds
// its frame well-formed (and then its directory names, other names and registered IDs are), what was read encodes to
// the very octets it was read from, and for people it is printable and short.
//
// Input: the extension's value.
#include <optional>
#include <vector>

#include "certs/encode.h"
#include "fuzz/fuzz.h"
#include "lab/verifier/general_name.h"

namespace {

using fuzz::Require;

// --- The model: one element of the front, by its shortest definite length and a tag number below 31. ---

struct Element {
  uint8_t tag = 0;
  std::string_view content;
};

std::optional<Element> TakeElement(std::string_view& octets) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(octets[i]); };
  if (octets.size() < 2 || (at(0) & 0x1f) == 0x1f) {
    return std::nullopt;
  }
  size_t length = at(1), header = 2;
  if (length >= 0x80) {
    const size_t count = length & 0x7f;
    if (count == 0 || count > 4 || octets.size() < 2 + count || at(2) == 0) {
      return std::nullopt;
    }
    length = 0;
    for (; header < 2 + count; ++header) {
      length = length << 8 | at(header);
    }
    if (length < 0x80) {
      return std::nullopt;
    }
  }
  if (length > octets.size() - header) {
    return std::nullopt;
  }
  const Element element{at(0), octets.substr(header, length)};
  octets.remove_prefix(header + length);
  return element;
}

// The elements of a SEQUENCE that is all of `octets`; nothing if it is not, or is empty.
std::optional<std::vector<Element>> Model(std::string_view octets) {
  const std::optional<Element> sequence = TakeElement(octets);
  if (!sequence || sequence->tag != 0x30 || !octets.empty() || sequence->content.empty()) {
    return std::nullopt;
  }
  std::vector<Element> elements;
  for (std::string_view rest = sequence->content; !rest.empty();) {
    const std::optional<Element> element = TakeElement(rest);
    constexpr std::string_view kTags = "\xa0\x81\x82\xa3\xa4\xa5\x86\x87\x88";
    if (!element || kTags.find(static_cast<char>(element->tag)) == kTags.npos) {
      return std::nullopt;
    }
    elements.push_back(*element);
  }
  return elements;
}

// Whether the model looks no further into it.
bool IsPlain(const Element& element) { return element.tag != 0xa0 && element.tag != 0xa4 && element.tag != 0x88; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto names = verifier::ParseGeneralNames({data, size});
  const auto model = Model(octets);
  Require(!names || model, "what is read is well-formed");
  if (!names) {
    Require(!model || !std::ranges::all_of(*model, IsPlain), "what is well-formed is read");
    return 0;
  }
  Require(names->size() == model->size(), "as many names as there are");
  certs::Bytes inside;
  for (size_t i = 0; i < names->size(); ++i) {
    const verifier::GeneralNameView& name = (*names)[i];
    const Element& element = (*model)[i];
    Require(name.tag == (element.tag & 0x1f), "of the same form");
    Require(name.value.data() == reinterpret_cast<const uint8_t*>(element.content.data()) &&
                name.value.size() == element.content.size(),
            "a view of the very octets");
    const std::string text = verifier::GeneralNameText(name);
    Require(!text.empty() && text.size() <= 2000, "a name for people is short");
    for (const char c : text) {
      Require(c >= ' ' && c < 0x7f, "and printable");
    }
    certs::Append(inside, certs::EncodeGeneralName({static_cast<certs::NameForm>(name.tag),
                                                    certs::Bytes(name.value.begin(), name.value.end())}));
  }
  Require(octets.ends_with(certs::AsText(inside)), "encoded again it is what it was");
  return 0;
}
