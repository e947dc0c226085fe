// ASCII letters, digits and blanks, whatever the locale: what the grammars of mail, DNS and HTTP are written in.
#pragma once

#include <string>
#include <string_view>

namespace verifier {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool IsAlnum(char c) { return IsDigit(c) || IsAlpha(c); }

// A-Z as a-z, everything else as it is.
inline char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
std::string AsciiLower(std::string_view text);

// Without the spaces and tabs at either end. Borrows.
std::string_view Trimmed(std::string_view text);

}  // namespace verifier
