using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Kubernetes.Access;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Access;

/// <summary>Credential plugins: real programs that print a credential.</summary>
public sealed class ExecSourceTests
{
    private TemporaryFolder _folder = null!;
    private FakeTimeProvider _time = null!;

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        _time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public async Task A_token_is_used_until_it_expires_and_then_asked_for_again()
    {
        var source = Plugin($$"""
            echo run >> runs
            n=$(wc -l < runs)
            echo "{ \"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\", \"status\": { \"token\": \"t$n\", \"expirationTimestamp\": \"2026-01-01T01:00:00Z\" } }"
            """);
        Assert.That(await TokenAsync(source), Is.EqualTo("t1"));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.That(await TokenAsync(source), Is.EqualTo("t1"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await TokenAsync(source), Is.EqualTo("t2"));
    }

    [Test]
    public async Task A_refused_token_is_asked_for_again()
    {
        var source = Plugin($$"""
            echo run >> runs
            n=$(wc -l < runs)
            echo "{ \"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\", \"status\": { \"token\": \"t$n\" } }"
            """);
        var first = await source.CurrentAsync(CancellationToken.None);
        source.Refuse(first);
        Assert.That(await TokenAsync(source), Is.EqualTo("t2"));
        source.Refuse(first);
        Assert.That(await TokenAsync(source), Is.EqualTo("t2"), "another token was refused");
    }

    [Test]
    public async Task Arguments_variables_and_the_cluster_reach_the_program()
    {
        var source = Plugin($$"""
            printf '%s' "$KUBERNETES_EXEC_INFO" > info
            echo "{ \"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\", \"status\": { \"token\": \"$1-$PROFILE\" } }"
            """, "args: [one], env: [{ name: PROFILE, value: two }], provideClusterInfo: true");
        Assert.That(await TokenAsync(source), Is.EqualTo("one-two"));
        Assert.That(await File.ReadAllTextAsync(_folder["info"]), Is.EqualTo(
            """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://10.0.0.1:6443"}}}"""));
    }

    [Test]
    public async Task A_certificate_with_its_key_is_a_credential()
    {
        var source = Plugin("""
            echo '{ "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": { "clientCertificateData": "CERT", "clientKeyData": "KEY" } }'
            """);
        var credential = await source.CurrentAsync(CancellationToken.None);
        Assert.That((credential.Token, credential.Certificate!.Read(), credential.Key!.Read()), Is.EqualTo(((string?)null, "CERT", "KEY")));
    }

    [TestCase("echo no access >&2; exit 3", "ended with 3: no access")]
    [TestCase("echo hello", "did not print an ExecCredential")]
    [TestCase("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t\"}}'", "of client.authentication.k8s.io/v1 with a status")]
    [TestCase("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"clientKeyData\":\"k\"}}'", "printed neither a token nor a certificate with its key")]
    public void A_plugin_that_fails_is_an_error_that_names_it(string script, string expected) =>
        Assert.That(
            async () => await TokenAsync(Plugin(script)),
            Throws.InstanceOf<IOException>().With.Message.Contains($"the credential plugin {_folder["plugin"]} ").And.Message.Contains(expected));

    [Test]
    public void A_missing_program_is_an_error_with_its_install_hint()
    {
        var source = Source("exec: { apiVersion: client.authentication.k8s.io/v1, command: ./none, installHint: install the cloud tool }");
        Assert.That(
            async () => await TokenAsync(source),
            Throws.InstanceOf<IOException>().With.Message.Contains("cannot be started").And.Message.EndsWith("; install the cloud tool"));
    }

    private static async Task<string?> TokenAsync(ICredentialSource source) => (await source.CurrentAsync(CancellationToken.None)).Token;

    // The plugin is a relative path, and its script runs in the folder.
    private ICredentialSource Plugin(string script, string more = "interactiveMode: Never")
    {
        _folder.Write("plugin", $"#!/bin/sh\ncd {_folder.Path}\n{script}\n");
        File.SetUnixFileMode(_folder["plugin"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Source($"exec: {{ apiVersion: client.authentication.k8s.io/v1, command: ./plugin, {more} }}");
    }

    private ICredentialSource Source(string user)
    {
        _folder.Write("config", $$"""
            current-context: one
            contexts: [{ name: one, context: { cluster: a, user: u } }]
            clusters: [{ name: a, cluster: { server: "https://10.0.0.1:6443" } }]
            users: [{ name: u, user: { {{user}} } }]
            """);
        var errors = new ConfigErrors();
        var access = AccessReader.Read(_folder["config"], errors, _time);
        Assert.That(errors.ToSorted(), Is.Empty);
        return access!.Credentials;
    }
}
