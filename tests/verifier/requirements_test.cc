// What the standards ask of a mail client, and what shows that ours does it: a table. Evidence is a test ("Suite.Name")
// or scenarios of the lab (a glob of ids), each of which the built-in client meets on the memory wire, with the verdict
// that its row declares. This test holds that the evidence exists; the evidence itself runs where it stands.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "lab/scenario/scenario.h"

namespace {

struct Requirement {
  std::string_view id;      // of this table
  std::string_view clause;  // where it stands
  std::string_view what;
  std::initializer_list<std::string_view> evidence;
};

// clang-format off
const Requirement kRequirements[] = {
    // STARTTLS
    {"3207-1", "RFC 3207 4", "behind 220 nothing but a ClientHello", {"SmtpClient.SaysInClearOnlyEhloAndStartTls"}},
    {"3207-2", "RFC 3207 4", "a handshake that cannot start ends it", {"smtp.220-then-*", "link.*-in-220"}},
    {"3207-3", "RFC 3207 4", "any other answer to STARTTLS is a refusal", {"smtp.starttls-answered-*", "SmtpClient.StartsTlsOnNoOtherCodeThan220"}},
    {"3207-4", "RFC 3207 4.2", "what was learnt in clear is forgotten", {"SmtpClient.AsksAgainInsideTlsAndForgetsWhatItHeardInClear", "smtp.capabilities-differ"}},
    {"3207-5", "RFC 3207 4.2", "EHLO comes first inside TLS", {"GoodServer.GetsTheMessage"}},
    {"3207-6", "RFC 3207 4.2", "no STARTTLS inside TLS", {"SmtpClient.DoesNotUseStartTlsThatIsOfferedInsideTls", "smtp.starttls-inside-tls"}},
    {"3207-7", "RFC 3207 4", "nothing is pipelined behind STARTTLS", {"SmtpClient.SaysInClearOnlyEhloAndStartTls"}},
    {"3207-8", "RFC 3207 6", "TLS is required: no keyword, a mangled one, no EHLO", {"smtp.starttls-not-offered", "Ehlo.OffersStartTlsOnlyByTheBareKeyword", "SmtpClient.NeverFallsBackToHelo", "smtp.ehlo-refused"}},
    {"3207-9", "RFC 3207 4.1", "a bad certificate ends it", {"BadCertificate.IsRefusedBeforeTheServerHearsAnything"}},
    {"3207-10", "RFC 3207 4.2", "bytes behind 220 belong to nobody", {"Injection.BehindThe220EndsItBeforeTls", "Injection.CutInPiecesStillEndsIt", "smtp.injection-*"}},
    {"3207-11", "RFC 3207 4", "clear text for a handshake ends it", {"smtp.220-then-clear", "Injection.GarbageInsteadOfAServerHelloIsRefused"}},
    {"3207-12", "RFC 3207 4.1", "the decision comes before anything that matters", {"BadCertificate.IsRefusedBeforeTheServerHearsAnything", "SmtpClient.HasNoGoodVerdictBeforeTheEnd"}},
    // Replies
    {"5321-1", "RFC 5321 4.5.3.2", "every wait has its limit, and dripping does not put it off", {"Timeout.EveryWaitForAReplyHasOne", "Timeout.IsNotPutOffByBytesThatDripIn", "Timeout.IsByDefaultNoShorterThanTheStandardAsks", "transaction.*-never-answered"}},
    {"5321-2", "RFC 5321 4.2", "the code counts, not the text", {"SmtpClient.TakesRepliesOfSeveralLinesAndUnknownCodesByTheirFirstDigit"}},
    {"5321-3", "RFC 5321 4.2", "unknown codes by their first digit", {"SmtpClient.TakesRepliesOfSeveralLinesAndUnknownCodesByTheirFirstDigit", "transaction.rcpt-answered-259"}},
    {"5321-4", "RFC 5321 4.2", "a first digit out of range is no reply", {"SmtpReply.ThatIsNoneIsAnErrorValue", "smtp.greeting-with-odd-code"}},
    {"5321-5", "RFC 5321 4.2.1", "text and space may be missing", {"SmtpReply.IsReadAsItStands"}},
    {"5321-6", "RFC 5321 4.2.1", "any reply may have several lines", {"smtp.greeting-multi-line", "SmtpClient.TakesRepliesOfSeveralLinesAndUnknownCodesByTheirFirstDigit"}},
    {"5321-7", "RFC 5321 4.2.1", "one code for all lines of a reply", {"smtp.greeting-with-codes-disagree", "SmtpReply.ThatIsNoneIsAnErrorValue"}},
    {"5321-8", "RFC 5321 4.5.3.1.5", "lines and replies are bounded", {"smtp.*-with-long-line", "smtp.*-with-endless-line", "smtp.*-with-endless-lines"}},
    {"5321-9", "RFC 5321 2.3.8", "CRLF ends a line; no octet reaches a terminal", {"smtp.*-with-bare-lf", "smtp.*-with-stray-cr", "smtp.*-with-nul", "LiveVerbTest.CheckPrintsNoControlCharacterOfAServer"}},
    {"5321-10", "RFC 5321 3.1", "no MAIL behind a greeting that refuses", {"SmtpClient.LeavesPolitelyWhenTheGreetingIsNot220", "smtp.greeting-554", "smtp.no-greeting"}},
    {"5321-11", "RFC 5321 4.2.1", "4yz is told from 5yz; nothing is repeated unasked", {"Refusal.EndsTheTransactionAndIsNotSuccess", "visit.first-greylisted"}},
    {"5321-12", "RFC 5321 3.8", "421 and a lost connection at any time are no success", {"transaction.*-answered-421", "HangUp.AfterAnyReplyIsNotSuccessUntilTheMessageIsTaken"}},
    {"5321-13", "RFC 5321 2.1", "replies that nobody asked for end it", {"Unasked.SecondRepliesInsideTlsEndIt", "Unasked.WordsInsideTlsBeforeTheClientSpeaksEndIt", "smtp.*-twice"}},
    {"5321-14", "RFC 5321 4.2", "half a reply is none", {"HangUp.InTheMiddleOfAReplyIsNotAReply", "Truncation.AtAnyOctetEndsAndGivesNothingAway"}},
    {"5321-15", "RFC 5321 4.1.1.4", "no message before 354", {"transaction.data-answered-250", "transaction.mail-answered-354"}},
    // AUTH
    {"4954-1", "RFC 4954 4", "no AUTH in clear", {"smtp.auth-only-in-clear", "SmtpClient.SaysInClearOnlyEhloAndStartTls"}},
    {"4954-2", "RFC 3207 4.2", "the mechanisms are those offered inside TLS", {"smtp.capabilities-differ", "Choice.IsTheBestThatBothSidesCanUse"}},
    {"4954-3", "RFC 4954 4", "challenges are base64, bounded, and counted", {"SmtpClient.TellsNoSecretToAChallengeThatIsNoBase64", "SmtpClient.AnswersNoMoreChallengesThanTheMechanismHas", "transaction.auth-challenge-malformed"}},
    // Submission
    {"8314-1", "RFC 8314 3.3", "implicit TLS begins with a ClientHello", {"smtp.implicit-port-in-clear", "Injection.ATlsPortThatGreetsInClearIsATlsFault"}},
    {"8314-2", "RFC 8314 5.3", "the certificate is validated", {"BadCertificate.IsRefusedBeforeTheServerHearsAnything", "chain.*", "name.*"}},
    {"8314-3", "RFC 8314 5.2", "below the minimum nothing but EHLO, STARTTLS, QUIT", {"SmtpClient.SaysInClearOnlyEhloAndStartTls", "smtp.starttls-not-offered", "tls.tls10-only"}},
    {"8314-4", "RFC 8314 5.1", "no credential without TLS, not even to try", {"smtp.starttls-not-offered", "smtp.auth-only-in-clear"}},
    {"8314-5", "RFC 8997 3", "TLS 1.2 at least", {"Tls.OlderThan12IsRefused", "tls.tls11-only"}},
    {"8314-6", "RFC 8314 5.1", "an unsigned SRV record names nobody to be verified", {"References.OfAServerFoundBySrvAreTheServiceAtTheDomainAndTheDomain", "sts.srv-name"}},
    {"8314-8", "RFC 8314 5.2", "no way around TLS on another connection", {"visit.no-tls-after-*"}},
    // SNI
    {"SNI-1", "RFC 6066 3", "server_name is the reference", {"Hygiene.TheClientHelloOffersWhatItMustAndNothingThatLingers"}},
    {"SNI-2", "RFC 6066 3", "no address, no final dot, A-labels", {"SmtpClient.SendsNoAddressInSni", "SmtpClient.SendsNoTrailingDotInSni", "Hygiene.AnInternationalNameIsSentInALabels"}},
    {"SNI-3", "RFC 9846 4.1.2", "the same behind a HelloRetryRequest", {"control.hello-retry", "control.hello-retry-cookie"}},
    {"SNI-4", "RFC 6066 3", "unrecognized_name: fatal ends it, a warning does not", {"tls.alert-unrecognized-name", "tls.warning-unrecognized-name"}},
    {"SNI-5", "RFC 9325 3.7", "another host's certificate ends it", {"name.wrong-host"}},
    // Status of certificates
    {"OCSP-1", "RFC 6066 8", "a staple that is there is checked", {"revocation.ocsp-*", "Hostile.NoOctetOfAStapleMayChange"}},
    {"OCSP-2", "RFC 6960 3.2", "CertID, signature, responder, dates", {"revocation.ocsp-*"}},
    {"OCSP-3", "RFC 6960 2.3", "an error or \"unknown\" is no success", {"revocation.ocsp-*", "RevocationModes.HardWantsToKnowOfEveryCertificateBelowTheAnchor"}},
    {"OCSP-4", "RFC 6066 8", "resumption launders no status", {"Resumption.JudgesTheStapleOfTheFirstHandshakeByTodaysClock", "Resumption.KeepsNothingOfAServerThatWasRefused", "Resumption.DoesNotCrossHowMuchTheClientInsistsOnAStatus"}},
    {"MS-1", "RFC 7633 4.2.3.1", "a promised staple is needed, once it was asked for", {"revocation.must-staple-*", "control.must-staple", "control.must-staple-not-asked"}},
    {"MS-2", "RFC 7633 4.2.2", "a CA's features recur below it; other features, critical or not", {"revocation.must-staple-*", "control.must-staple-chain", "control.must-staple-critical"}},
    // DANE
    {"DN-1", "RFC 7672 2.2", "with records, no delivery without STARTTLS", {"dane.other-key", "smtp.starttls-not-offered"}},
    {"DN-2", "RFC 7672 2.2", "records that do not match refuse", {"dane.other-key", "dane.other-anchor", "dane.other-certificate"}},
    {"DN-3", "RFC 7672 2.2", "no usable record: TLS is a must, the certificate is not looked at", {"Dane.WhereNoRecordIsUsableAnyCertificateWillDo", "control.tlsa-unusable-*"}},
    {"DN-4", "RFC 7672 3.1.1", "DANE-EE: names do not matter", {"dane.ee-other-name"}},
    {"DN-5", "RFC 7672 3.1.1", "DANE-EE: dates and issuers do not matter", {"dane.ee-expired", "Dane.OfAnEndEntityOnlyTheKeyCounts"}},
    {"DN-6", "RFC 7672 3.2.2", "DANE-TA: base domain, next hop, aliases", {"Dane.OfAnAnchoredLeafTheNameCounts", "dane.ta-other-name", "dane.ta-mail-domain"}},
    {"DN-7", "RFC 7672 3.1.2", "DANE-TA: the anchor is sent, and the path holds", {"Dane.AnAnchorThatIsNotSentIsNone", "Dane.OfAnAnchoredLeafThePathCounts", "dane.ta-expired", "dane.anchor-not-sent"}},
    {"DN-8", "RFC 7672 8.1", "SNI is the TLSA base domain", {"CheckDnsTest.DaneNamesTheBaseOfTheRecordsInSni"}},
    {"DN-9", "RFC 7672 2.1.2", "a look-up that fails makes the host unreachable", {"DanePlan.AFailedLookUpMakesTheHostUnreachable", "dane.tlsa-*", "CheckDnsTest.WhereDaneCannotBeAskedNobodyIsConnectedTo"}},
    {"DN-10", "RFC 7672 2.2.2", "no TLSA look-up below an address that is not validated", {"DanePlan.DoesNotEvenAskForTheRecordsOfAnAddressThatIsNotValidated", "control.address-insecure"}},
    {"DN-11", "RFC 7672 2.2.1", "records do not change the order of exchangers", {"DanePlan.KeepsTheOrderOfPreference", "control.mx-without-tlsa-first"}},
    {"DN-12", "RFC 7671 9", "the strongest digest counts", {"Dane.TheStrongestDigestCountsAndTheWholeAlways", "dane.weaker-digest"}},
    {"DN-13", "RFC 7672 3.1.3", "PKIX usages beside others do no harm", {"Dane.OneOfSeveralIsEnoughWhateverTheOthersAre", "control.tlsa-mixed"}},
    {"DN-14", "RFC 7672 2.2.3", "the port is in the name that is asked for", {"DanePlan.AsksForTheRecordsOfThePort"}},
    {"DN-15", "RFC 7672 2.2.1", "only a validated exchanger has records", {"DanePlan.WhatIsNotValidatedProvesNothing", "control.mx-insecure"}},
    // MTA-STS
    {"ST-1", "RFC 8461 5", "enforce: no other exchanger, no bad certificate", {"sts.mx-not-in-policy", "sts.mx-redirected"}},
    {"ST-2", "RFC 8461 5.1", "a new id is fetched before anything fails for good", {"StsDeciding.ANewIdReplacesThePolicy"}},
    {"ST-3", "RFC 8461 4.1", "the exchanger's certificate names it", {"sts.srv-name", "sts.wildcard-*"}},
    {"ST-4", "RFC 8461 4.1", "*. is one label", {"StsPolicy.MatchesHostsExactlyOrByOneLabel", "sts.wildcard-two-labels", "sts.wildcard-no-label"}},
    {"ST-5", "RFC 8461 3.3", "no redirects", {"sts.status-301"}},
    {"ST-6", "RFC 8461 3.3", "200, text/plain, a verified host, in time, not too long", {"sts.status-404", "sts.policy-host-*", "sts.html", "sts.too-large", "CheckDnsTest.APolicyHostOfAnotherNameIsNotBelieved"}},
    {"ST-7", "RFC 8461 3.3", "a cached policy outlives DNS and HTTPS", {"sts.cache-while-*", "StsDeciding.KeepsAPolicyUntilItsTimeIsOver"}},
    {"ST-8", "RFC 8461 3.1", "exactly one well-formed record", {"StsRecord.IsNoneIfItIsNotExactlyOneWellFormedRecord", "sts.record-*"}},
    {"ST-9", "RFC 8461 3.2", "unknown fields are passed over, the first of several counts", {"StsPolicy.ToleratesWhatTheStandardTellsItTo", "control.sts-future-field"}},
    {"ST-10", "RFC 8461 3.4", "no policy of a parent domain", {"StsDeciding.APolicyIsForItsDomainOnly"}},
    {"ST-11", "RFC 8461 2", "MTA-STS does not override DANE", {"CheckDnsTest.DaneRefusesWhatTheAnchorsWouldTake"}},
    {"ST-12", "RFC 8461 4.2", "SNI, TLS 1.2 at least", {"Hygiene.TheClientHelloOffersWhatItMustAndNothingThatLingers", "Tls.OlderThan12IsRefused"}},
    {"ST-13", "RFC 8461 5", "testing demands nothing, none is none", {"sts.mode-testing", "sts.mode-none"}},
    // REQUIRETLS
    {"RT-1", "RFC 8689 4.2.1", "REQUIRETLS only where it is offered inside TLS", {"Needs.AreDeclaredOrTheMessageIsKept", "transaction.offers-requiretls"}},
    {"RT-2", "RFC 8689 4.2.1", "and only to a server that is verified", {"RequireTls.IsAskedOfNobodyWhoIsNotVerified"}},
    {"RT-4", "RFC 8689 4.2.2", "TLS-Required: No yields to no policy but stays in TLS", {"TlsRequiredField.MakesTlsOptionalIfItSaysNoOnce"}},
    {"RT-5", "RFC 8689 4.2.2", "REQUIRETLS outweighs the field", {"TlsRequiredField.IsOutweighedByRequireTls"}},
    // RFC 8460
    {"TR-1", "RFC 8460 4.3", "every refusal of TLS has its result type", {"TlsResultType.EveryReasonAboutACertificateHasOne", "TlsResultType.WithoutStartTlsItIsNotSupported"}},
    {"TR-2", "RFC 8460 4.4", "the report is the JSON of the RFC, whatever hosts are called", {"TlsReport.IsTheJsonOfTheRfc", "TlsReport.HostileTextStaysWithinItsString", "CheckDnsTest.TheReportOfADaneSessionIsOfItsRecords"}},
    // RFC 9325
    {"BCP-1", "RFC 9325 3.1.1", "no TLS below 1.2", {"Tls.OlderThan12IsRefused", "tls.hello-picks-ssl3", "tls.tls10-only"}},
    {"BCP-2", "RFC 9325 3.1.3", "no second try with a lower version", {"visit.no-tls-after-reset-at-hello"}},
    {"BCP-3", "RFC 9325 4.1", "no NULL, RC4, export", {"tls.suite-null-*", "tls.suite-rc4-*", "tls.suite-export-*"}},
    {"BCP-4", "RFC 9325 4.1", "forward secrecy and AEAD", {"Hygiene.SuitesWithoutForwardSecrecyOrAeadAreRefused", "tls.static-rsa-only", "tls.3des-only"}},
    {"BCP-5", "RFC 9325 4.5", "no SHA-1, RSA of 2048 bits, 224 bits of curve", {"Hygiene.AHandshakeSignedOverSha1IsRefused", "strength.sha1-*", "strength.rsa1024-*"}},
    {"BCP-6", "RFC 9325 3.5", "extended master secret, renegotiation info", {"tls.no-extended-master-secret", "tls.no-renegotiation-info", "Hygiene.RenegotiationIsRefused"}},
    {"BCP-7", "RFC 9325 3.3", "no compression", {"tls.tls12-compression", "tls.tls13-compression"}},
    {"BCP-8", "RFC 9325 3.8", "no protocol that was not offered", {"Hygiene.OnlyAnOfferedApplicationProtocolIsAccepted", "tls.tls13-alpn-unasked"}},
    {"BCP-9", "RFC 9325 3.10", "no early data", {"Resumption.SendsNoEarlyDataThoughTheServerInvitesIt", "tls.tls13-early-data-unasked"}},
    {"BCP-10", "RFC 9325 7.5", "revoked certificates are distrusted", {"revocation.ocsp-revoked", "RevocationModes.WhatSoftRefusesHardRefusesToo"}},
    // RFC 9846
    {"T13-1", "RFC 9846 4.1.3", "session id, suite, compression, version as offered", {"tls.tls13-session-id", "tls.tls13-suite-of-tls12", "tls.tls13-compression", "tls.retry-then-other-suite"}},
    {"T13-2", "RFC 9846 4.1.3", "the downgrade sentinel", {"tls.downgrade-sentinel-*"}},
    {"T13-3", "RFC 9846 4.1.4", "a retry that changes nothing, a second one", {"tls.retry-changes-nothing", "tls.retry-twice"}},
    {"T13-4", "RFC 9846 4.2", "extensions unasked, misplaced, with a rest", {"tls.tls13-unasked-extension", "tls.tls13-misplaced-extension", "tls.tls13-extensions-trailing-octet"}},
    {"T13-5", "RFC 9846 4.4.2.4", "a certificate list that is empty", {"tls.tls13-certificate-list-*", "CertificateMessage.WithoutCertificatesIsNoCertificate"}},
    {"T13-6", "RFC 9846 4.4.3", "the handshake's signature, by a scheme that was offered", {"tls.tls13-signature-*", "Tls.AWrongHandshakeSignatureIsNotTheCertificatesFault"}},
    {"T13-7", "RFC 9846 4.4.4", "Finished, and the order of messages", {"tls.tls13-finished-wrong", "tls.tls13-*-missing"}},
    {"T13-8", "RFC 9846 5.2", "records: forged, too large, empty", {"tls.tls13-forged-record", "tls.tls13-record-too-large", "tls.empty-handshake-records-many"}},
    {"T13-9", "RFC 9846 4.6.3", "KeyUpdate: odd, early, answered, bounded", {"tls.key-update-*", "control.key-update-requested"}},
    {"T13-10", "RFC 9846 4.6.2", "no request for a certificate afterwards", {"tls.post-handshake-request"}},
    {"T13-11", "RFC 9846 4.6.1", "sessions: age, name, trust", {"Resumption.IsNotOfferedOnceTheSessionIsTooOld", "Resumption.DoesNotCrossHosts", "Resumption.EndsWithTheTrustItWasMadeUnder"}},
    {"T13-12", "RFC 9846 6.1", "an end without close_notify is a truncation", {"HangUp.AfterAnyReplyIsNotSuccessUntilTheMessageIsTaken"}},
    {"T13-13", "RFC 9846 6.2", "alerts end it, user_canceled aside", {"tls.alert-*", "tls.user-canceled-then-on", "tls.warnings-forty"}},
    {"T13-14", "RFC 9846 7.4", "key shares: zero, off the curve, not asked for", {"tls.tls13-key-share-*"}},
    {"T13-15", "RFC 9846 5.1", "messages end where keys change", {"tls.tls13-hello-with-more"}},
    // Path validation
    {"PK-1", "RFC 5280 6.1.3 a1", "every signature", {"chain.leaf-signature-*", "chain.intermediate-signature-*", "chain.look-alike-root*"}},
    {"PK-2", "RFC 5280 4.1.1.2", "one algorithm, twice the same", {"strength.algorithm-mismatch-*"}},
    {"PK-3", "RFC 5280 4.1.2.5", "dates, inclusive at both ends", {"time.*-exact", "time.*-one-second-*", "time.*-inverted-*"}},
    {"PK-4", "RFC 5280 4.1.2.5.1", "the two forms of a date", {"time.leaf-utc-*", "time.leaf-generalized-*"}},
    {"PK-5", "RFC 5280 6.1.3 a3", "revocation", {"revocation.crl-*", "revocation.ocsp-*"}},
    {"PK-6", "RFC 5280 7.1", "names chain whatever their letters and blanks", {"trust.issuer-*", "CanonicalName.IgnoresCaseWhiteSpaceAndStringType"}},
    {"PK-7", "RFC 5280 6.1.4 k", "issuers are CAs", {"chain.intermediate-ca-false", "chain.leaf-signed-by-leaf", "chain.intermediate-no-basic-constraints"}},
    {"PK-8", "RFC 5280 6.1.4 l", "path lengths", {"path.len-*", "path.self-issued-*"}},
    {"PK-9", "RFC 5280 6.1.4 n", "keyCertSign", {"chain.intermediate-no-cert-sign", "chain.root-no-cert-sign"}},
    {"PK-10", "RFC 5280 4.2", "unknown critical extensions, anchors included", {"usage.unknown-critical-*", "control.unknown-noncritical-extension"}},
    {"PK-11", "RFC 5280 4.2", "no extension twice", {"usage.duplicate-*"}},
    {"PK-12", "RFC 5280 4.2.1.10", "name constraints of every form", {"constraint.*", "MatchConstraint.TakesDnsSubtreesByLabels"}},
    {"PK-13", "RFC 5280 6.1.4 g", "of every CA, for every name, on every path", {"path.cross-constrained", "path.bridge-constrained", "MatchConstraint.HasEveryLevelAgreeAndAnyAlternativeServe"}},
    {"PK-14", "RFC 5280 4.2.1.12", "serverAuth, nested", {"usage.eku-*", "usage.intermediate-eku-*"}},
    {"PK-15", "RFC 5280 4.2.1.3", "keyUsage fits the key exchange", {"usage.ku-*", "ForbiddenKeyUsage.IsNamedAlthoughTheLibraryStumblesFirst"}},
    {"PK-16", "RFC 5280 4.1.2.2", "serial numbers", {"Serials.AreOneToTwentyOctetsAndPositive"}},
    {"PK-17", "RFC 5280 4.1.2.6", "issuers have names; no subject: a critical SAN", {"trust.empty-issuer", "trust.empty-ca-subject"}},
    {"PK-18", "RFC 5280 6.1.1 d", "trust only what is configured", {"chain.self-signed", "chain.unknown-root-on-wire", "trust.no-anchor"}},
    {"PK-19", "RFC 4158 2.4", "a valid path is found if there is one", {"BadEdge.IsAvoidedWhereAnotherLeadsToAnAnchor", "path.cross-*", "chain.out-of-order"}},
    {"PK-20", "RFC 4158 2.4", "bounded work", {"Path.ThroughACompleteMeshIsBounded", "NameConstraints.TimesNamesAreBounded", "Policies.CannotBeMadeToExplode", "path.hundred-cas*"}},
    {"PK-21", "RFC 9325 4.5", "strength of keys and digests, named curves", {"strength.*", "trust.curve-ball", "ParseKey.WantsANamedCurveAndAPointOnIt"}},
    {"PK-22", "RFC 5280 6.1", "policies", {"policy.*", "Policies.RequiredByTheTopMustRunThroughThePath"}},
    {"PK-23", "RFC 5280 4.2.2.1", "nothing is fetched on a certificate's word", {"trust.missing-intermediate-aia-*"}},
    // Identity
    {"ID-1", "RFC 9525 6.1", "references come from the configuration", {"name.wrong-host", "References.FailBeforeAnythingIsConnected"}},
    {"ID-2", "RFC 7817 3", "never from DNS that nobody signed", {"References.TakeNamesThatDnssecVouchesForAndNameEachOnce", "control.srv-redirected"}},
    {"ID-3", "RFC 9525 2", "never the common name", {"NameMatch.NeverLooksAtTheCommonName", "name.cn-only", "name.*-in-cn"}},
    {"ID-4", "RFC 9525 6.3", "ASCII letters without regard to case", {"NameMatch.ComparesLabelByLabelAsAsciiWithoutCase", "control.letter-case"}},
    {"ID-5", "RFC 9525 6.3", "a wildcard is the whole left-most label", {"NameMatch.RefusesAnAsteriskAnywhereElse", "NameMatch.RefusesAWildcardWithTooFewLabelsBehindIt", "name.wildcard-*"}},
    {"ID-6", "RFC 9525 6.3", "and stands for one label", {"NameMatch.TakesAWildcardForExactlyOneLabel"}},
    {"ID-7", "RFC 9525 6.3", "A-labels", {"ParseReference.ConvertsInternationalisedNames", "NameMatch.ComparesALabelsAsTheyAreWritten"}},
    {"ID-8", "RFC 9525 6.4", "addresses match iPAddress only, octet for octet", {"NameMatch.ComparesAddressesOctetForOctet", "NameMatch.NeverMatchesANameAgainstAnAddress"}},
    {"ID-9", "RFC 7817 3", "no URI, no mailbox", {"MatchCert.NeverLooksAtTheCommonNameNorAtMailboxesAndUris"}},
    {"ID-10", "RFC 9525 6.5", "SRV-ID: service and name together", {"MatchSrv.ComparesServiceAndNameWithOneReference"}},
    {"ID-11", "RFC 9525 6.6", "any of many names, in bounded time", {"control.thousand-names", "limit.ten-thousand-names*", "Tls.ThousandsOfNamesAreRead"}},
    {"ID-12", "RFC 5280 4.2.1.6", "NUL, blanks, commas in names", {"NameMatch.RefusesCharactersThatNoHostNameHolds", "name.*"}},
    {"ID-13", "RFC 9525 6.6", "a mismatch ends it, with an alert", {"AlertFor.NamesTheFaultWhereTlsHasAWordForIt", "name.wrong-host"}},
    {"ID-14", "RFC 5280 4.2", "two subjectAltNames are none", {"usage.duplicate-san*"}},
};
// clang-format on

// Required of an MTA or of a person, not of this library: 8314-7 (no click-through) and RT-3 (what a bounce says).

bool Matches(std::string_view text, std::string_view glob) {
  const size_t star = glob.find('*');
  if (star == glob.npos) {
    return text == glob;
  }
  if (!text.starts_with(glob.substr(0, star))) {
    return false;
  }
  for (size_t from = star; from <= text.size(); ++from) {
    if (Matches(text.substr(from), glob.substr(star + 1))) {
      return true;
    }
  }
  return false;
}

// Every "Suite.Name" of the sources of tests.
std::set<std::string> TestNames() {
  std::set<std::string> names;
  const std::regex declaration(R"((?:^|\n)TEST(?:_F|_P)?\((\w+), (\w+)\))");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(STARTTLS_LAB_SOURCE_DIR "/tests")) {
    if (entry.path().extension() != ".cc") {
      continue;
    }
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    const std::string source = text.str();
    for (std::sregex_iterator it(source.begin(), source.end(), declaration), end; it != end; ++it) {
      names.insert((*it)[1].str() + "." + (*it)[2].str());
    }
  }
  return names;
}

TEST(Requirements, AreEachShownBySomethingThatExists) {
  const std::set<std::string> tests = TestNames();
  ASSERT_GT(tests.size(), 500u);
  for (const Requirement& requirement : kRequirements) {
    EXPECT_NE(requirement.evidence.size(), 0u) << requirement.id;
    for (const std::string_view evidence : requirement.evidence) {
      const bool is_test = evidence.front() >= 'A' && evidence.front() <= 'Z';
      const bool exists = is_test ? tests.contains(std::string(evidence))
                                  : std::ranges::any_of(lab::AllScenarios(), [&](const lab::Scenario& scenario) {
                                      return Matches(scenario.id, evidence);
                                    });
      EXPECT_TRUE(exists) << requirement.id << " (" << requirement.what << "): there is no " << evidence;
    }
  }
}

TEST(Requirements, HaveIdsOfTheirOwnAndAClause) {
  std::set<std::string_view> ids;
  for (const Requirement& requirement : kRequirements) {
    EXPECT_TRUE(ids.insert(requirement.id).second) << requirement.id;
    EXPECT_TRUE(requirement.clause.starts_with("RFC ")) << requirement.id;
  }
}

}  // namespace
