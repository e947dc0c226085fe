# The TLS client that the tests drive against the server.
add_library(fakeserver_test_client STATIC fakeserver/test_client.cc)
target_link_libraries(fakeserver_test_client PUBLIC starttls_lab::fakeserver)
starttls_lab_compile_options(fakeserver_test_client)

starttls_lab_test(smtp_session_test LIBS starttls_lab::fakeserver
  SOURCES fakeserver/smtp_session_test.cc fakeserver/smtp_mail_test.cc fakeserver/smtp_limits_test.cc
  fakeserver/smtp_script_test.cc)
starttls_lab_test(fakeserver_units_test LIBS starttls_lab::fakeserver
  SOURCES fakeserver/memory_pipe_test.cc fakeserver/transcript_test.cc fakeserver/record_sniffer_test.cc
  fakeserver/paced_stream_test.cc fakeserver/http_connection_test.cc)
starttls_lab_test(connection_test LIBS fakeserver_test_client
  SOURCES fakeserver/connection_test.cc fakeserver/connection_fault_test.cc fakeserver/tls_identity_test.cc
  fakeserver/flight_forger_test.cc fakeserver/flight_edit_test.cc)
starttls_lab_test(server_test LIBS fakeserver_test_client SOURCES fakeserver/server_test.cc)
starttls_lab_test(stalled_test LIBS fakeserver_test_client SOURCES fakeserver/stalled_test.cc)

# glibc's own codec is the second opinion on what the fake resolver writes.
starttls_lab_test(dns_server_test LIBS starttls_lab::fakeserver resolv
  SOURCES fakeserver/dns_reader.cc fakeserver/dns_answer_test.cc fakeserver/dns_server_test.cc)
