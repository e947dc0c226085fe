/* Mbed TLS 2. KIND: safe (VERIFY_REQUIRED and the host), no-name (the host is not set), optional (VERIFY_OPTIONAL, the
 * result not looked at), no-verify (VERIFY_NONE). */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "smtp.inc"

static mbedtls_ssl_context ssl;
static mbedtls_net_context net;

/* Mbed TLS knows no name constraints, and does not even read a certificate in which they are critical. The lab's root has
 * them, so that it is good for the lab's names only; of a trust anchor they are nobody's business but the user's. */
static int pass_over_constraints(void* unused, const mbedtls_x509_crt* certificate, const mbedtls_x509_buf* oid,
                                 int critical, const unsigned char* begin, const unsigned char* end) {
  (void)unused, (void)certificate, (void)critical, (void)begin, (void)end;
  return MBEDTLS_OID_CMP(MBEDTLS_OID_NAME_CONSTRAINTS, oid) == 0 ? 0 : MBEDTLS_ERR_X509_INVALID_EXTENSIONS;
}

static int read_anchors(const char* name, mbedtls_x509_crt* anchors) {
  static unsigned char text[1 << 20];
  FILE* file = fopen(name, "r");
  size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
  text[length] = 0;
  const unsigned char* at = text;
  for (size_t used_up; strstr((const char*)at, "-----BEGIN CERTIFICATE-----") != NULL; at += used_up) {
    mbedtls_pem_context pem;
    mbedtls_pem_init(&pem);
    if (mbedtls_pem_read_buffer(&pem, "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", at, NULL, 0,
                                &used_up) != 0 ||
        mbedtls_x509_crt_parse_der_with_ext_cb(anchors, pem.buf, pem.buflen, 1, pass_over_constraints, NULL) != 0) {
      return -1;
    }
    mbedtls_pem_free(&pem);
  }
  return at == text ? -1 : 0;
}

static int secure(const struct arguments* arguments, int socket) {
  static mbedtls_ssl_config config;
  static mbedtls_ctr_drbg_context random;
  static mbedtls_entropy_context entropy;
  static mbedtls_x509_crt anchors;
  mbedtls_ssl_init(&ssl);
  mbedtls_ssl_config_init(&config);
  mbedtls_ctr_drbg_init(&random);
  mbedtls_entropy_init(&entropy);
  mbedtls_x509_crt_init(&anchors);
  net.fd = socket;
  if (mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0) != 0 ||
      read_anchors(arguments->ca, &anchors) != 0 ||
      mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                  MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
    return -1;
  }
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random);
  mbedtls_ssl_conf_ca_chain(&config, &anchors, NULL);
  mbedtls_ssl_conf_authmode(&config, strcmp(arguments->kind, "no-verify") == 0  ? MBEDTLS_SSL_VERIFY_NONE
                                     : strcmp(arguments->kind, "optional") == 0 ? MBEDTLS_SSL_VERIFY_OPTIONAL
                                                                                : MBEDTLS_SSL_VERIFY_REQUIRED);
  if (mbedtls_ssl_setup(&ssl, &config) != 0) return -1;
  if (strcmp(arguments->kind, "safe") == 0 && mbedtls_ssl_set_hostname(&ssl, arguments->host) != 0) return -1;
  mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
  int result;
  do {
    result = mbedtls_ssl_handshake(&ssl);
  } while (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE);
  if (result != 0) fprintf(stderr, "Mbed TLS error -0x%04x\n", (unsigned)-result);
  return result;
}

static int read_tls(char* buffer, int size) { return mbedtls_ssl_read(&ssl, (unsigned char*)buffer, (size_t)size); }
static int write_tls(const char* text, int size) {
  return mbedtls_ssl_write(&ssl, (const unsigned char*)text, (size_t)size);
}

int main(int argc, char** argv) { return deliver(argc, argv); }
