#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <gnutls/x509.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "tests/witness/witness.h"

namespace witness {
namespace {

int64_t g_now = 0;  // in the child only: GnuTLS asks a function for the time

gnutls_datum_t Datum(const certs::Bytes& bytes) {
  return {.data = const_cast<uint8_t*>(bytes.data()), .size = static_cast<unsigned>(bytes.size())};
}

struct FreeCertificate {
  void operator()(gnutls_x509_crt_t certificate) const { gnutls_x509_crt_deinit(certificate); }
};
using Certificate = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, FreeCertificate>;

Certificate Import(const certs::Bytes& der) {
  gnutls_x509_crt_t certificate = nullptr;
  gnutls_x509_crt_init(&certificate);
  Certificate owned(certificate);
  const gnutls_datum_t datum = Datum(der);
  return gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_DER) == 0 ? std::move(owned) : nullptr;
}

std::string StatusInWords(unsigned status) {
  gnutls_datum_t text{};
  gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0);
  std::string words(reinterpret_cast<const char*>(text.data), text.size);
  gnutls_free(text.data);
  return certs::Escaped(words, 300);
}

Answer Ask(const Question& question) {
  std::vector<Certificate> owned;
  std::vector<gnutls_x509_crt_t> chain;
  for (const certs::Bytes& der : question.presented) {
    owned.push_back(Import(der));
    if (!owned.back()) {
      return {.words = "a certificate of the chain does not parse"};  // as in its TLS client
    }
    chain.push_back(owned.back().get());
  }
  gnutls_x509_trust_list_t made = nullptr;
  gnutls_x509_trust_list_init(&made, 0);
  const auto free_list = [](gnutls_x509_trust_list_t list) { gnutls_x509_trust_list_deinit(list, 0); };
  const std::unique_ptr<std::remove_pointer_t<gnutls_x509_trust_list_t>, decltype(free_list)> list(made);
  for (const certs::Bytes& der : question.trusted) {
    owned.push_back(Import(der));
    if (const gnutls_x509_crt_t anchor = owned.back().get(); anchor != nullptr) {
      gnutls_x509_trust_list_add_cas(list.get(), &anchor, 1, 0);
    }
  }
  std::array<uint8_t, 16> ip{};
  std::string host = question.reference, purpose = GNUTLS_KP_TLS_WWW_SERVER;
  std::array<gnutls_typed_vdata_st, 2> asked = {{
      {.type = GNUTLS_DT_DNS_HOSTNAME, .data = reinterpret_cast<uint8_t*>(host.data()), .size = 0},
      {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = reinterpret_cast<uint8_t*>(purpose.data()), .size = 0},
  }};
  if (inet_pton(AF_INET, host.c_str(), ip.data()) == 1) {
    asked[0] = {.type = GNUTLS_DT_IP_ADDRESS, .data = ip.data(), .size = 4};
  } else if (inet_pton(AF_INET6, host.c_str(), ip.data()) == 1) {
    asked[0] = {.type = GNUTLS_DT_IP_ADDRESS, .data = ip.data(), .size = 16};
  }
  // GNUTLS_PROFILE_TO_VFLAGS without its cast: at least 112 bits of strength, as in the priority string NORMAL.
  constexpr unsigned kFlags = static_cast<unsigned>(GNUTLS_PROFILE_MEDIUM) << 24;
  g_now = question.now;
  unsigned status = 0;
  const int result =
      gnutls_x509_trust_list_verify_crt2(list.get(), chain.data(), static_cast<unsigned>(chain.size()), asked.data(),
                                         static_cast<unsigned>(asked.size()), kFlags, &status, nullptr);
  if (result < 0) {
    return {.words = gnutls_strerror(result)};
  }
  return {.accepted = status == 0, .words = status == 0 ? "" : StatusInWords(status)};
}

// The first status in the response that is about the leaf.
Answer ReadStatus(gnutls_ocsp_resp_t response, gnutls_x509_crt_t leaf, int64_t now) {
  for (unsigned i = 0; gnutls_ocsp_resp_check_crt(response, i, leaf) != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE; ++i) {
    unsigned status = 0;
    time_t this_update = 0, next_update = 0;
    if (gnutls_ocsp_resp_check_crt(response, i, leaf) != 0 ||
        gnutls_ocsp_resp_get_single(response, i, nullptr, nullptr, nullptr, nullptr, &status, &this_update,
                                    &next_update, nullptr, nullptr) != 0) {
      continue;
    }
    if (status != GNUTLS_OCSP_CERT_GOOD) {
      return {.words = status == GNUTLS_OCSP_CERT_REVOKED ? "revoked" : "unknown"};
    }
    if (this_update > now || (next_update != -1 && next_update <= now)) {
      return {.words = "good at another time"};
    }
    return {.accepted = true};
  }
  return {.words = "no status of the leaf"};
}

Answer AskAboutStaple(const Question& question) {
  const Certificate leaf = Import(question.presented.front()), issuer = Import(question.issuer);
  gnutls_ocsp_resp_t made = nullptr;
  gnutls_ocsp_resp_init(&made);
  const std::unique_ptr<std::remove_pointer_t<gnutls_ocsp_resp_t>, void (*)(gnutls_ocsp_resp_t)> response(
      made, gnutls_ocsp_resp_deinit);
  const gnutls_datum_t datum = Datum(question.staple);
  if (leaf == nullptr || issuer == nullptr || gnutls_ocsp_resp_import(response.get(), &datum) != 0) {
    return {.words = "does not parse"};
  }
  if (gnutls_ocsp_resp_get_status(response.get()) != GNUTLS_OCSP_RESP_SUCCESSFUL) {
    return {.words = "the responder's error"};
  }
  g_now = question.now;
  unsigned fault = 0;
  if (gnutls_ocsp_resp_verify_direct(response.get(), issuer.get(), &fault, 0) != 0 || fault != 0) {
    return {.words = "signer or signature: fault " + std::to_string(fault)};
  }
  return ReadStatus(response.get(), leaf.get(), question.now);
}

using AskOne = Answer (*)(const Question&);

// In a child: answers from question `first` on, one line each ("A" or "R words"), until it is done or dead.
pid_t StartChild(const std::vector<Question>& questions, size_t first, AskOne ask, int out) {
  const pid_t child = fork();
  if (child != 0) {
    return child;
  }
  alarm(120);
  gnutls_global_set_time_function([](time_t* out_time) {
    const time_t now = static_cast<time_t>(g_now);
    if (out_time != nullptr) {
      *out_time = now;
    }
    return now;
  });
  for (size_t i = first; i < questions.size(); ++i) {
    const Answer answer = ask(questions[i]);
    dprintf(out, "%c%s\n", answer.accepted ? 'A' : 'R', answer.words.c_str());
  }
  _exit(0);
}

std::vector<Answer> AskInChildren(const std::vector<Question>& questions, AskOne ask) {
  std::vector<Answer> answers;
  while (answers.size() < questions.size()) {
    int ends[2];
    if (pipe(ends) != 0) {
      return {};
    }
    const pid_t child = StartChild(questions, answers.size(), ask, ends[1]);
    close(ends[1]);
    {
      const std::unique_ptr<FILE, int (*)(FILE*)> in(fdopen(ends[0], "r"), fclose);
      char* line = nullptr;
      size_t capacity = 0;
      for (ssize_t size; (size = getline(&line, &capacity, in.get())) > 1;) {
        answers.push_back({.accepted = line[0] == 'A', .words = std::string(line + 1, static_cast<size_t>(size) - 2)});
      }
      std::free(line);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (answers.size() < questions.size()) {
      answers.push_back({.words = WIFSIGNALED(status) ? "died of signal " + std::to_string(WTERMSIG(status))
                                                      : "died: " + std::to_string(WEXITSTATUS(status))});
    }
  }
  return answers;
}

}  // namespace

std::string GnutlsVersion() {
  const std::string version = gnutls_check_version(nullptr);
  return version.substr(0, version.find('.', version.find('.') + 1));
}

std::vector<Answer> AskGnutls(const std::vector<Question>& questions) { return AskInChildren(questions, Ask); }
std::vector<Answer> AskGnutlsAboutStaples(const std::vector<Question>& questions) {
  return AskInChildren(questions, AskAboutStaple);
}

}  // namespace witness
