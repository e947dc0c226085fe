/* wolfSSL. KIND: safe (WOLFSSL_VERIFY_PEER, the anchors and wolfSSL_check_domain_name), no-name (the same without a name),
 * default (the anchors, and nothing said about verifying). */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "smtp.inc"

static WOLFSSL* ssl;

static int secure(const struct arguments* arguments, int socket) {
  WOLFSSL_CTX* context;
  wolfSSL_Init();
  context = wolfSSL_CTX_new(wolfSSLv23_client_method());
  if (context == NULL) return -1;
  const int loaded = wolfSSL_CTX_load_verify_locations(context, arguments->ca, NULL);
  if (loaded != WOLFSSL_SUCCESS) {
    fprintf(stderr, "the anchors: %d\n", loaded);
    return -1;
  }
  if (strcmp(arguments->kind, "default") != 0) wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_PEER, NULL);
  ssl = wolfSSL_new(context);
  if (strcmp(arguments->kind, "safe") == 0) {
    wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, arguments->host, (unsigned short)strlen(arguments->host));
    if (wolfSSL_check_domain_name(ssl, arguments->host) != WOLFSSL_SUCCESS) return -1;
  }
  wolfSSL_set_fd(ssl, socket);
  if (wolfSSL_connect(ssl) != WOLFSSL_SUCCESS) {
    char text[WOLFSSL_MAX_ERROR_SZ];
    const int error = wolfSSL_get_error(ssl, 0);
    fprintf(stderr, "%d: %s\n", error, wolfSSL_ERR_error_string((unsigned long)error, text));
    return -1;
  }
  return 0;
}

static int read_tls(char* buffer, int size) { return wolfSSL_read(ssl, buffer, size); }
static int write_tls(const char* text, int size) { return wolfSSL_write(ssl, text, size); }

int main(int argc, char** argv) { return deliver(argc, argv); }
