using System.Text;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Kubernetes.Access;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Access;

/// <summary>Kubeconfigs: what is read, and every error with file, line, key, and fix.</summary>
public sealed class KubeconfigTests
{
    private static readonly string Pem = Convert.ToBase64String(Encoding.UTF8.GetBytes("-----BEGIN CERTIFICATE-----\n"));

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public async Task The_current_context_gives_server_roots_token_and_namespace()
    {
        var access = Read($$"""
            apiVersion: v1
            kind: Config
            preferences: {}
            current-context: two
            contexts:
              - { name: one, context: { cluster: a, user: nobody } }
              - name: two
                context: { cluster: b, user: u, namespace: shop }
            clusters:
              - { name: a, cluster: { server: "https://10.0.0.1:6443" } }
              - name: b
                cluster: { server: "https://10.0.0.2:6443", certificate-authority-data: {{Pem}}, tls-server-name: kubernetes.default.svc }
            users:
              - { name: u, user: { token: secret } }
            """);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(access.Server, Is.EqualTo(new Uri("https://10.0.0.2:6443")));
            Assert.That(access.Roots!.Read(), Does.StartWith("-----BEGIN"));
            Assert.That(access.ServerName, Is.EqualTo("kubernetes.default.svc"));
            Assert.That(access.Namespace, Is.EqualTo("shop"));
            Assert.That((await access.Credentials.CurrentAsync(CancellationToken.None)).Token, Is.EqualTo("secret"));
        }
    }

    [Test]
    public void A_named_context_wins_over_the_current_one()
    {
        var access = Read(
            """
            current-context: one
            contexts:
              - { name: one, context: { cluster: a } }
              - { name: "arn:aws:eks:eu/x#y", context: { cluster: b } }
            clusters:
              - { name: a, cluster: { server: "https://10.0.0.1:6443" } }
              - { name: b, cluster: { server: "https://10.0.0.2:6443" } }
            """,
            "#arn:aws:eks:eu/x#y");
        Assert.That(access.Server.Host, Is.EqualTo("10.0.0.2"));
    }

    [Test]
    public async Task Relative_paths_are_relative_to_the_kubeconfig()
    {
        _folder.Write("pki/ca.pem", "-----BEGIN CERTIFICATE-----\n");
        _folder.Write("secrets/token", " from file \n");
        var access = Read(One("certificate-authority: pki/ca.pem", "tokenFile: secrets/token, token: other"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(access.Roots!.Read(), Does.StartWith("-----BEGIN"));
            Assert.That((await access.Credentials.CurrentAsync(CancellationToken.None)).Token, Is.EqualTo("from file"));
        }
    }

    [Test]
    public async Task A_client_certificate_comes_from_data_or_files()
    {
        _folder.Write("client.key", "KEY");
        var access = Read(One("", $"client-certificate-data: {Pem}, client-key: client.key"));
        var credential = await access.Credentials.CurrentAsync(CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(credential.Certificate!.Read(), Does.StartWith("-----BEGIN"));
            Assert.That(credential.Key!.Read(), Is.EqualTo("KEY"));
        }
    }

    [Test]
    public void What_is_not_supported_costs_nothing_while_it_is_not_used()
    {
        var access = Read(
            """
            current-context: one
            contexts:
              - { name: one, context: { cluster: a } }
            clusters:
              - { name: a, cluster: { server: "https://10.0.0.1:6443" } }
              - { name: b, cluster: { server: nowhere, proxy-url: "http://p" } }
            users:
              - { name: old, user: { username: u, password: p, auth-provider: { name: gcp } } }
            """);
        Assert.That(access.Server.Host, Is.EqualTo("10.0.0.1"));
    }

    [TestCase("", "auth-provider: { name: gcp }", ":8:26: users[0].user.auth-provider: is not supported; use exec with a credential plugin")]
    [TestCase("", "username: u, password: p", "users[0].user.username: is not supported; use a token or a client certificate")]
    [TestCase("", "as: root", "users[0].user.as: is not supported; use the credentials of the account itself")]
    [TestCase("", "client-key-data: 'LS0tLS1CRUdJTiA='", "users[0].user.client-key: has no certificate; add client-certificate")]
    [TestCase("", "client-certificate: c.pem", "users[0].user.client-certificate: has no key; add client-key")]
    [TestCase("", "token: t, exec: { apiVersion: client.authentication.k8s.io/v1, command: x }", "users[0].user.exec: conflicts with token; remove one of them")]
    [TestCase("", "exec: { apiVersion: client.authentication.k8s.io/v1alpha1, command: x }", "'client.authentication.k8s.io/v1alpha1' is not supported; use client.authentication.k8s.io/v1")]
    [TestCase("", "exec: { apiVersion: client.authentication.k8s.io/v1 }", "users[0].user.exec.command: is missing; use a non-empty text")]
    [TestCase("", "exec: { apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always }", "interactiveMode: Always needs a terminal")]
    [TestCase("proxy-url: http://p", "", "5:47: clusters[0].cluster.proxy-url: is not supported yet; remove the key, and make the API server reachable directly")]
    [TestCase("certificate-authority-data: '%%'", "", "clusters[0].cluster.certificate-authority-data: is not base64; write the base64 of a PEM file")]
    [TestCase("certificate-authority-data: aGVsbG8=", "", "certificate-authority-data: is not the base64 of PEM")]
    [TestCase("insecure-skip-tls-verify: yes", "", "'yes' is not true or false; use true or false")]
    [TestCase("insecure-skip-tls-verify: true, certificate-authority: c", "", "contradicts certificate-authority; remove insecure-skip-tls-verify")]
    public void An_error_names_file_line_key_and_fix(string cluster, string user, string expected)
    {
        var errors = Errors(One(cluster, user));
        Assert.That(errors, Has.Some.Contains(expected));
        Assert.That(errors, Has.All.StartsWith(_folder.Path));
    }

    [TestCase("clusters: []", "is missing; use a non-empty text")]
    [TestCase("current-context: x", "1:18: current-context: there is no entry 'x' in contexts; add it to contexts")]
    [TestCase("current-context: x\ncontexts: [{ name: y, context: { cluster: c } }]", "there is no entry 'x' in contexts; use one of y")]
    [TestCase("current-context: x\ncontexts: [{ name: x, context: { cluster: c } }]", "there is no entry 'c' in clusters; add it to clusters")]
    [TestCase("current-context: x\ncontexts: [{ name: x, context: { cluster: c, user: u } }]\nclusters: [{ name: c, cluster: { server: 'https://a' } }]", "there is no entry 'u' in users")]
    [TestCase("current-context: x\ncontexts: [{ name: x, context: { cluster: c } }]\nclusters: [{ name: c, cluster: { server: '10.0.0.1' } }]", "'10.0.0.1' is not the URL of an API server; use a URL such as https://10.0.0.1:6443")]
    [TestCase("current-context: x\ncontexts: [{ name: x, context: { cluster: c } }]\nclusters: [{ name: c, cluster: { server: 'http://10.0.0.1' } }]", "would send credentials unencrypted; use https")]
    [TestCase("current-context: [x", "is not YAML")]
    [TestCase("- x", "a list is not a mapping of keys to values")]
    public void A_wrong_document_is_an_error(string text, string expected) => Assert.That(Errors(text), Has.Some.Contains(expected));

    [Test]
    public void A_file_that_cannot_be_read_is_an_error()
    {
        var errors = new ConfigErrors();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AccessReader.Read("/nowhere/config", errors, TimeProvider.System), Is.Null);
            Assert.That(errors.ToSorted()[0].ToString(), Does.StartWith("/nowhere/config: cannot be read: ").And.EndsWith("; name a readable kubeconfig"));
        }
    }

    private static string One(string cluster, string user) =>
        $$"""
        current-context: one
        contexts: [{ name: one, context: { cluster: a, user: u } }]
        clusters:
        - name: a
          cluster: { server: "https://10.0.0.1:6443", {{cluster}} }
        users:
        - name: u
          user: { {{user}} }
        """;

    private ApiAccess Read(string text, string context = "")
    {
        var errors = new ConfigErrors();
        _folder.Write("config", text);
        var access = AccessReader.Read(_folder["config"] + context, errors, new FakeTimeProvider());
        Assert.That(errors.ToSorted(), Is.Empty);
        return access!;
    }

    private List<string> Errors(string text)
    {
        var errors = new ConfigErrors();
        _folder.Write("config", text);
        Assert.That(AccessReader.Read(_folder["config"], errors, new FakeTimeProvider()), Is.Null);
        return [.. errors.ToSorted().Select(error => error.ToString())];
    }
}
