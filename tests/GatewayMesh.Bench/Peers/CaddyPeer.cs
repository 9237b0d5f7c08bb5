using GatewayMesh.Bench.Processes;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Peers;

/// <summary>Caddy from Debian: mTLS and kept connections.</summary>
internal sealed class CaddyPeer : Peer
{
    /// <inheritdoc/>
    public override string Name => "Caddy";

    /// <inheritdoc/>
    public override async Task<string> VersionAsync(CancellationToken end) =>
        $"Caddy {(await Tool.OutputAsync("caddy", ["version"], end)).Trim()}";

    /// <inheritdoc/>
    public override async Task<Deployment> StartAsync(Setup setup, TestBed bed)
    {
        var (port, middle) = (FreePorts.Next(), FreePorts.Next());
        var toApplication = $"reverse_proxy 127.0.0.1:{bed.ApplicationPort} {{\n    transport http {{\n      keepalive_idle_conns_per_host 128\n    }}\n  }}";
        if (setup == Setup.PlainHop)
        {
            var hop = Configuration($"http://:{port}", toApplication);
            return new(Name, [await HopAsync("caddy-hop", hop, bed)])
            {
                Port = port,
                Configuration = new Dictionary<string, string> { ["hop"] = hop },
            };
        }

        var (web, payments) = (bed.PathOf("hops/web.pem"), bed.PathOf("hops/payments.pem"));
        var first = Configuration($"http://:{port}", $$"""
            reverse_proxy https://127.0.0.1:{{middle}} {
                transport http {
                  keepalive_idle_conns_per_host 128
                  versions 1.1
                  tls_client_auth {{web}} {{web}}
                  tls_trusted_ca_certs {{bed.Roots}}
                  tls_server_name payments
                }
              }
            """);
        var second = Configuration($"https://payments:{middle}", $$"""
            tls {{payments}} {{payments}} {
                protocols tls1.3
                client_auth {
                  mode require_and_verify
                  trusted_ca_cert_file {{bed.Roots}}
                }
              }
              {{toApplication}}
            """);
        return new(Name, [await HopAsync("caddy-a", first, bed), await HopAsync("caddy-b", second, bed)])
        {
            Port = port,
            Configuration = new Dictionary<string, string> { ["hop A"] = first, ["hop B"] = second },
        };
    }

    private static string Configuration(string site, string content) => $$"""
        {
          admin off
          auto_https off
        }
        {{site}} {
          bind 127.0.0.1
          {{content}}
        }

        """;

    // Caddy keeps state in folders of the user unless it is told otherwise.
    private static Task<HopProcess> HopAsync(string name, string configuration, TestBed bed) =>
        HopProcess.StartAsync(
            name,
            "/usr/bin/env",
            $"XDG_DATA_HOME={bed.PathOf("caddy")}",
            $"XDG_CONFIG_HOME={bed.PathOf("caddy")}",
            "caddy", "run", "--adapter", "caddyfile", "--config", bed.Write($"{name}.caddyfile", configuration));
}
