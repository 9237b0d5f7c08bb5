using GatewayMesh.Client.Settings;
using Microsoft.Extensions.Options;

namespace GatewayMesh.Client.Tests.Settings;

/// <summary>Options and environment, with all errors reported together.</summary>
public sealed class SettingsReaderTests
{
    [Test]
    public void All_errors_are_reported_together_with_option_and_fix()
    {
        var options = new GatewayMeshOptions
        {
            Outbound = "nonsense",
            Service = "we b",
            ConnectTimeout = TimeSpan.Zero,
            TunnelTimeout = TimeSpan.FromHours(1),
            AnswerWait = TimeSpan.FromSeconds(-1),
            ProbeTimeout = TimeSpan.Zero,
            ProbeFailures = 0,
            MaxAttempts = 11,
            ReplayBufferSize = -1,
            BreakerFailures = 0,
            ProbeInterval = TimeSpan.Zero,
            FailbackAfter = TimeSpan.FromHours(1),
            IdleTimeout = TimeSpan.Zero,
        };
        options.Gateways.Add("10.0.0.9");

        var failure = Assert.Throws<OptionsValidationException>(() => Read(options));

        Assert.That(failure!.Failures.Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]), Is.EquivalentTo(new[]
        {
            "Outbound",
            "Service",
            "Gateways",
            "ConnectTimeout",
            "TunnelTimeout",
            "AnswerWait",
            "ProbeTimeout",
            "ProbeFailures",
            "MaxAttempts",
            "ReplayBufferSize", "BreakerFailures", "ProbeInterval", "FailbackAfter", "IdleTimeout",
        }));
        Assert.That(failure.Message, Does.Contain("use HOST:PORT such as 127.0.0.1:15001"));
    }

    [Test]
    public void The_error_without_a_target_names_the_option_to_set() =>
        Assert.That(
            Assert.Throws<OptionsValidationException>(() => Read(new GatewayMeshOptions()))!.Message, Does.Contain("GATEWAYMESH_OUTBOUND"));

    [Test]
    public void Gateways_require_a_service_name()
    {
        var options = new GatewayMeshOptions { Outbound = "127.0.0.1:15001" };
        options.Gateways.Add("10.0.0.9:15444");

        Assert.That(Assert.Throws<OptionsValidationException>(() => Read(options))!.Message, Does.Contain("GATEWAYMESH_SERVICE"));
    }

    [Test]
    public void Unset_options_come_from_the_environment()
    {
        var settings = Read(new GatewayMeshOptions(), new()
        {
            ["GATEWAYMESH_OUTBOUND"] = "http://127.0.0.1:15001/",
            ["GATEWAYMESH_SERVICE"] = "web",
            ["GATEWAYMESH_GATEWAYS"] = "10.0.0.9:15444, [fd00::9]:15444,10.0.0.9:15444",
            ["GATEWAYMESH_RUN_DIR"] = "/run/mesh",
        });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(settings.Outbound.ToString(), Is.EqualTo("127.0.0.1:15001"));
            Assert.That(settings.Gateways.Select(gateway => gateway.ToString()), Is.EqualTo(["10.0.0.9:15444", "[fd00::9]:15444"]));
            Assert.That(settings.GatewaysFile, Is.EqualTo("/run/mesh/web/gateways.json"));
        }
    }

    [Test]
    public void Set_options_win_over_the_environment()
    {
        var options = new GatewayMeshOptions { Outbound = "127.0.0.1:1", Service = "web", RunDirectory = "/mine" };
        options.Gateways.Add("10.0.0.1:1");
        var settings = Read(options, new()
        {
            ["GATEWAYMESH_OUTBOUND"] = "127.0.0.1:2",
            ["GATEWAYMESH_SERVICE"] = "other",
            ["GATEWAYMESH_GATEWAYS"] = "10.0.0.2:2",
            ["GATEWAYMESH_RUN_DIR"] = "/other",
        });

        Assert.That(
            (settings.Outbound.ToString(), settings.Service, settings.Gateways.Single().ToString(), settings.GatewaysFile),
            Is.EqualTo(("127.0.0.1:1", "web", "10.0.0.1:1", "/mine/web/gateways.json")));
    }

    [TestCase("127.0.0.1:15001", "127.0.0.1:15001")]
    [TestCase("localhost:80", "localhost:80")]
    [TestCase("http://sidecar.local:15001/", "sidecar.local:15001")]
    [TestCase("[::1]:15001", "[::1]:15001")]
    [TestCase("::1:15001", null)]
    [TestCase("https://127.0.0.1:15001", null)]
    [TestCase("127.0.0.1", null)]
    [TestCase("127.0.0.1:0", null)]
    [TestCase("127.0.0.1:65536", null)]
    [TestCase("127.0.0.1:+80", null)]
    [TestCase(":80", null)]
    [TestCase("a b:80", null)]
    [TestCase("", null)]
    public void Addresses(string text, string? read) =>
        Assert.That(TargetAddress.TryParse(text, out var address) ? address.ToString() : null, Is.EqualTo(read));

    private static ClientSettings Read(GatewayMeshOptions options, Dictionary<string, string>? environment = null) =>
        new SettingsReader(name => environment?.GetValueOrDefault(name)).ReadOrThrow(options, "");
}
