using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Kubernetes.Access;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Access;

/// <summary>Access from inside a pod, and its token, which the kubelet replaces.</summary>
public sealed class ClusterAccessTests
{
    private Dictionary<string, string> _variables = null!;
    private TemporaryFolder _folder = null!;
    private FakeTimeProvider _time = null!;

    [SetUp]
    public void Open()
    {
        _variables = new() { ["KUBERNETES_SERVICE_HOST"] = "10.96.0.1", ["KUBERNETES_SERVICE_PORT_HTTPS"] = "6443" };
        (_folder, _time) = (new TemporaryFolder(), new FakeTimeProvider());
        _folder.Write("token", "first\n");
        _folder.Write("ca.crt", "PEM");
        _folder.Write("namespace", "shop");
    }

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public async Task Variables_and_files_give_server_roots_token_and_namespace()
    {
        var access = Read()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(access.Server, Is.EqualTo(new Uri("https://10.96.0.1:6443")));
            Assert.That(access.Roots!.Read(), Is.EqualTo("PEM"));
            Assert.That(access.Namespace, Is.EqualTo("shop"));
            Assert.That(await TokenAsync(access), Is.EqualTo("first"));
        }
    }

    [Test]
    public void An_IPv6_service_address_is_put_in_brackets()
    {
        _variables["KUBERNETES_SERVICE_HOST"] = "fd00:10:96::1";
        Assert.That(Read()!.Server, Is.EqualTo(new Uri("https://[fd00:10:96::1]:6443")));
    }

    [Test]
    public async Task The_token_is_read_again_after_a_minute_and_not_before()
    {
        var access = Read()!;
        _ = await TokenAsync(access);
        _folder.Write("token", "second");
        _time.Advance(TokenFile.Fresh - TimeSpan.FromMilliseconds(1));
        Assert.That(await TokenAsync(access), Is.EqualTo("first"));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await TokenAsync(access), Is.EqualTo("second"));
    }

    [Test]
    public async Task A_refused_token_is_read_again_at_once()
    {
        var access = Read()!;
        var refused = await access.Credentials.CurrentAsync(CancellationToken.None);
        _folder.Write("token", "second");
        access.Credentials.Refuse(refused);
        Assert.That(await TokenAsync(access), Is.EqualTo("second"));
    }

    [Test]
    public async Task A_refusal_of_an_older_token_does_not_read_again()
    {
        var access = Read()!;
        var old = await access.Credentials.CurrentAsync(CancellationToken.None);
        _folder.Write("token", "second");
        access.Credentials.Refuse(old);
        _ = await TokenAsync(access);
        _folder.Write("token", "third");
        access.Credentials.Refuse(old);
        Assert.That(await TokenAsync(access), Is.EqualTo("second"));
    }

    [TestCase("")]
    [TestCase(null)]
    public async Task While_the_file_is_gone_or_empty_the_last_token_stays(string? content)
    {
        var access = Read()!;
        _ = await TokenAsync(access);
        File.Delete(_folder["token"]);
        if (content is not null)
        {
            _folder.Write("token", content);
        }

        _time.Advance(TokenFile.Fresh);
        Assert.That(await TokenAsync(access), Is.EqualTo("first"));
    }

    [Test]
    public void A_token_that_was_never_readable_is_an_error()
    {
        var access = Read()!;
        File.Delete(_folder["token"]);
        Assert.That(async () => await TokenAsync(access), Throws.InstanceOf<IOException>().With.Message.Contains(_folder["token"]));
    }

    [Test]
    public void Outside_of_a_pod_the_error_says_what_to_do()
    {
        _variables.Clear();
        Assert.That(ErrorOf(), Is.EqualTo(
            "env KUBERNETES_SERVICE_HOST: is not set: this process does not run in a pod; run it in a pod, or name a kubeconfig: kubernetes://PATH"));
    }

    [Test]
    public void A_pod_without_a_mounted_token_says_what_to_set()
    {
        File.Delete(_folder["token"]);
        Assert.That(ErrorOf(), Is.EqualTo(
            $"{_folder["token"]}: does not exist; set automountServiceAccountToken: true in the pod or its ServiceAccount"));
    }

    [Test]
    public void A_port_that_is_none_is_an_error()
    {
        _variables["KUBERNETES_SERVICE_PORT_HTTPS"] = "tcp://10.0.0.1:1";
        Assert.That(ErrorOf(), Does.Contain("is not a host and a port"));
    }

    private static async Task<string?> TokenAsync(ApiAccess access) =>
        (await access.Credentials.CurrentAsync(CancellationToken.None)).Token;

    private string ErrorOf()
    {
        var errors = new ConfigErrors();
        Assert.That(ClusterAccess.Read(_variables.GetValueOrDefault, _folder.Path, errors, _time), Is.Null);
        return errors.ToSorted()[0].ToString();
    }

    private ApiAccess? Read() => ClusterAccess.Read(_variables.GetValueOrDefault, _folder.Path, new ConfigErrors(), _time);
}
