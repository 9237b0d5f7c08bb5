using System.Net;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Backends;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Edge;
using GatewayMesh.MeshTests.Meshes;
using GatewayMesh.MeshTests.Protocols;

namespace GatewayMesh.MeshTests.Identity;

/// <summary>Foreign peers with certificates of Consul's authority: Consul's built-in proxy, nginx, openssl, curl.</summary>
public sealed class InteropTests : MeshTest
{
    private readonly IPEndPoint _outbound = FreePorts.Loopback();
    private readonly IPEndPoint _inbound = FreePorts.Loopback();
    private CountingBackend _payments = null!;

    private protected override RegistryKind Registry => RegistryKind.Consul;

    [Test]
    public async Task Consuls_proxy_calls_a_sidecar_and_an_intention_refuses_it_with_403()
    {
        await StartAsync();
        var upstream = FreePorts.Loopback();
        await using var theirs = await Mesh.Consul!.ProxyAsync("-service", "other", "-upstream", $"payments:{upstream.Port}");
        await UntilAsync("the request is served", upstream, "payments", "HTTP/1.1 200 ", theirs);

        var allow = await Mesh.Consul!.DenyAsync("other", "payments");
        await UntilAsync("the request is refused", upstream, "payments", "HTTP/1.1 403 ", theirs);
        var before = _payments.Executions;
        Assert.That((await GetAsync(upstream, "payments")).Outcome, Is.EqualTo(Outcome.Other));
        Assert.That(_payments.Executions, Is.EqualTo(before));

        await allow();
        await UntilAsync("the request is served again", upstream, "payments", "HTTP/1.1 200 ", theirs);
    }

    [Test]
    public async Task A_sidecar_calls_Consuls_proxy_and_an_intention_refuses_it()
    {
        await StartAsync();
        var backend = Mesh.AddBackend("legacy");
        await Mesh.Consul!.RegisterAsync("legacy", backend.Port, FreePorts.Next());

        // Before the first call: Consul's proxy authorizes connections, and an open one stays.
        var allow = await Mesh.Consul!.DenyAsync("web", "legacy");
        await using var theirs = await Mesh.Consul!.ProxyAsync("-sidecar-for", "legacy");
        await UntilAsync("the connection is refused", _outbound, "legacy", "HTTP/1.1 50", theirs);
        await Eventually.Until("Consul's proxy refused the call", async () =>
        {
            Assert.That((await GetAsync(_outbound, "legacy")).Outcome, Is.Not.EqualTo(Outcome.Ok));
            return theirs.Log.Contains("authz call denied", StringComparison.Ordinal);
        }, () => Task.FromResult(theirs.Log));
        Assert.That(backend.Executions, Is.Zero);

        await allow();
        await UntilAsync("the request is served", _outbound, "legacy", "HTTP/1.1 200 ", theirs);
    }

    [Test]
    public async Task Sidecar_calls_an_nginx_that_requires_its_certificate()
    {
        await StartAsync();
        await Mesh.Consul!.LeafAsync("legacy", Mesh.Folder);
        var address = FreePorts.Loopback();
        var file = Path.Combine(Mesh.Folder, "nginx.conf");
        await File.WriteAllTextAsync(file,
            $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr;
            events { }
            http {
              access_log off;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              server {
                listen {{address}} ssl http2;
                ssl_certificate {{OpenSsl.Pem(Mesh.Folder, "legacy")}};
                ssl_certificate_key {{OpenSsl.Key(Mesh.Folder, "legacy")}};
                ssl_client_certificate {{ConsulConnect.Roots(Mesh.Folder)}};
                ssl_verify_client on;
                ssl_protocols TLSv1.3;
                return 200 "$ssl_client_verify $ssl_protocol $ssl_client_s_dn";
              }
            }

            """);
        await using var nginx = await OwnedProcess.StartAsync("nginx", ["-p", Mesh.Folder, "-c", file, "-e", "stderr"]);
        await Mesh.Consul!.RegisterAsync("legacy", FreePorts.Next(), address.Port);

        await UntilAsync("the request is served", _outbound, "legacy", "HTTP/1.1 200 ", nginx);
        Assert.That((await GetAsync(_outbound, "legacy")).Answer, Does.Contain("SUCCESS TLSv1.3 CN=web."));
    }

    [Test]
    public async Task OpenSSL_verifies_a_sidecar_and_is_served_only_with_a_certificate()
    {
        await StartAsync();
        await Mesh.Consul!.LeafAsync("web", Mesh.Folder);

        var with = await OpenSslAsync(
            "-cert",
            OpenSsl.Pem(Mesh.Folder, "web"),
            "-key",
            OpenSsl.Key(Mesh.Folder, "web"),
            "-cert_chain",
            OpenSsl.Pem(Mesh.Folder, "web"));
        Assert.That(
            with,
            Does.Contain("Verify return code: 0 (ok)").And.Contain("TLSv1.3").And.Contain("HTTP/1.1 200 ").And.Contain("\npayments\n"));

        var before = _payments.Executions;
        var without = await OpenSslAsync();
        Assert.That(
            without,
            Does.Contain("Verify return code: 0 (ok)").And.Not.Contain("HTTP/1.1"),
            "in TLS 1.3 a client is refused after its own handshake has ended");
        Assert.That(_payments.Executions, Is.EqualTo(before));
    }

    [Test]
    public async Task OpenSSL_verifies_a_gateway_and_is_served_only_with_a_certificate()
    {
        var listen = FreePorts.Loopback();
        var gateway = Mesh.Add("gw-1", "gateway", $"gateway:\n  address: 127.0.0.1\n  listen: {listen}\n");
        gateway.Start();
        await StartAsync();
        await Mesh.Consul!.LeafAsync("web", Mesh.Folder);
        string[] certificate = [
            "-cert",
            OpenSsl.Pem(Mesh.Folder, "web"),
            "-key",
            OpenSsl.Key(Mesh.Folder, "web"),
            "-cert_chain",
            OpenSsl.Pem(Mesh.Folder, "web")];

        var with = "";
        await Eventually.Until(
            "the gateway knows payments",
            async () => (with = await OpenSslToAsync(listen, certificate)).Contains("HTTP/1.1 200 ", StringComparison.Ordinal),
            () => Task.FromResult(with));
        Assert.That(with, Does.Contain("Verify return code: 0 (ok)").And.Contain("TLSv1.3"));

        var before = _payments.Executions;
        Assert.That(await OpenSslToAsync(listen), Does.Contain("Verify return code: 0 (ok)").And.Not.Contain("HTTP/1.1"));
        Assert.That(_payments.Executions, Is.EqualTo(before));
    }

    [TestCase("--http1.1", "payments\n1.1 200 0")]
    [TestCase("--http2", "payments\n2 200 0")]
    public async Task Curl_with_a_certificate_is_served(string version, string expected)
    {
        await StartAsync();
        await Mesh.Consul!.LeafAsync("web", Mesh.Folder);
        await Mesh.Consul!.LeafAsync("payments", Mesh.Folder);
        using var leaf = X509CertificateLoader.LoadCertificateFromFile(OpenSsl.Pem(Mesh.Folder, "payments"));

        // The only alternative name is a URI, so curl checks the common name.
        var name = leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var answer = await Curl.RunAsync(
            version, "--connect-to", $"{name}:{_inbound.Port}:{_inbound}", "--cacert", ConsulConnect.Roots(Mesh.Folder),
            "--cert", OpenSsl.Pem(Mesh.Folder, "web"), "--key", OpenSsl.Key(Mesh.Folder, "web"),
            "-w", "%{http_version} %{response_code} %{ssl_verify_result}", $"https://{name}:{_inbound.Port}/");

        Assert.That(answer, Is.EqualTo(expected));
    }

    private async Task StartAsync()
    {
        _payments = Mesh.AddBackend("payments");
        var node = Mesh.AddSidecar("host-a",
            $"""
            - name: web
              port: {FreePorts.Next()}
              outbound: {_outbound}
            - name: payments
              port: {_payments.Port}
              inbound: {_inbound}
            """);
        node.Start();
        await node.UntilAsync("the worker serves", status => status.Tier == "sidecar");
        await UntilAsync("web calls payments", _outbound, "payments", "HTTP/1.1 200 ");
    }

    private static async Task UntilAsync(string what, IPEndPoint address, string host, string expected, OwnedProcess? theirs = null)
    {
        var last = "";
        await Eventually.Until(what, async () =>
        {
            (_, last) = await GetAsync(address, host);
            return last.StartsWith(expected, StringComparison.Ordinal);
        }, () => Task.FromResult($"last answer: {last}\n{theirs?.Log}"));
    }

    private static async Task<(Outcome Outcome, string Answer)> GetAsync(IPEndPoint address, string host)
    {
        using var connection = new PlainConnection(address, host);
        var outcome = await connection.GetAsync();
        return (outcome, connection.Answer);
    }

    private Task<string> OpenSslAsync(params string[] certificate) => OpenSslToAsync(_inbound, certificate);

    private Task<string> OpenSslToAsync(IPEndPoint address, params string[] certificate) => OpenSsl.RunWithInputAsync(
        "GET / HTTP/1.1\r\nHost: payments\r\nConnection: close\r\n\r\n",
        ["s_client", "-connect", address.ToString(), "-CAfile", ConsulConnect.Roots(Mesh.Folder), "-tls1_3", "-ign_eof", .. certificate]);
}
