import java.io.FileInputStream;
import java.util.Properties;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeMessage;

/**
 * Delivers one message with JavaMail, as a program that uses it would.
 *
 * JavaMail KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
 *
 * KIND: plain (nothing said about TLS), enabled (starttls.enable, the usual advice), required (starttls.required), safe
 * (that and ssl.checkserveridentity), trust-all (ssl.trust = *). Exit codes: 0 delivered, 1 refused.
 */
public final class JavaMail {
  public static void main(String[] a) {
    String kind = a[0], mode = a[1], protocol = mode.equals("implicit") ? "smtps" : "smtp", at = "mail." + protocol + ".";
    try {
      Properties properties = new Properties();
      properties.put(at + "localhost", a[5]);
      properties.put(at + "auth", "true");
      properties.put(at + "timeout", "8000");
      properties.put(at + "connectiontimeout", "8000");
      if (!kind.equals("plain")) {
        properties.put(at + "starttls.enable", "true");
      }
      if (kind.equals("required") || kind.equals("safe")) {
        properties.put(at + "starttls.required", "true");
      }
      if (kind.equals("safe")) {
        properties.put(at + "ssl.checkserveridentity", "true");
      }
      if (kind.equals("trust-all")) {
        properties.put(at + "ssl.trust", "*");
      } else {
        properties.put(at + "ssl.socketFactory", Trust.context(a[4]).getSocketFactory());
      }
      Session session = Session.getInstance(properties);
      MimeMessage message = new MimeMessage(session, new FileInputStream(a[10]));
      try (Transport transport = session.getTransport(protocol)) {
        properties.put(at + "from", a[8]);
        transport.connect(a[2], Integer.parseInt(a[3]), a[6], a[7]);
        transport.sendMessage(message, new InternetAddress[] {new InternetAddress(a[9])});
      }
    } catch (Exception e) {
      System.err.println(e);
      System.exit(1);
    }
  }
}
