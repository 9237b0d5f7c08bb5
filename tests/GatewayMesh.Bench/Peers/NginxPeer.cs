using GatewayMesh.Bench.Processes;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Peers;

/// <summary>nginx from Debian: mTLS, kept connections, and a rule on the client's certificate.</summary>
internal sealed class NginxPeer : Peer
{
    /// <inheritdoc/>
    public override string Name => "nginx";

    /// <inheritdoc/>
    public override async Task<string> VersionAsync(CancellationToken end) => (await Tool.OutputAsync("nginx", ["-v"], end)).Trim();

    /// <inheritdoc/>
    public override async Task<Deployment> StartAsync(Setup setup, TestBed bed)
    {
        var (port, middle) = (FreePorts.Next(), FreePorts.Next());
        if (setup == Setup.PlainHop)
        {
            var hop = Configuration("nginx-hop", bed, bed.ApplicationPort, $"listen 127.0.0.1:{port} backlog=4096;", "proxy_pass http://next;");
            return new(Name, [await HopAsync("nginx-hop", hop, bed)])
            {
                Port = port,
                Configuration = new Dictionary<string, string> { ["hop"] = hop },
            };
        }

        var (web, payments) = (bed.PathOf("hops/web.pem"), bed.PathOf("hops/payments.pem"));
        var first = Configuration("nginx-a", bed, middle, $"listen 127.0.0.1:{port} backlog=4096;", $"""
            proxy_pass https://next;
                  proxy_ssl_certificate {web};
                  proxy_ssl_certificate_key {web};
                  proxy_ssl_trusted_certificate {bed.Roots};
                  proxy_ssl_verify on;
                  proxy_ssl_name payments;
                  proxy_ssl_protocols TLSv1.3;
            """);
        var second = Configuration("nginx-b", bed, bed.ApplicationPort, $$"""
            listen 127.0.0.1:{{middle}} ssl backlog=4096;
                ssl_certificate {{payments}};
                ssl_certificate_key {{payments}};
                ssl_client_certificate {{bed.Roots}};
                ssl_verify_client on;
                ssl_protocols TLSv1.3;
                if ($ssl_client_s_dn != "CN=web") { return 403; }
            """, "proxy_pass http://next;");
        return new(Name, [await HopAsync("nginx-a", first, bed), await HopAsync("nginx-b", second, bed)])
        {
            Port = port,
            Configuration = new Dictionary<string, string> { ["hop A"] = first, ["hop B"] = second },
        };
    }

    private static string Configuration(string name, TestBed bed, int next, string listen, string pass) => $$"""
        user root;
        worker_processes 2;
        daemon off;
        pid {{bed.PathOf($"{name}.pid")}};
        error_log {{bed.PathOf($"{name}.log")}};
        events { worker_connections 4096; }
        http {
          access_log off;
          keepalive_requests 1000000000;
          {{bed.TemporaryPaths(name)}}
          upstream next {
            server 127.0.0.1:{{next}};
            keepalive 128;
            keepalive_requests 1000000000;
          }
          server {
            {{listen}}
            location / {
              {{pass}}
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $host;
            }
          }
        }

        """;

    private static Task<HopProcess> HopAsync(string name, string configuration, TestBed bed) =>
        HopProcess.StartAsync(name, "nginx", "-e", bed.PathOf($"{name}.log"), "-c", bed.Write($"{name}.conf", configuration));
}
