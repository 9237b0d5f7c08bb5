using System.Text.Json;
using GatewayMesh.Certificates.Authority;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Commands;

namespace GatewayMesh.Tests.Commands.Ca;

/// <summary>The <c>ca</c> commands.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class CaCommandTests
{
    private string _folder = null!;
    private string _ca = null!;
    private string _out = null!;

    [SetUp]
    public void Make()
    {
        _folder = Directory.CreateTempSubdirectory("gatewaymesh-ca-").FullName;
        (_ca, _out) = (Path.Combine(_folder, "ca"), Path.Combine(_folder, "certificates"));
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestCase("init")]
    [TestCase("issue")]
    public void Ca_commands_have_help_with_examples(string command)
    {
        var (code, output, _) = Run("ca", command, "--help");
        Assert.That(
            (
                code,
                output.Contains("Examples:", StringComparison.Ordinal)
                    && output.Contains($"gatewaymesh ca {command}", StringComparison.Ordinal)),
            Is.EqualTo((0, true)));
    }

    [Test]
    public void The_defaults_are_ten_years_for_a_root_and_three_days_for_a_leaf()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Run("ca", "init", "--help").Output, Does.Contain("[default: 87600h]"));
            Assert.That(Run("ca", "issue", "--help").Output, Does.Contain("[default: 72h]").And.Contain("[default: dc1]"));
        }
    }

    [Test]
    public void Running_node_picks_up_issued_certificates()
    {
        using var node = new CertificateFolder(_out, TimeProvider.System);
        node.Refresh();
        Assert.That(Run("ca", "init", "--dir", _ca, "--trust-domain", "mesh.example").Code, Is.Zero);
        var (code, output, _) = Run(
            "ca", "issue", "--dir", _ca, "--service", "web", "--service", "payments", "--out", _out, "--datacenter", "dc7", "--ttl", "1h");
        node.Refresh();
        var web = node.Leaf("web");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((code, output), Is.EqualTo((0, output)));
            Assert.That(output, Does.Contain("spiffe://mesh.example/ns/default/dc/dc7/svc/payments"));
            Assert.That(web?.Id.ToString(), Is.EqualTo("spiffe://mesh.example/ns/default/dc/dc7/svc/web"));
            Assert.That(web!.NotAfter - web.NotBefore, Is.EqualTo(TimeSpan.FromMinutes(61)));
            Assert.That(PeerVerifier.Verify(web.Certificate, [], node.Trust, PeerUsage.Client, TimeProvider.System.GetUtcNow()).IsTrusted);
            Assert.That(File.GetUnixFileMode(Path.Combine(_out, "web.pem")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(File.GetUnixFileMode(Path.Combine(_ca, "ca.pem")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public void An_authority_is_never_overwritten()
    {
        Run("ca", "init", "--dir", _ca);
        var before = File.ReadAllText(Path.Combine(_ca, "ca.pem"));
        var (code, _, error) = Run("ca", "init", "--dir", _ca);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2));
            Assert.That(error, Does.Contain($"ca init --rotate --dir {_ca}"));
            Assert.That(File.ReadAllText(Path.Combine(_ca, "ca.pem")), Is.EqualTo(before));
        }
    }

    [Test]
    public void The_roots_of_a_node_are_not_overwritten_either()
    {
        Run("ca", "init", "--dir", _ca);
        Run("ca", "issue", "--dir", _ca, "--service", "web", "--out", _out);
        var before = File.ReadAllText(Path.Combine(_out, "roots.pem"));
        Assert.That((Run("ca", "init", "--dir", _out).Code, File.ReadAllText(Path.Combine(_out, "roots.pem"))), Is.EqualTo((2, before)));
    }

    [Test]
    public void After_a_rotation_the_old_root_is_still_trusted()
    {
        Run("ca", "init", "--dir", _ca);
        Run("ca", "issue", "--dir", _ca, "--service", "web", "--out", _out);
        var (code, output, _) = Run("ca", "init", "--dir", _ca, "--rotate");
        Run("ca", "issue", "--dir", _ca, "--service", "payments", "--out", _out);
        using var node = new CertificateFolder(_out, TimeProvider.System);
        node.Refresh();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero);
            Assert.That(output, Does.Contain("roots.pem").And.Contain("this root and 1 older"));
            Assert.That(node.Trust!.Roots, Has.Length.EqualTo(2));
            Assert.That(
                ((string[])["web", "payments"]).Select(
                    service => PeerVerifier.Verify(
                        node.Leaf(service)!.Certificate, [], node.Trust, PeerUsage.Server, TimeProvider.System.GetUtcNow()).Fault),
                Is.All.EqualTo(PeerFault.None));
        }
    }

    [Test]
    public void Json_output_never_contains_a_key()
    {
        var made = JsonDocument.Parse(Run("ca", "init", "--dir", _ca, "--trust-domain", "mesh.example", "--json").Output).RootElement;
        var text = Run("ca", "issue", "--dir", _ca, "--service", "web", "--out", _out, "--json").Output;
        var issued = JsonDocument.Parse(text).RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (made.GetProperty("trustDomain").GetString(), made.GetProperty("directory").GetString()),
                Is.EqualTo(("mesh.example", _ca)));
            Assert.That(issued.GetProperty("issued")[0].GetProperty("file").GetString(), Is.EqualTo(Path.Combine(_out, "web.pem")));
            Assert.That(text, Does.Not.Contain("PRIVATE"));
        }
    }

    [TestCase("ca")]
    [TestCase("ca", "issue")]
    [TestCase("ca", "issue", "--service", "../web", "--dir", "CA")]
    [TestCase("ca", "issue", "--service", "roots", "--dir", "CA")]
    [TestCase("ca", "issue", "--service", "web", "--dir", "/nowhere")]
    [TestCase("ca", "issue", "--service", "web", "--dir", "CA", "--ttl", "soon")]
    [TestCase("ca", "issue", "--service", "web", "--dir", "CA", "--out", "/proc/nowhere")]
    [TestCase("ca", "init", "--dir", "/proc/nowhere")]
    [TestCase("ca", "init", "--dir", "NEW", "--trust-domain", "Not A Domain")]
    [TestCase("ca", "init", "--dir", "NEW", "--rotate")]
    [TestCase("ca", "init", "--dir", "CA", "--rotate", "--trust-domain", "other.example")]
    public void Impossible_request_exits_with_2_and_writes_nothing(params string[] line)
    {
        using (var authority = MeshAuthority.Create("mesh.example", TimeSpan.FromDays(1), TimeProvider.System.GetUtcNow()))
        {
            authority.Save(_ca);
        }

        var before = File.ReadAllText(Path.Combine(_ca, "ca.pem"));
        var (code, _, error) = Run(
            [
                .. line.Select(
                    word => word.Replace("CA", _ca, StringComparison.Ordinal).Replace(
                        "NEW", Path.Combine(_folder, "new"), StringComparison.Ordinal)),
                .. line.Contains("issue") && !line.Contains("--out") ? ["--out", _out] : Array.Empty<string>()]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((code, File.ReadAllText(Path.Combine(_ca, "ca.pem"))), Is.EqualTo((2, before)));
            Assert.That(error, Does.StartWith("gatewaymesh: "));
            Assert.That(Directory.EnumerateFileSystemEntries(_folder), Is.EqualTo([_ca]));
        }
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CommandTree.Run(args, output, error), output.ToString(), error.ToString());
    }
}
