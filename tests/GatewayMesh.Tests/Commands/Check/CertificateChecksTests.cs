using GatewayMesh.Admin.Documents;
using GatewayMesh.Commands.Check;

namespace GatewayMesh.Tests.Commands.Check;

internal sealed class CertificateChecksTests
{
    private const string Root = """{"subject":"CN=root","trustDomain":"mesh.example","state":"valid","secondsLeft":300000000}""";

    [TestCase("valid", 200000, null, Mark.Well, "valid for 2.3 days more")]
    [TestCase("valid", 200000, "403", Mark.Warning, "cannot be renewed now; 403")]
    [TestCase("ending", 80000, null, Mark.Warning, "expires in 22 hours")]
    [TestCase("expired", -7300, null, Mark.Broken, "expired 2 hours ago and is not used")]
    [TestCase("missing", 0, null, Mark.Broken, "is missing")]
    [TestCase("not-yet-valid", 300000, null, Mark.Broken, "is not valid yet")]
    public void Each_certificate_has_a_line_with_its_fix(string state, int left, string? trouble, Mark mark, string words)
    {
        var identity =
            $$"""{"service":"web","state":"{{state}}","secondsLeft":{{left}},"id":"spiffe://mesh.example/ns/default/dc/dc1/svc/web","trouble":{{(trouble is null ? "null" : $"\"{trouble}\"")}}}""";
        var finding = Of(identity, Root).Single(finding => finding.Subject == "certificate web");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((finding.Mark, finding.Fix is null), Is.EqualTo((mark, mark == Mark.Well)));
            Assert.That(finding.Text, Does.Contain(words));
        }
    }

    [Test]
    public void Certificate_fix_depends_on_the_registry()
    {
        const string Missing = """{"service":"web","state":"missing"}""";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(Missing, Root).First().Fix, Is.EqualTo("gatewaymesh ca issue --service web --out /certificates"));
            Assert.That(Of(Missing, Root, "consul").First().Fix, Does.Contain("service:write on \"web\""));
        }
    }

    [Test]
    public void Root_that_is_not_valid_yet_points_to_the_clock_and_not_to_a_rotation()
    {
        var finding = Of("", Root.Replace("valid", "not-yet-valid", StringComparison.Ordinal)).Single();

        Assert.That(finding.Text, Does.Contain("this host's clock is behind"));
        Assert.That(finding.Fix, Does.Contain("set this host's clock").And.Not.Contains("rotate"));
    }

    [Test]
    public void Missing_roots_fail_the_check() =>
        Assert.That(Of("", "").Single().Mark, Is.EqualTo(Mark.Broken));

    [Test]
    public void Expiring_root_is_a_warning_and_so_is_one_expired_root_of_two()
    {
        var (ending, expired) = (
            Root.Replace("valid", "ending", StringComparison.Ordinal), Root.Replace("valid", "expired", StringComparison.Ordinal));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of("", ending).Select(finding => finding.Mark), Is.EqualTo([Mark.Warning]));
            Assert.That(Of("", $"{Root},{expired}").Select(finding => finding.Mark), Is.EqualTo([Mark.Warning]));
            Assert.That(Of("", expired).Select(finding => finding.Mark), Is.EqualTo([Mark.Broken]));
        }
    }

    private static List<Finding> Of(string identities, string roots, string registry = "file") =>
        [
            .. CertificateChecks.Of(
                DocumentReader.Read(
                    $$"""{ "certificates": { "directory": "/certificates", "identities": [{{identities}}], "roots": [{{roots}}], "errors": [] } }""",
                    ShownJson.Context.NodeStatus)!.Certificates!,
                registry)];
}
