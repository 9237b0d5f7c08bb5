using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Identity;
using GatewayMesh.Registry;

namespace GatewayMesh.Tests.Identity;

/// <summary>Log lines about certificates.</summary>
internal sealed class CertificateWatchTests
{
    private readonly IssuedFolder _folder = new();
    private readonly MemoryStream _lines = new();
    private readonly CertificateTroubles _troubles = new();
    private EventLog _events = null!;
    private CertificateWatch _watch = null!;

    [SetUp]
    public void Open()
    {
        _lines.SetLength(0);
        _folder.Time.Shift = TimeSpan.Zero;
        _events = new EventLog("host-a", "worker", _lines);
        var bootstrap = new BootstrapSpec
        {
            Role = MeshRole.Sidecar,
            Node = "host-a",
            Registry = new RegistrySpec("file", "registry"),
            Sidecar = new SidecarSpec { Services = [new LocalServiceSpec { Name = "web", Id = "web-1", Port = 1 }] },
        };
        _watch = new CertificateWatch(bootstrap, _folder.Certificates, _troubles, _events, _folder.Time);
    }

    [TearDown]
    public void Close()
    {
        _watch.Dispose();
        _events.Dispose();
    }

    [OneTimeTearDown]
    public void End()
    {
        _folder.Dispose();
        _lines.Dispose();
    }

    [Test]
    public void Expiring_certificate_is_logged_daily_with_its_fix_and_an_expired_one_at_once()
    {
        _folder.With("web");
        foreach (var hours in (double[])[1, 47, 49, 50, 60, 71, 72.5, 72.6, 73.1])
        {
            _folder.Time.Shift = TimeSpan.FromHours(hours);
            _watch.Look();
        }

        var lines = Logged()
            .Where(line => line.Event.StartsWith("certificate_", StringComparison.Ordinal) && line.Event != "certificate_renewed")
            .ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                lines.Select(line => (line.Event, line.Level)),
                Is.EqualTo([("certificate_ending", "warning"), ("certificate_expired", "error")]));
            Assert.That(
                lines[0].Message,
                Does.Contain("the certificate of web expires in 23 hours").And.Contain(
                    $"gatewaymesh ca issue --service web --out {_folder.Certificates.Directory}"));
        }
    }

    [Test]
    public void Expired_certificate_is_logged_daily()
    {
        _folder.With("web");
        for (var hours = 73; hours < 73 + 48; hours++)
        {
            _folder.Time.Shift = TimeSpan.FromHours(hours);
            _watch.Look();
        }

        Assert.That(Logged().Count(line => line.Event == "certificate_expired"), Is.EqualTo(2));
    }

    [Test]
    public void Missing_certificate_is_logged_except_right_after_a_start()
    {
        using var empty = new IssuedFolder();
        using var watch = new CertificateWatch(
            new BootstrapSpec
            {
                Role = MeshRole.Gateway,
                Node = "gateway-1",
                Registry = new RegistrySpec("consul", "consul://127.0.0.1:8500"),
                Gateway = new GatewaySpec(),
            },
            empty.Certificates,
            _troubles,
            _events,
            empty.Time);
        watch.Look();
        Assert.That(Logged(), Is.Empty);
        watch.Look();
        watch.Look();
        Assert.That(Logged().Select(line => line.Event), Is.EqualTo(["certificate_missing"]));
    }

    [Test]
    public void New_certificate_is_logged_with_id_and_serial()
    {
        _folder.With("web").With("web");
        var lines = Logged().Where(line => line.Event.StartsWith("certificate", StringComparison.Ordinal)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Select(line => line.Event), Has.Member("certificate_renewed"));
            Assert.That(lines[^1].Message, Does.Contain("spiffe://mesh.example/ns/default/dc/dc1/svc/web"));
        }
    }

    [Test]
    public void Failing_retrieval_is_logged_at_its_start_and_end()
    {
        _troubles.Report("web", "127.0.0.1:8500 cannot be reached");
        _troubles.Report("web", "127.0.0.1:8500 did not answer within 5 s");
        _troubles.Report("web", null);
        _troubles.Report("web", null);
        var lines = Logged();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Select(line => line.Event), Is.EqualTo(["certificates_unavailable", "certificates_available"]));
            Assert.That(lines[0].Message, Does.Contain("cannot be reached"));
        }
    }

    private List<(string Event, string Level, string Message)> Logged()
    {
        Assert.That(_events.Flush(TimeSpan.FromSeconds(30)));
        return
        [
            .. Encoding.UTF8.GetString(_lines.ToArray())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Select(
                    line => (
                        line.GetProperty("event").GetString()!,
                        line.GetProperty("level").GetString()!,
                        line.GetProperty("message").GetString()!)),
        ];
    }
}
