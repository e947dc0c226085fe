import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.time.Duration;
import org.apache.commons.net.smtp.AuthenticatingSMTPClient;
import org.apache.commons.net.smtp.SMTPReply;
import org.apache.commons.net.smtp.SMTPSClient;

/**
 * Delivers one message with Apache Commons Net, as a program that uses it would.
 *
 * CommonsNet KIND starttls|implicit HOST PORT CA HELO USER PASSWORD FROM TO MESSAGE
 *
 * KIND: default (AuthenticatingSMTPClient or SMTPSClient as it comes, the anchors in the machine's trust store), chain
 * (with the CA file's trust manager), safe (and endpoint checking). Exit codes: 0 delivered, 1 refused.
 */
public final class CommonsNet {
  public static void main(String[] a) {
    String kind = a[0];
    boolean implicit = a[1].equals("implicit");
    try {
      if (kind.equals("default")) {
        Trust.install(a[4]);
      }
      SMTPSClient client = implicit ? new SMTPSClient("TLS", true) : new AuthenticatingSMTPClient("TLS", false, "UTF-8");
      client.setDefaultTimeout(8000);
      if (!kind.equals("default")) {
        client.setTrustManager(Trust.managers(a[4])[0]);
      }
      if (kind.equals("safe")) {
        client.setEndpointCheckingEnabled(true);
      }
      client.connect(a[2], Integer.parseInt(a[3]));
      require(SMTPReply.isPositiveCompletion(client.getReplyCode()), client);
      if (client instanceof AuthenticatingSMTPClient) {
        AuthenticatingSMTPClient login = (AuthenticatingSMTPClient) client;
        require(SMTPReply.isPositiveCompletion(login.ehlo(a[5])), client);
        require(login.execTLS(), client);
        require(SMTPReply.isPositiveCompletion(login.ehlo(a[5])), client);
        require(login.auth(AuthenticatingSMTPClient.AUTH_METHOD.PLAIN, a[6], a[7]), client);
      } else {
        require(client.login(a[5]), client);
      }
      require(client.setSender(a[8]) && client.addRecipient(a[9]), client);
      try (Writer writer = client.sendMessageData()) {
        require(writer != null, client);
        writer.write(new String(Files.readAllBytes(Paths.get(a[10]))));
      }
      require(client.completePendingCommand(), client);
      client.logout();
      client.disconnect();
    } catch (Exception e) {
      System.err.println(e);
      System.exit(1);
    }
  }

  private static void require(boolean done, SMTPSClient client) {
    if (!done) {
      System.err.println("refused: " + client.getReplyString());
      System.exit(1);
    }
  }
}
