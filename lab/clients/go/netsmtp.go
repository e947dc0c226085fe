// Delivers one message with Go's net/smtp, as a program that uses it would.
//
//	netsmtp KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
//
// KIND: sendmail (smtp.SendMail, the package's own way: TLS if it is offered, trust from the system), safe (StartTLS with
// RootCAs and ServerName, and nothing without it), insecure (InsecureSkipVerify).
// Exit codes: 0 delivered, 1 refused, 77 it cannot do that.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"time"
)

const limit = 8 * time.Second

func deliver(kind, mode, host, port, ca, helo, user, password, from, to, message string) error {
	text, err := os.ReadFile(message)
	if err != nil {
		return err
	}
	text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	address, auth := net.JoinHostPort(host, port), smtp.PlainAuth("", user, password, host)
	if kind == "sendmail" {
		return smtp.SendMail(address, auth, from, []string{to}, text)
	}
	anchors, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	config := &tls.Config{ServerName: host, RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(anchors)
	if kind == "insecure" {
		config = &tls.Config{InsecureSkipVerify: true}
	}
	connection, err := net.DialTimeout("tcp", address, limit)
	if err != nil {
		return err
	}
	connection.SetDeadline(time.Now().Add(limit))
	if mode == "implicit" {
		connection = tls.Client(connection, config)
	}
	client, err := smtp.NewClient(connection, host)
	if err != nil {
		return err
	}
	if err = client.Hello(helo); err != nil {
		return err
	}
	if mode == "starttls" {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return errors.New("no STARTTLS")
		}
		if err = client.StartTLS(config); err != nil {
			return err
		}
	}
	if err = client.Auth(auth); err != nil {
		return err
	}
	if err = client.Mail(from); err != nil {
		return err
	}
	if err = client.Rcpt(to); err != nil {
		return err
	}
	data, err := client.Data()
	if err != nil {
		return err
	}
	if _, err = data.Write(text); err != nil {
		return err
	}
	if err = data.Close(); err != nil {
		return err
	}
	client.Quit()
	return nil
}

func main() {
	a := os.Args
	if len(a) != 12 {
		fmt.Fprintln(os.Stderr, "usage: netsmtp KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE")
		os.Exit(1)
	}
	if a[1] == "sendmail" && a[2] == "implicit" {
		os.Exit(77)
	}
	if err := deliver(a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
