using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Identity;

namespace GatewayMesh.Tests.Identity;

/// <summary>The certificate report of a node.</summary>
internal sealed class CertificateReportTests
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    [TestCase(0.0, "valid")]
    [TestCase(47.9, "valid")]
    [TestCase(48.1, "ending")]
    [TestCase(71.9, "ending")]
    [TestCase(72.1, "expired")]
    [TestCase(-0.1, "not-yet-valid")]
    public void A_leaf_is_valid_then_ending_in_its_last_third_then_expired(double hours, string state)
    {
        using var folder = new IssuedFolder().With("web");
        folder.Time.Shift = TimeSpan.FromHours(hours);
        Assert.That(CertificateTimes.WordOf(Of(folder, "web").Identities[0].State), Is.EqualTo(state));
    }

    [Test]
    public void Long_lived_certificate_counts_as_ending_in_its_last_thirty_days() =>
        Assert.That(
            (CertificateTimes.Notice(TimeSpan.FromDays(3650)), CertificateTimes.Notice(TimeSpan.FromDays(9))),
            Is.EqualTo((TimeSpan.FromDays(30), TimeSpan.FromDays(3))));

    [Test]
    public void Certs_shows_identities_and_roots_and_never_a_key()
    {
        using var folder = new IssuedFolder().With("web");
        var text = Json(folder, Of(folder, "web", "payments"));
        var certs = JsonDocument.Parse(text).RootElement;
        var (web, payments, root) = (certs.GetProperty("identities")[0], certs.GetProperty("identities")[1], certs.GetProperty("roots")[0]);
        var leaf = folder.Certificates.Leaf("web")!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(web.GetProperty("id").GetString(), Is.EqualTo("spiffe://mesh.example/ns/default/dc/dc1/svc/web"));
            Assert.That(web.GetProperty("serial").GetString(), Is.EqualTo(leaf.Certificate.SerialNumber));
            Assert.That(web.GetProperty("notBefore").GetDateTimeOffset(), Is.EqualTo(leaf.NotBefore));
            Assert.That(web.GetProperty("notAfter").GetDateTimeOffset(), Is.EqualTo(leaf.NotAfter));
            Assert.That(web.GetProperty("issuer").GetString(), Does.StartWith("CN=pri-"));
            Assert.That(web.GetProperty("daysLeft").GetDouble(), Is.EqualTo(3.0));
            Assert.That(web.GetProperty("state").GetString(), Is.EqualTo("valid"));
            Assert.That(payments.GetProperty("state").GetString(), Is.EqualTo("missing"));
            Assert.That(root.GetProperty("fingerprint").GetString(), Has.Length.EqualTo(64));
            Assert.That(root.GetProperty("trustDomain").GetString(), Is.EqualTo("mesh.example"));
            Assert.That(text, Does.Not.Contain("PRIVATE").And.Not.Contain("BEGIN"));
        }
    }

    [Test]
    public void Renewal_error_is_shown_with_the_certificate()
    {
        using var folder = new IssuedFolder().With("web");
        var report = CertificateReport.Of(
            folder.Certificates, ["web"], None.Add("web", "403").Add("(roots)", "refused"), folder.Time.GetUtcNow());
        Assert.That((report.Identities[0].Trouble, string.Join(' ', report.Errors)), Is.EqualTo(("403", "roots: refused")));
    }

    [Test]
    public void Expiry_metric_counts_down_and_is_negative_after_expiry()
    {
        using var folder = new IssuedFolder().With("web");
        var before = Metric(folder, "gatewaymesh_certificate_expiry_seconds{service=\"web\"}");
        folder.Time.Shift = TimeSpan.FromHours(73);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before, Is.EqualTo(72 * 3600).Within(60));
            Assert.That(Metric(folder, "gatewaymesh_certificate_expiry_seconds{service=\"web\"}"), Is.EqualTo(-3600).Within(60));
            Assert.That(Metric(folder, "gatewaymesh_certificate_missing{service=\"web\"}"), Is.EqualTo(1));
            Assert.That(Metric(folder, "gatewaymesh_certificate_missing{service=\"payments\"}"), Is.EqualTo(1));
            Assert.That(
                Metric(folder, $"gatewaymesh_root_certificate_expiry_seconds{{fingerprint=\"{Of(folder).Roots[0].Fingerprint}\"}}"),
                Is.Positive);
        }
    }

    [Test]
    public void A_node_is_unfit_without_roots_or_without_any_valid_certificate_and_fit_while_one_identity_has_its_own()
    {
        using var empty = new IssuedFolder();
        using var folder = new IssuedFolder().With("web");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(empty, "web").Unfit, Does.Contain("roots.pem"));
            Assert.That(Of(folder, "web").Unfit, Is.Null);
            Assert.That(Of(folder, "web", "payments").Unfit, Is.Null, "web serves on");
            Assert.That(Of(folder, "payments").Unfit, Is.EqualTo("no valid certificate: payments missing"));
            folder.Time.Shift = TimeSpan.FromHours(73);
            Assert.That(Of(folder, "web").Unfit, Is.EqualTo("no valid certificate: web expired"));
        }
    }

    private static CertificateReport Of(IssuedFolder folder, params string[] identities) =>
        CertificateReport.Of(folder.Certificates, identities, None, folder.Time.GetUtcNow());

    private static long Metric(IssuedFolder folder, string name) =>
        CertificateMetrics.Text(Of(folder, "web", "payments"), folder.Time.GetUtcNow())
        .Split('\n')
            .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))
            .Single();

    private static string Json(IssuedFolder folder, CertificateReport report) =>
        JsonSerializer.Serialize(CertificateView.Of(report, folder.Time.GetUtcNow()), AdminJson.Default.CertificatesStatus);
}
