using GatewayMesh.Commands.Check;
using GatewayMesh.Commands.Status;

namespace GatewayMesh.Tests.Commands.Check;

internal sealed class CertificateChecksTests
{
    private const string Root = """{"subject":"CN=root","trustDomain":"mesh.example","state":"valid","secondsLeft":300000000}""";

    [TestCase("valid", 200000, null, Mark.Well, "valid for 2.3 days more")]
    [TestCase("valid", 200000, "403", Mark.Warning, "cannot be renewed now; 403")]
    [TestCase("ending", 80000, null, Mark.Warning, "ends in 22 hours")]
    [TestCase("expired", -7300, null, Mark.Broken, "ended 2 hours ago and is not used")]
    [TestCase("missing", 0, null, Mark.Broken, "is missing")]
    [TestCase("not-yet-valid", 300000, null, Mark.Broken, "is not valid yet")]
    public void Each_certificate_has_its_line_and_its_mend(string state, int left, string? trouble, Mark mark, string words)
    {
        var identity = $$"""{"service":"web","state":"{{state}}","secondsLeft":{{left}},"id":"spiffe://mesh.example/ns/default/dc/dc1/svc/web","trouble":{{(trouble is null ? "null" : $"\"{trouble}\"")}}}""";
        var finding = Of(identity, Root).Single(finding => finding.Subject == "certificate web");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((finding.Mark, finding.Fix is null), Is.EqualTo((mark, mark == Mark.Well)));
            Assert.That(finding.Text, Does.Contain(words));
        }
    }

    [Test]
    public void The_mend_is_that_of_the_registry()
    {
        const string Missing = """{"service":"web","state":"missing"}""";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(Missing, Root).First().Fix, Is.EqualTo("gatewaymesh ca issue --service web --out /certificates"));
            Assert.That(Of(Missing, Root, "consul").First().Fix, Does.Contain("service \"web\" with policy write"));
        }
    }

    [Test]
    public void A_root_that_is_not_valid_yet_is_a_clock_that_is_behind_and_no_root_to_rotate()
    {
        var finding = Of("", Root.Replace("valid", "not-yet-valid", StringComparison.Ordinal)).Single();

        Assert.That(finding.Text, Does.Contain("clock of this host is behind"));
        Assert.That(finding.Fix, Does.Contain("set the clock").And.Not.Contains("rotate"));
    }

    [Test]
    public void Without_roots_nobody_is_believed_which_is_broken() =>
        Assert.That(Of("", "").Single().Mark, Is.EqualTo(Mark.Broken));

    [Test]
    public void A_root_that_ends_is_a_warning_and_one_of_two_that_is_over_too()
    {
        var (ending, expired) = (Root.Replace("valid", "ending", StringComparison.Ordinal), Root.Replace("valid", "expired", StringComparison.Ordinal));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of("", ending).Select(finding => finding.Mark), Is.EqualTo([Mark.Warning]));
            Assert.That(Of("", $"{Root},{expired}").Select(finding => finding.Mark), Is.EqualTo([Mark.Warning]));
            Assert.That(Of("", expired).Select(finding => finding.Mark), Is.EqualTo([Mark.Broken]));
        }
    }

    private static List<Finding> Of(string identities, string roots, string registry = "file") =>
        [.. CertificateChecks.Of(StatusReader.Read($$"""{ "certificates": { "directory": "/certificates", "identities": [{{identities}}], "roots": [{{roots}}], "errors": [] } }""")!.Certificates!, registry)];
}
