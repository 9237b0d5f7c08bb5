// Calls through the mesh with Java's own HTTP client. It accepts no custom connections, so this recipe cannot use the gateways' tunnels:
// it waits for the sidecar's address, which a guard keeps alive, and retries refused requests. Adapt it.
//
//     java Mesh.java http://payments/charges
//
// GATEWAYMESH_OUTBOUND is the outbound address (see GatewayMesh.Client).
import java.io.IOException;
import java.net.*;
import java.net.http.*;
import java.time.Duration;
import java.util.Set;

public class Mesh {
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"); // RFC 9110, 9.2.2

    // As a proxy, the outbound address accepts http://payments/… unchanged.
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofMillis(250)).proxy(outbound()).build();

    static HttpResponse<String> call(HttpRequest request) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
                boolean notForwarded = answer.statusCode() >= 500 && answer.headers().firstValue("Proxy-Status").orElse("").contains("forwarded=?0");
                if (!notForwarded || attempt >= 10) {
                    return answer;
                }
            } catch (ConnectException | HttpConnectTimeoutException refused) { // nothing was sent: any method
                if (attempt >= 10) {
                    throw refused;
                }
            } catch (IOException lost) { // an application may have seen it
                if (!IDEMPOTENT.contains(request.method()) || attempt >= 3) {
                    throw lost;
                }
            }

            Thread.sleep(100);
        }
    }

    private static ProxySelector outbound() {
        URI address = URI.create("http://" + System.getenv("GATEWAYMESH_OUTBOUND"));
        return ProxySelector.of(new InetSocketAddress(address.getHost(), address.getPort()));
    }

    public static void main(String[] arguments) throws Exception {
        HttpResponse<String> answer = call(HttpRequest.newBuilder(URI.create(arguments[0])).build());
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}
