#!/usr/bin/ruby
# Delivers one message with net/smtp, as a program that uses it would.
#
#   net_smtp.rb KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
#
# KIND: auto (starttls: :auto, what net/smtp does by itself), always (tls_verify and tls_hostname left alone), safe (with a
# CA file), no-verify (tls_verify: false), raw (an OpenSSL context without verify mode), no-name (tls_hostname: another host).
# Exit codes: 0 delivered, 1 refused, 77 this Ruby cannot do it.
require 'net/smtp'
begin
  require 'openssl'
rescue LoadError
  exit 77
end

kind, mode, host, port, ca, helo, user, password, from, to, message = ARGV
context = nil
if kind == 'safe'
  context = OpenSSL::SSL::SSLContext.new
  context.set_params(ca_file: ca, verify_mode: OpenSSL::SSL::VERIFY_PEER)
elsif kind == 'raw'
  context = OpenSSL::SSL::SSLContext.new
end
options = { tls_verify: kind != 'no-verify' }
options[:ssl_context_params] = { ca_file: ca, verify_mode: OpenSSL::SSL::VERIFY_PEER } if kind == 'safe'
if mode == 'implicit'
  options[:tls] = true
else
  options[:starttls] = kind == 'auto' ? :auto : :always
end

begin
  smtp = Net::SMTP.new(host, port.to_i, **options)
  smtp.open_timeout = smtp.read_timeout = 8
  if kind == 'raw'
    mode == 'implicit' ? smtp.enable_tls(context) : smtp.enable_starttls(context)
  end
  smtp.start(helo: helo) do |client|
    client.authenticate(user, password, :plain) if client.capable_plain_auth?
    client.send_message(File.read(message), from, to)
  end
rescue Net::ProtocolError, Net::OpenTimeout, Net::ReadTimeout, OpenSSL::SSL::SSLError, SystemCallError, IOError,
       SocketError, ArgumentError => e
  warn "#{e.class}: #{e.message}"
  exit 1
end
