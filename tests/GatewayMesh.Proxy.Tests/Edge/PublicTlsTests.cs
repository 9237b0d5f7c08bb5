using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Edge;

public class PublicTlsTests
{
    private const string Get = "GET /charges HTTP/1.1\r\nHost: shop.example\r\n\r\n";

    private readonly TestAuthority _authority = new();

    [Test]
    [CancelAfter(60_000)]
    public void A_FIFO_in_place_of_a_certificate_is_refused_without_a_wait(CancellationToken cancellationToken)
    {
        var fifo = Path.Combine(Directory.CreateTempSubdirectory("gatewaymesh-").FullName, "shop.pem");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [fifo]))
        {
            made.WaitForExit();
        }

        var table = CertificateTable.Read(
            new IngressTlsSpec { Certificates = [new CertificateFileSpec(fifo, fifo, SourceLocation.Option("x"), "tls")] }, out var errors);

        Assert.That(table, Is.Null);
        Assert.That(errors[0].Message, Does.Contain($"{fifo} is a FIFO, not a regular file"));
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
        Directory.Delete(Path.GetDirectoryName(fifo)!, recursive: true);
    }

    [Test]
    public async Task The_server_name_selects_the_certificate()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(application);
        using var first = _authority.IssueFor(["first.example"]);
        using var wild = _authority.IssueFor(["*.shop.example", "shop.example"]);
        using var exact = _authority.IssueFor(["eu.shop.example"]);
        edge.With(
            listener => listener with
            {
                Tls = new IngressTlsSpec
                {
                    Certificates = [edge.Write("first", first), edge.Write("wild", wild), edge.Write("exact", exact)],
                },
            });

        Assert.That(await Shown(edge, "first.example"), Is.EqualTo("CN=first.example"));
        Assert.That(await Shown(edge, "shop.example"), Is.EqualTo("CN=*.shop.example"));
        Assert.That(await Shown(edge, "us.shop.example"), Is.EqualTo("CN=*.shop.example"));
        Assert.That(await Shown(edge, "US.Shop.Example"), Is.EqualTo("CN=*.shop.example"), "names are case-insensitive");
        Assert.That(await Shown(edge, "eu.shop.example"), Is.EqualTo("CN=eu.shop.example"), "the exact name before the wildcard");
        Assert.That(
            await Shown(edge, "a.b.shop.example"),
            Is.EqualTo("CN=first.example"),
            "a wildcard covers one label; the first certificate is the default");
        Assert.That(await Shown(edge, ""), Is.EqualTo("CN=first.example"), "a client without a server name");
    }

    [Test]
    public async Task Applications_learn_of_HTTPS_over_either_protocol()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Listening(application);
        using var http1 = await RawConnection.ToTls(
            edge.Address, with: options => options.ApplicationProtocols = [SslApplicationProtocol.Http11]);
        Assert.That((await http1.Ask(Get)).Body, Is.EqualTo("paid"));
        Assert.That(edge.Last["X-Forwarded-Proto"], Is.EqualTo("https"));

        using var http2 = await H2Connection.Open(
            await RawConnection.ToTls(
                edge.Address,
                with: options => options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]));
        Assert.That(
            (await http2.Ask(Fields.Of((":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "shop.example")))).Body,
            Is.EqualTo("paid"));
        Assert.That(edge.Last["X-Forwarded-Proto"], Is.EqualTo("https"), "regardless of the client's own scheme");
    }

    [Test]
    public async Task TLS_below_the_minimum_version_is_refused([Values(12, 13)] int least)
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Listening(application, tls => tls with { MinVersion = least });

        Assert.That(await Speaks(SslProtocols.Tls13), Is.True);
        Assert.That(await Speaks(SslProtocols.Tls12), Is.EqualTo(least == 12));

        async Task<bool> Speaks(SslProtocols version)
        {
            try
            {
                using var client = await RawConnection.ToTls(edge.Address, with: options => options.EnabledSslProtocols = version);
                return true;
            }
            catch (Exception refused) when (refused is AuthenticationException or IOException)
            {
                return false;
            }
        }
    }

    [Test]
    public async Task New_connections_get_new_certificates_and_old_connections_survive()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Listening(application);
        using var before = await RawConnection.ToTls(edge.Address);
        Assert.That((await before.Ask(Get)).Body, Is.EqualTo("paid"));

        using var next = _authority.IssueFor(["shop.example"], subject: "CN=second", serial: 2);
        edge.Write("shop", next);

        Assert.That(async () => await Shown(edge, "shop.example"), Is.EqualTo("CN=second").After(10_000, 50));
        Assert.That((await before.Ask(Get)).Body, Is.EqualTo("paid"), "on the connection with the old certificate");
    }

    [Test]
    public void Unusable_files_leave_the_last_good_certificate_in_use_and_are_reported_once()
    {
        var folder = Directory.CreateTempSubdirectory("edge");
        using var certificate = _authority.IssueFor(["shop.example"]);
        var spec = Write(folder, certificate);
        var tls = new EdgeTls(new IngressTlsSpec { Certificates = [spec] });
        Assert.That(tls.Refresh(), Is.EqualTo(EdgeTlsChange.None));

        using var other = _authority.IssueFor(["shop.example"], serial: 2);
        File.WriteAllText(spec.Cert, TestAuthority.Pem(other).Certificate);
        Touch(spec.Cert, 1);
        Assert.That(tls.Refresh(), Is.EqualTo(EdgeTlsChange.None), "the key may come a moment later");
        Assert.That(tls.Refresh(), Is.EqualTo(EdgeTlsChange.Refused));
        Assert.That(tls.Refused.Single().ToString(), Does.Contain("certificates[0].key").And.Contain("has no private key that matches"));
        Assert.That(tls.Refresh(), Is.EqualTo(EdgeTlsChange.None), "the error is reported once");
        Assert.That(tls.Certificates.Single().Certificate.SerialNumber, Is.EqualTo("01020301"));

        File.WriteAllText(spec.Key, TestAuthority.Pem(other).Key);
        Touch(spec.Key, 2);
        Assert.That(tls.Refresh(), Is.EqualTo(EdgeTlsChange.Replaced));
        Assert.That(tls.Refused, Is.Empty);
        Assert.That(tls.Certificates.Single().Certificate.SerialNumber, Is.EqualTo("01020302"));

        File.Delete(spec.Key);
        Assert.That((tls.Refresh(), tls.Refresh()), Is.EqualTo((EdgeTlsChange.None, EdgeTlsChange.Refused)));
        Assert.That(tls.Refused.Single().ToString(), Does.Contain("no such file"));
        folder.Delete(recursive: true);
    }

    [Test]
    public void A_link_to_another_folder_is_a_change()
    {
        var folder = Directory.CreateTempSubdirectory("edge");
        var (one, two) = (folder.CreateSubdirectory("one"), folder.CreateSubdirectory("two"));
        using var first = _authority.IssueFor(["shop.example"]);
        using var second = _authority.IssueFor(["shop.example"], serial: 2);
        Write(one, first);
        Write(two, second);
        var data = Path.Combine(folder.FullName, "data"); // as Kubernetes mounts secrets
        Directory.CreateSymbolicLink(data, one.FullName);
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "x.pem"), Path.Combine("data", "x.pem"));
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "x.key"), Path.Combine("data", "x.key"));
        var tls = new EdgeTls(new IngressTlsSpec { Certificates = [Spec(folder)] });
        Touch(Path.Combine(two.FullName, "x.pem"), 1);

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, two.FullName);

        Assert.That(tls.Refresh(), Is.EqualTo(EdgeTlsChange.Replaced));
        Assert.That(tls.Certificates.Single().Certificate.SerialNumber, Is.EqualTo("01020302"));
        folder.Delete(recursive: true);
    }

    [TestCase("no such file", "no such file")]
    [TestCase("empty", "has no readable certificate")]
    [TestCase("rubbish", "has no readable certificate")]
    [TestCase("half", "has no readable certificate")]
    [TestCase("encrypted key", "is encrypted")]
    [TestCase("another key", "has no private key that matches")]
    [TestCase("no key", "has no private key that matches")]
    [TestCase("folder", "cannot be read")]
    public void An_unusable_file_is_reported_with_its_location_and_the_fix(string fault, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("edge");
        using var certificate = _authority.IssueFor(["shop.example"]);
        using var other = _authority.IssueFor(["shop.example"]);
        var spec = Write(folder, certificate) with { Location = new SourceLocation("edge.yaml", 7, 12) };
        var pem = File.ReadAllText(spec.Cert);
        switch (fault)
        {
            case "no such file": File.Delete(spec.Cert); break;
            case "empty": File.WriteAllText(spec.Cert, ""); break;
            case "rubbish": File.WriteAllBytes(spec.Cert, [0, 1, 2, 0xff, 0xfe]); break;
            case "half": File.WriteAllText(spec.Cert, pem[..(pem.Length / 2)]); break;
            case "encrypted key": File.WriteAllText(
                spec.Key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"); break;
            case "another key": File.WriteAllText(spec.Key, TestAuthority.Pem(other).Key); break;
            case "no key": File.WriteAllText(spec.Key, pem); break;
            case "folder": spec = spec with { Cert = folder.FullName }; break;
        }

        var errors = DataPlane.CheckFiles(
            new IngressSpec
            {
                Listeners = [
                    new IngressListenerSpec(new(System.Net.IPAddress.Loopback, 8443))
                    {
                        Tls = new IngressTlsSpec { Certificates = [spec] },
                    }],
            });

        Assert.That(
            errors.Select(error => error.ToString()),
            Has.One.StartsWith("edge.yaml:7:12: certificates[0].").And.One.Contains(expected).And.One.Contains("; "));
        Assert.That(string.Join("\n", errors), Does.Not.Contain("BEGIN PRIVATE KEY-----\nM"));
        folder.Delete(recursive: true);
    }

    [Test]
    public async Task A_required_client_certificate_is_verified_and_passed_on(
        [Values(SslProtocols.Tls12, SslProtocols.Tls13)] SslProtocols version)
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Listening(application, tls => tls with { ClientCertificates = ClientCertificates.Required });
        using var known = _authority.IssueFor(
            ["laptop.example"],
            subject: "CN=Anna Ä, O=\"Shop; \"\"Inc\"\"\", C=DE",
            client: true,
            uri: new Uri("spiffe://shop.example/anna"));
        using var strangers = new TestAuthority("strangers");
        using var stranger = strangers.IssueFor([], client: true);
        using var server = _authority.IssueFor(["laptop.example"], client: false);
        using var expired = _authority.IssueFor([], client: true, until: DateTimeOffset.UtcNow.AddDays(-1));

        using (var client = await RawConnection.ToTls(edge.Address, with: options => With(options, version, known)))
        {
            Assert.That(
                (
                    await client.Ask(
                        "GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-Client-Cert: Hash=forged\r\nx_forwarded_client_cert: "
                            + "forged\r\n\r\n"))
                            .Body,
                Is.EqualTo("paid"));
        }

        var hash = known.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant();
        Assert.That(edge.Last.Values("X-Forwarded-Client-Cert"), Is.EqualTo(new[]
        {
            $"Hash={hash};Subject=\"CN=Anna \\\\C3\\\\84,O=Shop\\\\; "
                + $"\\\\\\\"Inc\\\\\\\",C=DE\";URI=spiffe://shop.example/anna;DNS=laptop.example",
        }));
        Assert.That(edge.Last.Head, Does.Not.Contain("forged"));
        Assert.That(await IsServed(edge, version, null), Is.False, "none");
        Assert.That(await IsServed(edge, version, stranger), Is.False, "another authority's");
        Assert.That(await IsServed(edge, version, server), Is.False, "a server's");
        Assert.That(await IsServed(edge, version, expired), Is.False, "an expired one");
        Assert.That(
            () => edge.Metrics(),
            Does.Contain("gatewaymesh_tls_handshake_failures_total{listener=\"ingress\",reason=\"peer_certificate\"} 4").After(5000, 20));
    }

    [Test]
    public async Task An_optional_client_certificate_may_be_missing_but_not_bad()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Listening(application, tls => tls with { ClientCertificates = ClientCertificates.Optional });
        using var known = _authority.IssueFor([], client: true);
        using var strangers = new TestAuthority("strangers");
        using var stranger = strangers.IssueFor([], client: true);

        Assert.That(await IsServed(edge, SslProtocols.Tls13, null), Is.True);
        Assert.That(edge.Last.Has("X-Forwarded-Client-Cert"), Is.False);
        Assert.That(await IsServed(edge, SslProtocols.Tls13, known), Is.True);
        Assert.That(edge.Last.Has("X-Forwarded-Client-Cert"), Is.True);
        Assert.That(await IsServed(edge, SslProtocols.Tls13, stranger), Is.False);
    }

    [Test]
    public async Task A_client_authority_is_not_a_client(
        [Values(SslProtocols.Tls12, SslProtocols.Tls13)] SslProtocols version, [Values] bool required)
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Listening(
            application, tls => tls with { ClientCertificates = required ? ClientCertificates.Required : ClientCertificates.Optional });

        Assert.That(await IsServed(edge, version, _authority.Root), Is.False);
        Assert.That(application.Executed, Is.Zero);
    }

    [Test]
    public async Task A_client_certificate_is_known_on_each_connection_even_if_the_client_offers_to_resume()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Listening(application, tls => tls with { ClientCertificates = ClientCertificates.Required });
        using var known = _authority.IssueFor([], client: true);
        var context = SslStreamCertificateContext.Create(known, null, offline: true);

        for (var i = 0; i < 3; i++)
        {
            using var client = await RawConnection.ToTls(
                edge.Address,
                with: options => (options.EnabledSslProtocols, options.ClientCertificateContext) = (SslProtocols.Tls12, context));
            Assert.That((await client.Ask(Get)).Body, Is.EqualTo("paid"));
            Assert.That(edge.Last["X-Forwarded-Client-Cert"], Does.StartWith("Hash="));
        }
    }

    [Test]
    public async Task A_listener_can_redirect_all_clients_to_HTTPS()
    {
        using var application = Backend.Answering("paid");
        await using var edge = (await PublicMesh.Start(application)).With(listener => listener with { Redirect = 8443 });
        using var client = await RawConnection.To(edge.Address);

        var answer = await client.Ask("POST /a//b?x=1 HTTP/1.1\r\nHost: shop.example:8080\r\nContent-Length: 0\r\n\r\n");
        Assert.That((answer.Status, answer["Location"]), Is.EqualTo((308, "https://shop.example:8443/a/b?x=1")));

        edge.With(listener => listener with { Redirect = 443 });
        using var another = await RawConnection.To(edge.Address);
        Assert.That((await another.Ask(Get))["Location"], Is.EqualTo("https://shop.example/charges"));
        Assert.That((await another.Ask("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"))["Location"], Is.EqualTo("https://[::1]/"));
        Assert.That(application.Executed, Is.Zero);
    }

    [TestCase("a/b")]
    [TestCase("a@b")]
    [TestCase("a\"b")]
    [TestCase("")]
    public async Task A_redirect_never_goes_to_an_invalid_host(string host)
    {
        using var application = Backend.Answering("paid");
        await using var edge = (await PublicMesh.Start(application)).With(listener => listener with { Redirect = 8443 });
        using var client = await RawConnection.To(edge.Address);

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        Assert.That((answer.Status, answer["Location"]), Is.EqualTo((400, (string?)null)));
    }

    private async Task<PublicMesh> Listening(Backend application, Func<IngressTlsSpec, IngressTlsSpec>? with = null)
    {
        var edge = await PublicMesh.Start(application);
        using var certificate = _authority.IssueFor(["shop.example"]);
        await File.WriteAllTextAsync(edge.FileNamed("ca.pem"), _authority.RootPem);
        var tls = new IngressTlsSpec { Certificates = [edge.Write("shop", certificate)] };
        tls = with?.Invoke(tls) ?? tls;
        tls = tls.ClientCertificates == ClientCertificates.None
            ? tls
            : tls with { ClientCa = new ClientAuthoritySpec(edge.FileNamed("ca.pem"), default, "clientCa") };
        return edge.With(listener => listener with { Tls = tls });
    }

    private static async Task<string> Shown(PublicMesh edge, string name)
    {
        using var client = await RawConnection.ToTls(edge.Address, name);
        return client.Tls!.RemoteCertificate!.Subject;
    }

    private static void With(SslClientAuthenticationOptions options, SslProtocols version, X509Certificate2? certificate)
    {
        options.EnabledSslProtocols = version;
        options.ClientCertificates = certificate is null ? null : [certificate];
        options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!; // regardless of the server's request
    }

    private static async Task<bool> IsServed(PublicMesh edge, SslProtocols version, X509Certificate2? certificate)
    {
        try
        {
            using var client = await RawConnection.ToTls(edge.Address, with: options => With(options, version, certificate));
            return (await client.Ask(Get)).Body == "paid";
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return false;
        }
    }

    private static CertificateFileSpec Spec(DirectoryInfo folder) =>
        new(
            Path.Combine(folder.FullName, "x.pem"),
            Path.Combine(folder.FullName, "x.key"),
            SourceLocation.Option("test"),
            "certificates[0]");

    private static CertificateFileSpec Write(DirectoryInfo folder, X509Certificate2 certificate)
    {
        var spec = Spec(folder);
        var (pem, key) = TestAuthority.Pem(certificate);
        File.WriteAllText(spec.Cert, pem);
        File.WriteAllText(spec.Key, key);
        return spec;
    }

    // A disk's clock may be coarse: two writes can have the same time.
    private static void Touch(string file, int minutes) =>
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddYears(50).AddMinutes(minutes));
}
