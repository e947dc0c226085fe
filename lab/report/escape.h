// Text of any origin, made fit for a report. What results.json holds has been escaped once by whoever ran the client;
// a report believes nobody and looks again, because the file may come from anywhere.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lab {

// `text` as UTF-8 that shows all there is: what takes no ink, reorders its neighbours or ends a line (controls, bidi
// controls, every Default_Ignorable code point, spaces other than U+0020, noncharacters) becomes \u{202e}, an octet
// that is no UTF-8 becomes \xff. At most `limit` octets of `text` are shown, cut between characters; what was cut is
// said as
// "...(+N)". No control character is left, a line feed neither.
std::string PrintableUtf8(std::string_view text, size_t limit = 4096);

// The same, with & < > " ' as character references: right in the text and in the quoted attributes of HTML and of XML.
std::string MarkupEscaped(std::string_view text, size_t limit = 4096);

}  // namespace lab
