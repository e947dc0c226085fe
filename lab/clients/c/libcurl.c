/* libcurl. KIND: safe (CURLUSESSL_ALL and a CA file), try (CURLUSESSL_TRY), no-name (VERIFYHOST 0), no-verify (VERIFYPEER
 * and VERIFYHOST 0), default (nothing said about TLS; with smtps:// that is TLS all the same).
 *
 *   libcurl KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE; exits with 0 or 1. */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  if (argc != 12) return 1;
  const char *kind = argv[1], *mode = argv[2], *host = argv[3];
  const int insecure = strcmp(kind, "no-verify") == 0;
  char url[600], sender[300], recipient[300];
  snprintf(url, sizeof url, strchr(host, ':') != NULL ? "%s://[%s]:%s/%s" : "%s://%s:%s/%s",
           strcmp(mode, "implicit") == 0 ? "smtps" : "smtp", host, argv[4], argv[6]);
  snprintf(sender, sizeof sender, "<%s>", argv[9]);
  snprintf(recipient, sizeof recipient, "<%s>", argv[10]);
  FILE* message = fopen(argv[11], "r");
  CURL* curl = curl_easy_init();
  if (curl == NULL || message == NULL) return 1;
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_USERNAME, argv[7]);
  curl_easy_setopt(curl, CURLOPT_PASSWORD, argv[8]);
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, curl_slist_append(NULL, recipient));
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READDATA, message);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 8L);
  curl_easy_setopt(curl, CURLOPT_CAINFO, argv[5]);
  if (strcmp(kind, "default") != 0) {
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(strcmp(kind, "try") == 0 ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  }
  if (insecure || strcmp(kind, "no-name") == 0) curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  if (insecure) curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  const CURLcode result = curl_easy_perform(curl);
  if (result != CURLE_OK) fprintf(stderr, "%s\n", curl_easy_strerror(result));
  return result == CURLE_OK ? 0 : 1;
}
