using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Identity;
using GatewayMesh.Registry;

namespace GatewayMesh.Tests.Identity;

/// <summary>What the log tells of certificates.</summary>
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
    public void What_ends_soon_is_said_a_day_ahead_once_a_day_with_its_mend_and_what_is_over_at_once()
    {
        _folder.With("web");
        foreach (var hours in (double[])[1, 47, 49, 50, 60, 71, 72.5, 72.6, 73.1])
        {
            _folder.Time.Shift = TimeSpan.FromHours(hours);
            _watch.Look();
        }

        var said = Said().Where(line => line.Event.StartsWith("certificate_", StringComparison.Ordinal) && line.Event != "certificate_renewed").ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(said.Select(line => (line.Event, line.Level)), Is.EqualTo([("certificate_ending", "warning"), ("certificate_expired", "error")]));
            Assert.That(said[0].Message, Does.Contain("the certificate of web ends in 23 hours").And.Contain($"gatewaymesh ca issue --service web --out {_folder.Certificates.Directory}"));
        }
    }

    [Test]
    public void One_that_stays_over_is_said_again_each_day()
    {
        _folder.With("web");
        for (var hours = 73; hours < 73 + 48; hours++)
        {
            _folder.Time.Shift = TimeSpan.FromHours(hours);
            _watch.Look();
        }

        Assert.That(Said().Count(line => line.Event == "certificate_expired"), Is.EqualTo(2));
    }

    [Test]
    public void One_that_is_missing_is_said_but_not_at_the_first_look_of_a_start()
    {
        using var empty = new IssuedFolder();
        using var watch = new CertificateWatch(
            new BootstrapSpec { Role = MeshRole.Gateway, Node = "gateway-1", Registry = new RegistrySpec("consul", "consul://127.0.0.1:8500"), Gateway = new GatewaySpec() }, empty.Certificates, _troubles, _events, empty.Time);
        watch.Look();
        Assert.That(Said(), Is.Empty);
        watch.Look();
        watch.Look();
        Assert.That(Said().Select(line => line.Event), Is.EqualTo(["certificate_missing"]));
    }

    [Test]
    public void A_new_certificate_is_said_by_id_and_serial()
    {
        _folder.With("web").With("web");
        var said = Said().Where(line => line.Event.StartsWith("certificate", StringComparison.Ordinal)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(said.Select(line => line.Event), Has.Member("certificate_renewed"));
            Assert.That(said[^1].Message, Does.Contain("spiffe://mesh.example/ns/default/dc/dc1/svc/web"));
        }
    }

    [Test]
    public void That_certificates_cannot_be_had_is_said_when_it_begins_and_when_it_ends()
    {
        _troubles.Say("web", "127.0.0.1:8500 cannot be reached");
        _troubles.Say("web", "127.0.0.1:8500 did not answer within 5 s");
        _troubles.Say("web", null);
        _troubles.Say("web", null);
        var said = Said();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(said.Select(line => line.Event), Is.EqualTo(["certificates_unavailable", "certificates_available"]));
            Assert.That(said[0].Message, Does.Contain("cannot be reached"));
        }
    }

    private List<(string Event, string Level, string Message)> Said()
    {
        Assert.That(_events.Flush(TimeSpan.FromSeconds(30)));
        return
        [
            .. Encoding.UTF8.GetString(_lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
                .Select(line => (line.GetProperty("event").GetString()!, line.GetProperty("level").GetString()!, line.GetProperty("message").GetString()!)),
        ];
    }
}
