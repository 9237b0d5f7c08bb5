using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Backends;
using GatewayMesh.MeshTests.Meshes;
using GatewayMesh.MeshTests.Protocols;

namespace GatewayMesh.MeshTests.Edge;

/// <summary>A real ingress with files made by openssl, called by openssl and curl.</summary>
public sealed class PublicListenerTests : MeshTest
{
    private readonly IPEndPoint _plain = FreePorts.Loopback();
    private readonly IPEndPoint _secure = FreePorts.Loopback();
    private readonly IPEndPoint _mutual = FreePorts.Loopback();

    [Test]
    public async Task OpenSSL_and_curl_are_served_over_TLS_and_invalid_files_never_replace_valid_ones()
    {
        await FilesAsync();
        var ingress = await StartAsync(Listeners());
        var curl = (string[])[
            "--cacert",
            Pem("ca"),
            "--resolve",
            $"shop.example:{_secure.Port}:127.0.0.1",
            "--resolve",
            $"shop.example:{_mutual.Port}:127.0.0.1"];

        Assert.That(
            await Curl.RunAsync(
                [
                    .. curl,
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{http_version} %{response_code} %{ssl_verify_result}",
                    $"https://shop.example:{_secure.Port}/"]),
            Is.EqualTo("2 200 0"));
        Assert.That(
            await Curl.RunAsync([.. curl, "--http1.1", "--tls-max", "1.2", $"https://shop.example:{_secure.Port}/"]),
            Is.EqualTo("payments\n"));
        Assert.That(
            await Curl.RunAsync(
                [.. curl, "--cert", Pem("client"), "--key", Key("client"), $"https://shop.example:{_mutual.Port}/"]),
                Is.EqualTo("payments\n"));
        Assert.That(
            await Curl.RunAsync(
                "-o",
                "/dev/null",
                "-w",
                "%{response_code} %{redirect_url}",
                "-H",
                "Host: shop.example",
                $"http://{_plain}/a"),
                Is.EqualTo($"308 https://shop.example:{_secure.Port}/a"));

        Assert.That(
            await ClientAsync(_secure, "-servername", "shop.example"),
            Does.Contain("subject=CN = shop.example").And.Contain("TLSv1.3").And.Contain("Verify return code: 0 (ok)"));
        Assert.That(await ClientAsync(_secure, "-servername", "a.wild.example"), Does.Contain("subject=CN = wild.example"));
        Assert.That(
            await ClientAsync(_secure, "-servername", "shop.example", "-alpn", "h2", "-tls1_2"),
            Does.Contain("ALPN protocol: h2").And.Contain("TLSv1.2"));
        Assert.That(
            await ClientAsync(_secure, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
            Does.Contain("alert protocol version").And.Contain("no peer certificate available"));
        Assert.That(
            await ClientAsync(_mutual, "-tls1_2"),
            Does.Contain("Acceptable client certificate CA names\nCN = ca"),
            "the client learns which authorities are accepted");
        await Eventually.Until(
            "a client without a certificate is refused",
            () => ingress.Process.Errors.Contains("\"reason\":\"peer_certificate\"", StringComparison.Ordinal));

        await OpenSsl.IssueAsync(Mesh.Folder, "ca", "shop", "/CN=renewed", "shop.example", "serverAuth");
        await Eventually.Until(
            "the new certificate is shown",
            async () => (
                await ClientAsync(_secure, "-servername", "shop.example")).Contains("subject=CN = renewed", StringComparison.Ordinal));
        Assert.That(ingress.Process.Errors, Does.Contain("certificate_replaced"));

        Assert.That(await ingress.GetAsync("/certs"), Does.Contain("\"public\": [").And.Contain("shop.example").And.Contain("secondsLeft"));
        Assert.That(
            await ingress.GetAsync("/metrics"),
            Does.Contain($"gatewaymesh_public_certificate_expiry_seconds{{port=\"{_secure.Port}\",name=\"shop.example\"}} "));
        var (code, findings, _) = await MeshProcess.RunAsync(Mesh.Environment, "check", "--admin", $"{ingress.Admin}");
        Assert.That(
            findings, Does.Contain($"‼ public certificate {_secure.Port}: ").And.Contain("days"), $"{code}: a day is less than a week");

        await File.WriteAllTextAsync(Pem("shop"), "half a certificate");
        await Eventually.Until(
            "the broken file is logged", () => ingress.Process.Errors.Contains("certificate_refused", StringComparison.Ordinal));
        Assert.That(await ClientAsync(_secure, "-servername", "shop.example"), Does.Contain("subject=CN = renewed"), "the last good one");
        ingress.Process.Signal(ProcessTable.Hangup);
        await Eventually.Until("the reload is refused", () => ingress.Process.Errors.Contains("reload_refused", StringComparison.Ordinal));
        Assert.That(await ClientAsync(_secure, "-servername", "shop.example"), Does.Contain("subject=CN = renewed"), "the last good one");
        Assert.That(ingress.Process.Errors + ingress.Process.Output, Does.Not.Contain("PRIVATE KEY"));
    }

    [TestCase("missing.pem", "shop.key", "cannot be read (no such file)")]
    [TestCase("shop.pem", "wild.key", "has no private key that matches")]
    [TestCase("shop.key", "shop.key", "has no readable certificate")]
    public async Task Unusable_certificate_files_exit_with_2_and_are_named_with_their_line(string pem, string key, string expected)
    {
        await FilesAsync();
        var file = Path.Combine(Mesh.Folder, "bad.yaml");
        var head = Mesh.Header("bad", "ingress", FreePorts.Loopback());
        await File.WriteAllTextAsync(
            file,
            head
                + $"ingress:\n  listeners:\n    - port: {_secure.Port}\n      tls:\n        certificates:\n          - {{ cert: {pem}, "
                    + $"key: {key} }}\n");

        var (code, _, errors) = await MeshProcess.RunAsync(Mesh.Environment, "--config", file);

        Assert.That(code, Is.EqualTo(2), errors);
        Assert.That(
            errors,
            Does.Contain($"bad.yaml:{head.Count(letter => letter == '\n') + 6}:")
                .And.Contain("ingress.listeners[0].tls.certificates[0].")
                .And.Contain(expected)
                .And.Not.Contain("   at "));
    }

    [Test]
    public async Task Admin_address_is_unreachable_through_the_data_path_and_requires_its_token()
    {
        await FilesAsync();
        var token = Path.Combine(Mesh.Folder, "admin.token");
        await File.WriteAllTextAsync(token, "0123456789abcdef0123456789abcdef\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var ingress = await StartAsync($"    - {{ port: {_plain.Port}, address: 127.0.0.1 }}\n");
        var outbound = FreePorts.Loopback();
        var sidecar = Mesh.AddSidecar("host-a", $"- name: web\n  port: {FreePorts.Next()}\n  outbound: {outbound}\n");
        sidecar.Start();
        await sidecar.UntilAsync("serves", status => status.Tier == "sidecar");

        foreach (var (address, admin) in new[] { (_plain, ingress.Admin), (outbound, sidecar.Admin), (outbound, ingress.Admin) })
        {
            foreach (var request in new[]
            {
                $"GET /status HTTP/1.1\r\nHost: {admin}\r\n\r\n",
                $"GET http://{admin}/status HTTP/1.1\r\nHost: {admin}\r\n\r\n",
                $"POST http://{admin}/drain HTTP/1.1\r\nHost: {admin}\r\nContent-Length: 0\r\n\r\n",
                $"CONNECT {admin} HTTP/1.1\r\nHost: {admin}\r\n\r\n",
                $"GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n",
            })
            {
                Assert.That(await AskAsync(address, request), Does.Match("^HTTP/1.1 (404|405) "), $"{address}: {request}");
            }
        }

        File.AppendAllText(ingress.ConfigFile, $"adminTokenFile: {token}\n");
        ingress.Process.Signal(ProcessTable.Hangup);
        await Eventually.Until(
            "the token is required",
            async () => (
                await AskAsync(
                    ingress.Admin,
                    $"GET /status HTTP/1.1\r\nHost: {ingress.Admin}\r\n\r\n")).StartsWith("HTTP/1.1 401 ", StringComparison.Ordinal));
        var (without, _, _) = await MeshProcess.RunAsync(Mesh.Environment, "status", "--admin", $"{ingress.Admin}");
        var (with, output, errors) = await MeshProcess.RunAsync(
            Mesh.Environment, "status", "--admin", $"{ingress.Admin}", "--admin-token-file", token);
        var byVariable = new Dictionary<string, string>(Mesh.Environment)
        {
            ["GATEWAYMESH_ADMIN_TOKEN"] = "0123456789abcdef0123456789abcdef",
        };
        var (variable, _, _) = await MeshProcess.RunAsync(byVariable, "status", "--admin", $"{ingress.Admin}");
        Assert.That((without, with, variable), Is.EqualTo((1, 0, 0)), output + errors);
        Assert.That(ingress.Process.Errors + ingress.Process.Output, Does.Not.Contain("0123456789abcdef"));
    }

    private string Listeners() =>
        $$"""
            - { port: {{_plain.Port}}, address: 127.0.0.1, redirect: true }
            - { port: {{_secure.Port}}, address: 127.0.0.1, tls: { certificates: [ { cert: shop.pem, key: shop.key }, { cert: wild.pem, key: wild.key } ] } }
            - { port: {{_mutual.Port}}, address: 127.0.0.1, tls: { certificates: [ { cert: shop.pem, key: shop.key } ], clientCertificates: required, clientCa: ca.pem } }

        """;

    private string Pem(string name) => OpenSsl.Pem(Mesh.Folder, name);

    private string Key(string name) => OpenSsl.Key(Mesh.Folder, name);

    private async Task FilesAsync()
    {
        await OpenSsl.AuthorityAsync(Mesh.Folder, "ca");
        await OpenSsl.IssueAsync(Mesh.Folder, "ca", "shop", "/CN=shop.example", "shop.example", "serverAuth");
        await OpenSsl.IssueAsync(Mesh.Folder, "ca", "wild", "/CN=wild.example", "*.wild.example", "serverAuth");
        await OpenSsl.IssueAsync(Mesh.Folder, "ca", "client", "/CN=anna", "laptop.example", "clientAuth");
    }

    private async Task<MeshNode> StartAsync(string listeners)
    {
        var payments = Mesh.AddBackend("payments");
        var entry = string.Concat(
            ((IPEndPoint[])[_plain, _secure, _mutual]).Select(
                address => $"  - {{ port: {address.Port}, protocol: http, services: [ {{ name: payments, hosts: [ shop.example ] }} ] "
                    + $"}}\n"));
        await File.WriteAllTextAsync(
            Path.Combine(Mesh.Registry, "edge.yaml"),
            $"kind: ingress-gateway\nname: gatewaymesh-ingress\nlisteners:\n{entry}---\nkind: service\nname: payments\ninstances: [ {{ "
                + $"address: 127.0.0.1, port: {payments.Port} }} ]\n");
        var ingress = Mesh.Add("edge", "ingress", $"ingress:\n  listeners:\n{listeners}");
        ingress.Start();
        await Eventually.Until("the ingress is ready", ingress.IsReadyAsync, () => Task.FromResult(ingress.Process.Tail(20)));
        return ingress;
    }

    private Task<string> ClientAsync(IPEndPoint address, params string[] more) =>
        OpenSsl.RunAsync(["s_client", "-connect", address.ToString(), "-CAfile", Pem("ca"), .. more]);

    private static async Task<string> AskAsync(IPEndPoint address, string request)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var client = new TcpClient();
        await client.ConnectAsync(address, patience.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), patience.Token);
        using var answer = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await answer.ReadLineAsync(patience.Token) ?? "";
    }
}
