/* OpenSSL's libssl. KIND: safe (chain and name), no-name (SSL_set1_host forgotten), no-verify (SSL_VERIFY_NONE, libssl's
 * own default). */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "smtp.inc"

static SSL* ssl;

static int secure(const struct arguments* arguments, int socket) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  const int verifies = strcmp(arguments->kind, "no-verify") != 0;
  if (context == NULL || SSL_CTX_load_verify_locations(context, arguments->ca, NULL) != 1) return -1;
  SSL_CTX_set_verify(context, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
  ssl = SSL_new(context);
  SSL_set_tlsext_host_name(ssl, arguments->host);
  if (strcmp(arguments->kind, "safe") == 0) {
    X509_VERIFY_PARAM* check = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    /* An address is not a host: each has its own function. */
    if (X509_VERIFY_PARAM_set1_ip_asc(check, arguments->host) != 1 && SSL_set1_host(ssl, arguments->host) != 1) return -1;
  }
  SSL_set_fd(ssl, socket);
  if (SSL_connect(ssl) != 1) {
    ERR_print_errors_fp(stderr);
    return -1;
  }
  return 0;
}

static int read_tls(char* buffer, int size) { return SSL_read(ssl, buffer, size); }
static int write_tls(const char* text, int size) { return SSL_write(ssl, text, size); }

int main(int argc, char** argv) { return deliver(argc, argv); }
