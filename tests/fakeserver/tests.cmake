starttls_lab_test(smtp_session_test LIBS starttls_lab::fakeserver
  SOURCES fakeserver/smtp_session_test.cc fakeserver/smtp_limits_test.cc)
