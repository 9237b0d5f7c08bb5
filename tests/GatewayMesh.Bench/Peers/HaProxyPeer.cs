using GatewayMesh.Bench.Processes;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Bench.Peers;

/// <summary>HAProxy from Debian: mTLS, a rule on the client's certificate, statistics, and no log.</summary>
internal sealed class HaProxyPeer : Peer
{
    /// <summary>Name in the report.</summary>
    public const string OwnName = "HAProxy";

    private const string Head = """
        global
          nbthread 2
          maxconn 4000
          ssl-default-bind-options ssl-min-ver TLSv1.3
          ssl-default-server-options ssl-min-ver TLSv1.3
        defaults
          mode http
          balance random(2)
          http-reuse always
          retries 2
          option redispatch
          timeout connect 1s
          timeout client 5m
          timeout server 5m
          timeout http-request 10s
        """;

    /// <inheritdoc/>
    public override string Name => OwnName;

    /// <inheritdoc/>
    public override async Task<string> VersionAsync(CancellationToken end) =>
        (await Tool.OutputAsync("haproxy", ["-v"], end)).Split('\n')[0];

    /// <inheritdoc/>
    public override async Task<Deployment> StartAsync(Setup setup, TestBed bed)
    {
        var (port, http2, middle) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        if (setup == Setup.PlainHop)
        {
            var hop = $"""
                {Head}
                {Statistics}
                frontend plain
                  bind 127.0.0.1:{port}
                  default_backend application
                backend application
                  server application 127.0.0.1:{bed.ApplicationPort}

                """;
            return new(Name, [await HopAsync("haproxy-hop", hop, bed)])
            {
                Port = port,
                Configuration = new Dictionary<string, string> { ["hop"] = hop },
            };
        }

        var first = $"""
            {Head}
            {Statistics}
            frontend outbound
              bind 127.0.0.1:{port}
              default_backend payments
            frontend outbound-http2
              bind 127.0.0.1:{http2} proto h2
              default_backend payments
            backend payments
              server host-b 127.0.0.1:{middle} ssl crt {bed.PathOf("hops/web.pem")} ca-file {bed.Roots} verify required verifyhost payments

            """;
        var second = $$"""
            {{Head}}
            {{Statistics}}
            frontend inbound
              bind 127.0.0.1:{{middle}} ssl crt {{bed.PathOf("hops/payments.pem")}} ca-file {{bed.Roots}} verify required
              acl is-web ssl_c_s_dn(cn) -m str web
              http-request deny unless is-web
              default_backend application
            backend application
              server application 127.0.0.1:{{bed.ApplicationPort}}

            """;
        return new(Name, [await HopAsync("haproxy-a", first, bed), await HopAsync("haproxy-b", second, bed)])
        {
            Port = port,
            Http2Port = http2,
            Configuration = new Dictionary<string, string> { ["hop A"] = first, ["hop B"] = second },
        };
    }

    private static string Statistics => $"""
        frontend statistics
          bind 127.0.0.1:{FreePorts.Next()}
          stats enable
          stats uri /
        """;

    // In the foreground, so that the program is a child of the bench.
    private static Task<HopProcess> HopAsync(string name, string configuration, TestBed bed) =>
        HopProcess.StartAsync(name, "haproxy", "-db", "-f", bed.Write($"{name}.cfg", configuration));
}
