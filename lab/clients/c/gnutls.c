/* GnuTLS. KIND: safe (gnutls_session_set_verify_cert with the host), no-name (with NULL for the host), no-verify (never
 * asked for). */
#include <gnutls/gnutls.h>

#include "smtp.inc"

static gnutls_session_t session;

static int secure(const struct arguments* arguments, int socket) {
  gnutls_certificate_credentials_t credentials;
  gnutls_certificate_allocate_credentials(&credentials);
  if (gnutls_certificate_set_x509_trust_file(credentials, arguments->ca, GNUTLS_X509_FMT_PEM) < 0) return -1;
  gnutls_init(&session, GNUTLS_CLIENT);
  gnutls_server_name_set(session, GNUTLS_NAME_DNS, arguments->host, strlen(arguments->host));
  gnutls_set_default_priority(session);
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
  if (strcmp(arguments->kind, "no-verify") != 0) {
    gnutls_session_set_verify_cert(session, strcmp(arguments->kind, "safe") == 0 ? arguments->host : NULL, 0);
  }
  gnutls_transport_set_int(session, socket);
  gnutls_handshake_set_timeout(session, 8000);
  int result;
  do {
    result = gnutls_handshake(session);
  } while (result < 0 && gnutls_error_is_fatal(result) == 0);
  if (result < 0) fprintf(stderr, "%s\n", gnutls_strerror(result));
  return result;
}

static int read_tls(char* buffer, int size) {
  ssize_t n;
  do {
    n = gnutls_record_recv(session, buffer, (size_t)size);
  } while (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_AGAIN);
  return (int)n;
}
static int write_tls(const char* text, int size) { return (int)gnutls_record_send(session, text, (size_t)size); }

int main(int argc, char** argv) { return deliver(argc, argv); }
