import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The trust anchors of a PEM file, as Java wants them. */
final class Trust {
  private static KeyStore store(String file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int number = 0;
    try (FileInputStream in = new FileInputStream(file)) {
      for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("anchor" + number++, certificate);
      }
    }
    return store;
  }

  /** In the place of what a machine has in cacerts, for whoever names no trust anchors of his own. */
  static void install(String file) throws Exception {
    String path = System.getProperty("java.io.tmpdir") + "/anchors.p12";
    try (FileOutputStream out = new FileOutputStream(path)) {
      store(file).store(out, "anchors".toCharArray());
    }
    System.setProperty("javax.net.ssl.trustStore", path);
    System.setProperty("javax.net.ssl.trustStorePassword", "anchors");
  }

  static TrustManager[] managers(String file) throws Exception {
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store(file));
    return factory.getTrustManagers();
  }

  static SSLContext context(String file) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers(file), null);
    return context;
  }
}
